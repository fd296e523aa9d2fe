"""How long it takes after a part was started again: all that lay in the log is heard, and something new
is acknowledged. And how long at the end until nothing is left to do."""

import asyncio
import time
from collections.abc import Sequence
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pymongo import MongoClient
from pymongo.errors import PyMongoError

from shared import clock
from shared.clock import Clock
from tests.faults.acks import Acks
from tests.faults.ground import ENGINES, City
from tests.faults.log import Watch

PATIENCE = 120.0
STILL = 1e-6


@dataclass(frozen=True)
class Recovered:
    """`seconds` is None where it was not seen to recover within the patience."""

    fault: str
    part: str
    seconds: float | None


async def recovered(city: City, acks: Acks, fault: str, part: str, since: float) -> Recovered:
    """From `since`, when the part was started again."""
    services = [part.split("-")[0]] if part not in ENGINES else list(city.groups)
    watch = Watch(city.kafka)
    try:
        took = await asyncio.wait_for(_well(city, watch, acks, part, services, since), PATIENCE)
    except TimeoutError:
        return Recovered(fault, part, None)
    finally:
        await watch.close()
    return Recovered(fault, part, took)


async def _well(city: City, watch: Watch, acks: Acks, part: str, services: Sequence[str], since: float) -> float:
    """Of an engine: every service has acknowledged a command, by any replica; else the part itself has."""
    ends = await watch.ends(city.topics.values())
    ports = city.ports()
    answering = [ports[service] for service in services] if part in ENGINES else [[city.port(part)]]
    heard = answered = 0.0
    waiting = list(services)
    while not (heard and answered):
        if not answered:
            answered = _answered(acks, answering, since)
        for service in list(waiting):
            read = await watch.read_to(city.groups[service])
            if all(offset >= ends[place] for place, offset in read.items() if place in ends):
                waiting.remove(service)
        if not waiting and not heard:
            heard = time.time()
        await asyncio.sleep(0.1)
    return max(heard, answered) - since


def _answered(acks: Acks, answering: Sequence[Sequence[int]], since: float) -> float:
    """When the last of these had acknowledged something new; 0 while one has not."""
    acks.look()
    latest = [max(acks.latest.get(port, 0.0) for port in ports) for ports in answering]
    return max(latest) if min(latest) > since else 0.0


async def settled(city: City, within: float) -> float | None:
    """Seconds until lag and outboxes are 0 and no alarm is due; None when that does not come. The
    domain's clock stands still from here on, or some alarm would always be about to ring."""
    began = time.monotonic()
    clock.shift(city.clock_file, speed=STILL)
    watch = Watch(city.kafka)
    try:
        while time.monotonic() - began < within:
            if await _quiet(city, watch):
                return time.monotonic() - began
            await asyncio.sleep(0.3)
    finally:
        await watch.close()
    return None


async def _quiet(city: City, watch: Watch) -> bool:
    topics = list(city.topics.values())
    for group in city.groups.values():
        if await watch.behind(group, topics):
            return False
    return await asyncio.to_thread(nothing_waits, city)


def nothing_waits(city: City) -> bool:
    """In no store is anything unsaid, late, or parked as too early."""
    late = Clock(city.clock_file).now()
    with closing(MongoClient[dict[str, Any]](city.mongo, serverSelectionTimeoutMS=3000)) as client:
        try:
            return not any(_waits(client[f"{city.namespace}_{service}"], late) for service in city.groups)
        except PyMongoError:
            return False


def _waits(database: Any, late: datetime) -> bool:
    waiting = ({"outbox.0": {"$exists": True}}, {"wake_at": {"$lte": late}})
    names = [name for name in database.list_collection_names() if name not in ("parked", "control")]
    if any(database[name].find_one(where) for name in names for where in waiting):
        return True
    return database["parked"].find_one({"reason": "early"}) is not None
