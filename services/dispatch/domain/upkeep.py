"""What happens to a task by time alone: an offer lapses, a pause ends, a clock rings."""

from datetime import datetime

from services.dispatch.domain import clocks, moves, visits
from services.dispatch.domain.task import Task, follow, says
from shared.decision import Decision
from shared.events.dispatch import TaskOfferLapsed


def wake(task: Task) -> datetime | None:
    """The next moment at which time alone changes the task."""
    if not task.unfinished:
        return None
    moments = [clocks.next_alarm(task.clocks), task.offer_until, task.pause.until if task.pause else None]
    return min((moment for moment in moments if moment is not None), default=None)


def due(task: Task, now: datetime) -> Decision[Task]:
    """Everything whose time has come, at once."""
    if not task.unfinished:
        return Decision(task)
    return follow(
        Decision(task),
        lambda state: _lapse(state, now),
        lambda state: _resume(state, now),
        lambda state: clocks.ring(state, now) if state.unfinished else Decision(state),
    )


def _lapse(task: Task, now: datetime) -> Decision[Task]:
    if task.offer_until is None or task.offer_until > now:
        return Decision(task)
    return says(moves.free(task).but(stage="open"), TaskOfferLapsed, now)


def _resume(task: Task, now: datetime) -> Decision[Task]:
    if task.pause is None or task.pause.until > now:
        return Decision(task)
    return visits.pause_over(task, now) if task.kind == "visit" else moves.resume(task, now)
