"""A message, from the queue to its end: what it is, how it is sent, how it ends, how it is received."""

from services.notification.domain.message.ending import due, expire, wake
from services.notification.domain.message.receiving import acknowledge, deliver, queue
from services.notification.domain.message.state import Answer, Attempt, Lease, Message, message_of
from services.notification.domain.message.trying import claim, lease_over, record

__all__ = [
    "Answer",
    "Attempt",
    "Lease",
    "Message",
    "acknowledge",
    "claim",
    "deliver",
    "due",
    "expire",
    "lease_over",
    "message_of",
    "queue",
    "record",
    "wake",
]
