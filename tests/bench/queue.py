"""P4: the queue page of an area with ever more open tasks in it: what its plan examines, how it grows.

The tasks are dispatch's own documents, decided by its own reaction and written in bulk. Latencies are
of the desk's page; growth is judged on a MongoDB only, the embedded store scans past `limit`.
"""

import math
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import median
from typing import Any

from motor.motor_asyncio import AsyncIOMotorClient

from services.dispatch.api.queue import shelf
from services.dispatch.handlers import on
from services.dispatch.store import ORDERS, tasks
from shared import documents
from shared.clock import Clock
from shared.desk import Desk
from shared.document import Ask, Cause
from shared.documents import Conflict, MongoDocuments, Write
from shared.store import UNIVERSAL_INDEXES
from tests.bench import stream
from tests.bench.ground import Ground, close
from tests.bench.report import Row

PAGE = 50
CITY, NARROW = "4203", stream.community(7)
MOST_EXAMINED = 1.5
NARROW_MS = 10.0
GROWTH = 0.10
CITY_PAGES, NARROW_PAGES = 5, 41
LOADED = 500
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


@dataclass(frozen=True)
class Plan:
    stages: frozenset[str]
    examined: int
    returned: int

    @property
    def sound(self) -> bool:
        return "IXSCAN" in self.stages and not self.stages & {"SORT", "COLLSCAN"}

    @property
    def wasted(self) -> float:
        return self.examined / self.returned if self.returned else float(self.examined)


def stages(plan: Mapping[str, Any]) -> Iterator[str]:
    """Every step of a winning plan; a shape that is not known shows as an unsound plan."""
    if "stage" in plan:
        yield str(plan["stage"])
    for value in plan.values():
        for inner in value if isinstance(value, list) else [value]:
            if isinstance(inner, Mapping):
                yield from stages(inner)


async def explained(database: Any, where: dict[str, Any], order: str) -> Plan:
    """Of the page as the desk asks for it; only the winning plan is run."""
    asked = {"find": tasks.name, "filter": where, "sort": {order: 1}, "limit": PAGE + 1}
    told = await database.command({"explain": asked, "verbosity": "executionStats"})
    ran = told["executionStats"]
    winner = frozenset(stages(told["queryPlanner"]["winningPlan"]))
    return Plan(winner, int(ran["totalKeysExamined"]), int(ran["nReturned"]))


async def load(desk: Desk, since: int, until: int) -> None:
    for start in range(since, until, LOADED):
        found = [stream.hazard(number) for number in range(start, min(start + LOADED, until))]
        told = [stream.envelope(fact.hazard_id, fact) for fact in found]
        await desk.apply([Ask(Cause(e.cause_of_next, e.trace), change) for e in told for change in on.to(e)])


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
        return max(plan.wasted if plan.sound else math.inf for plan in self.plans.values())


async def measured(desk: Desk, database: Any, many: int) -> Size:
    plans = {
        f"{words} by {sort} in {area}": await explained(database, {"scopes": area, **where}, order)
        for words, where in QUESTIONS
        for sort, order in ORDERS.items()
        for area in (CITY, NARROW)
    }
    return Size(many, plans, await page_ms(desk, CITY, CITY_PAGES), await page_ms(desk, NARROW, NARROW_PAGES))


async def run(ground: Ground) -> list[Row]:
    sizes = (1_000, 10_000) if ground.quick else (1_000, 10_000, 100_000)
    chosen = ground.settings()
    client = documents.connect(chosen.mongo, chosen.driver)
    patient: Any = AsyncIOMotorClient(chosen.mongo)
    collection = documents.collection(client, chosen.database("dispatch"), tasks.name)
    await documents.prepare(collection, (*UNIVERSAL_INDEXES, *tasks.indexes))
    book = MongoDocuments(collection, "dispatch")
    loading: Any = {tasks.name: Fresh(patient[chosen.database("dispatch")][tasks.name])}
    filling = Desk(Clock(), loading, lambda store, id, outbox: None)
    looking = Desk(Clock(), {tasks.name: book}, lambda store, id, outbox: None)
    found: list[Size] = []
    for before, many in zip((0, *sizes), sizes, strict=False):
        await load(filling, before, many)
        found.append(await measured(looking, patient[chosen.database("dispatch")], many))
    await client.drop_database(chosen.database("dispatch"))
    await close(client)
    patient.close()
    return _rows(found, ground)


def _rows(sizes: Sequence[Size], ground: Ground) -> list[Row]:
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
    note = "" if ground.real else "not judged: an embedded store scans past limit"
    aim = GROWTH if ground.real else None
    growth = _growth(sizes, [size.city_ms for size in sizes])
    rows.append(Row("P4", "growth exponent of that page", growth, "", len(sizes), aim=aim, better="low", note=note))
    return rows


def _growth(sizes: Sequence[Size], times: Sequence[float]) -> float:
    """How the latency grows: 0 not at all, 1 in step."""
    return math.log(times[-1] / times[0]) / math.log(sizes[-1].tasks / sizes[0].tasks)


def _plans(size: Size) -> str:
    unsound = [f"{name}: {'+'.join(sorted(plan.stages))}" for name, plan in size.plans.items() if not plan.sound]
    return "; ".join(unsound) if unsound else "all IXSCAN, no SORT, no COLLSCAN"
