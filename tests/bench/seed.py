"""A few homes, people, hazards and one visit, through the services' own requests."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from http import HTTPStatus
from typing import Any

from tests.bench.city import COMMUNITY, City
from tests.bench.wire import Refused, Wire, get

HOMES, HAZARDS = 40, 60
PATIENCE = 60.0


@dataclass(frozen=True)
class Seeded:
    """One person in each home."""

    homes: list[str]
    people: list[str]
    hazards: list[str]


async def seed(city: City) -> Seeded:
    """Returns when inspection knows the homes and dispatch has its tasks."""
    homes = [
        str((await city.write("registry", "/households", {"area": COMMUNITY, "label": f"{n}号楼"}))["id"])
        for n in range(1, HOMES + 1)
    ]
    people = [str((await city.write("registry", "/residents", _person(n, homes[n])))["id"]) for n in range(HOMES)]
    hazards = [str((await city.write("inspection", "/hazards", _hazard(n)))["id"]) for n in range(HAZARDS)]
    await _until(lambda: _visited(city, homes[-1], people[-1]))
    await _until(lambda: _listed(city))
    return Seeded(homes, people, hazards)


def _person(number: int, home: str) -> dict[str, Any]:
    return {"household_id": home, "name": "王试验", "phone": f"1380000{number:04d}", "birth_year": 1940}


def _hazard(number: int) -> dict[str, Any]:
    return {"origin": "hotline", "code": "GAS-01", "area": COMMUNITY, "place": f"{number}号楼楼道"}


def visit(home: str, person: str) -> dict[str, Any]:
    now = datetime.now(UTC)
    return {
        "household_id": home,
        "residents": [person],
        "where": {"label": "家中"},
        "arrived_at": (now - timedelta(minutes=20)).isoformat(),
        "left_at": (now - timedelta(minutes=5)).isoformat(),
        "done": "看望老人，量了血压，查看了燃气阀门",
    }


async def _visited(city: City, home: str, person: str) -> bool:
    try:
        await city.write("inspection", "/visits", visit(home, person))
    except Refused as refused:
        if refused.status != HTTPStatus.NOT_FOUND:
            raise
        return False
    return True


async def _listed(city: City) -> bool:
    async with Wire(city.port("dispatch")) as wire:
        answer = await wire.ask(get(f"/tasks?area={COMMUNITY}&limit=50", city.token))
    return answer.count(b'"subject"') == 50


async def _until(fact: Callable[[], Awaitable[bool]]) -> None:
    async with asyncio.timeout(PATIENCE):
        while not await fact():
            await asyncio.sleep(0.1)
