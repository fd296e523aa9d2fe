"""Messages and notices of an area: what was sent, what waits, what failed, and who was not found."""

from datetime import datetime
from functools import partial
from typing import Annotated, get_args

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.notification.api.preferences import STAFF_NUMBER
from services.notification.api.shown import MessageDetail, MessagePage, detail, row
from services.notification.domain import message as domain
from services.notification.domain.message.state import Shown
from services.notification.domain.notice import Stage
from services.notification.store import messages, notices
from shared.http import After, Limit, Look, Wish

router = APIRouter(tags=["messages"])
MOST_COUNTED = 10_000


class Counts(BaseModel):
    """Messages of an area by state. No number goes beyond `capped_at`."""

    area: str
    states: dict[Shown, int]
    capped_at: int = MOST_COUNTED


class NoticeRow(BaseModel):
    """`nobody`: no one was found to tell. `told` counts the messages that came of it."""

    id: str
    stage: Stage
    rule: str
    event: str
    cause: str
    area: str
    about: str
    red: bool
    told: int
    looks: int
    at: datetime
    not_after: datetime


class NoticePage(BaseModel):
    items: list[NoticeRow]
    next: str | None


@router.get("/messages")
async def page(
    look: Look,
    state: Shown | None = None,
    recipient: Annotated[str | None, Query(pattern=STAFF_NUMBER)] = None,
    after: After = None,
    limit: Limit = 50,
) -> MessagePage:
    """Newest first."""
    asked = {"keys.state": state, "keys.recipient": recipient}
    where = {name: value for name, value in asked.items() if value is not None}
    found = await look.page(messages, where, "-keys.order", after, limit)
    return MessagePage(items=[row(item["state"]) for item in found.items], next=found.next)


@router.get("/messages/counts")
async def counts(look: Look) -> Counts:
    states = {state: await look.count(messages, {"keys.state": state}, MOST_COUNTED) for state in get_args(Shown)}
    return Counts(area=look.area, states=states)


@router.get("/messages/{message_id}")
async def one(message_id: str, look: Look, response: Response) -> MessageDetail:
    """With its attempts."""
    return detail(await look.get(messages, message_id, response))


@router.post("/messages/{message_id}/delivered")
async def delivered(message_id: str, wish: Wish) -> MessageDetail:
    """The gateway's receipt, handed in by an operator's account."""
    wish.actor.require("operate")
    return detail(await wish.act(messages.change(message_id, partial(domain.deliver, wish.now))))


@router.get("/notices")
async def given(look: Look, stage: Stage | None = None, after: After = None, limit: Limit = 50) -> NoticePage:
    """One for each fact and rule, newest first."""
    where = {"keys.stage": stage} if stage is not None else {}
    found = await look.page(notices, where, "-keys.order", after, limit)
    return NoticePage(items=[NoticeRow.model_validate(item["state"]) for item in found.items], next=found.next)
