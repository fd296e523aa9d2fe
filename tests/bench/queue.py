"""P4: the queue page of an area with ever more open tasks in it: what its plan examines, how it grows.

The tasks are dispatch's own documents, decided by its own reaction and written in bulk. Latencies are
of the desk's page; growth is judged on a MongoDB only, the embedded store scans past `limit`.
"""

import math
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from statistics import median
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from services.dispatch.api.queue import shelf
from services.dispatch.handlers import on
from services.dispatch.store import ORDERS, tasks
from shared import documents
from shared.causes import Ask, Cause
from shared.clock import Clock
from shared.desk import Desk
from shared.documents import Conflict, MongoDocuments, Write
from shared.store import UNIVERSAL_INDEXES
from tests.bench import stream
from tests.bench.ground import Ground, close
from tests.bench.plans import Plan, explained
from tests.bench.report import Row

PAGE = 50
CITY, NARROW = "4203", stream.community(7)
MOST_EXAMINED = 1.5
NARROW_MS = 10.0
GROWTH = 0.10
CITY_PAGES, NARROW_PAGES = 5, 41
LOADED = 500
PATIENCE = {"quick": 30.0, "full": 240.0}
"""Seconds that loading one size may take; a store that needs more is not asked for it."""
QUESTIONS: tuple[tuple[str, dict[str, Any]], ...] = (
    ("all that is unfinished", shelf(None, None, None)),
    ("a stage", shelf("open", None, None)),
    ("a kind", shelf(None, "arrange", None)),
)


class Fresh:
    """A collection that nothing stands in yet: what is written was begun, and has been said."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection

    async def read(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        return {}

    async def write(self, writes: Sequence[Write]) -> list[Conflict]:
        await self._collection.insert_many([{"_id": w.id, **w.sets, "outbox": []} for w in writes], ordered=False)
        return []


async def load(desk: Desk, since: int, until: int, patience: float) -> float:
    """Returns how many a second; 0 when it gave up."""
    began = time.perf_counter()
    for start in range(since, until, LOADED):
        if time.perf_counter() - began > patience:
            return 0.0
        found = [stream.hazard(number) for number in range(start, min(start + LOADED, until))]
        told = [stream.envelope(fact.hazard_id, fact) for fact in found]
        await desk.apply([Ask(Cause(e.cause_of_next, e.trace), change) for e in told for change in on.to(e)])
    return (until - since) / (time.perf_counter() - began)


async def page_ms(desk: Desk, area: str, times: int) -> float:
    """The median page; each begins where a random-looking one before it ended, as people leaf."""
    took, after = [], None
    for _ in range(times):
        began = time.perf_counter()
        found = await desk.page(tasks, {"scopes": area, "keys.open": True}, ORDERS["urgency"], after, PAGE)
        took.append((time.perf_counter() - began) * 1000)
        after = found.next
    return median(took)


@dataclass
class Size:
    tasks: int
    plans: dict[str, Plan]
    city_ms: float
    narrow_ms: float

    @property
    def worst(self) -> float:
        return max(plan.wasted for plan in self.plans.values())

    @property
    def sound(self) -> bool:
        return all(plan.sound for plan in self.plans.values())


async def measured(desk: Desk, collection: Any, many: int) -> Size:
    plans = {
        f"{words} by {sort} in {area}": await explained(collection, {"scopes": area, **where}, order, PAGE)
        for words, where in QUESTIONS
        for sort, order in ORDERS.items()
        for area in (CITY, NARROW)
    }
    return Size(many, plans, await page_ms(desk, CITY, CITY_PAGES), await page_ms(desk, NARROW, NARROW_PAGES))


async def run(ground: Ground) -> list[Row]:
    sizes = (1_000, 10_000) if ground.quick else (1_000, 10_000, 100_000)
    chosen = ground.settings()
    client = documents.connect(chosen.mongo, chosen.driver)
    waiting: Any = AsyncIOMotorClient(chosen.mongo)
    patient = waiting[chosen.database("dispatch")][tasks.name]
    collection = documents.collection(client, chosen.database("dispatch"), tasks.name)
    await documents.prepare(collection, (*UNIVERSAL_INDEXES, *tasks.indexes))
    book = MongoDocuments(collection, "dispatch")
    loading: Any = {tasks.name: Fresh(patient)}
    filling = Desk(Clock(), loading, lambda store, id, outbox: None)
    looking = Desk(Clock(), {tasks.name: book}, lambda store, id, outbox: None)
    found: list[Size] = []
    rate, left_out = math.inf, ""
    for before, many in zip((0, *sizes), sizes, strict=False):
        patience = PATIENCE[ground.form]
        rate = await load(filling, before, many, patience) if (many - before) / rate < patience else 0.0
        if not rate:
            left_out = f"{many:,} left out: this store, now, is not filled within {patience:.0f} s"
            break
        found.append(await measured(looking, patient, many))
    await ground.clear(client, chosen.namespace)
    await close(client)
    await close(waiting)
    return _rows(found, ground, left_out)


def _rows(sizes: Sequence[Size], ground: Ground, left_out: str) -> list[Row]:
    rows = [
        Row(
            id="P4",
            name=f"page of {PAGE} among {size.tasks:,} open tasks: keys examined / returned, worst plan",
            value=size.worst,
            unit="keys",
            n=len(size.plans),
            aim=MOST_EXAMINED,
            better="low",
            note=_plans(size),
            sound=size.sound,
        )
        for size in sizes
    ]
    rows += [
        Row(
            "P4",
            f"page of one community among {size.tasks:,}",
            size.narrow_ms,
            "ms",
            NARROW_PAGES,
            aim=NARROW_MS,
            better="low",
        )
        for size in sizes
    ]
    rows += [
        Row("P4", f"page of the whole city among {size.tasks:,}", size.city_ms, "ms", CITY_PAGES) for size in sizes
    ]
    if len(sizes) > 1:
        note = "" if ground.real else "not judged: an embedded store scans past limit"
        aim = GROWTH if ground.real else None
        growth = _growth(sizes, [size.city_ms for size in sizes])
        rows.append(Row("P4", "growth exponent of that page", growth, "", len(sizes), aim=aim, better="low", note=note))
    if left_out:
        rows[-1] = replace(rows[-1], note="; ".join(filter(None, (rows[-1].note, left_out))))
    return rows


def _growth(sizes: Sequence[Size], times: Sequence[float]) -> float:
    """How the latency grows: 0 not at all, 1 in step."""
    return math.log(times[-1] / times[0]) / math.log(sizes[-1].tasks / sizes[0].tasks)


def _plans(size: Size) -> str:
    unsound = [plan for plan in size.plans.values() if not plan.sound]
    if not unsound:
        return "all IXSCAN, no SORT, no COLLSCAN"
    steps = sorted({"+".join(sorted(plan.stages)) for plan in unsound})
    return f"{len(unsound)} of {len(size.plans)} plans of this store are not sound: {', '.join(steps)}"
