"""Residents: registered, updated, moved; their care categories and what befell them.

Every rule ends in `_so`: the plan follows the person, and the household is told what it must know.
"""

from datetime import datetime
from typing import Any

from services.registry.domain import plans
from services.registry.domain.care import newest, tagged, untagged
from services.registry.domain.codes import LEFT_ALONE, OLD_AGE
from services.registry.domain.people import (
    Care,
    Happened,
    Resident,
    held,
    old,
)
from services.registry.domain.telling import member, named, standing
from shared.calendar import at_time, day_of
from shared.decision import Decision, Rejected
from shared.event import Event
from shared.events.registry import (
    Fact,
    FactEnded,
    FactRecorded,
    HouseholdChanged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUpdated,
)

Decided = Decision[Resident]
BY_HOUSEHOLD = "household"
BY_IMPORT = "import"
IMPORTED = (
    "household",
    "area",
    "zones",
    "label",
    "name",
    "phone",
    "identity",
    "identity_index",
    "birth_year",
    "external",
    "fingerprint",
)


def register(resident: Resident, now: datetime) -> Decided:
    """A new resident, with the categories they come with."""
    after, planned = _planned(resident, now)
    after = after.but(standing_since=day_of(now))
    said = tuple(tagged(after, care, now) for care in after.care)
    return Decision(after, (ResidentRegistered(**member(after, now)), *said, *planned))


def update(resident: Resident, now: datetime, **known: Any) -> Decided:
    """What is known of the person, anew."""
    return _so(resident, resident.but(**known), now)


def move(resident: Resident, to: Resident, now: datetime) -> Decided:
    """`to` is the same resident with the household, area and zones of the new home."""
    if to.household == resident.household:
        raise Rejected(f"{resident.id} lives in {resident.household} already")
    return _so(resident, to, now)


def as_imported(resident: Resident, row: Resident, now: datetime) -> Decided:
    """What a table says of somebody who is known: its categories replace those that tables gave before."""
    after = resident.but(**{field: getattr(row, field) for field in IMPORTED})
    said: tuple[Event, ...] = ()
    wanted = {care.category for care in row.care}
    for category in held(resident):
        if category not in wanted:
            after, ended = untagged(after, category, "not in the table any more", now, origin=BY_IMPORT)
            said += ended
    for care in row.care:
        if care.category not in held(resident):
            after = after.but(care=newest((*after.care, care)))
            said += (tagged(after, care, now),)
    return _so(resident, after, now, *said)


def tag(resident: Resident, category: str, since: str, origin: str, now: datetime) -> Decided:
    if category in held(resident):
        raise Rejected(f"{category} applies already")
    if since > day_of(now):
        raise Rejected("a category applies since a day that has come")
    care = Care(category=category, since=since, origin=origin)
    after = resident.but(care=newest((*resident.care, care)))
    return _so(resident, after, now, tagged(after, care, now))


def untag(resident: Resident, category: str, reason: str, now: datetime) -> Decided:
    if category not in held(resident):
        raise Rejected(f"{category} does not apply")
    after, said = untagged(resident, category, reason, now)
    return _so(resident, after, now, *said)


def record(resident: Resident, fact: Fact, since: str, now: datetime) -> Decided:
    if any(known.kind == fact and known.until is None for known in resident.facts):
        raise Rejected(f"{fact} is recorded already")
    if since > day_of(now):
        raise Rejected("a fact has happened: its day cannot lie ahead")
    after = resident.but(facts=newest((*resident.facts, Happened(kind=fact, since=since))))
    return _so(resident, after, now, FactRecorded(fact=fact, since=since, **named(after, now)))


def end(resident: Resident, fact: Fact, until: str, now: datetime) -> Decided:
    known = next((known for known in resident.facts if known.kind == fact and known.until is None), None)
    if known is None:
        raise Rejected(f"{fact} is not recorded")
    if not known.since <= until <= day_of(now):
        raise Rejected(f"{fact} ends on a day from {known.since} to today")
    facts = tuple(each.but(until=until) if each is known else each for each in resident.facts)
    after = resident.but(facts=facts)
    return _so(resident, after, now, FactEnded(fact=fact, until=until, **named(after, now)))


def household_says(resident: Resident, said: HouseholdChanged, sequence: int) -> Decided:
    """The home's area and whether this person is left alone there; only its newest word counts."""
    if said.household_id != resident.household or sequence <= resident.household_seq:
        return Decision(resident)
    after = resident.but(household_seq=sequence, area=said.area, zones=tuple(said.zones))
    events: tuple[Event, ...] = ()
    if said.left_alone == resident.id and LEFT_ALONE not in held(resident):
        care = Care(category=LEFT_ALONE, since=day_of(said.at), origin=BY_HOUSEHOLD)
        after = after.but(care=newest((*after.care, care)))
        events = (tagged(after, care, said.at),)
    elif said.left_alone != resident.id:
        after, events = untagged(after, LEFT_ALONE, "not alone any more", said.at, origin=BY_HOUSEHOLD)
    return _so(resident, after, said.at, *events)


def pause(resident: Resident, plan_id: str, until: str, reason: str, now: datetime) -> Decided:
    after, said = plans.paused(resident, plan_id, until, reason, now)
    return _so(resident, after, now, *said)


def resume(resident: Resident, plan_id: str, now: datetime) -> Decided:
    after, said = plans.resumed(resident, plan_id, now)
    return _so(resident, after, now, *said)


def close(resident: Resident, plan_id: str, reason: str, now: datetime) -> Decided:
    after, said = plans.closed(resident, plan_id, reason, now)
    return _so(resident, after, now, *said)


def wake(resident: Resident) -> datetime | None:
    """When a pause ends, or the year of the eightieth birthday begins."""
    times = []
    plan = resident.plan
    if plan is not None and plan.stage == "paused" and plan.until is not None:
        times.append(at_time(plan.until, 0))
    if resident.birth_year is not None and not resident.old and {"C01", "C02"} & set(held(resident)):
        times.append(at_time(f"{resident.birth_year + OLD_AGE}-01-01", 0))
    return min(times, default=None)


def due(resident: Resident, now: datetime) -> Decided:
    after, said = plans.woken(resident, now)
    return _so(resident, after, now, *said)


def _so(before: Resident, after: Resident, now: datetime, *said: Event) -> Decided:
    """The last event is the one that the household hears. Being left alone ends with a move."""
    moved = after.household != before.household
    if moved:
        after, ended = untagged(after.but(household_seq=0), LEFT_ALONE, "moved", now, origin=BY_HOUSEHOLD)
        said += ended
    after, planned = _planned(after, now)
    if moved or standing(after) != standing(before):
        after = after.but(standing_since=day_of(now))
    events = (*said, *planned)
    if moved:
        home = {"from_household_id": before.household, "from_area": before.area}
        events = (*events, ResidentMoved(**member(after, now), **home))
    elif events or member(after, now) != member(before, now):
        events = (*events, ResidentUpdated(**member(after, now)))
    return Decision(after, events)


def _planned(resident: Resident, now: datetime) -> plans.Step:
    return plans.followed(resident.but(old=old(resident, day_of(now))), now)
