"""Tasks that a fact calls for and another ends: the newest fact about the subject decides.

The facts of one subject are numbered. A task remembers the number of the newest one that concerned
it and lets older ones pass, so that repeated or late facts leave what the true order would.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from services.dispatch.domain import clocks, moves
from services.dispatch.domain.task import Task, follow, says
from shared.decision import Decision
from shared.events.dispatch import Kind, TaskChanged, TaskOpened, Urgency

HOW = Literal["done", "cancelled"]


@dataclass(frozen=True, slots=True)
class Fact:
    """What a fact says about the task of one kind for one subject; `number` is its place among the
    subject's facts."""

    id: str
    kind: Kind
    subject: str
    area: str
    number: int
    at: datetime
    zones: tuple[str, ...] = ()
    by: str | None = None

    def blank(self) -> Task:
        return Task(id=self.id, kind=self.kind, subject=self.subject, area=self.area, queue=self.area)


@dataclass(frozen=True, slots=True)
class Call:
    """The task that a fact calls for. `moves`: one that is open goes on, with this owner and due."""

    urgency: Urgency
    title: str
    round: int = 1
    day: str = ""
    owner: str | None = None
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    barred: tuple[str, ...] = ()
    moves: bool = False


def called(fact: Fact, call: Call, task: Task | None) -> Decision[Task]:
    """Opens the task, or moves it on."""
    task = task or fact.blank()
    if fact.number <= task.seen:
        return Decision(task)
    heard = task.but(seen=fact.number)
    if not task.unfinished:
        return _open(fact, call, heard)
    if call.moves and task.round == call.round:
        return _move_on(fact, call, heard)
    return follow(moves.cancel(heard, fact.at, "superseded"), lambda state: _open(fact, call, state))


def ended(fact: Fact, how: HOW, because: str, task: Task | None) -> Decision[Task]:
    """Ends the task if it is open; remembers that it was ended if it is not open yet."""
    task = task or fact.blank()
    if fact.number <= task.seen:
        return Decision(task)
    heard = task.but(seen=fact.number)
    if not task.unfinished:
        return Decision(heard)
    ending = moves.finish if how == "done" else moves.cancel
    return ending(heard, fact.at, because, fact.by)


def _open(fact: Fact, call: Call, task: Task) -> Decision[Task]:
    fresh = moves.free(task).but(
        stage="open",
        area=fact.area,
        queue=fact.area,
        zones=fact.zones,
        title=call.title,
        urgency=call.urgency,
        policy=call.urgency,
        round=call.round,
        day=call.day,
        owner=call.owner,
        barred=call.barred,
        opened_at=fact.at,
        finished_at=None,
        outcome="",
        bounces=0,
    )
    timed = clocks.start(fresh, fact.at, call.due_at)
    timed = timed.but(original_due_at=call.original_due_at or timed.due_at)
    opening = says(timed, TaskOpened, fact.at, due_at=timed.due_at, for_lead=timed.for_lead)
    owner = call.owner
    return follow(opening, lambda state: moves.give(state, owner, fact.at, fact.by)) if owner else opening


def _move_on(fact: Fact, call: Call, task: Task) -> Decision[Task]:
    decision = Decision(task.but(owner=call.owner))
    due_at = call.due_at
    if due_at is not None and due_at != task.due_at:
        decision = follow(decision, lambda state: _another_due(state, due_at, fact.at))
    owner = call.owner
    if owner is not None and owner != task.owner:
        decision = follow(
            decision,
            lambda state: moves.resume(state, fact.at),
            lambda state: moves.give(state, owner, fact.at, fact.by),
        )
    return decision


def _another_due(task: Task, due_at: datetime, at: datetime) -> Decision[Task]:
    later = clocks.redue(task, due_at)
    return says(later, TaskChanged, at, due_at=due_at, original_due_at=task.original_due_at)
