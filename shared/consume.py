"""Kafka in: batches of raw records, heard and acknowledged under one lock that a rebalance shares.

FastStream carries the subscription; the policy around it is here: written before acknowledged,
back-off while the store is away, halting on a row of poison or a gap in the log, and a lock that a
revocation waits for, so that nobody else gets a partition whose batch is half done (rules 16, 18, 19).
"""

import asyncio
import contextlib
import logging
import time
from typing import Any

from aiokafka import AIOKafkaConsumer, ConsumerRebalanceListener, TopicPartition
from aiokafka.errors import KafkaError
from faststream import AckPolicy
from faststream.kafka import KafkaBroker, KafkaMessage
from faststream.kafka.message import KafkaAckableMessage

from shared import metrics
from shared.decision import Busy
from shared.documents import RowsProtocol
from shared.gaps import gap
from shared.hearing import Hearing
from shared.parked import Record
from shared.settings import Settings

BATCH = 500
BATCH_DEADLINE = 20.0
LONGEST_WAIT = 5.0
MOST_IN_A_ROW = 50
TIMING = {
    "session_timeout_ms": 10_000,
    "heartbeat_interval_ms": 2_000,
    "rebalance_timeout_ms": 60_000,
    "max_poll_interval_ms": 300_000,
    "batch_timeout_ms": 20,
    "fetch_max_wait_ms": 200,
}
"""aiokafka takes the session time-out for a rebalance unless told: a locked batch would be evicted."""
log = logging.getLogger("nuanxin.consume")


class Halted(Exception):
    """Consuming waits for an operator; the records stay where they are."""


