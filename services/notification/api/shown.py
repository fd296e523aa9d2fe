"""How a message is shown: masked words, where it stands and why; never an address or a lease."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.notification.domain.message import Attempt, Message
from services.notification.domain.message.state import Shown
from shared.events.notification import Channel


class MessageRow(BaseModel):
    """`reason` says why it is not (or not otherwise) sent; `send_at` when it is tried next."""

    id: str
    state: Shown
    recipient: str
    channel: Channel
    red: bool
    title: str
    body: str
    area: str
    about: str
    rule: str
    reason: str
    queued_at: datetime
    send_at: datetime | None
    not_after: datetime
    sent_at: datetime | None
    delivered_at: datetime | None
    acknowledged_at: datetime | None


class MessageDetail(MessageRow):
    """With every attempt: at most a few on each channel."""

    cause: str
    notice: str
    channels: list[Channel]
    attempts: list[Attempt]


class MessagePage(BaseModel):
    items: list[MessageRow]
    next: str | None


def row(state: Message | Mapping[str, Any]) -> MessageRow:
    message = _read(state)
    return MessageRow(**_common(message))


def detail(message: Message) -> MessageDetail:
    return MessageDetail(
        **_common(message),
        cause=message.cause,
        notice=message.notice,
        channels=list(message.channels),
        attempts=list(message.attempts),
    )


def _read(state: Message | Mapping[str, Any]) -> Message:
    return state if isinstance(state, Message) else Message.model_validate(state)


def _common(message: Message) -> dict[str, Any]:
    told = {name: getattr(message, name) for name in MessageRow.model_fields}
    return {**told, "send_at": message.send_at if message.stage == "queued" else None}
