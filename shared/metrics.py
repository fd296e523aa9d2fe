"""Every metric the kernel exports, with its meaning; prefix `nuanxin_`, base units, few labels."""

from prometheus_client import Counter, Gauge, Histogram

_FAST = (0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10)
_SLOW = (0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300)

http_seconds = Histogram(
    "nuanxin_http_request_seconds",
    "Duration of HTTP requests by route template; its count is the number of requests.",
    ("service", "method", "route", "status"),
    buckets=_FAST,
)
heard = Counter("nuanxin_events_heard_total", "Events that a reaction here took in.", ("service", "type"))
passed = Counter("nuanxin_events_passed_total", "Events of a type that nobody here hears.", ("service",))
repeated = Counter("nuanxin_events_repeated_total", "Events that had been heard before.", ("service", "type"))
refused = Counter("nuanxin_events_refused_total", "Events that a rule refused.", ("service", "type"))
parked = Counter("nuanxin_events_parked_total", "Records laid aside, by reason.", ("service", "reason"))
parked_now = Gauge("nuanxin_parked_records", "Records that lie parked now.", ("service",))
said = Counter("nuanxin_events_said_total", "Events that Kafka acknowledged.", ("service",))
unsaid_failures = Counter("nuanxin_events_say_failures_total", "Sends that Kafka did not acknowledge.", ("service",))
event_seconds = Histogram(
    "nuanxin_event_latency_seconds",
    "From an event being sent to Kafka to its effect here being written.",
    ("service", "type"),
    buckets=_SLOW,
)
batch_seconds = Histogram(
    "nuanxin_batch_seconds", "One batch: decoded, decided, written, acknowledged.", ("service",), buckets=_FAST
)
backing_off = Counter("nuanxin_consumer_backoffs_total", "Waits because the store was away.", ("service",))
halted = Gauge("nuanxin_consumer_halted", "1 while consuming waits for an operator.", ("service",))
rebalances = Counter("nuanxin_consumer_rebalances_total", "Partition assignments taken.", ("service",))
lag = Gauge("nuanxin_consumer_lag_messages", "Messages behind the end of the log.", ("service", "topic", "partition"))
outbox_pending = Gauge(
    "nuanxin_outbox_pending_documents", "Documents with something unsaid (capped).", ("service", "store")
)
outbox_age = Gauge("nuanxin_outbox_oldest_seconds", "Age of the oldest unsaid event.", ("service", "store"))
wake_lateness = Gauge(
    "nuanxin_wake_lateness_seconds", "How late the last sweep's oldest alarm was.", ("service", "store")
)
wakes = Counter("nuanxin_wakes_total", "Alarms that were handled.", ("service", "store"))
wakes_pushed = Counter(
    "nuanxin_wakes_pushed_total", "Alarms pushed forward: refused, broken or still due.", ("service", "store")
)
store_seconds = Histogram(
    "nuanxin_store_seconds", "Duration of document store calls.", ("service", "call"), buckets=_FAST
)
loop_lag = Gauge("nuanxin_event_loop_lag_seconds", "How late the event loop woke the last time.", ("service",))
clock_offset = Gauge("nuanxin_clock_offset_seconds", "The store's clock minus our own.", ("service",))
build = Gauge("nuanxin_build_info", "1, with the release as a label.", ("service", "version"))


def start_at_zero(service: str) -> None:
    """Failure counters stand at 0 from the start, so that ratios exist and the first rise shows."""
    for reason in ("malformed", "unreadable", "broken", "early"):
        parked.labels(service, reason)
    for counter in (passed, said, unsaid_failures, backing_off, rebalances):
        counter.labels(service)
    halted.labels(service).set(0)
    parked_now.labels(service).set(0)
