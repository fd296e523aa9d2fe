"""Kafka out: say what is in the outboxes, then strike it.

One loop a process: it takes hints right after a write, and sweeps for what a crash left. A document's
whole outbox is said, in order (rule 13); only the acknowledged prefix is struck (rules 2 and 15).
"""

import asyncio
import contextlib
import logging
from collections import OrderedDict
from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any, Protocol

from aiokafka import AIOKafkaProducer
from aiokafka.errors import KafkaError, OutOfOrderSequenceNumber, ProducerFenced, UnknownProducerId

from shared import metrics
from shared.clock import Clock
from shared.decision import Busy
from shared.documents import Documents
from shared.event import Envelope

SWEEP_EVERY = 2.0
LEFT_FOR = timedelta(seconds=2)
SWEEP_LIMIT = 500
MOST_HINTS = 10_000
REMEMBERED = 20_000
log = logging.getLogger("nuanxin.relay")
Outboxes = dict[tuple[str, str], list[dict[str, Any]]]


class Producer(Protocol):
    async def send(self, envelopes: Sequence[Envelope]) -> list[bool]:
        """Whether each was acknowledged, in their order. Does not raise for what Kafka refused."""
        ...


class KafkaProducer:
    """The one idempotent producer of a process; made anew when the broker lost its sequence."""

    def __init__(self, servers: str, client: str, topic: Callable[[str], str]) -> None:
        self._servers, self._client, self._topic = servers, client, topic
        self._producer: AIOKafkaProducer | None = None
        self._starting = asyncio.Lock()

    async def send(self, envelopes: Sequence[Envelope]) -> list[bool]:
        try:
            producer = await self._started()
        except KafkaError as error:
            log.warning("kafka is away: %r", error)
            return [False] * len(envelopes)
        pending: list[Awaitable[Any] | None] = []
        for envelope in envelopes:
            try:
                pending.append(
                    await producer.send(
                        self._topic(envelope.source),
                        envelope.data,
                        key=envelope.subject.encode(),
                        headers=envelope.headers(),
                    )
                )
            except KafkaError as error:
                log.warning("not sent: %r", error)
                pending.append(None)
        answers = await asyncio.gather(*(sent for sent in pending if sent is not None), return_exceptions=True)
        await self._look_at(answers)
        results = iter(answers)
        return [sent is not None and not isinstance(next(results), BaseException) for sent in pending]

    async def reachable(self) -> bool:
        try:
            await (await self._started()).client.fetch_all_metadata()
        except (KafkaError, OSError):
            return False
        return True

    async def stop(self) -> None:
        if self._producer is not None:
            producer, self._producer = self._producer, None
            with contextlib.suppress(KafkaError, asyncio.TimeoutError):
                await asyncio.wait_for(producer.stop(), 5)

    async def _started(self) -> AIOKafkaProducer:
        async with self._starting:
            return self._producer or await self._made()

    async def _made(self) -> AIOKafkaProducer:
        producer = AIOKafkaProducer(
            bootstrap_servers=self._servers,
            client_id=self._client,
            acks="all",
            enable_idempotence=True,
            linger_ms=0,
            request_timeout_ms=15_000,
            metadata_max_age_ms=30_000,
            max_request_size=2_000_000,
            max_batch_size=131_072,
        )
        try:
            await producer.start()
        except BaseException:
            await producer.stop()
            raise
        self._producer = producer
        return producer

    async def _look_at(self, answers: Sequence[Any]) -> None:
        fatal = (OutOfOrderSequenceNumber, ProducerFenced, UnknownProducerId)
        if any(isinstance(answer, fatal) for answer in answers):
            log.warning("the producer lost its sequence and is made anew; the outboxes keep the events")
            await self.stop()


class Relay:
    """`source` is the service whose facts these are."""

    def __init__(self, source: str, books: Mapping[str, Documents], producer: Producer, clock: Clock) -> None:
        self._source, self._books, self._producer, self._clock = source, books, producer, clock
        self._hints: Outboxes = {}
        self._hinted = asyncio.Event()
        self._acknowledged: OrderedDict[str, None] = OrderedDict()

    def hint(self, store: str, id: str, outbox: list[dict[str, Any]]) -> None:
        """Right after a write: the document's whole outbox. The sweep finds what is dropped here."""
        before = self._hints.get((store, id))
        if before is None and len(self._hints) >= MOST_HINTS:
            return
        if before is None or before[-1]["seq"] < outbox[-1]["seq"]:
            self._hints[store, id] = outbox
        self._hinted.set()

    async def run(self) -> None:
        """Hints at once, the sweep every two seconds, until cancelled."""
        swept = 0.0
        loop = asyncio.get_running_loop()
        while True:
            with contextlib.suppress(asyncio.TimeoutError):
                await asyncio.wait_for(self._hinted.wait(), max(0.0, swept + SWEEP_EVERY - loop.time()))
            try:
                if not await self.say_hints():
                    await self._clock.sleep(0.5)
                if loop.time() >= swept + SWEEP_EVERY:
                    await self.sweep()
                    swept = loop.time()
            except Busy as busy:
                log.warning("relay waits: %s", busy.detail)
                await self._clock.sleep(0.5)
                swept = loop.time()

    async def say_hints(self) -> bool:
        """Says what was hinted; True when all of it was acknowledged."""
        hints, self._hints = self._hints, {}
        self._hinted.clear()
        return await self.say(hints)

    async def sweep(self) -> int:
        """Says what has lain unsaid for two seconds; returns how many documents that were."""
        found = 0
        for store, documents in self._books.items():
            late = await documents.unsaid(self._clock.real() - LEFT_FOR, SWEEP_LIMIT)
            found += len(late)
            await self.say({(store, row["_id"]): row["outbox"] for row in late})
        return found

    async def say(self, outboxes: Outboxes) -> bool:
        fresh = [
            (place, Envelope.of_unsaid(self._source, place[1], entry))
            for place, outbox in outboxes.items()
            for entry in outbox
            if entry["id"] not in self._acknowledged
        ]
        if fresh:
            answers = await self._producer.send([envelope for _, envelope in fresh])
            self._remember(envelope.id for (_, envelope), ok in zip(fresh, answers, strict=True) if ok)
            failures = answers.count(False)
            metrics.said.labels(self._source).inc(len(answers) - failures)
            metrics.unsaid_failures.labels(self._source).inc(failures)
        await self._strike(outboxes)
        return not fresh or all(answers)

    def _remember(self, ids: Any) -> None:
        for id in ids:
            self._acknowledged[id] = None
        while len(self._acknowledged) > REMEMBERED:
            self._acknowledged.popitem(last=False)

    async def _strike(self, outboxes: Outboxes) -> None:
        said: dict[str, dict[str, list[str]]] = {}
        for (store, id), outbox in outboxes.items():
            prefix = []
            for entry in outbox:
                if entry["id"] not in self._acknowledged:
                    break
                prefix.append(entry["id"])
            if prefix:
                said.setdefault(store, {})[id] = prefix
        for store, struck in said.items():
            await self._books[store].strike(struck)
