"""The ledger: an entry an order that takes in every fact, also one that comes before its order; and
counts, folded from rows that are inserted once by event id."""

from datetime import datetime, timedelta
from functools import partial
from zlib import crc32

from shared.decision import Decision, State
from shared.desk import Desk
from shared.event import Envelope, Event
from shared.ids import derived
from shared.reactions import Reactions
from shared.store import Change, Store
from tests.simulation.events import (
    OrderAmended,
    OrderCancelled,
    OrderClosed,
    OrderPlaced,
    WorkFinished,
    WorkOpened,
    WorkOverdue,
)

BUCKETS = 2
COUNTED = (OrderPlaced, WorkFinished)


class Entry(State):
    id: str
    effects: list[str] = []


class Row(State):
    id: str
    bucket: str


class Bucket(State):
    """`stale_at` is when it was last touched, never twice the same: or a touch in the same millisecond
    as a fold would be taken for the one that was folded."""

    id: str
    total: int = 0
    stale_at: datetime
    stale: bool = True


entries = Store("entries", Entry, scopes=lambda entry: ["4203"])
rows = Store("rows", Row, scopes=lambda row: ["4203"], keys=lambda row: {"bucket": row.bucket})


async def fold(desk: Desk, bucket: Bucket, now: datetime) -> list[Change]:
    total = await desk.count(rows, {"keys.bucket": bucket.id})
    return [buckets.change(bucket.id, lambda state: Decision(state.but(total=total, stale=False)))]


buckets: Store[Bucket] = Store(
    "buckets",
    Bucket,
    scopes=lambda bucket: ["4203"],
    wake=lambda bucket: bucket.stale_at if bucket.stale else None,
    errand=fold,
)


def entry_of(order_id: str) -> str:
    return f"entry-{order_id}"


def bucket_of(event: str) -> str:
    return f"bucket-{crc32(event.encode()) % BUCKETS}"


def touch(id: str, at: datetime, bucket: Bucket | None) -> Decision[Bucket]:
    if bucket is None:
        return Decision(Bucket(id=id, stale_at=at))
    return Decision(bucket.but(stale=True, stale_at=max(at, bucket.stale_at + timedelta(milliseconds=1))))


def take_in(effect: str, entry: Entry) -> Decision[Entry]:
    return Decision(entry.but(effects=[*entry.effects, effect]))


def counted(event: Event, envelope: Envelope) -> list[Change]:
    bucket, row = bucket_of(envelope.id), derived("row", envelope.id)
    return [
        rows.begin(row, lambda: Decision(Row(id=row, bucket=bucket))),
        buckets.begin_or_change(bucket, partial(touch, bucket, event.at)),
    ]


on = Reactions()


@on(OrderPlaced)
def begin(order: OrderPlaced, envelope: Envelope) -> list[Change]:
    id = entry_of(order.order_id)
    return [entries.begin(id, lambda: Decision(Entry(id=id, effects=[envelope.id])))]


@on(OrderAmended)
@on(OrderCancelled)
@on(OrderClosed)
@on(WorkOpened)
@on(WorkOverdue)
@on(WorkFinished)
def note(fact: OrderAmended | WorkOpened, envelope: Envelope) -> list[Change]:
    return [entries.change(entry_of(fact.order_id), partial(take_in, envelope.id))]


for kind in COUNTED:
    on(kind)(counted)
