"""Households and residents: how they are found, and in which areas they are seen."""

import re
from collections.abc import Iterable, Sequence
from typing import Any

from services.registry.domain import doors, people
from services.registry.domain import households as homes
from services.registry.domain import residents as persons
from services.registry.domain.homes import Household
from services.registry.domain.people import Resident
from shared import area
from shared.desk import Desk
from shared.store import Index, Store

EXTERNAL = Index(("keys.external",), unique=True, refusal="external key")


def sortable(label: str, id: str) -> str:
    """3号楼 before 10号楼; unique, because the id ends it."""
    return re.sub(r"\d+", lambda number: number[0].zfill(6), label) + f"|{id}"


def seen_in(state: Any) -> Sequence[str]:
    return [*area.scopes(state.area), *state.zones]


def _household_keys(household: Household) -> dict[str, Any]:
    """`daily` is there for the ledger's households only: so it is an index of few, in the list's order."""
    order = sortable(f"{household.area}|{household.label}", household.id)
    due_daily = any(due.tier == "daily" for due in household.dues)
    daily = due_daily or any(member.called_for and member.tier == "daily" for member in household.members)
    keys = {"order": order, "external": household.external, "daily": order if daily else None}
    return {name: value for name, value in keys.items() if value is not None}


def _resident_keys(resident: Resident) -> dict[str, Any]:
    plan = resident.plan
    keys: dict[str, Any] = {
        "order": f"{resident.area}|{resident.household}|{resident.id}",
        "household": resident.household,
        "care": people.held(resident),
        "plan": plan.stage if plan is not None else None,
        "tier": plan.tier if plan is not None else None,
    }
    found_by = {"external": resident.external, "identity": resident.identity_index}
    return keys | {name: value for name, value in found_by.items() if value is not None}


households: Store[Household] = Store(
    "households",
    Household,
    scopes=seen_in,
    keys=_household_keys,
    wake=homes.wake,
    due=doors.look,
    indexes=(
        EXTERNAL,
        Index(("keys.daily",), unique=True, refusal="place in the ledger"),
        Index(("scopes", "keys.order")),
    ),
)
residents: Store[Resident] = Store(
    "residents",
    Resident,
    scopes=seen_in,
    keys=_resident_keys,
    wake=persons.wake,
    due=persons.due,
    indexes=(
        EXTERNAL,
        Index(("scopes", "keys.order")),
        Index(("scopes", "keys.plan", "keys.order")),
        Index(("keys.household", "keys.order")),
        Index(("keys.identity", "keys.order")),
    ),
)


def in_ledger(place: str) -> dict[str, Any]:
    """The ledger's households of an area, or (for a zone) of all that `scopes` leaves."""
    return {"keys.daily": {"$gt": ""} if place.startswith("z:") else {"$gte": place, "$lt": place + "~"}}


async def standing(desk: Desk, ids: Iterable[str]) -> dict[str, Household]:
    """Several households in one read; what is gone is left out."""
    wanted = sorted(set(ids))
    found = await desk.books[households.name].read(wanted) if wanted else {}
    return {id: Household.model_validate(kept["state"]) for id, kept in found.items() if kept["state"] is not None}
