"""Residents and their care plans as lists and pages show them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.registry.domain.homes import Household, last_seen
from services.registry.domain.people import Care, Happened, Plan, Resident, absence, held
from shared.privacy import Seals, Unreadable, mask_identity, mask_phone


class ResidentCard(BaseModel):
    id: str
    household: str
    area: str
    label: str
    care: list[str]
    tier: str | None
    absent: str | None


class ResidentDetail(ResidentCard):
    """`phone` and `identity` are masked; `last_seen` is the last day on which a visit saw this person."""

    zones: list[str]
    external: str | None
    phone: str | None
    identity: str | None
    birth_year: int | None
    registered_at: datetime
    categories: list[Care]
    facts: list[Happened]
    plan: Plan | None
    last_seen: str | None


class PlanView(BaseModel):
    id: str
    resident: str
    household: str
    area: str
    label: str
    tier: str
    stage: str
    since: str
    until: str | None
    reason: str


def resident_card(resident: Resident) -> ResidentCard:
    return ResidentCard(**_who(resident))


def resident_detail(resident: Resident, home: Household | None, seals: Seals) -> ResidentDetail:
    seen = [resident.seen_before, last_seen(home, resident.id) if home is not None else None]
    return ResidentDetail(
        **_who(resident),
        zones=list(resident.zones),
        external=resident.external,
        phone=_masked(seals, resident.phone, mask_phone),
        identity=_masked(seals, resident.identity, mask_identity),
        birth_year=resident.birth_year,
        registered_at=resident.registered_at,
        categories=list(resident.care),
        facts=list(resident.facts),
        plan=resident.plan,
        last_seen=max((day for day in seen if day is not None), default=None),
    )


def _who(resident: Resident) -> dict[str, Any]:
    plan = resident.plan
    return {
        "id": resident.id,
        "household": resident.household,
        "area": resident.area,
        "label": resident.label,
        "care": held(resident),
        "tier": plan.tier if plan is not None and plan.stage != "closed" else None,
        "absent": absence(resident),
    }


def _masked(seals: Seals, sealed: str | None, mask: Any) -> str | None:
    """A destroyed key means that the person was erased."""
    if sealed is None:
        return None
    try:
        return str(mask(seals.open(sealed)))
    except Unreadable:
        return "erased"


def plan_view(resident: Resident) -> PlanView:
    plan = resident.plan
    if plan is None:
        raise LookupError(f"{resident.id} has no plan")
    return PlanView(
        **plan.model_dump(exclude={"by_hand"}),
        resident=resident.id,
        household=resident.household,
        area=resident.area,
        label=resident.label,
    )
