"""The work on an order: opened when the order is heard of, overdue in three levels, finished by hand.

There are two releases of it, as in a rolling deploy: the older one does not know `rank`. Its alarm's
rule trusts the kernel: it looks neither at the clock nor at the stage.
"""

from datetime import datetime, timedelta
from functools import partial
from typing import Any

from shared.decision import Decision, Rejected, State
from shared.event import Envelope
from shared.reactions import Reactions
from shared.store import Change, Store
from tests.simulation.events import (
    OrderAmended,
    OrderCancelled,
    OrderErased,
    OrderPlaced,
    WorkFinished,
    WorkOpened,
    WorkOverdue,
)

LEVELS = 3
PATIENCE = timedelta(seconds=4)


class OldWork(State):
    id: str
    order_id: str
    stage: str = "open"
    level: int = 0
    alarm_at: datetime | None = None
    effects: list[str] = []


class Work(OldWork):
    rank: int | None = None


def work_of(order_id: str) -> str:
    return f"work-{order_id}"


def rank_of(order_id: str) -> int:
    return len(order_id) + 1


def open_work(kind: type[Any], order: OrderPlaced, event: str) -> Decision[Any]:
    rank = {"rank": rank_of(order.order_id)} if kind is Work else {}
    work = kind(
        id=work_of(order.order_id),
        order_id=order.order_id,
        alarm_at=order.at + PATIENCE,
        effects=[f"opened {event}"],
        **rank,
    )
    return Decision(work, (WorkOpened(order_id=order.order_id, rank=rank.get("rank"), at=order.at),))


def take_in(effect: str, work: Any) -> Decision[Any]:
    return Decision(work.but(effects=[*work.effects, effect]))


def amend(poison: bool, effect: str, work: Any) -> Decision[Any]:
    """Refused while the first level lasts: what was refused then must not be taken in later."""
    if poison:
        raise ZeroDivisionError("this amendment breaks the rule")
    if work.level == 1:
        raise Rejected("overdue: nothing is amended now")
    return take_in(effect, work)


def cancel(effect: str, work: Any) -> Decision[Any]:
    return take_in(effect, work.but(stage="cancelled" if work.stage == "open" else work.stage, alarm_at=None))


def erase(work: Any) -> Decision[Any]:
    return Decision(None)


def finish(work: Any, now: datetime) -> Decision[Any]:
    if work.stage != "open":
        raise Rejected(f"the work is {work.stage}")
    finished = work.but(stage="finished", alarm_at=None)
    return Decision(finished, (WorkFinished(order_id=work.order_id, at=now),))


def put_off(work: Any, now: datetime) -> Decision[Any]:
    """Silent; the alarm is set anew."""
    if work.alarm_at is None:
        raise Rejected("nothing to put off")
    return Decision(work.but(alarm_at=max(work.alarm_at, now) + PATIENCE))


def overdue(work: Any, now: datetime) -> Decision[Any]:
    level = work.level + 1
    said = WorkOverdue(order_id=work.order_id, level=level, due_at=work.alarm_at, at=now)
    return Decision(work.but(level=level, alarm_at=now + PATIENCE if level < LEVELS else None), (said,))


def release(kind: type[Any]) -> tuple[Store[Any], Reactions]:
    """The service with that state: its store and what it hears."""
    works: Store[Any] = Store("works", kind, scopes=lambda work: ["4203"], wake=lambda work: work.alarm_at, due=overdue)
    on = Reactions()

    @on(OrderPlaced)
    def begin(order: OrderPlaced, envelope: Envelope) -> list[Change]:
        id = work_of(order.order_id)
        return [
            works.begin(id, partial(open_work, kind, order, envelope.id)),
            works.change(id, partial(take_in, f"noted {envelope.id}")),
        ]

    @on(OrderAmended)
    def note(order: OrderAmended, envelope: Envelope) -> list[Change]:
        return [works.change(work_of(order.order_id), partial(amend, order.poison, envelope.id))]

    @on(OrderCancelled)
    def stop(order: OrderCancelled, envelope: Envelope) -> list[Change]:
        return [works.change(work_of(order.order_id), partial(cancel, envelope.id))]

    @on(OrderErased)
    def forget(order: OrderErased) -> list[Change]:
        return [works.change(work_of(order.order_id), erase)]

    return works, on


RELEASES = {"new": release(Work), "old": release(OldWork)}
