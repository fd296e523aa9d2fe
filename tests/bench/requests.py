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
from tests.bench.watch import Lap, Rounds, rounds
from tests.bench.wire import Request, drive, get, post

AIM = 0.5
AT_ONCE = 8
SETTLED = 0.5
WARM = 40
WHO = ("ours", "bare")
ENOUGH = 90.0


@dataclass(frozen=True)
class Case:
    """`ask` gives the n-th request; the bare app takes the same. A write is followed by a wait for what
    it leaves behind: said, struck, and heard by others."""

    name: str
    service: str
    many: int
    writes: bool
    ask: Callable[[int], Request]


def cases(city: City, seeded: Seeded, quick: bool) -> list[Case]:
    reads, pages, writes = (500, 100, 150) if quick else (1000, 200, 300)
    token = city.token

    page = get(f"/tasks?area={COMMUNITY}&limit=50", token)

    def record(number: int) -> Request:
        door = number % len(seeded.homes)
        return post("/visits", visit(seeded.homes[door], seeded.people[door]), token, uuid4().hex)

    def one(path: str, ids: list[str], number: int) -> Request:
        return get(f"{path}/{ids[number % len(ids)]}", token)

    return [
        Case("POST visit", "inspection", writes, True, record),
        Case("GET queue page of 50", "dispatch", pages, False, lambda number: page),
        Case("GET resident", "registry", reads, False, partial(one, "/residents", seeded.people)),
        Case("GET hazard", "inspection", reads, False, partial(one, "/hazards", seeded.hazards)),
    ]


async def loaded(case: Case, port: int, pid: int, many: int) -> Lap:
    ready = [case.ask(number) for number in range(many)]
    gc.collect()
    measured = Lap(many)
    before, began = cpu(pid), time.perf_counter()
    await drive(port, ready, AT_ONCE)
    measured.wall = time.perf_counter() - began
    if case.writes:
        await asyncio.sleep(SETTLED)
    measured.cpu = cpu(pid) - before
    return measured


async def run(ground: Ground, city: City) -> list[Row]:
    asked = cases(city, await seed(city), ground.quick)
    laps: dict[str, list[Lap]] = {f"{who} {case.name}": [] for case in asked for who in WHO}
    with environment({"KAFKA": ground.kafka, "MONGO": ground.mongo, "NUANXIN_NAMESPACE": city.chosen.namespace}):
        async with serving("tests.bench.bare:app") as bare:
            places = {name: (bare.port, bare.pid) for name in laps}
            places |= {f"ours {each.name}": (city.port(each.service), city.pid(each.service)) for each in asked}
            for case in asked:
                for who in WHO:
                    await loaded(case, *places[f"{who} {case.name}"], WARM)
            for number in rounds(ground.quick, 7, ENOUGH):
                for case in asked:
                    for who in WHO if number % 2 else reversed(WHO):
                        name = f"{who} {case.name}"
                        laps[name].append(await loaded(case, *places[name], case.many))
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
