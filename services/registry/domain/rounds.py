"""Door-knock rounds: who is to be visited is frozen when the round starts, a target document each.

A round works through its targets in chunks (`work`): freezing them, then, once it is over, taking
back what nobody has done. It holds counts folded from its targets, and hears no visit itself.
"""

from datetime import datetime, timedelta
from typing import Literal

from services.registry.domain.homes import Due
from services.registry.domain.periods import called_at
from shared.calendar import day_of, next_day
from shared.decision import Decision, Rejected, State
from shared.events.registry import RoundCancelled, RoundFinished, RoundStarted

Stage = Literal["draft", "running", "finished", "cancelled"]
CHUNK = 500
"""Documents a step, so that each write fits into the store's time-out. Every step is an alarm that the
round remembers for eight days, a thousand at most: a county fits, a city does not."""
LONGEST_DAYS = 90
FOLD_EVERY = timedelta(hours=1)
LATE_FOLDS = 3
"""Visits recorded offline come up to three days later: the counts are folded once a day until then."""


class Round(State):
    """`cursor` is the place in the register that the freezing has come to; `next_at` when there is work again."""

    id: str
    area: str
    zones: tuple[str, ...] = ()
    name: str
    categories: tuple[str, ...] = ()
    checklists: tuple[str, ...] = ()
    ends: str
    by: str
    created_at: datetime
    stage: Stage = "draft"
    work: Literal["freezing", "closing"] | None = None
    cursor: str | None = None
    targets: int = 0
    visited: int = 0
    withdrawn: int = 0
    folds_left: int = LATE_FOLDS
    started_at: datetime | None = None
    ended_at: datetime | None = None
    reason: str = ""
    next_at: datetime | None = None


class Counts(State):
    """What the targets add up to; `targets` is what was frozen."""

    targets: int
    visited: int
    withdrawn: int


def start(round: Round, now: datetime) -> Decision[Round]:
    if round.stage != "draft":
        raise Rejected(f"{round.id} is {round.stage}")
    if round.ends < day_of(now):
        raise Rejected("the round's last day has passed")
    return Decision(round.but(stage="running", work="freezing", started_at=now, next_at=_soon(now)))


def froze(round: Round, cursor: str, now: datetime) -> Decision[Round]:
    """One chunk is done, and there may be more."""
    if round.work != "freezing":
        return Decision(round)
    return Decision(round.but(cursor=cursor, next_at=_soon(now)))


def frozen(round: Round, counts: Counts, now: datetime) -> Decision[Round]:
    if round.work != "freezing":
        return Decision(round)
    after = _folded(round, counts).but(work=None, cursor=None, next_at=_fold_at(round, now))
    said = RoundStarted(
        round_id=round.id,
        area=round.area,
        name=round.name,
        targets=counts.targets,
        ends=round.ends,
        categories=list(round.categories),
        checklists=list(round.checklists),
        zones=list(round.zones),
        at=now,
    )
    return Decision(after, (said,))


def finish(round: Round, now: datetime) -> Decision[Round]:
    """Ended before its last day, or because that has passed."""
    if round.stage != "running":
        raise Rejected(f"{round.id} is {round.stage}")
    if round.work is not None:
        raise Rejected("its targets are still being frozen")
    return Decision(round.but(stage="finished", work="closing", ended_at=now, next_at=_soon(now)))


def cancel(round: Round, reason: str, now: datetime) -> Decision[Round]:
    if round.stage == "draft":
        said = RoundCancelled(round_id=round.id, area=round.area, reason=reason, at=now)
        return Decision(round.but(stage="cancelled", ended_at=now, reason=reason), (said,))
    if round.stage != "running":
        raise Rejected(f"{round.id} is {round.stage}")
    after = round.but(stage="cancelled", work="closing", cursor=None, ended_at=now, reason=reason, next_at=_soon(now))
    return Decision(after)


def closing(round: Round, now: datetime) -> Decision[Round]:
    """One chunk of what was open is taken back, and there may be more."""
    return Decision(round.but(next_at=_soon(now)) if round.work == "closing" else round)


def closed(round: Round, counts: Counts, now: datetime) -> Decision[Round]:
    """Nothing is open any more: the round says how it ended."""
    if round.work != "closing":
        return Decision(round)
    after = _folded(round, counts).but(work=None, next_at=called_at(next_day(day_of(now))))
    if round.stage == "cancelled":
        return Decision(after, (RoundCancelled(round_id=round.id, area=round.area, reason=round.reason, at=now),))
    said = RoundFinished(round_id=round.id, area=round.area, targets=counts.targets, visited=counts.visited, at=now)
    return Decision(after, (said,))


def folded(round: Round, counts: Counts, now: datetime) -> Decision[Round]:
    """The counts anew; a round whose last day has passed ends by itself."""
    after = _folded(round, counts)
    if round.stage == "running":
        if round.ends < day_of(now):
            return finish(after, now)
        return Decision(after.but(next_at=_fold_at(round, now)))
    left = round.folds_left - 1
    return Decision(after.but(folds_left=left, next_at=called_at(next_day(day_of(now))) if left > 0 else None))


def wake(round: Round) -> datetime | None:
    return round.next_at


def due_of(round: Round, target_id: str, residents: tuple[str, ...]) -> Due:
    """What a frozen target asks of its door: one visit from the start to the round's last day."""
    started = round.started_at or round.created_at
    return Due(
        id=target_id,
        of=round.id,
        tier="round",
        residents=residents,
        start=day_of(started),
        until=round.ends,
        checklists=round.checklists,
        since=started,
    )


def target_of(round_id: str, household: str) -> str:
    return f"target-{round_id}-{household}"


def _folded(round: Round, counts: Counts) -> Round:
    return round.but(targets=counts.targets, visited=counts.visited, withdrawn=counts.withdrawn)


def _fold_at(round: Round, now: datetime) -> datetime:
    over = called_at(next_day(round.ends))
    return over if over > now and over < now + FOLD_EVERY else now + FOLD_EVERY


def _soon(now: datetime) -> datetime:
    """At once, and never at a moment whose alarm has been heard."""
    return now + timedelta(milliseconds=1)
