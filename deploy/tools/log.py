"""The log from its beginning to its present end, each event in short; no group, nothing is committed."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from sys import intern
from typing import Any

from aiokafka import AIOKafkaConsumer

from shared.event import Envelope, Malformed

MOST = 500_000
"""About 200 MB."""
BATCH = 1000


@dataclass(frozen=True, slots=True)
class Entry:
    """What a tree needs of an event. `time` is when it happened, in the domain's time; `sent` when Kafka
    got it, in real time."""

    id: str
    type: str
    source: str
    cause: str
    time: datetime
    sent: datetime

    @property
    def subject(self) -> str:
        return self.id.rpartition("#")[0]

    @property
    def sequence(self) -> int:
        return int(self.id.rpartition("#")[2])

    @property
    def cause_of_next(self) -> str:
        return f"{self.source}/{self.id}"


def entry(headers: Sequence[tuple[str, bytes]], sent_ms: int) -> Entry:
    """Raises Malformed."""
    said = Envelope.read(headers, None)
    sent = datetime.fromtimestamp(sent_ms / 1000, UTC)
    return Entry(said.id, intern(said.type), intern(said.source), said.cause, said.time, sent)


async def read(kafka: str, topics: Sequence[str], hear: Callable[[Entry], None]) -> None:
    """Gives every readable event to `hear`; returns at what was the end when it began."""
    consumer = AIOKafkaConsumer(
        *topics, bootstrap_servers=kafka, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    try:
        await consumer.start()
        ends = await consumer.end_offsets(list(consumer.assignment()))
        left = {place for place, end in ends.items() if end > 0}
        while left:
            for records in (await consumer.getmany(timeout_ms=500, max_records=BATCH)).values():
                for record in records:
                    _tell(record, hear)
            left = {place for place in left if await consumer.position(place) < ends[place]}
    finally:
        await consumer.stop()


def _tell(record: Any, hear: Callable[[Entry], None]) -> None:
    try:
        hear(entry(record.headers, record.timestamp))
    except Malformed:
        return  # not an event of ours: it lies parked wherever it was heard
