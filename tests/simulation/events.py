"""The facts of the small domain that the simulation plays: orders, the work on them, a ledger of both."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import ClassVar

from shared.event import Event
from shared.events import EVENTS


class _Order(Event):
    source: ClassVar[str] = "orders"
    order_id: str


class OrderPlaced(_Order):
    ref: str


class OrderAmended(_Order):
    text: str
    poison: bool = False


class OrderCancelled(_Order):
    pass


class OrderClosed(_Order):
    pass


class OrderErased(_Order):
    pass


class _Work(Event):
    source: ClassVar[str] = "works"
    order_id: str


class WorkOpened(_Work):
    rank: int | None


class WorkOverdue(_Work):
    level: int
    due_at: datetime | None


class WorkFinished(_Work):
    pass


SPOKEN = (
    OrderPlaced,
    OrderAmended,
    OrderCancelled,
    OrderClosed,
    OrderErased,
    WorkOpened,
    WorkOverdue,
    WorkFinished,
)


@contextmanager
def spoken() -> Iterator[None]:
    """The published language knows these while a simulation runs, and no longer."""
    EVENTS.update({event.type(): event for event in SPOKEN})
    try:
        yield
    finally:
        for event in SPOKEN:
            del EVENTS[event.type()]
