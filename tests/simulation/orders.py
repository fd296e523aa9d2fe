"""Orders: a reference that nobody else may have, notes, and an end. What was heard is appended without
a guard of its own, so that a cause taken twice shows."""

from datetime import datetime

from shared.decision import Decision, Rejected, State
from shared.event import Envelope
from shared.reactions import Reactions
from shared.store import Change, Index, Store
from tests.simulation.events import (
    OrderAmended,
    OrderCancelled,
    OrderClosed,
    OrderErased,
    OrderPlaced,
    WorkFinished,
)

AREA = "4203"


class Order(State):
    id: str
    ref: str
    stage: str = "open"
    notes: list[str] = []
    touched: int = 0
    effects: list[str] = []


orders = Store(
    "orders",
    Order,
    scopes=lambda order: [AREA],
    keys=lambda order: {"ref": order.ref},
    indexes=(Index(("keys.ref",), unique=True, refusal="reference"),),
)


def place(id: str, ref: str, now: datetime) -> Decision[Order]:
    return Decision(Order(id=id, ref=ref), (OrderPlaced(order_id=id, ref=ref, at=now),))


def amend(order: Order, text: str, poison: bool, now: datetime) -> Decision[Order]:
    if order.stage != "open":
        raise Rejected(f"the order is {order.stage}")
    amended = OrderAmended(order_id=order.id, text=text, poison=poison, at=now)
    return Decision(order.but(notes=[*order.notes, text]), (amended,))


def touch(order: Order) -> Decision[Order]:
    """Changes something and says nothing of it."""
    return Decision(order.but(touched=order.touched + 1))


def cancel(order: Order, now: datetime) -> Decision[Order]:
    if order.stage != "open":
        raise Rejected(f"the order is {order.stage}")
    return Decision(order.but(stage="cancelled"), (OrderCancelled(order_id=order.id, at=now),))


def erase(order: Order, now: datetime) -> Decision[Order]:
    return Decision(None, (OrderErased(order_id=order.id, at=now),))


def close(order: Order, event: str, now: datetime) -> Decision[Order]:
    heard = order.but(effects=[*order.effects, event])
    if order.stage != "open":
        return Decision(heard)
    return Decision(heard.but(stage="closed"), (OrderClosed(order_id=order.id, at=now),))


on = Reactions()


@on(WorkFinished)
def close_the_order(work: WorkFinished, envelope: Envelope) -> list[Change]:
    return [orders.change(work.order_id, lambda order: close(order, envelope.id, work.at))]
