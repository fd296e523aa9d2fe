"""P3: what a service's request costs beside the same models and one store call in a bare FastAPI app.

Both are uvicorn processes on the same engines; they take turns under the same load. Wall is requests
a second with eight asking at once; core is requests a second of the service's own processor time, with
everything it does for them: tokens, scopes, sealing, the guarded write, the outbox, the relay.
"""

import asyncio
import gc
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from uuid import uuid4

from tests.bench.child import cpu, serving
from tests.bench.city import COMMUNITY, City
from tests.bench.ground import Ground, environment
from tests.bench.report import Row
from tests.bench.seed import Seeded, seed, visit
from tests.bench.watch import Lap, Rounds
from tests.bench.wire import Request, drive, get, post

AIM = 0.5
AT_ONCE = 8
SETTLED = 0.5
"""Seconds for what a write leaves behind: said, struck, and heard by others."""


@dataclass(frozen=True)
class Case:
    """`ask` gives the n-th request; the bare app takes the same."""

    name: str
    service: str
    many: int
    ask: Callable[[int], Request]


def cases(city: City, seeded: Seeded, quick: bool) -> list[Case]:
    reads, writes = (200, 120) if quick else (600, 300)
    token = city.token

    def record(number: int) -> Request:
        door = number % len(seeded.homes)
        return post("/visits", visit(seeded.homes[door], seeded.people[door]), token, uuid4().hex)

    def one(path: str, ids: list[str], number: int) -> Request:
        return get(f"{path}/{ids[number % len(ids)]}", token)

    return [
        Case("POST visit", "inspection", writes, record),
        Case("GET queue page of 50", "dispatch", reads, lambda n: get(f"/tasks?area={COMMUNITY}&limit=50", token)),
        Case("GET resident", "registry", reads, partial(one, "/residents", seeded.people)),
        Case("GET hazard", "inspection", reads, partial(one, "/hazards", seeded.hazards)),
    ]


async def loaded(case: Case, port: int, pid: int) -> Lap:
    ready = [case.ask(number) for number in range(case.many)]
    gc.collect()
    measured = Lap(case.many)
    before, began = cpu(pid), time.perf_counter()
    await drive(port, ready, AT_ONCE)
    measured.wall = time.perf_counter() - began
    await asyncio.sleep(SETTLED)
    measured.cpu = cpu(pid) - before
    return measured


async def run(ground: Ground, city: City) -> list[Row]:
    rounds = 3 if ground.quick else 7
    asked = cases(city, await seed(city), ground.quick)
    laps: dict[str, list[Lap]] = {f"{who} {case.name}": [] for case in asked for who in ("ours", "bare")}
    with environment({"KAFKA": ground.kafka, "MONGO": ground.mongo, "NUANXIN_NAMESPACE": city.chosen.namespace}):
        async with serving("tests.bench.bare:app") as bare:
            for number in range(-1, rounds):
                for case in asked:
                    places = {"ours": (city.port(case.service), city.pid(case.service)), "bare": (bare.port, bare.pid)}
                    for who in ("ours", "bare") if number % 2 else ("bare", "ours"):
                        lap = await loaded(case, *places[who])
                        laps[f"{who} {case.name}"] += [lap] if number >= 0 else []
    return [row for case in asked for row in _rows(case, Rounds(laps))]


def _rows(case: Case, found: Rounds) -> list[Row]:
    ours, bare = f"ours {case.name}", f"bare {case.name}"
    return [
        Row(
            id="P3",
            name=f"{case.name}, {words}, to a bare FastAPI app",
            value=found.rate(ours, what),
            unit="/s",
            n=case.many * len(found.laps[ours]),
            ratio=found.ratio(ours, bare, what),
            floor=found.rate(bare, what),
            aim=AIM,
        )
        for what, words in (("per_core", "a core of the service"), ("per_second", "wall"))
    ]
