"""Who works where, with which skills, and whether they are on duty."""

from datetime import datetime

from services.dispatch.domain.task import Task
from shared.area import within
from shared.decision import Decision, Rejected, State
from shared.events.dispatch import ShiftEnded, ShiftStarted, WorkerChanged, WorkerEnlisted
from shared.privacy import Sealed


class Move(State):
    """The tasks that leave a worker by one request; kept, so that the same request moves the same ones."""

    tasks: tuple[str, ...]
    to: str | None
    at: datetime


class Worker(State):
    """`number` is the staff number that identity knows; `label` the masked name, safe to show;
    `name_mark` tells one name from another without telling the name;
    `fingerprint` is that of the imported row."""

    number: str
    name: Sealed
    name_mark: str
    label: str
    area: str
    grids: tuple[str, ...] = ()
    skills: tuple[str, ...] = ()
    lead: bool = False
    on_duty: bool = True
    duty_since: datetime | None = None
    leaving: Move | None = None
    fingerprint: str = ""


def worker_of(number: str) -> str:
    return f"worker-{number}"


def enlist(wanted: Worker, on_duty: bool | None, now: datetime, worker: Worker | None) -> Decision[Worker]:
    """Takes a worker on, or brings what is known up to date. `on_duty` None leaves the duty as it is
    (a new worker is on duty)."""
    if worker is None:
        fresh = wanted.but(on_duty=False)
        enlisted = _as_event(WorkerEnlisted, fresh, now)
        duty = Decision(fresh) if on_duty is False else start_shift(fresh, now)
        return Decision(duty.state, (enlisted, *duty.events))
    same = {"name_mark", "label", "area", "grids", "skills", "lead"}
    changes = {name: getattr(wanted, name) for name in same if getattr(wanted, name) != getattr(worker, name)}
    if "name_mark" in changes:
        changes["name"] = wanted.name
    changed = worker.but(**changes, fingerprint=wanted.fingerprint)
    duty = _with_duty(changed, on_duty, now)
    return Decision(duty.state, ((_as_event(WorkerChanged, changed, now),) if changes else ()) + duty.events)


def _with_duty(worker: Worker, on_duty: bool | None, now: datetime) -> Decision[Worker]:
    if on_duty is None or on_duty == worker.on_duty:
        return Decision(worker)
    return start_shift(worker, now) if on_duty else end_shift(worker, "", now)


def _as_event(
    event: type[WorkerEnlisted] | type[WorkerChanged], worker: Worker, now: datetime
) -> WorkerEnlisted | WorkerChanged:
    return event(
        worker=worker.number,
        area=worker.area,
        label=worker.label,
        grids=list(worker.grids),
        skills=list(worker.skills),
        lead=worker.lead,
        at=now,
    )


def start_shift(worker: Worker, now: datetime) -> Decision[Worker]:
    if worker.on_duty:
        return Decision(worker)
    started = worker.but(on_duty=True, duty_since=now)
    return Decision(started, (ShiftStarted(worker=worker.number, area=worker.area, at=now),))


def end_shift(worker: Worker, reason: str, now: datetime) -> Decision[Worker]:
    if not worker.on_duty:
        return Decision(worker)
    ended = worker.but(on_duty=False, duty_since=None)
    return Decision(ended, (ShiftEnded(worker=worker.number, area=worker.area, reason=reason, at=now),))


def leave(worker: Worker, leaving: Move, reason: str, ends_shift: bool) -> Decision[Worker]:
    """Falls ill: these tasks go to somebody else, each by its own rule."""
    moving = worker.but(leaving=leaving)
    return end_shift(moving, reason, leaving.at) if ends_shift else Decision(moving)


def fit(task: Task, worker: Worker) -> None:
    """Raises Rejected: off duty, of elsewhere, or the one who rectified what is to be rechecked."""
    if worker.number in task.barred:
        raise Rejected(f"{worker.number} rectified it: somebody else must recheck")
    if not worker.on_duty:
        raise Rejected(f"{worker.number} is off duty")
    if not any(within(area, worker.area) or within(worker.area, area) for area in (task.area, task.queue)):
        raise Rejected(f"{worker.number} works in {worker.area}, not in {task.area}: transfer the task first")
