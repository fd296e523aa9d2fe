"""A message as its recipient meets it: laid into the inbox, delivered, acknowledged."""

from datetime import datetime

from services.notification.domain.message.ending import by_inbox
from services.notification.domain.message.state import Message, says
from shared.decision import Decision, Rejected
from shared.events.notification import MessageAcknowledged, MessageDelivered, MessageQueued


def queue(message: Message) -> Decision[Message]:
    """Into the inbox at once; where there is no other channel, that is all."""
    placed = message.but(channel=message.channels[0] if message.channels else "inbox")
    queued = says(placed, MessageQueued, message.queued_at)
    if message.channels:
        return Decision(placed, (queued,))
    done = by_inbox(placed, message.queued_at)
    return Decision(done.state, (queued, *done.events))


def deliver(now: datetime, message: Message) -> Decision[Message]:
    """The gateway's receipt; it settles what was unknown."""
    if message.stage == "delivered":
        return Decision(message)
    if message.stage not in ("sent", "unknown") or message.channel == "inbox":
        raise Rejected(f"a message that is {message.state} by {message.channel} has no receipt")
    delivered = message.but(stage="delivered", delivered_at=now)
    return Decision(delivered, (says(delivered, MessageDelivered, now),))


def acknowledge(now: datetime, message: Message) -> Decision[Message]:
    """Read and understood, in the inbox: nothing more is sent."""
    if message.acknowledged_at is not None:
        return Decision(message)
    told = by_inbox(message, now) if message.stage == "queued" else Decision(message)
    known = (told.state or message).but(acknowledged_at=now)
    return Decision(known, (*told.events, says(known, MessageAcknowledged, now)))
