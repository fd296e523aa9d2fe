"""Kafka as the harness asks it: where topics end, how far groups have read, and records of its own sent."""

import asyncio
from collections.abc import AsyncIterator, Callable, Iterable, Sequence
from contextlib import asynccontextmanager, suppress
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import KafkaError

PARTITIONS = 12
Places = dict[TopicPartition, int]


class Watch:
    """Answers while brokers die and come back: it asks again until somebody answers."""

    def __init__(self, kafka: str) -> None:
        self._kafka = kafka
        self._admin: AIOKafkaAdminClient | None = None
        self._consumer: AIOKafkaConsumer | None = None

    async def ends(self, topics: Iterable[str]) -> Places:
        places = [TopicPartition(topic, number) for topic in topics for number in range(PARTITIONS)]
        found: Places = await self._asked(lambda: self._ends(places))
        return found

    async def read_to(self, group: str) -> Places:
        found: Places = await self._asked(lambda: self._read_to(group))
        return found

    async def behind(self, group: str, topics: Sequence[str]) -> int:
        """Records that the group has not acknowledged, of the topics that it hears."""
        ends, read = await self.ends(topics), await self.read_to(group)
        return sum(ends[place] - offset for place, offset in read.items() if place in ends)

    async def close(self) -> None:
        for client in (self._admin and self._admin.close, self._consumer and self._consumer.stop):
            if client is not None:
                with suppress(KafkaError, OSError, asyncio.TimeoutError):
                    await asyncio.wait_for(client(), 5)
        self._admin = self._consumer = None

    async def _asked(self, question: Any) -> Any:
        while True:
            try:
                return await asyncio.wait_for(question(), 5)
            except (TimeoutError, KafkaError, OSError, AssertionError):
                await self.close()
                await asyncio.sleep(0.2)

    async def _ends(self, places: list[TopicPartition]) -> Places:
        if self._consumer is None:
            fresh = AIOKafkaConsumer(bootstrap_servers=self._kafka, request_timeout_ms=4000)
            await fresh.start()
            self._consumer = fresh
        found: Places = await self._consumer.end_offsets(places)
        return found

    async def _read_to(self, group: str) -> Places:
        if self._admin is None:
            fresh = AIOKafkaAdminClient(bootstrap_servers=self._kafka, request_timeout_ms=4000)
            await fresh.start()
            self._admin = fresh
        found = await self._admin.list_consumer_group_offsets(group)
        return {place: meta.offset for place, meta in found.items()}


async def make_topic(kafka: str, name: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1)])
    finally:
        await admin.close()


async def started(make: Callable[[], Any]) -> Any:
    """A client that has found the broker; the broker may be away just now, for that is what is done here."""
    while True:
        made = make()
        try:
            await made.start()
        except (KafkaError, OSError):
            await made.stop()
            await asyncio.sleep(0.3)
        else:
            return made


@asynccontextmanager
async def sender(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    made = await started(lambda: AIOKafkaProducer(bootstrap_servers=kafka, acks="all", enable_idempotence=True))
    try:
        yield made
    finally:
        await made.stop()


async def records(kafka: str, topic: str, most: int, newest: bool) -> list[Any]:
    """Up to `most` records of a topic, about evenly from its partitions: the newest, or the oldest."""
    places = [TopicPartition(topic, number) for number in range(PARTITIONS)]
    consumer = await started(lambda: AIOKafkaConsumer(bootstrap_servers=kafka))
    found: list[Any] = []
    try:
        consumer.assign(places)
        each = max(1, most // PARTITIONS)
        ends = await consumer.end_offsets(places)
        wanted = {place: min(each, end) for place, end in ends.items()}
        for place, end in ends.items():
            consumer.seek(place, end - wanted[place] if newest else 0)
        taken = dict.fromkeys(places, 0)
        while any(taken[place] < wanted[place] for place in places):
            for place, raws in (await consumer.getmany(timeout_ms=1000)).items():
                found += raws[: wanted[place] - taken[place]]
                taken[place] += len(raws)
    finally:
        await consumer.stop()
    return found
