"""What people do with a task: take it, give it, do it, hand it back."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.dispatch.domain import clocks, moves
from services.dispatch.domain.policies import LONGEST_OFFER, MOST_BOUNCES
from services.dispatch.domain.task import HELD, Stage, Task, says
from services.dispatch.domain.workers import Worker, fit
from shared import area
from shared.decision import Decision, Rejected
from shared.events.dispatch import (
    TaskAccepted,
    TaskAssigned,
    TaskDeclined,
    TaskOffered,
    TaskReturned,
    TaskStarted,
)
from shared.privacy import Sealed


@dataclass(frozen=True, slots=True)
class Reason:
    """`code` goes into the world; `note`, what was said in free words, stays sealed on the task."""

    code: str
    note: Sealed | None = None


def claim(task: Task, worker: Worker, now: datetime) -> Decision[Task]:
    """The first one wins; an invitation must name the worker."""
    unfinished(task)
    if task.worker == worker.number and task.stage == "accepted":
        return Decision(task)
    _nobody_elses(task, worker.number)
    fit(task, worker)
    if task.stage == "assigned" or task.stage == "offered":
        return accept(task, worker, now)
    if task.stage != "open":
        raise Rejected(f"a task that is {task.stage} cannot be claimed")
    if len(worker.area) > len(task.queue) and task.queue != task.area:
        raise Rejected(f"it waits in the queue of {task.queue}: they assign it")
    return _accepted(task, worker, now)


def accept(task: Task, worker: Worker, now: datetime) -> Decision[Task]:
    """By the one it is assigned to, or the first of those it is offered to."""
    unfinished(task)
    _nobody_elses(task, worker.number)
    fit(task, worker)
    if task.stage == "accepted" and task.worker == worker.number:
        return Decision(task)
    if task.stage == "offered" and worker.number not in task.invited:
        raise Rejected("it is offered to others", invited=list(task.invited))
    if task.stage not in ("assigned", "offered"):
        raise Rejected(f"a task that is {task.stage} cannot be accepted")
    return _accepted(task, worker, now)


def _accepted(task: Task, worker: Worker, now: datetime) -> Decision[Task]:
    taken = clocks.end(moves.free(task), now, "accept").but(stage="accepted", worker=worker.number)
    return says(taken, TaskAccepted, now, by=worker.number)


def assign(task: Task, to: Worker, by: str, now: datetime) -> Decision[Task]:
    unfinished(task)
    if task.worker == to.number and task.stage in HELD:
        return Decision(task)
    fit(task, to)
    if task.stage not in ("open", "offered", "assigned"):
        raise Rejected(f"{task.worker or 'somebody'} has it ({task.stage}): it must be returned first", **_holder(task))
    return moves.give(task, to.number, now, by)


def offer(task: Task, to: Sequence[Worker], until: datetime, by: str, now: datetime) -> Decision[Task]:
    """To several; whoever accepts first has it; it lapses by itself."""
    unfinished(task)
    if task.stage not in ("open", "offered"):
        raise Rejected(f"a task that is {task.stage} cannot be offered", **_holder(task))
    if not now < until <= now + LONGEST_OFFER:
        raise Rejected(f"an offer ends in the future, within {LONGEST_OFFER.days} days")
    for worker in to:
        fit(task, worker)
    invited = tuple(dict.fromkeys(worker.number for worker in to))
    offered = task.but(stage="offered", invited=invited, offer_until=until)
    return says(offered, TaskOffered, now, by=by, to=list(invited), until=until)


def decline(task: Task, worker: str, reason: Reason, now: datetime) -> Decision[Task]:
    """Back to the queue when nobody who was asked is left."""
    unfinished(task)
    if task.stage == "assigned" and task.worker == worker:
        left = clocks.again(moves.free(task), now).but(stage="open")
    elif task.stage == "offered" and worker in task.invited:
        others = tuple(number for number in task.invited if number != worker)
        left = task.but(invited=others) if others else moves.free(task).but(stage="open")
    else:
        raise Rejected("nobody asked you to do it", **_holder(task))
    return says(left, TaskDeclined, now, by=worker, reason=reason.code, note=reason.note)


def start(task: Task, worker: str, now: datetime) -> Decision[Task]:
    _own(task, worker)
    if task.stage == "in_progress":
        return Decision(task)
    if task.stage != "accepted":
        raise Rejected(f"a task that is {task.stage} cannot be started: accept it first")
    return says(clocks.end(task, now, "act").but(stage="in_progress"), TaskStarted, now, by=worker)


def hand_back(task: Task, worker: str, reason: Reason, now: datetime) -> Decision[Task]:
    """Returned; bounced too often, it becomes the street's."""
    _own(task, worker)
    if task.stage not in ("accepted", "in_progress"):
        raise Rejected(f"a task that is {task.stage} cannot be returned")
    bounces = task.bounces + 1
    street = area.at(task.area, "street")
    queue = street if bounces >= MOST_BOUNCES and street else task.queue
    left = clocks.again(moves.free(task), now).but(stage="open", bounces=bounces, queue=queue)
    return says(left, TaskReturned, now, by=worker, reason=reason.code, bounces=bounces, note=reason.note)


def hand_over(task: Task, worker: str, to: Worker | None, by: str, reason: Reason, now: datetime) -> Decision[Task]:
    """From one who cannot go on: to a colleague, or back to the queue; no bounce. What rests goes on
    resting."""
    _own(task, worker)
    if to is not None:
        fit(task, to)
    stage: Stage = "assigned" if to else "open"
    left = clocks.again(moves.free(task), now).but(stage=stage, worker=to.number if to else None)
    if task.pause is not None:
        left = left.but(stage="suspended", pause=task.pause.but(back_to=stage))
    if to is not None:
        return says(left, TaskAssigned, now, by=by, note=reason.note)
    return says(left, TaskReturned, now, by=by, reason=reason.code, bounces=task.bounces, note=reason.note)


def _holder(task: Task) -> dict[str, str]:
    return {"holder": task.worker} if task.worker else {}


def unfinished(task: Task) -> None:
    if not task.unfinished:
        raise Rejected(f"it is {task.stage} already")


def _nobody_elses(task: Task, worker: str) -> None:
    if task.worker is not None and task.worker != worker:
        raise Rejected(f"{task.worker} has it", holder=task.worker)


def _own(task: Task, worker: str) -> None:
    unfinished(task)
    if task.worker != worker:
        raise Rejected(f"it is not {worker}'s", **_holder(task))
