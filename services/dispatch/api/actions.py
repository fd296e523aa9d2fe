"""What one does with a task over HTTP: each route one line from request to change."""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import AwareDatetime, Field

from services.dispatch.api.people import StaffNumber, act, because, myself, worker
from services.dispatch.api.shown import TaskDetail, detail
from services.dispatch.domain import oversight, work
from services.dispatch.domain.task import Task
from services.dispatch.domain.work import Reason
from services.dispatch.store import tasks
from shared import places
from shared.clock import whole_ms
from shared.decision import Decision
from shared.http import Body, Command, Wish

router = APIRouter(prefix="/tasks/{task_id}", tags=["tasks"])
Words = Annotated[str, Field(min_length=1, max_length=500)]


class Assign(Body):
    to: StaffNumber


class Offer(Body):
    to: Annotated[list[StaffNumber], Field(min_length=1, max_length=20)]
    until: AwareDatetime


class Because(Body):
    """`reason`: one of the short list (ill, overloaded, wrong-area …) or free words, which stay sealed."""

    reason: Words


class Transfer(Because):
    to_area: Annotated[str, Field(pattern=r"^\d{4,15}$")]


class Suspend(Because):
    until: AwareDatetime


class Complete(Body):
    outcome: Literal["safe", "helped", "handed-over", "not-found"]
    note: Words | None = None


class Say(Body):
    text: Annotated[str, Field(min_length=1, max_length=1000)]


async def _act(wish: Command, task_id: str, rule: Callable[[Task], Decision[Task]]) -> TaskDetail:
    return detail(await act(wish, task_id, tasks.change(task_id, rule)), wish.now)


@router.post("/claim")
async def claim(task_id: str, wish: Wish) -> TaskDetail:
    """The first one wins; the others learn who has it."""
    return await _act(wish, task_id, partial(work.claim, worker=await myself(wish), now=wish.now))


@router.post("/accept")
async def accept(task_id: str, wish: Wish) -> TaskDetail:
    return await _act(wish, task_id, partial(work.accept, worker=await myself(wish), now=wish.now))


@router.post("/assign")
async def assign(task_id: str, body: Assign, wish: Wish) -> TaskDetail:
    to = await worker(wish, body.to)
    return await _act(wish, task_id, partial(work.assign, to=to, by=wish.actor.id, now=wish.now))


@router.post("/offer")
async def offer(task_id: str, body: Offer, wish: Wish) -> TaskDetail:
    """To several, until a time; it lapses by itself."""
    to = [await worker(wish, number) for number in body.to]
    until = _moment(body.until)
    return await _act(wish, task_id, partial(work.offer, to=to, until=until, by=wish.actor.id, now=wish.now))


@router.post("/decline")
async def decline(task_id: str, body: Because, wish: Wish) -> TaskDetail:
    return await _own(wish, task_id, work.decline, body.reason)


@router.post("/start")
async def start(task_id: str, wish: Wish) -> TaskDetail:
    return await _act(wish, task_id, partial(work.start, worker=wish.actor.id, now=wish.now))


@router.post("/return")
async def hand_back(task_id: str, body: Because, wish: Wish) -> TaskDetail:
    """The third time it goes to the queue of the street."""
    return await _own(wish, task_id, work.hand_back, body.reason)


@router.post("/transfer")
async def transfer(task_id: str, body: Transfer, wish: Wish) -> TaskDetail:
    place = await places.find(wish.desk, body.to_area)
    reason = because(wish, body.reason)
    rule = partial(
        oversight.transfer, to_area=place.code, zones=place.zones, by=wish.actor.id, reason=reason, now=wish.now
    )
    return await _act(wish, task_id, rule)


@router.post("/suspend")
async def suspend(task_id: str, body: Suspend, wish: Wish) -> TaskDetail:
    """Until a time, at which it wakes by itself."""
    reason, until = because(wish, body.reason), _moment(body.until)
    rule = partial(oversight.suspend, reason=reason, until=until, by=wish.actor.id, now=wish.now)
    return await _act(wish, task_id, rule)


@router.post("/resume")
async def resume(task_id: str, wish: Wish) -> TaskDetail:
    return await _act(wish, task_id, partial(oversight.resume, by=wish.actor.id, now=wish.now))


@router.post("/cancel")
async def cancel(task_id: str, body: Because, wish: Wish) -> TaskDetail:
    return await _by(wish, task_id, oversight.cancel, because(wish, body.reason))


@router.post("/complete")
async def complete(task_id: str, body: Complete, wish: Wish) -> TaskDetail:
    """Only for what has no record elsewhere; for the others, 409 names the record to make."""
    note = wish.seals.seal(body.note) if body.note else None
    return await _by(wish, task_id, oversight.complete, Reason(body.outcome, note))


@router.post("/reopen")
async def reopen(task_id: str, body: Because, wish: Wish) -> TaskDetail:
    return await _by(wish, task_id, oversight.reopen, because(wish, body.reason))


@router.post("/urge")
async def urge(task_id: str, wish: Wish) -> TaskDetail:
    return await _act(wish, task_id, partial(oversight.urge, by=wish.actor.id, now=wish.now))


@router.post("/comments")
async def comment(task_id: str, body: Say, wish: Wish) -> TaskDetail:
    text = wish.seals.seal(body.text)
    return await _act(wish, task_id, partial(oversight.comment, by=wish.actor.id, text=text, now=wish.now))


async def _own(wish: Command, task_id: str, rule: Callable[..., Decision[Task]], words: str) -> TaskDetail:
    reason = because(wish, words)
    return await _act(wish, task_id, partial(rule, worker=wish.actor.id, reason=reason, now=wish.now))


async def _by(wish: Command, task_id: str, rule: Callable[..., Decision[Task]], reason: Reason) -> TaskDetail:
    return await _act(wish, task_id, partial(rule, by=wish.actor.id, reason=reason, now=wish.now))


def _moment(moment: datetime) -> datetime:
    return whole_ms(moment)
