"""Sending a message: claimed by one sender, called, recorded; tried again, then on the next channel.

A routine message that may have gone is never sent again; a red one is.
"""

from datetime import datetime

from services.notification.domain.message.ending import by_inbox, expire, nothing_left, unknown
from services.notification.domain.message.state import Answer, Attempt, Lease, Message, says
from services.notification.domain.recipient import Terms
from services.notification.domain.timing import PAUSES
from shared.decision import Decision, Rejected
from shared.events.notification import MessageFailed, MessageSent, MessageUnknown


def claim(terms: Terms, lease: Lease, now: datetime, message: Message) -> Decision[Message]:
    """To be called now, by whoever holds the lease; or held until quiet hours end, or passed on."""
    if message.stage != "queued" or message.send_at > now:
        raise Rejected("not to be sent now, or somebody else is sending it")
    if now > message.not_after:
        return expire(message, now)
    left = _past_hindered(message, terms, now)
    if left.turn == len(left.channels):
        return nothing_left(left, now)
    if not left.red and terms.quiet_until is not None:
        return Decision(left.but(send_at=terms.quiet_until, channel=left.channels[left.turn]))
    channel = left.channels[left.turn]
    attempt = Attempt(number=left.calls + 1, channel=channel, at=now, outcome="calling")
    attempts = (*left.attempts, attempt)
    return Decision(left.but(stage="sending", channel=channel, lease=lease, tries=left.tries + 1, attempts=attempts))


def _past_hindered(message: Message, terms: Terms, now: datetime) -> Message:
    while message.turn < len(message.channels) and (why := terms.hindered.get(message.channels[message.turn])):
        channel = message.channels[message.turn]
        skipped = Attempt(number=message.calls, channel=channel, at=now, outcome="skipped", reason=why, ended_at=now)
        message = message.but(turn=message.turn + 1, tries=0, attempts=(*message.attempts, skipped), reason=why)
    return message


def record(token: str, answer: Answer, now: datetime, message: Message) -> Decision[Message]:
    """The result of the attempt that holds the token; of any other it is refused."""
    if message.stage != "sending" or message.lease is None or message.lease.token != token:
        raise Rejected("the result of an attempt that is over")
    if answer.outcome == "not-called":
        attempts = message.attempts[:-1]
        tries = message.tries - 1
        return Decision(message.but(stage="queued", lease=None, tries=tries, attempts=attempts, send_at=now))
    attempt = message.attempts[-1].but(outcome=answer.outcome, reason=answer.reason, ended_at=now)
    ended = message.but(lease=None, attempts=(*message.attempts[:-1], attempt), reason=answer.reason)
    if answer.outcome == "sent":
        sent = ended.but(stage="sent", sent_at=now)
        return Decision(sent, (says(sent, MessageSent, now, attempt=attempt.number),))
    if answer.outcome == "unclear" and not message.red:
        return unknown(ended, now)
    return _try_again(ended, answer, now)


def lease_over(real: datetime, now: datetime, message: Message) -> Decision[Message]:
    """The sender is gone, and nobody knows whether the call was made."""
    if message.stage != "sending" or message.lease is None or message.lease.until > real:
        raise Rejected("somebody is still sending it")
    return record(message.lease.token, Answer(outcome="unclear", reason="the sender vanished"), now, message)


def _try_again(message: Message, answer: Answer, now: datetime) -> Decision[Message]:
    """On the same channel after a pause, then on the next one at once."""
    if message.acknowledged_at is not None:
        return by_inbox(message, now)
    pauses = PAUSES[message.red]
    if message.tries <= len(pauses):
        waiting = message.but(stage="queued", send_at=now + pauses[message.tries - 1])
    else:
        waiting = message.but(stage="queued", turn=message.turn + 1, tries=0, send_at=now)
    if waiting.turn == len(waiting.channels):
        return nothing_left(waiting, now)
    following = waiting.channels[waiting.turn]
    number = message.attempts[-1].number
    if answer.outcome == "unclear":
        said = says(message, MessageUnknown, now, attempt=number, for_good=False)
    else:
        said = says(message, MessageFailed, now, reason=answer.reason, attempt=number, next_channel=following)
    return Decision(waiting.but(channel=following), (said,))
