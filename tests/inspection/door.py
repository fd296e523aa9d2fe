"""A community with two households, and the people who go from door to door. All of them are invented."""

from datetime import datetime, timedelta
from typing import Any
from weakref import WeakKeyDictionary

from services.inspection import handlers
from services.inspection.api import hazards as loop
from services.inspection.api import ledger, lists, visits
from services.inspection.store import dues, hazards, households
from services.inspection.store import visits as visited
from shared.calendar import at_time
from shared.events.registry import AreaNamed, AreasDefined, HouseholdRegistered, VisitDue, VisitWithdrawn
from shared.places import places
from shared.testing.client import Served
from shared.testing.scenario import START, Scenario, Told

AREA, OTHER = "420303002002", "420303003002"
TODAY = "2026-02-02"
HOME, NEIGHBOUR, ELSEWHERE = "household-wang", "household-li", "household-zhao"
STORES = (visited, hazards, households, dues, places)
ROUTERS = (visits.router, ledger.router, loop.router, lists.router)
CHECKED = [
    {"checklist": "daily", "item": "body", "answer": "well"},
    {"checklist": "daily", "item": "utilities", "answer": "ok"},
    {"checklist": "daily", "item": "company", "answer": "yes"},
]


def areas() -> Told:
    named = [
        AreaNamed(code="420303", name="张湾区"),
        AreaNamed(code="420303002", name="红卫街道"),
        AreaNamed(code=AREA, name="周家沟社区", zones=["z:winter"]),
        AreaNamed(code=OTHER, name="镜潭社区"),
    ]
    return Told(AreasDefined(area="420303", areas=named, at=START), "places-420303", 1)


def home(id: str = HOME, area: str = AREA, label: str = "3号楼", sequence: int = 1) -> Told:
    return Told(HouseholdRegistered(household_id=id, area=area, label=label, at=START), id, sequence)


def due(*ids: str, tier: Any = "daily", day: str = TODAY, until: str | None = None, sequence: int = 2) -> Told:
    event = VisitDue(
        household_id=HOME,
        area=AREA,
        day=day,
        due_ids=list(ids),
        tier=tier,
        label="3号楼 王*",
        due_at=at_time(until or day, 20),
        checklists=["daily"] if tier == "daily" else [],
        at=START,
    )
    return Told(event, HOME, sequence)


def withdrawn(*ids: str, day: str = TODAY, sequence: int = 3) -> Told:
    event = VisitWithdrawn(household_id=HOME, area=AREA, day=day, due_ids=list(ids), reason="paused", at=START)
    return Told(event, HOME, sequence)


def community(*told: Told) -> Scenario:
    known = (areas(), home(), home(NEIGHBOUR, label="5号楼"), home(ELSEWHERE, OTHER, "8号楼"))
    return Scenario(handlers.on, *STORES).given(*known, *told)


SERVED: WeakKeyDictionary[Scenario, Served] = WeakKeyDictionary()


def served(scenario: Scenario) -> Served:
    """One service a scenario: with another its keys would be others."""
    if scenario not in SERVED:
        SERVED[scenario] = Served("inspection", scenario, ROUTERS)
    return SERVED[scenario]


def later(**time: float) -> str:
    return (START + timedelta(**time)).isoformat()


def at(day: str, hour: int) -> datetime:
    return at_time(day, hour)


def visit(**more: Any) -> dict[str, Any]:
    """A completed visit that ended a minute ago."""
    body = {
        "household_id": HOME,
        "outcome": "completed",
        "residents": ["resident-wang"],
        "where": {"label": "3号楼2单元501室"},
        "arrived_at": later(minutes=-20),
        "left_at": later(minutes=-1),
        "done": "问了身体, 看了灶台",
    }
    return {**body, **more}


def report(**more: Any) -> dict[str, Any]:
    return {"area": AREA, "origin": "hotline", "code": "FIR-01", "place": "3号楼2单元楼道", **more}


ORDER = {"owner": "W0002", "due_at": later(days=3)}
FIXED = {"evidence": "photo-1"}
DONE = {"done": "换了软管", "evidence": "photo-2"}
