"""Who is who in the sample city: the roles and areas behind a staff number."""

import csv
from collections.abc import Iterator
from pathlib import Path

from deploy.embedded.places import ROOT
from deploy.tools.ask import City, Unanswered
from deploy.tools.where import chosen
from shared.access import Actor
from shared.area import level

STANDING = {
    "W0001": Actor("W0001", ("grid_worker",), ("420303002002",)),
    "H0001": Actor("H0001", ("community_head",), ("420303002002",)),
    "D0001": Actor("D0001", ("dispatcher",), ("420303",)),
    "S0001": Actor("S0001", ("street",), ("420303002",)),
    "C0001": Actor("C0001", ("county",), ("420303",)),
    "O0001": Actor("O0001", ("operator",), ("4203",)),
    "A0001": Actor("A0001", ("auditor",), ("4203",)),
}
"""Accounts that the demo, the README and the tests may count on."""


class Stranger(Exception):
    """Nobody knows this staff number."""


def actor(number: str) -> Actor:
    """A standing account, or a worker of the sample's file or of the running city. Raises Stranger."""
    if number in STANDING:
        return STANDING[number]
    found = _from_file(number) or _from_dispatch(number)
    if found is None:
        known = ", ".join(f"{each.id} ({each.roles[0]} of {each.scopes[0]})" for each in STANDING.values())
        raise Stranger(f"nobody is called {number}: say --roles and --areas, or take one of: {known}")
    return found


def of(number: str, area: str, lead: bool) -> Actor:
    """A worker's role follows from the level of their area, and from leading it."""
    wide = {"street": "street", "county": "county", "city": "operator"}
    role = wide.get(level(area), "community_head" if lead else "grid_worker")
    return Actor(number, (role,), (area,))


def _from_file(number: str) -> Actor | None:
    for path in _files():
        with path.open(encoding="utf-8-sig", newline="") as lines:
            for row in csv.DictReader(lines):
                if row.get("工号") == number:
                    return of(number, row.get("区域代码") or row["社区代码"], row.get("是否网格长") == "是")
    return None


def _files() -> Iterator[Path]:
    for folder in (chosen().data / "sample", ROOT / "deploy" / "sample"):
        path = folder / "workers.csv"
        if path.exists():
            yield path


def _from_dispatch(number: str) -> Actor | None:
    try:
        with City.here(STANDING["O0001"]) as city:
            found = city.maybe("dispatch", f"/workers/{number}", area="4203")
    except Unanswered:
        return None
    return of(number, found["area"], found["lead"]) if found else None
