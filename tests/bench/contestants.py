"""Who runs in P1: the kernel with dispatch's reaction, the raw calls beneath it, the ordinary service."""

import asyncio
import time
from dataclasses import dataclass, field
from typing import Any

from pymongo import InsertOne

from services.dispatch.handlers import on
from services.dispatch.store import tasks
from shared import documents
from shared.clock import Clock
from shared.desk import Desk
from shared.documents import MongoDocuments, MongoRows, Write
from shared.event import Envelope
from shared.hearing import Hearing
from shared.parked import Parked, Record
from shared.relay import KafkaProducer, Relay
from shared.settings import Settings
from shared.store import UNIVERSAL_INDEXES
from shared.testing.memory import MemoryDocuments
from tests.bench import ordinary, stream
from tests.bench.ground import Ground, close
from tests.bench.watch import Lap, lap


@dataclass(frozen=True)
class Effect:
    """What hearing one record leads to: the document as written, the events as sent."""

    document: dict[str, Any]
    events: tuple[Envelope, ...]


@dataclass
class Bench:
    """One topic heard by all, and one that all speak on; every run has a database of its own."""

    ground: Ground
    many: int
    few: int
    chosen: Settings
    effects: dict[bytes, Effect] = field(default_factory=dict)

    @property
    def hears(self) -> str:
        return self.chosen.topic("inspection")

    @property
    def says(self) -> str:
        return self.chosen.topic("dispatch")


class _Kept(MemoryDocuments):
    """Remembers the writes as they were asked for."""

    def __init__(self) -> None:
        super().__init__(tasks.indexes)
        self.writes: list[Write] = []

    async def write(self, writes: Any) -> Any:
        self.writes.extend(writes)
        return await super().write(writes)


async def effects(many: int) -> dict[bytes, Effect]:
    """What the reaction makes of each record, by its key: decided once, on the fake store."""
    book = _Kept()
    desk = Desk(Clock(), {tasks.name: book}, lambda store, id, outbox: None)
    hearing = Hearing("dispatch", on, desk, Parked("none", None, Clock()))  # type: ignore[arg-type]
    found = [stream.hazard(number) for number in range(many)]
    told = [stream.envelope(fact.hazard_id, fact) for fact in found]
    records = [
        Record("made", 0, n, e.subject.encode(), e.data, tuple((k, v) for k, v in e.headers()))
        for n, e in enumerate(told)
    ]
    await hearing.hear(records)
    made: dict[bytes, Effect] = {}
    for fact, write in zip(found, book.writes, strict=True):
        said = tuple(Envelope.of_unsaid("dispatch", write.id, entry) for entry in write.pushes)
        made[fact.hazard_id.encode()] = Effect({"_id": write.id, **write.sets, "outbox": write.pushes}, said)
    return made


async def kernel(bench: Bench) -> Lap:
    chosen = bench.ground.settings()
    clock = Clock()
    client = documents.connect(chosen.mongo, chosen.driver)
    book = MongoDocuments(documents.collection(client, chosen.database("dispatch"), tasks.name), "dispatch")
    await documents.prepare(book._collection, (*UNIVERSAL_INDEXES, *tasks.indexes))
    sender = KafkaProducer(chosen.kafka, "bench-kernel", lambda source: bench.says)
    await sender.reachable()
    relay = Relay("dispatch", {tasks.name: book}, sender, clock)
    desk = Desk(clock, {tasks.name: book}, relay.hint)
    rows = MongoRows(documents.collection(client, chosen.database("dispatch"), "parked"))
    hearing = Hearing("dispatch", on, desk, Parked("bench", rows, clock))
    await book.read(["warm"])
    saying: asyncio.Future[Any] = asyncio.ensure_future(asyncio.sleep(0))
    async with stream.reader(chosen.kafka, bench.hears, chosen.group("kernel")) as consumer:
        with lap(bench.many) as measured:
            heard = 0
            while heard < bench.many:
                records = await _batch(consumer)
                await hearing.hear([_record(raw) for raw in records])
                await consumer.commit()
                heard += len(records)
                await saying
                saying = asyncio.ensure_future(relay.say_hints())
            assert await saying
    assert await book.pending() == 0
    assert await book.count({}) == bench.many
    await sender.stop()
    await bench.ground.clear(client, chosen.namespace)
    await close(client)
    return measured


async def floor(bench: Bench) -> Lap:
    chosen = bench.ground.settings()
    client = documents.connect(chosen.mongo, chosen.driver)
    collection = documents.collection(client, chosen.database("floor"), tasks.name)
    await documents.prepare(collection, (*UNIVERSAL_INDEXES, *tasks.indexes))
    ready = {key: (effect.document, _ready(effect)) for key, effect in bench.effects.items()}
    async with (
        stream.reader(chosen.kafka, bench.hears, chosen.group("floor")) as consumer,
        stream.producer(chosen.kafka) as sender,
    ):
        await sender.partitions_for(bench.says)
        with lap(bench.many) as measured:
            heard = 0
            while heard < bench.many:
                due = [ready[raw.key] for raw in await _batch(consumer)]
                await collection.bulk_write([InsertOne(document) for document, _ in due], ordered=False)
                sent = [
                    await sender.send(bench.says, value, key=key, headers=headers)
                    for _, events in due
                    for value, key, headers in events
                ]
                await asyncio.gather(*sent)
                await consumer.commit()
                heard += len(due)
    assert await collection.count_documents({}) == bench.many
    await bench.ground.clear(client, chosen.namespace)
    await close(client)
    return measured


async def peer(bench: Bench) -> Lap:
    """Measured from the first message that is finished to the last."""
    chosen = bench.ground.settings()
    done, over = 0, asyncio.Event()
    measured = Lap(bench.few - 1)

    def told() -> None:
        nonlocal done
        done += 1
        if done == 1:
            measured.wall, measured.cpu = -time.perf_counter(), -time.process_time()
        if done == bench.few:
            measured.wall += time.perf_counter()
            measured.cpu += time.process_time()
            over.set()

    topic = chosen.topic("few")
    await stream.topics(chosen.kafka, topic)
    await stream.pour(chosen.kafka, topic, bench.few)
    broker = ordinary.service(chosen.kafka, chosen.mongo, chosen.database("peer"), topic, bench.says, told)
    await broker.start()
    await asyncio.wait_for(over.wait(), 300)
    await broker.stop()
    client = documents.connect(chosen.mongo, chosen.driver)
    assert await client[chosen.database("peer")].tasks.count_documents({}) == bench.few
    await bench.ground.clear(client, chosen.namespace)
    await close(client)
    await stream.forget(chosen.kafka, topic)
    return measured


async def _batch(consumer: Any) -> list[Any]:
    found = await consumer.getmany(timeout_ms=1000, max_records=stream.BATCH)
    return [raw for records in found.values() for raw in records]


def _record(raw: Any) -> Record:
    return Record(raw.topic, raw.partition, raw.offset, raw.key, raw.value, tuple(raw.headers), raw.timestamp / 1000)


def _ready(effect: Effect) -> list[tuple[bytes, bytes, list[tuple[str, bytes]]]]:
    return [(event.data, event.subject.encode(), event.headers()) for event in effect.events]
