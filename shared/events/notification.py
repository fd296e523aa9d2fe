"""What notification states: who was told, on which channel, and whether it arrived.

Every message is queued once and ends once: sent, unknown for good, or failed for good (expired too).
"""

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
    about: str = ""
    """The task, hazard or round that the message speaks of."""
    zones: list[str] = []


class MessageQueued(_Message):
    pass


class MessageSent(_Message):
    """`channel` inbox: it lies in the inbox and needed, or found, no other way."""

    attempt: int = 1


class MessageDelivered(_Message):
    pass


class MessageUnknown(_Message):
    """The call may have gone, or not. `for_good`: it is not sent again; a red one is, until it ends."""

    attempt: int = 1
    for_good: bool = True


class MessageFailed(_Message):
    """`for_good`: nothing is left to try; `reason` is then the last one, or `expired`."""

    reason: str
    for_good: bool = False
    attempt: int = 1
    next_channel: str | None = None


class MessageAcknowledged(_Message):
    pass
