"""Which changes of which tasks a fact calls for; `table.py` says it at a glance."""

from functools import partial
from typing import Any

from services.dispatch.domain import hazards, visits
from services.dispatch.domain.hazards import HOW, Call, Fact
from services.dispatch.domain.policies import LEVELS
from services.dispatch.domain.task import about_hazard, check_of, visit_of
from services.dispatch.store import tasks
from services.dispatch.table import EARLIEST, HAZARDS, TITLES, Row
from shared import places
from shared.event import Envelope
from shared.events.dispatch import Kind, TaskCancelled, TaskDone, TaskReopened
from shared.events.inspection import VisitCompleted, VisitFailed, VisitVoided
from shared.events.registry import VisitDue, VisitWithdrawn
from shared.reactions import Handler, Reactions
from shared.store import Change

on = Reactions()
places.hears(on)
Ending = TaskDone | TaskCancelled | TaskReopened


def _about(row: Row) -> Handler:
    def follow_the_table(hazard: Any, envelope: Envelope) -> list[Change]:
        if not row.when(hazard):
            return []
        ended = [_end(hazard, envelope, kind, "done") for kind in row.done if envelope.sequence > EARLIEST[kind]]
        gone = [
            _end(hazard, envelope, kind, "cancelled") for kind in row.cancelled if envelope.sequence > EARLIEST[kind]
        ]
        return [*ended, *gone, *([_open(hazard, envelope, row, row.opens)] if row.opens else [])]

    return follow_the_table


for row in HAZARDS:
    on(row.heard)(_about(row))


def _fact(hazard: Any, envelope: Envelope, kind: Kind) -> Fact:
    return Fact(
        id=about_hazard(kind, hazard.hazard_id),
        kind=kind,
        subject=hazard.hazard_id,
        area=hazard.area,
        number=envelope.sequence,
        at=hazard.at,
        zones=tuple(hazard.zones),
        by=getattr(hazard, "by", None),
    )


def _end(hazard: Any, envelope: Envelope, kind: Kind, how: HOW) -> Change:
    fact = _fact(hazard, envelope, kind)
    return tasks.begin_or_change(fact.id, partial(hazards.ended, fact, how, envelope.type))


def _open(hazard: Any, envelope: Envelope, row: Row, kind: Kind) -> Change:
    fact = _fact(hazard, envelope, kind)
    place = getattr(hazard, "place", "")
    call = Call(
        urgency=LEVELS[hazard.level],
        title=" ".join(filter(None, (TITLES[kind], f"{hazard.code}（{hazard.level}级）", place))),
        round=getattr(hazard, "round", 1),
        owner=getattr(hazard, "owner", None),
        due_at=getattr(hazard, "due_at", None),
        original_due_at=getattr(hazard, "original_due_at", None),
        barred=(hazard.by,) if kind == "recheck" else (),
        moves=row.moves,
    )
    return tasks.begin_or_change(fact.id, partial(hazards.called, fact, call))


@on(VisitDue)
def open_visit(due: VisitDue, envelope: Envelope) -> list[Change]:
    rule = partial(visits.due, due, envelope.subject, envelope.sequence)
    return [tasks.begin_or_change(visit_of(due.household_id, due.day), rule)]


@on(VisitWithdrawn)
def withdraw_visit(withdrawn: VisitWithdrawn, envelope: Envelope) -> list[Change]:
    rule = partial(visits.due, withdrawn, envelope.subject, envelope.sequence)
    return [tasks.begin_or_change(visit_of(withdrawn.household_id, withdrawn.day), rule)]


@on(VisitCompleted)
def close_visit(visit: VisitCompleted) -> list[Change]:
    return [tasks.begin_or_change(visit_of(visit.household_id, visit.day), partial(visits.recorded, visit))]


@on(VisitFailed)
def climb_the_ladder(visit: VisitFailed) -> list[Change]:
    return [tasks.begin_or_change(visit_of(visit.household_id, visit.day), partial(visits.recorded, visit))]


@on(VisitVoided)
def undo_visit(visit: VisitVoided) -> list[Change]:
    return [tasks.begin_or_change(visit_of(visit.household_id, visit.day), partial(visits.voided, visit))]


@on(TaskCancelled)
def begin_or_end_the_check(task: TaskCancelled, envelope: Envelope) -> list[Change]:
    if task.calls == "welfare-check":
        call = Call(urgency="red", title=f"{TITLES['welfare-check']} {task.title}".strip(), day=task.day)
        fact = _check(task, envelope)
        return [tasks.begin_or_change(fact.id, partial(hazards.called, fact, call))]
    return end_the_check(task, envelope)


@on(TaskDone)
@on(TaskReopened)
def end_the_check(task: Ending, envelope: Envelope) -> list[Change]:
    if task.ends is None:
        return []
    fact = _check(task, envelope)
    return [tasks.begin_or_change(task.ends, partial(hazards.ended, fact, "done", envelope.type))]


def _check(task: Ending, envelope: Envelope) -> Fact:
    return Fact(
        id=check_of(task.subject_id, task.day),
        kind="welfare-check",
        subject=task.subject_id,
        area=task.area,
        number=envelope.sequence,
        at=task.at,
        zones=tuple(task.zones),
        by=task.by or None,
    )
