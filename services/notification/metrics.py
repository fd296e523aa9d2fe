"""What notification counts: how messages fared, and how many stand in each state."""

from prometheus_client import Counter, Gauge, Histogram

outcomes = Counter(
    "nuanxin_messages_attempts_total",
    "Attempts on a channel by outcome: sent, refused, unclear, not-called; broken ones could not be claimed.",
    ("channel", "outcome"),
)
ended = Counter(
    "nuanxin_messages_ended_total",
    "Messages whose sending ended here: sent, unknown, failed, expired.",
    ("weight", "state"),
)
seconds = Histogram(
    "nuanxin_message_send_seconds",
    "From a message being queued to its being sent, pauses and quiet hours included.",
    ("weight",),
    buckets=(0.1, 0.25, 0.5, 1, 2, 5, 10, 30, 60, 600, 3600, 36000),
)
standing = Gauge("nuanxin_messages_now", "Messages by state (capped at 10,000 a state).", ("state",))
unheard = Gauge("nuanxin_notices_unheard", "Notices for which nobody was found (capped).")

COUNTED = ("queued", "sending", "unknown", "failed", "expired")


def start_at_zero() -> None:
    """Failures stand at 0 from the start, so that the first rise shows."""
    for weight in ("red", "routine"):
        for state in ("sent", "unknown", "failed", "expired"):
            ended.labels(weight, state)
    for state in COUNTED:
        standing.labels(state)
