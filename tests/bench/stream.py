"""Facts to hear: hazards found all over a street's communities, on a topic of their own."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, NewTopic

from shared.event import Envelope, Event
from shared.events.inspection import HazardFound

NOW = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
PARTITIONS = 12
BATCH = 500


def community(number: int) -> str:
    """One of 1,920 communities of a made-up city: 8 counties of 16 streets of 15."""
    county, rest = divmod(number * 7 % 1920, 240)
    return f"4203{11 + county:02d}{1 + rest // 15:03d}{1 + rest % 15:03d}"


def hazard(number: int) -> HazardFound:
    level = ("I", "II", "III")[number % 3]
    return HazardFound(
        hazard_id=f"hazard-{number:06d}", area=community(number), level=level, code="GAS-01", by="W0001", at=NOW
    )


def envelope(subject: str, event: Event, sequence: int = 1) -> Envelope:
    return Envelope(
        id=f"{subject}#{sequence}",
        type=event.type(),
        source=event.source,
        subject=subject,
        sequence=sequence,
        cause=f"http/W0001/POST /hazards/{subject}",
        time=event.at,
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data=event.model_dump_json().encode(),
    )


async def topics(kafka: str, *names: str) -> None:
    """Created, and seen to be there."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.create_topics([NewTopic(name, PARTITIONS, 1) for name in names])
        while any(found["error_code"] for found in await admin.describe_topics(list(names))):
            await asyncio.sleep(0.1)
    finally:
        await admin.close()


async def forget(kafka: str, *names: str) -> None:
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    await admin.start()
    try:
        await admin.delete_topics(list(names))
    finally:
        await admin.close()


@asynccontextmanager
async def producer(kafka: str) -> AsyncIterator[AIOKafkaProducer]:
    """With the settings of the kernel's own."""
    made = AIOKafkaProducer(
        bootstrap_servers=kafka, acks="all", enable_idempotence=True, linger_ms=0, max_batch_size=131_072
    )
    await made.start()
    try:
        yield made
    finally:
        await made.stop()


async def pour(kafka: str, topic: str, many: int) -> None:
    """`many` hazards found, each with a key of its own."""
    async with producer(kafka) as sender:
        sent = []
        for number in range(many):
            fact = hazard(number)
            told = envelope(fact.hazard_id, fact)
            sent.append(await sender.send(topic, told.data, key=told.subject.encode(), headers=told.headers()))
        await asyncio.gather(*sent)


@asynccontextmanager
async def reader(kafka: str, topic: str, group: str) -> AsyncIterator[AIOKafkaConsumer]:
    """At the beginning of every partition, with no group to wait for; it commits where it is told to."""
    made = AIOKafkaConsumer(
        bootstrap_servers=kafka, group_id=group, enable_auto_commit=False, auto_offset_reset="earliest"
    )
    await made.start()
    try:
        made.assign([TopicPartition(topic, number) for number in range(PARTITIONS)])
        await made.seek_to_beginning()
        yield made
    finally:
        await made.stop()


async def length(kafka: str, topic: str) -> int:
    """How many records a topic holds."""
    async with reader(kafka, topic, "counting") as counted:
        return sum((await counted.end_offsets(counted.assignment())).values())
