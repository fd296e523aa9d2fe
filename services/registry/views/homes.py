"""Households as lists and pages show them."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.registry.domain.homes import Due, Household, last_seen, mark, reason_gone
from shared.calendar import day_of


class HouseholdCard(BaseModel):
    id: str
    area: str
    zones: list[str]
    label: str
    external: str | None
    left_alone: str | None
    last_seen: str | None


class MemberView(BaseModel):
    resident: str
    label: str
    tier: str | None
    paused: bool
    absent: str | None
    last_seen: str | None


class DueView(BaseModel):
    """`start` to `until` are the calendar days on which a visit keeps it."""

    id: str
    of: str
    tier: str
    residents: list[str]
    start: str
    until: str
    told: bool


class HouseholdDetail(HouseholdCard):
    registered_at: datetime
    members: list[MemberView]
    dues: list[DueView]
    """What is due now."""


def household_card(home: Household) -> HouseholdCard:
    return HouseholdCard(**_card(home))


def household_detail(home: Household, now: datetime) -> HouseholdDetail:
    today = day_of(now)
    members = [
        MemberView(
            resident=member.resident,
            label=member.label,
            tier=member.tier,
            paused=member.paused,
            absent=member.absent,
            last_seen=last_seen(home, member.resident),
        )
        for member in home.members
        if member.here
    ]
    dues = [_due(due) for due in home.dues if is_due(home, due, today)]
    return HouseholdDetail(**_card(home), registered_at=home.registered_at, members=members, dues=dues)


def is_due(home: Household, due: Due, today: str) -> bool:
    return mark(home, due, today) == "open" and due.start <= today and reason_gone(home, due) is None


def _card(home: Household) -> dict[str, Any]:
    return {
        "id": home.id,
        "area": home.area,
        "zones": list(home.zones),
        "label": home.label,
        "external": home.external,
        "left_alone": home.left_alone,
        "last_seen": last_seen(home),
    }


def _due(due: Due) -> DueView:
    return DueView(
        id=due.id,
        of=due.of,
        tier=due.tier,
        residents=list(due.residents),
        start=due.start,
        until=due.until,
        told=due.told == "due",
    )