class Consumer(ConsumerRebalanceListener):  # type: ignore[misc]
    """One subscriber of a service. `rows` remembers halts and first positions across restarts."""

    def __init__(
        self, service: str, sources: list[str], hearing: Hearing, rows: RowsProtocol, settings: Settings
    ) -> None:
        self._service, self._hearing, self._rows = service, hearing, rows
        self._lock = asyncio.Lock()
        self._revoking = asyncio.Event()
        self._looking: asyncio.Task[None] | None = None
        self.halted: str | None = None
        self.started = False
        self.last_progress = time.monotonic()
        self._sources, self._settings = sources, settings
        self._broker: KafkaBroker | None = None
        self._subscriber: Any = None

    @property
    def member(self) -> AIOKafkaConsumer | None:
        """The group's member that this process is; None while it is none."""
        return self._subscriber.consumer if self._subscriber is not None else None

    async def start(self) -> None:
        """Waits for the broker (FastStream's own start does not), then joins the group. A start that
        failed leaves a subscriber that never polls: each try makes its own."""
        wait = 0.2
        while True:
            try:
                halt = await self._rows.get(self._halt_id)
                if halt is not None:
                    self._note_halt(halt["reason"])
                await self._join()
                self.started = True
                return
            except (KafkaError, OSError, Busy) as error:
                log.warning("cannot hear yet: %r; trying again in %.1f s", error, wait)
                await asyncio.sleep(wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def _join(self) -> None:
        broker = KafkaBroker(
            self._settings.kafka,
            client_id=f"nuanxin-{self._service}",
            consumer_only=True,
            allow_auto_create_topics=False,
            logger=logging.getLogger("nuanxin.faststream"),
        )
        subscribe: Any = broker.subscriber
        self._subscriber = subscribe(
            *(self._settings.topic(source) for source in self._sources),
            group_id=self._settings.group(self._service),
            batch=True,
            max_records=BATCH,
            auto_offset_reset="earliest",
            ack_policy=AckPolicy.NACK_ON_ERROR,
            parser=self._as_it_is,
            decoder=_undecoded,
            listener=self,
            **TIMING,
        )
        self._subscriber(self.on_batch)
        try:
            await broker.start()
        except BaseException:
            if self.member is not None:
                await self.member.stop()
            raise
        self._broker = broker

    async def stop(self) -> None:
        if self._looking is not None:
            self._looking.cancel()
        async with self._lock:
            if self._broker is not None:
                await self._broker.stop()
        self.started = False

    async def _as_it_is(self, raw: tuple[Any, ...]) -> KafkaAckableMessage:
        """The batch without a look into it: one unreadable header must not stop the others."""
        return KafkaAckableMessage(
            raw_message=raw, body=b"", headers={}, message_id=f"{raw[0].offset}", consumer=self._subscriber.consumer
        )

    async def on_batch(self, message: KafkaMessage) -> None:
        """Hears one batch, then acknowledges it; an error rewinds to where the batch began."""
        records = [_record(raw) for raw in _raw(message)]
        async with self._lock:
            if self.halted is not None:
                raise Halted(self.halted)
            began = time.perf_counter()
            await self._hear(records)
            await message.ack()
            self.last_progress = time.monotonic()
            metrics.batch_seconds.labels(self._service).observe(time.perf_counter() - began)
        if self._hearing.in_a_row >= MOST_IN_A_ROW:
            await self.halt(f"{self._hearing.in_a_row} records in a row could not be decided")

    async def _hear(self, records: list[Record]) -> None:
        until = time.monotonic() + BATCH_DEADLINE
        wait = 0.1
        while True:
            try:
                await self._hearing.hear(records)
                return
            except Busy as busy:
                metrics.backing_off.labels(self._service).inc()
                log.warning("the batch waits: %s", busy.detail)
                self.last_progress = time.monotonic()
                if self._revoking.is_set() or time.monotonic() > until:
                    raise
                with contextlib.suppress(asyncio.TimeoutError):
                    await asyncio.wait_for(self._revoking.wait(), wait)
                wait = min(2 * wait, LONGEST_WAIT)

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        """The flag first, so that a batch that waits for the store gives up; then the lock."""
        self._revoking.set()
        async with self._lock:
            self._revoking.clear()

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        """What is new is held until its place in the log has been looked at."""
        metrics.rebalances.labels(self._service).inc()
        self.last_progress = time.monotonic()
        consumer = self.member
        if consumer is None or not assigned:
            return
        consumer.pause(*assigned)
        if self._looking is not None:
            self._looking.cancel()
        self._looking = asyncio.create_task(self._look(consumer, set(assigned)))

    async def _look(self, consumer: AIOKafkaConsumer, assigned: set[TopicPartition]) -> None:
        while True:
            try:
                gaps = [found for place in sorted(assigned) if (found := await gap(consumer, place, self._rows))]
                break
            except (KafkaError, Busy) as error:
                log.warning("cannot look at the log yet: %r", error)
                await asyncio.sleep(1)
        if gaps:
            await self.halt("; ".join(gaps))
        if self.halted is None:
            consumer.resume(*(assigned & consumer.assignment()))

    async def halt(self, reason: str) -> None:
        """Alive, not ready, and still so after a restart, until an operator resumes."""
        await self._rows.put({"_id": self._halt_id, "reason": reason})
        self._note_halt(reason)
        consumer = self.member
        if consumer is not None:
            consumer.pause(*consumer.assignment())

    async def resume(self) -> None:
        """The operator accepts what the halt said: gaps are read from where the log now begins."""
        await self._rows.drop(self._halt_id)
        self._hearing.in_a_row = 0
        self.halted = None
        metrics.halted.labels(self._service).set(0)
        consumer = self.member
        if consumer is not None and consumer.assignment():
            consumer.resume(*consumer.assignment())

    async def measure(self) -> int | None:
        """Messages behind, from the broker's own end of the log; None when it cannot be known."""
        consumer = self.member
        if consumer is None or not consumer.assignment():
            return None
        places = sorted(consumer.assignment())
        ends = await consumer.end_offsets(places)
        read_to = await asyncio.gather(*(consumer.committed(place) for place in places))
        behind: list[int] = [max(0, ends[place] - (offset or 0)) for place, offset in zip(places, read_to, strict=True)]
        for place, count in zip(places, behind, strict=True):
            metrics.lag.labels(self._service, place.topic, str(place.partition)).set(count)
        return sum(behind)

    @property
    def _halt_id(self) -> str:
        return f"halt/{self._service}"

    def _note_halt(self, reason: str) -> None:
        log.error("halted: %s", reason)
        self.halted = reason
        metrics.halted.labels(self._service).set(1)


async def _undecoded(message: KafkaMessage) -> bytes:
    return b""


def _raw(message: KafkaMessage) -> tuple[Any, ...]:
    raw = message.raw_message
    return raw if isinstance(raw, tuple) else (raw,)


def _record(raw: Any) -> Record:
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, tuple(raw.headers), raw.timestamp / 1000)
