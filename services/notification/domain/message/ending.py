"""How a message ends, once: sent, unknown or failed (expired is a failure that says so)."""

from datetime import datetime

from services.notification.domain.message.state import Message, says
from shared.decision import Decision
from shared.events.notification import MessageFailed, MessageSent, MessageUnknown


def nothing_left(message: Message, now: datetime) -> Decision[Message]:
    outcomes = {attempt.outcome for attempt in message.attempts}
    if "unclear" in outcomes:
        return unknown(message, now)
    if "refused" in outcomes:
        return failed(message.but(stage="failed"), now)
    return by_inbox(message, now)


def by_inbox(message: Message, now: datetime) -> Decision[Message]:
    sent = message.but(stage="sent", channel="inbox", sent_at=now, lease=None)
    return Decision(sent, (says(sent, MessageSent, now, attempt=sent.calls),))


def unknown(message: Message, now: datetime) -> Decision[Message]:
    unknown = message.but(stage="unknown")
    return Decision(unknown, (says(unknown, MessageUnknown, now, attempt=message.calls),))


def failed(message: Message, now: datetime) -> Decision[Message]:
    said = says(message, MessageFailed, now, reason=message.reason, for_good=True, attempt=message.calls)
    return Decision(message, (said,))


def expire(message: Message, now: datetime) -> Decision[Message]:
    """Too old to be of use: what may have gone stays unknown, what was refused has failed."""
    if message.stage != "queued":
        return Decision(message)
    if message.calls:
        return nothing_left(message, now)
    return failed(message.but(stage="expired", reason="expired"), now)


def wake(message: Message) -> datetime | None:
    return message.not_after if message.stage == "queued" else None


def due(message: Message, now: datetime) -> Decision[Message]:
    return expire(message, now)
