"""The inbox of whoever asks: what they were told, and that they know it."""

from functools import partial

from fastapi import APIRouter
from pydantic import BaseModel

from services.notification.api.own import Mine, as_oneself
from services.notification.api.shown import MessageRow, row
from services.notification.domain import message as domain
from services.notification.store import messages
from shared.http import After, Limit, Wish

router = APIRouter(prefix="/inbox", tags=["inbox"])
MOST_COUNTED = 10_000


class Inbox(BaseModel):
    """Newest first. `unread` counts what has not been acknowledged, at most `capped_at`."""

    items: list[MessageRow]
    next: str | None
    unread: int
    capped_at: int = MOST_COUNTED


@router.get("")
async def inbox(mine: Mine, unread: bool = False, after: After = None, limit: Limit = 50) -> Inbox:
    where = {"keys.unread_of" if unread else "keys.recipient": mine.actor.id}
    page = await mine.desk.page(messages, where, "-keys.order", after, limit)
    count = await mine.desk.count(messages, {"keys.unread_of": mine.actor.id}, MOST_COUNTED)
    return Inbox(items=[row(item["state"]) for item in page.items], next=page.next, unread=count)


@router.post("/{message_id}/acknowledge")
async def acknowledge(message_id: str, wish: Wish) -> MessageRow:
    """Read and understood: nothing more is sent of it."""
    change = messages.change(message_id, partial(domain.acknowledge, wish.now))
    return row(await as_oneself(wish).act(change))
