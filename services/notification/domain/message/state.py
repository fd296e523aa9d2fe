"""What a message is: one person told of one fact. It lies in their inbox at once; besides, it goes out by
one channel after another until one takes it."""

from datetime import datetime
from typing import Literal

from shared.decision import State
from shared.event import Event
from shared.events.notification import Channel, _Message
from shared.ids import derived

Stage = Literal["queued", "sending", "sent", "delivered", "unknown", "failed", "expired"]
Shown = Literal["queued", "sending", "sent", "delivered", "unknown", "failed", "expired", "acknowledged"]


class Attempt(State):
    """One try on one channel; `skipped` was none: the channel could not be used."""

    number: int
    channel: Channel
    at: datetime
    outcome: Literal["calling", "sent", "refused", "unclear", "skipped"]
    reason: str = ""
    ended_at: datetime | None = None


class Lease(State):
    """Who is calling, and until when the call may last. `until` is real time, not the domain's."""

    token: str
    until: datetime


class Answer(State):
    """What a call came to. `unclear`: it may have gone. `not-called`: it certainly has not."""

    outcome: Literal["sent", "refused", "unclear", "not-called"]
    reason: str = ""


class Message(State):
    """`channels` are tried in turn, `turn` is the one now, `tries` those made on it; `channel` is where
    it is or was last. An acknowledgement may come at any stage and ends the trying."""

    id: str
    cause: str
    notice: str
    rule: str
    area: str
    zones: tuple[str, ...] = ()
    about: str = ""
    recipient: str
    red: bool
    title: str
    body: str
    channels: tuple[Channel, ...] = ()
    turn: int = 0
    tries: int = 0
    channel: Channel = "inbox"
    stage: Stage = "queued"
    reason: str = ""
    queued_at: datetime
    send_at: datetime
    not_after: datetime
    lease: Lease | None = None
    attempts: tuple[Attempt, ...] = ()
    sent_at: datetime | None = None
    delivered_at: datetime | None = None
    acknowledged_at: datetime | None = None

    @property
    def state(self) -> Shown:
        """The stage, as people ask for it."""
        return "acknowledged" if self.acknowledged_at and self.stage not in ("queued", "sending") else self.stage

    @property
    def calls(self) -> int:
        return sum(attempt.outcome != "skipped" for attempt in self.attempts)


def message_of(cause: str, recipient: str) -> str:
    """Never twice for one fact and person, whichever rules concern them."""
    return derived("message", cause, recipient)


def says(message: Message, event: type[_Message], at: datetime, **more: object) -> Event:
    return event.model_validate(
        {
            "message_id": message.id,
            "area": message.area,
            "zones": list(message.zones),
            "recipient": message.recipient,
            "channel": message.channel,
            "red": message.red,
            "rule": message.rule,
            "about": message.about,
            "at": at,
            **more,
        }
    )
