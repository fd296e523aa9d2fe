"""What notification states: who was told, on which channel, and whether it arrived."""

from typing import ClassVar, Literal

from shared.event import Event

Channel = Literal["inbox", "sms", "app", "email"]


class _Message(Event):
    source: ClassVar[str] = "notification"
    message_id: str
    area: str
    recipient: str
    """A staff number."""
    channel: str
    red: bool = False
    rule: str = ""


class MessageQueued(_Message):
    pass


class MessageSent(_Message):
    attempt: int = 1


class MessageDelivered(_Message):
    pass


class MessageUnknown(_Message):
    attempt: int = 1


class MessageFailed(_Message):
    reason: str
    for_good: bool = False


class MessageAcknowledged(_Message):
    pass
