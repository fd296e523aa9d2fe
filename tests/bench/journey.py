"""P2: from the answer that a hazard is reported to its task in the dispatcher's list.

Inspection and dispatch are processes of their own; between them lie the relay, Kafka, a consumer, a
look-up, a write and a list. Beside it, in the same rounds: one record through Kafka, there and back;
and, to tell what the engines take of the way, that record, one durable insert and one look-up, raw.
"""

import asyncio
import time
from dataclasses import dataclass, field
from statistics import median
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from shared import documents
from tests.bench import stream
from tests.bench.city import COMMUNITY, City
from tests.bench.ground import Ground, close
from tests.bench.report import Row
from tests.bench.watch import percentile, rounds
from tests.bench.wire import Wire, get, post

PATIENCE = 30.0
ENOUGH = 45.0


async def reported(city: City, inspection: Wire, dispatch: Wire) -> float:
    """Milliseconds from the answer to the list that shows it."""
    body = {"origin": "hotline", "code": "GAS-01", "area": COMMUNITY, "place": f"{uuid4().hex[:12]}号楼"}
    answer = await inspection.ask(post("/hazards", body, city.token, uuid4().hex))
    answered = time.perf_counter()
    hazard = answer.split(b'"id":"')[1].split(b'"')[0].decode()
    look = get(f"/tasks?area=4203&subject={hazard}", city.token)
    while b'"items":[]' in await dispatch.ask(look):
        if time.perf_counter() - answered > PATIENCE:
            raise RuntimeError(f"{hazard} called for no task within {PATIENCE:.0f} s")
    return (time.perf_counter() - answered) * 1000


@dataclass
class Took:
    """Milliseconds of each, in one round."""

    journeys: list[float] = field(default_factory=list)
    trips: list[float] = field(default_factory=list)
    raw: list[float] = field(default_factory=list)


async def round_trips(ground: Ground, many: int) -> tuple[list[float], list[float]]:
    """From a record being sent to its being read, and to its being inserted and found, one after another."""
    chosen = ground.settings()
    topic = chosen.topic("there-and-back")
    await stream.topics(ground.kafka, topic)
    client = documents.connect(chosen.mongo, chosen.driver)
    rows = documents.collection(client, chosen.database("raw"), "rows")
    there, found = [], []
    async with stream.producer(ground.kafka) as producer, stream.reader(ground.kafka, topic, f"{topic}.back") as back:
        told = stream.envelope("hazard-1", stream.hazard(1))
        for number in range(-3, many):
            began = time.perf_counter()
            sent = await producer.send(topic, told.data, key=b"%d" % number, headers=told.headers())
            await _one(back)
            arrived = time.perf_counter()
            await rows.insert_one({"_id": number, "data": told.data})
            await rows.find_one({"_id": number})
            if number >= 0:
                there.append((arrived - began) * 1000)
                found.append((time.perf_counter() - began) * 1000)
            await sent
    await stream.forget(ground.kafka, topic)
    await ground.clear(client, chosen.namespace)
    await close(client)
    return there, found


async def _one(back: AIOKafkaConsumer) -> None:
    async with asyncio.timeout(PATIENCE):
        await back.getone()


async def run(ground: Ground, city: City) -> list[Row]:
    many = 40 if ground.quick else 100
    found = []
    async with Wire(city.port("inspection")) as inspection, Wire(city.port("dispatch")) as dispatch:
        for _ in range(5):
            await reported(city, inspection, dispatch)
        for _ in rounds(ground.quick, 7, ENOUGH):
            trips, raw = await round_trips(ground, many)
            found.append(Took([await reported(city, inspection, dispatch) for _ in range(many)], trips, raw))
    return _rows(found)


def _rows(found: list[Took]) -> list[Row]:
    n = sum(len(each.journeys) for each in found)
    words = "hazard reported → task in the list"
    rows = []
    for name, share, aim in (("p50", 0.5, 5.0), ("p99", 0.99, 8.0)):
        value = percentile([took for each in found for took in each.journeys], share)
        for against, pick, wanted in (("a Kafka round trip", "trips", aim), ("that and a write, raw", "raw", None)):
            least = percentile([took for each in found for took in getattr(each, pick)], share)
            ratio = median(percentile(e.journeys, share) / percentile(getattr(e, pick), share) for e in found)
            told = f"{words}, {name}, to {against}"
            rows.append(Row("P2", told, value, "ms", n, ratio=ratio, floor=least, aim=wanted, better="low"))
    rows.append(Row("P2", f"{words}, p99", value, "ms", n, aim=1000.0, better="low"))
    return rows
