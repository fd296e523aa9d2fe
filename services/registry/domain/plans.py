"""Care plans: opened, changed and closed by themselves from a resident's categories and age.

A plan is part of its resident: whatever changes the categories changes the plan in the same write.
"""

from datetime import datetime
from typing import Any

from services.registry.domain.codes import RANK, tier_of
from services.registry.domain.people import Plan, Resident, day_reached, held, old
from shared.calendar import day_of
from shared.decision import Rejected
from shared.event import Event
from shared.events.registry import (
    CarePlanChanged,
    CarePlanClosed,
    CarePlanOpened,
    CarePlanPaused,
    CarePlanResumed,
    Tier,
)

Step = tuple[Resident, tuple[Event, ...]]


def resident_of(plan_id: str) -> str:
    """`plan-<resident>-<number>` names its resident."""
    return plan_id.removeprefix("plan-").rpartition("-")[0]


def followed(resident: Resident, now: datetime) -> Step:
    """The resident with the plan that their categories ask for, and what must be said of it."""
    dead = any(fact.kind == "deceased" and fact.until is None for fact in resident.facts)
    wanted = None if dead else tier_of(held(resident), old(resident, day_of(now)))
    plan = resident.plan
    if plan is None or plan.stage == "closed":
        return _unplanned(resident, plan, wanted, now)
    if wanted is None:
        return _closed(resident, plan, "deceased" if dead else "no care category any more", now)
    if wanted != plan.tier:
        return _changed(resident, plan, wanted, now)
    return resident, ()


def _unplanned(resident: Resident, plan: Plan | None, wanted: Tier | None, now: datetime) -> Step:
    if wanted is None:
        forgotten = plan.but(by_hand=False) if plan is not None else None
        return resident.but(plan=forgotten), ()
    if plan is not None and plan.by_hand and plan.tier == wanted:
        return resident, ()
    number = resident.plans + 1
    fresh = Plan(id=f"plan-{resident.id}-{number}", tier=wanted, since=day_of(now))
    said = CarePlanOpened(
        plan_id=fresh.id,
        resident_id=resident.id,
        household_id=resident.household,
        area=resident.area,
        tier=wanted,
        reason=", ".join(sorted(held(resident))),
        at=now,
    )
    return resident.but(plan=fresh, plans=number), (said,)


def _closed(resident: Resident, plan: Plan, reason: str, now: datetime, by_hand: bool = False) -> Step:
    ended = plan.but(stage="closed", reason=reason, until=day_of(now), by_hand=by_hand)
    return resident.but(plan=ended), (CarePlanClosed(reason=reason, **_named(resident, plan, now)),)


def _changed(resident: Resident, plan: Plan, wanted: Tier, now: datetime) -> Step:
    """Whoever needs more than before is not left paused."""
    said: tuple[Event, ...] = (CarePlanChanged(tier=wanted, **_named(resident, plan, now)),)
    changed = plan.but(tier=wanted, since=day_of(now))
    if plan.stage == "paused" and RANK[wanted] < RANK[plan.tier]:
        changed = changed.but(stage="active", until=None)
        said = (*said, CarePlanResumed(**_named(resident, plan, now)))
    return resident.but(plan=changed), said


def paused(resident: Resident, plan_id: str, until: str, reason: str, now: datetime) -> Step:
    plan = _standing(resident, plan_id)
    if plan.stage == "paused" and plan.until == until:
        return resident, ()
    if until <= day_of(now):
        raise Rejected("a pause ends on a day to come")
    said = CarePlanPaused(until=until, reason=reason, **_named(resident, plan, now))
    return resident.but(plan=plan.but(stage="paused", until=until, reason=reason)), (said,)


def resumed(resident: Resident, plan_id: str, now: datetime) -> Step:
    plan = _standing(resident, plan_id)
    if plan.stage == "active":
        raise Rejected(f"{plan_id} is not paused")
    return _resumed(resident, plan, now)


def woken(resident: Resident, now: datetime) -> Step:
    """A pause ends by itself on its last day."""
    plan = resident.plan
    if plan is None or plan.stage != "paused" or not day_reached(plan.until, now):
        return resident, ()
    return _resumed(resident, plan, now)


def _resumed(resident: Resident, plan: Plan, now: datetime) -> Step:
    active = plan.but(stage="active", until=None, reason="")
    return resident.but(plan=active), (CarePlanResumed(**_named(resident, plan, now)),)


def closed(resident: Resident, plan_id: str, reason: str, now: datetime) -> Step:
    """Closed by hand: it stays closed until the categories ask for another tier."""
    return _closed(resident, _standing(resident, plan_id), reason, now, by_hand=True)


def _standing(resident: Resident, plan_id: str) -> Plan:
    plan = resident.plan
    if plan is None or plan.id != plan_id or plan.stage == "closed":
        raise Rejected(f"{plan_id} is closed")
    return plan


def _named(resident: Resident, plan: Plan, now: datetime) -> dict[str, Any]:
    return {
        "plan_id": plan.id,
        "area": resident.area,
        "resident_id": resident.id,
        "household_id": resident.household,
        "at": now,
    }
