"""What is said of a resident: which facts of theirs every event carries, and what their household learns."""

from datetime import datetime
from typing import Any

from services.registry.domain.people import Resident, absence, adult, held
from shared.calendar import day_of


def standing(resident: Resident) -> dict[str, Any]:
    """What decides whether somebody must come."""
    plan = resident.plan if resident.plan is not None and resident.plan.stage != "closed" else None
    return {
        "plan_id": plan.id if plan else None,
        "tier": plan.tier if plan else None,
        "paused": plan is not None and plan.stage == "paused",
        "absent": absence(resident),
    }


def member(resident: Resident, now: datetime) -> dict[str, Any]:
    return {
        **named(resident, now),
        **standing(resident),
        "label": resident.label,
        "care": held(resident),
        "zones": list(resident.zones),
        "adult": adult(resident, day_of(now)),
        "since": resident.standing_since,
    }


def named(resident: Resident, now: datetime) -> dict[str, Any]:
    return {"resident_id": resident.id, "household_id": resident.household, "area": resident.area, "at": now}
