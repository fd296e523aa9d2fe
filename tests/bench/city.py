"""The real services as processes, on the bench's engines, with a small made-up city in them."""

import asyncio
import json
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

from deploy.embedded.testing import Platform, platform
from shared import access, documents
from shared.access import Actor
from shared.causes import Ask, Cause
from shared.clock import Clock
from shared.desk import Desk
from shared.documents import MongoDocuments
from shared.events.registry import AreaNamed, AreasDefined
from shared.places import document, learn, places
from shared.settings import Settings
from tests.bench import stream
from tests.bench.ground import Ground, close, environment
from tests.bench.wire import Wire, get, post

COUNTY, COMMUNITY = stream.community(0)[:6], stream.community(0)
BY = "W0001"


@dataclass(frozen=True)
class City:
    platform: Platform
    chosen: Settings
    token: str

    def port(self, service: str) -> int:
        return self.platform.rows[service].port

    def pid(self, service: str) -> int:
        return self.platform.rows[service].pid

    async def read(self, service: str, path: str) -> Any:
        async with Wire(self.port(service)) as wire:
            return json.loads(await wire.ask(get(path, self.token)))

    async def write(self, service: str, path: str, body: Any) -> Any:
        async with Wire(self.port(service)) as wire:
            return json.loads(await wire.ask(post(path, body, self.token, uuid4().hex)))


@contextmanager
def city(ground: Ground) -> Iterator[City]:
    """In a folder of its own, under names of its own, on the engines that stand."""
    folder = Path(tempfile.mkdtemp(dir=ground.folder))
    namespace = ground.settings().namespace
    told = {"KAFKA": ground.kafka, "MONGO": ground.mongo, "NUANXIN_NAMESPACE": namespace, "NUANXIN_DATA": str(folder)}
    try:
        with environment(told), platform(folder) as standing:
            standing.wait_well()
            chosen = Settings()
            actor = Actor(BY, ("grid_worker", "dispatcher", "community_head"), ("4203",))
            asyncio.run(_tell_places(chosen))
            yield City(standing, chosen, access.mint(chosen.token_key(), actor))
    finally:
        asyncio.run(_clear(ground, namespace))


async def _tell_places(chosen: Settings) -> None:
    """One community, as every service would have learned it."""
    names = [AreaNamed(code=COMMUNITY, name="样板社区"), AreaNamed(code=COMMUNITY[:9], name="样板街道")]
    fact = AreasDefined(area=COUNTY, areas=names, at=stream.NOW)
    client = documents.connect(chosen.mongo, chosen.driver)
    for service in ("registry", "dispatch", "inspection"):
        book = MongoDocuments(documents.collection(client, chosen.database(service), places.name), "bench")
        desk = Desk(Clock(), {places.name: book}, lambda store, id, outbox: None)
        change = places.begin_or_change(document(COUNTY), lambda known: learn(fact, 1, known))
        await desk.apply([Ask(Cause("bench/places", "00-bench"), change)])
    await close(client)


async def _clear(ground: Ground, namespace: str) -> None:
    client = documents.connect(ground.mongo, "motor")
    await ground.clear(client, namespace)
    await close(client)
