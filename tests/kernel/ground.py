"""A desk over the fake store on a clock that tests move, and the words to ask it."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.causes import Ask, Cause, Guard, Outcome
from shared.desk import Desk, Result
from shared.event import Envelope, Event
from shared.hearing import Hearing
from shared.parked import Parked, Record
from shared.reactions import Reactions
from shared.store import Change, Store
from shared.testing.memory import MemoryDocuments, MemoryRows
from shared.testing.scenario import TestClock
from tests.simulation import orders

AREAS = (orders.AREA,)


class MovingClock(TestClock):
    """Waiting takes time, and real time and the domain's can be set apart by `ahead`."""

    ahead = timedelta()

    def now(self) -> datetime:
        return self.moment + self.ahead

    async def sleep(self, seconds: float) -> None:
        self.moment += timedelta(seconds=seconds)


class Ground:
    """`hints` is what the relay would have been told; `calls` counts what the store was asked."""

    def __init__(self, *stores: Store[Any], secondary_first: bool = False) -> None:
        self.clock = MovingClock()
        self.books = {store.name: MemoryDocuments(store.indexes, secondary_first=secondary_first) for store in stores}
        self.hints: list[tuple[str, list[str]]] = []
        self.desk = Desk(self.clock, self.books, self._hint)
        self.calls: list[str] = []
        for book in self.books.values():
            book.trouble = self.count

    async def count(self, call: str) -> None:
        self.calls.append(call)

    def _hint(self, store: str, id: str, outbox: list[dict[str, Any]]) -> None:
        self.hints.append((id, [entry["id"] for entry in outbox]))

    def row(self, id: str) -> dict[str, Any]:
        return next(book.rows[id] for book in self.books.values() if id in book.rows)

    def state(self, id: str) -> dict[str, Any]:
        found: dict[str, Any] = self.row(id)["state"]
        return found

    async def event(self, id: str, *changes: Change) -> Result:
        """As an event would, named by its id."""
        return await self.desk.apply([Ask(heard(id), change) for change in changes])

    async def request(
        self, key: str, change: Change, *, digest: str = "d", version: int | None = None, areas: Any = AREAS
    ) -> Outcome:
        """As a request would. Raises the refusal."""
        cause = Cause(f"http/tester/POST /orders/{key}", "00-test", durable=False, digest=digest)
        return await self.desk.act(change, cause, Guard(version, areas))

    def in_between(self, call: str, *does: Callable[[], Awaitable[Any]]) -> None:
        """At each coming `call` to the store one of these happens first, until none is left."""
        left = list(does)

        async def trouble(step: str) -> None:
            if step == call and left:
                await left.pop(0)()

        for book in self.books.values():
            book.trouble = trouble


def heard(id: str) -> Cause:
    return Cause(f"test/{id}", "00-test")


def place(id: str, ground: Ground, ref: str | None = None) -> Change:
    return orders.orders.begin(id, partial(orders.place, id, ref or f"ref-{id}", ground.clock.now()))


def amend(id: str, text: str, ground: Ground) -> Change:
    return orders.orders.change(id, lambda order: orders.amend(order, text, False, ground.clock.now()))


def touch(id: str) -> Change:
    return orders.orders.change(id, orders.touch)


def cancel(id: str, ground: Ground) -> Change:
    return orders.orders.change(id, lambda order: orders.cancel(order, ground.clock.now()))


def erase(id: str, ground: Ground) -> Change:
    return orders.orders.change(id, lambda order: orders.erase(order, ground.clock.now()))


def envelope(event: Event, subject: str, sequence: int = 1) -> Envelope:
    return Envelope(
        id=f"{subject}#{sequence}",
        type=event.type(),
        source=event.source,
        subject=subject,
        sequence=sequence,
        cause="test/before",
        time=event.at,
        trace="00-test",
        data=event.model_dump_json().encode(),
    )


class Listening:
    """A service's ears over a ground: `records` numbers what is heard as Kafka would."""

    def __init__(self, ground: Ground, on: Reactions) -> None:
        self.ground, self.rows = ground, MemoryRows()
        self.parked = Parked("test.group", self.rows, ground.clock)
        self.hearing = Hearing("test", on, ground.desk, self.parked)
        self._offset = 0

    def record(self, event: Event, subject: str, sequence: int = 1) -> Record:
        said = envelope(event, subject, sequence)
        self._offset += 1
        headers = tuple(said.headers())
        return Record("test.topic", 0, self._offset, said.subject.encode(), said.data, headers, 0.0)

    async def hear(self, *records: Record) -> None:
        await self.hearing.hear(records)

    def reasons(self) -> list[str]:
        return [row["reason"] for row in self.rows.rows.values()]


def ids(entries: Sequence[dict[str, Any]]) -> list[str]:
    return [entry["id"] for entry in entries]
