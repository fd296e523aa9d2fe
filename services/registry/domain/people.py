"""A resident as the registry knows them, and the small questions the rules ask of one.

Name, phone and identity number are sealed before any rule sees them; `label` is the masked name.
"""

from datetime import date, datetime
from typing import Literal

from services.registry.domain.codes import OLD_AGE
from shared.calendar import day_of
from shared.decision import State
from shared.events.registry import Fact, Tier
from shared.privacy import Sealed

GROWN_UP = 18
MOST_REMEMBERED = 60
"""Ended categories and facts are kept as history, the newest of them."""


class Care(State):
    """A category that applies since a day; `origin` says who says so: manual, import, household…"""

    category: str
    since: str
    origin: str
    until: str | None = None
    reason: str = ""


class Happened(State):
    """A fact that changes how a person is looked after, from `since` until it ends."""

    kind: Fact
    since: str
    until: str | None = None


class Plan(State):
    """How often this person is looked in on. `since`: the day of the present tier; `until`: the day a
    pause ends by itself, or the day the plan was closed."""

    id: str
    tier: Tier
    since: str
    stage: Literal["active", "paused", "closed"] = "active"
    until: str | None = None
    reason: str = ""
    by_hand: bool = False


class Resident(State):
    """`standing_since` is the day from which plan, pause and absence have been as they are;
    `household_seq` the newest word heard from the household; `seen_before` when the person was last
    seen at an earlier address."""

    id: str
    household: str
    area: str
    zones: tuple[str, ...] = ()
    label: str
    name: Sealed
    phone: Sealed | None = None
    identity: Sealed | None = None
    identity_index: str | None = None
    birth_year: int | None = None
    external: str | None = None
    fingerprint: str | None = None
    registered_at: datetime
    care: tuple[Care, ...] = ()
    facts: tuple[Happened, ...] = ()
    plan: Plan | None = None
    plans: int = 0
    old: bool = False
    standing_since: str = ""
    household_seq: int = 0
    seen_before: str | None = None


def held(resident: Resident) -> list[str]:
    """The categories that apply now."""
    return sorted({care.category for care in resident.care if care.until is None})


def old(resident: Resident, day: str) -> bool:
    """80 or more: in the year of the eightieth birthday already."""
    year = resident.birth_year
    return year is not None and date.fromisoformat(day).year - year >= OLD_AGE


def adult(resident: Resident, day: str) -> bool:
    """Where no birth year is known, a person counts as grown up."""
    year = resident.birth_year
    return year is None or date.fromisoformat(day).year - year >= GROWN_UP


def absence(resident: Resident) -> Fact | None:
    """Why the person is not to be met at home; the weightiest reason when there are several."""
    open_facts = {fact.kind for fact in resident.facts if fact.until is None}
    order: tuple[Fact, ...] = ("deceased", "hospitalised", "away")
    return next((kind for kind in order if kind in open_facts), None)


def day_reached(day: str | None, now: datetime) -> bool:
    return day is not None and day <= day_of(now)
