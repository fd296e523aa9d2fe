"""The moves of a task that facts and people share: handed to one, back to the queue, paused, ended."""

from datetime import datetime
from typing import Any

from services.dispatch.domain import clocks
from services.dispatch.domain.task import Pause, Task, says
from shared.decision import Decision
from shared.events.dispatch import TaskAssigned, TaskCancelled, TaskDone, TaskResumed, TaskSuspended


def free(task: Task) -> Task:
    """Nobody's: no worker, no invitation, no pause."""
    return task.but(worker=None, invited=(), offer_until=None, pause=None)


def give(task: Task, worker: str, at: datetime, by: str | None = None) -> Decision[Task]:
    """To one, who has yet to accept it."""
    fresh = clocks.again(free(task), at) if task.worker else free(task)
    return says(fresh.but(stage="assigned", worker=worker), TaskAssigned, at, by=by)


def pause(
    task: Task, reason: str, until: datetime, at: datetime, by: str | None = None, note: str | None = None
) -> Decision[Task]:
    """Until a time, at which it wakes by itself; its deadlines move by the pause, at once."""
    before = task.pause
    back_to = before.back_to if before else "open" if task.stage == "offered" else task.stage
    moved = until - (max(before.until, at) if before else at)
    resting = Pause(reason=reason, since=at, until=until, back_to=back_to)
    paused = clocks.shift(task, moved).but(stage="suspended", invited=(), offer_until=None, pause=resting)
    return says(paused, TaskSuspended, at, by=by, note=note, reason=reason, until=until)


def resume(task: Task, at: datetime, by: str | None = None) -> Decision[Task]:
    """Early: the deadlines move back by what was not needed."""
    if task.pause is None:
        return Decision(task)
    running = clocks.shift(task, at - task.pause.until) if at < task.pause.until else task
    return says(running.but(stage=task.pause.back_to, pause=None), TaskResumed, at, by=by)


def finish(task: Task, at: datetime, outcome: str, by: str | None = None, **more: Any) -> Decision[Task]:
    """Done; who held it stays on it, for the history. `more` goes into the event."""
    done = _ended(task, at).but(stage="done", outcome=outcome)
    return says(done, TaskDone, at, by=by, outcome=outcome, **more)


def cancel(task: Task, at: datetime, reason: str, by: str | None = None, **more: Any) -> Decision[Task]:
    gone = _ended(task, at).but(stage="cancelled", outcome=reason)
    return says(gone, TaskCancelled, at, by=by, reason=reason, **more)


def _ended(task: Task, at: datetime) -> Task:
    return clocks.end(task, at).but(finished_at=at, invited=(), offer_until=None, pause=None)
