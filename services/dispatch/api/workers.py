"""Workers over HTTP: enlisted, on and off duty, their tasks, and all of these moved when one falls ill."""

from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field

from services.dispatch.api.actions import Because
from services.dispatch.api.enlisting import Enlist, Facts, Skill, enlisting, known
from services.dispatch.api.people import STAFF_NUMBER, StaffNumber, because, tasks_of, worker
from services.dispatch.api.queue import AskedStage, Sort, page, shelf
from services.dispatch.api.shown import TaskPage, WorkerPage, WorkerRow, worker_row
from services.dispatch.domain import work
from services.dispatch.domain import workers as domain
from services.dispatch.domain.workers import Move, Worker, worker_of
from services.dispatch.store import tasks, workers
from shared import places
from shared.http import After, Body, Limit, Look, Wish

router = APIRouter(tags=["workers"])
Number = Annotated[str, Path(pattern=STAFF_NUMBER)]
MOST_MOVED = 500


class EndShift(Body):
    reason: Annotated[str, Field(max_length=40)] = ""


class Reassign(Because):
    """`to` left out: back to the queue. `ends_shift`: whoever falls ill is off duty."""

    to: StaffNumber | None = None
    ends_shift: bool = True


class Reassigned(BaseModel):
    """For each task `ok`, or why it could not be moved. `more`: there are more than could be moved at once."""

    worker: str
    to: str | None
    results: dict[str, str]
    more: bool


@router.post("/workers", status_code=201)
async def enlist(body: Enlist, wish: Wish) -> WorkerRow:
    wanted = await known(wish, body.number, body, partial(places.find, wish.desk))
    rule = partial(domain.enlist, wanted, body.on_duty, wish.now, None)
    return worker_row(await wish.act(workers.begin(worker_of(body.number), rule)))


@router.put("/workers/{number}")
async def enlist_or_change(number: Number, body: Facts, wish: Wish) -> WorkerRow:
    wanted = await known(wish, number, body, partial(places.find, wish.desk))
    return worker_row(await wish.act(enlisting(wanted, body.on_duty, wish)))


@router.post("/workers/{number}/shift/start")
async def start_shift(number: Number, wish: Wish) -> WorkerRow:
    return worker_row(await wish.act(workers.change(worker_of(number), partial(domain.start_shift, now=wish.now))))


@router.post("/workers/{number}/shift/end")
async def end_shift(number: Number, wish: Wish, body: EndShift | None = None) -> WorkerRow:
    code = because(wish, body.reason).code if body and body.reason else ""
    rule = partial(domain.end_shift, reason=code, now=wish.now)
    return worker_row(await wish.act(workers.change(worker_of(number), rule)))


@router.post("/workers/{number}/reassign")
async def reassign(number: Number, body: Reassign, wish: Wish) -> Reassigned:
    """Everything of one worker, at once, with a result for each. The worker's document keeps which, so
    that the same request moves the same tasks, also after a crash in the middle."""
    colleague = await worker(wish, body.to) if body.to else None
    found = await tasks_of(wish, number, MOST_MOVED + 1)
    leaving = Move(tasks=tuple(found[:MOST_MOVED]), to=body.to, at=wish.now)
    reason = because(wish, body.reason)
    rule = partial(domain.leave, leaving=leaving, reason=reason.code, ends_shift=body.ends_shift)
    left: Worker = await wish.act(workers.change(worker_of(number), rule))
    kept = left.leaving or leaving
    hand_over = partial(work.hand_over, worker=number, to=colleague, by=wish.actor.id, reason=reason, now=wish.now)
    results = await wish.each({id: tasks.change(id, hand_over) for id in kept.tasks})
    return Reassigned(worker=number, to=kept.to, results=results, more=len(found) > MOST_MOVED)


@router.get("/workers")
async def on_the_list(
    look: Look,
    on_duty: bool | None = None,
    skill: Skill | None = None,
    lead: bool | None = None,
    after: After = None,
    limit: Limit = 50,
) -> WorkerPage:
    asked: dict[str, Any] = {"keys.on_duty": on_duty, "keys.skills": skill, "keys.lead": lead}
    where = {key: value for key, value in asked.items() if value is not None}
    found = await look.page(workers, where, "keys.order", after, limit)
    items = [worker_row(Worker.model_validate(item["state"])) for item in found.items]
    return WorkerPage(items=items, next=found.next)


@router.get("/workers/{number}")
async def one(number: Number, look: Look) -> WorkerRow:
    return worker_row(await look.get(workers, worker_of(number)))


@router.get("/workers/{number}/tasks")
async def tasks_of_one(
    number: Number,
    look: Look,
    stage: AskedStage | None = None,
    sort: Sort = "urgency",
    after: After = None,
    limit: Limit = 50,
) -> TaskPage:
    """A worker's own tasks, unfinished unless a finished stage is asked for."""
    return await page(look, shelf(stage, None, number), sort, after, limit)
