"""What those who watch over a task do: let it rest, move it elsewhere, urge, comment, end it, open it again."""

from collections.abc import Sequence
from datetime import datetime

from services.dispatch.domain import clocks, door, moves
from services.dispatch.domain.policies import LONGEST_PAUSE, REOPEN_WITHIN
from services.dispatch.domain.task import HAZARD_KINDS, MOST_COMMENTS, Comment, Task, follow, says
from services.dispatch.domain.work import Reason, unfinished
from shared.decision import Decision, Rejected
from shared.events.dispatch import Kind, TaskCommented, TaskReopened, TaskTransferred, TaskUrged
from shared.privacy import Sealed

RECORDS: dict[Kind, str] = {
    "visit": "record the visit: POST /visits of inspection",
    "arrange": "give the hazard an owner and a date: POST /hazards/{id}/order of inspection",
    "rectify": "record the rectification: POST /hazards/{id}/rectify of inspection",
    "recheck": "record the recheck: POST /hazards/{id}/recheck of inspection",
    "follow-up": "record what became of the hazard: POST /hazards/{id}/hand-back of inspection",
}
"""Kinds whose end is recorded where their subject lives."""


def transfer(task: Task, to_area: str, zones: Sequence[str], by: str, reason: Reason, now: datetime) -> Decision[Task]:
    """To the queue of another area, and out of this one."""
    unfinished(task)
    if to_area == task.queue:
        raise Rejected("it is there already")
    told = says(task, TaskTransferred, now, by=by, to_area=to_area, reason=reason.code, note=reason.note)
    moved = {"stage": "open", "area": to_area, "queue": to_area, "zones": tuple(zones), "bounces": 0}

    def there(state: Task) -> Decision[Task]:
        awake = moves.resume(state, now)
        return follow(awake, lambda left: Decision(clocks.again(moves.free(left), now).but(**moved)))

    return follow(told, there)


def suspend(task: Task, reason: Reason, until: datetime, by: str, now: datetime) -> Decision[Task]:
    unfinished(task)
    if task.stage not in ("accepted", "in_progress"):
        raise Rejected(f"a task that is {task.stage} cannot be suspended")
    if not now < until <= now + LONGEST_PAUSE:
        raise Rejected(f"a task rests until a time in the future, at most {LONGEST_PAUSE.days} days")
    return moves.pause(task, reason.code, until, now, by, reason.note)


def resume(task: Task, by: str, now: datetime) -> Decision[Task]:
    if task.stage != "suspended":
        raise Rejected("it is not suspended")
    return moves.resume(task, now, by)


def cancel(task: Task, reason: Reason, by: str, now: datetime) -> Decision[Task]:
    unfinished(task)
    dropped = door.dropped(task) if task.kind == "visit" else task
    return moves.cancel(dropped, now, reason.code, by, note=reason.note)


def complete(task: Task, by: str, reason: Reason, now: datetime) -> Decision[Task]:
    if task.kind in RECORDS:
        raise Rejected(f"a {task.kind} is not completed here: {RECORDS[task.kind]}", record=RECORDS[task.kind])
    unfinished(task)
    return moves.finish(task, now, reason.code, by, note=reason.note)


def reopen(task: Task, reason: Reason, by: str, now: datetime) -> Decision[Task]:
    if task.kind in HAZARD_KINDS:
        raise Rejected("its hazard decides: reopen that in inspection")
    if task.stage != "done" or task.finished_at is None:
        raise Rejected(f"only what is done can be opened again, and this is {task.stage}")
    if now > task.finished_at + REOPEN_WITHIN:
        raise Rejected(f"it was done more than {REOPEN_WITHIN.total_seconds() / 3600:.0f} hours ago")
    fresh = moves.free(door.overruled(task)).but(stage="open", finished_at=None, outcome="", opened_at=now)
    due_at = task.due_at if task.due_at and (task.kind == "visit" or task.due_at > now) else None
    timed = clocks.start(fresh, now, due_at)
    told = {"reason": reason.code, "due_at": timed.due_at, "due_ids": list(timed.due_ids)}
    return says(timed, TaskReopened, now, by=by, note=reason.note, **told)


def urge(task: Task, by: str, now: datetime) -> Decision[Task]:
    unfinished(task)
    return says(task.but(urges=task.urges + 1), TaskUrged, now, by=by)


def comment(task: Task, by: str, text: Sealed, now: datetime) -> Decision[Task]:
    comments = (*task.comments, Comment(at=now, by=by, text=text))[-MOST_COMMENTS:]
    return says(task.but(comments=comments), TaskCommented, now, by=by)
