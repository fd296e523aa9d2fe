"""The visit to one household on one day: what its facts, in whatever order they came, add up to.

The task keeps the facts (dues as last told, visits as recorded) and `settle` folds them; so the
order in which they are heard, and how often, makes no difference to what is open in the end.
"""

from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks, door, moves
from services.dispatch.domain.policies import NO_ANSWER_PAUSE
from services.dispatch.domain.task import Attempt, Due, Task, check_of, follow, says, visit_of
from shared.decision import Decision
from shared.events.dispatch import TaskChanged, TaskOpened, TaskReopened
from shared.events.inspection import VisitCompleted, VisitFailed, VisitVoided
from shared.events.registry import VisitDue, VisitWithdrawn

Told = VisitDue | VisitWithdrawn
Recorded = VisitCompleted | VisitFailed
NO_ANSWER = "no-answer"


def due(heard: Told, subject: str, number: int, task: Task | None) -> Decision[Task]:
    """A due was told or withdrawn by `subject`, as its `number`-th fact."""
    task = task or _blank(heard)
    for due_id in heard.due_ids:
        task = door.noted(task, door.told(heard, due_id, subject, number))
    if isinstance(heard, VisitDue) and not task.zones:
        task = task.but(zones=tuple(heard.zones))
    return settle(task, heard.at)


def recorded(visit: Recorded, task: Task | None) -> Decision[Task]:
    """Somebody stood at the door."""
    task = task or _blank(visit)
    outcome = visit.outcome if isinstance(visit, VisitFailed) else "completed"
    known = door.attempt_of(task, visit.visit_id)
    if known is not None and known.outcome:
        return Decision(task)
    attempt = Attempt(visit_id=visit.visit_id, outcome=outcome, at=visit.at, by=visit.by, voided=known is not None)
    return settle(door.with_attempt(task, attempt), visit.at)


def voided(visit: VisitVoided, task: Task | None) -> Decision[Task]:
    """It was no visit. What it had ended is open again once the registry calls for it again."""
    task = task or _blank(visit)
    known = door.attempt_of(task, visit.visit_id) or Attempt(
        visit_id=visit.visit_id, outcome="", at=visit.at, by=visit.by
    )
    if known.voided:
        return Decision(task)
    known = known.but(voided=True)
    return settle(_stepped_down(door.with_attempt(task, known)), visit.at)


def pause_over(task: Task, now: datetime) -> Decision[Task]:
    """After the first pause it is tried again; after the one until the evening somebody must check."""
    if task.pause is not None and task.pause.reason == NO_ANSWER and task.ladder > 1:
        return settle(task.but(gave_up=True), now)
    return moves.resume(task, now)


def settle(task: Task, at: datetime) -> Decision[Task]:
    """From what is known of dues and visits to what the task is now."""
    if not task.dues:
        return Decision(task)
    left = door.standing(task)
    met = door.ending(task, voided=False)
    if met is None and (undone := door.ending(task, voided=True)):
        left = [due for due in left if due.again]
        met = None if left else undone
    if met is not None:
        return _keep(task, met, at)
    if not left and door.nobody_there(task):
        return _withdraw(task, at)
    if door.exhausted(task):
        return _call_check(task, at)
    return _go_on(task, left, at) if left else _withdraw(task, at)


def _blank(heard: Told | Recorded | VisitVoided) -> Task:
    id = visit_of(heard.household_id, heard.day)
    return Task(id=id, kind="visit", subject=heard.household_id, area=heard.area, queue=heard.area, day=heard.day)


def _keep(task: Task, met: Attempt, at: datetime) -> Decision[Task]:
    if task.stage == "done":
        return Decision(task)
    if task.stage == "unopened":
        return Decision(task.but(stage="done", outcome=met.outcome, finished_at=at))
    return moves.finish(task.but(checking=False), at, met.outcome, met.by, ends=_check(task))


def _withdraw(task: Task, at: datetime) -> Decision[Task]:
    reason = next((due.withdrawn for due in task.dues if due.withdrawn), "")
    if task.stage == "unopened":
        return Decision(task.but(stage="cancelled", outcome=reason, finished_at=at))
    if not task.unfinished and not task.checking:
        return Decision(task)
    return moves.cancel(task.but(checking=False), at, reason, ends=_check(task))


def _check(task: Task) -> str | None:
    """The welfare check that this visit had called for."""
    return check_of(task.subject, task.day) if task.checking else None


def _call_check(task: Task, at: datetime) -> Decision[Task]:
    """Its event begins the welfare check."""
    if task.checking:
        return Decision(task)
    return moves.cancel(door.titled(task).but(checking=True), at, NO_ANSWER, calls="welfare-check")


def _go_on(task: Task, left: list[Due], at: datetime) -> Decision[Task]:
    decision = _retimed(task, left, at) if task.unfinished else _open(task, left, at)
    knocks = door.unanswered(task)
    if len(knocks) <= task.ladder:
        return decision
    last = knocks[-1]
    until = last.at + NO_ANSWER_PAUSE if len(knocks) == 1 else door.evening(last)
    return follow(decision, lambda state: moves.pause(_climbed(state), NO_ANSWER, until, last.at, last.by))


def _climbed(task: Task) -> Task:
    """Each time nobody answers is answered by one pause."""
    return task.but(ladder=len(door.unanswered(task)))


def _stepped_down(task: Task) -> Task:
    return task.but(ladder=min(task.ladder, len(door.unanswered(task))))


def _open(task: Task, left: list[Due], at: datetime) -> Decision[Task]:
    """For the first time, for a due that came later, or again because a visit was voided."""
    urgency, policy = door.class_of(left)
    fresh = moves.free(door.titled(task)).but(
        stage="open", urgency=urgency, policy=policy, opened_at=at, finished_at=None, outcome="", bounces=0
    )
    timed = clocks.start(fresh, at, left[0].due_at)
    timed = timed.but(original_due_at=timed.due_at, due_ids=door.ids(left), checking=False)
    due: dict[str, Any] = {"due_at": timed.due_at, "due_ids": list(timed.due_ids)}
    if task.stage == "done" or task.checking:
        return says(timed, TaskReopened, at, reason="visit-voided", ends=_check(task), **due)
    return says(timed, TaskOpened, at, **due)


def _retimed(task: Task, left: list[Due], at: datetime) -> Decision[Task]:
    """Another due joined or left: the tightest and the most urgent of them count."""
    urgency, policy = door.class_of(left)
    opened_at = task.opened_at or at
    changed = door.titled(task).but(urgency=urgency, policy=policy)
    if (policy, left[0].due_at) != (task.policy, task.due_at):
        changed = clocks.start(changed, opened_at, left[0].due_at)
    changed = changed.but(due_ids=door.ids(left))
    if changed == task:
        return Decision(task)
    return says(changed, TaskChanged, at, due_at=changed.due_at, due_ids=list(changed.due_ids))
