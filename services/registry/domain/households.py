"""Households: registered, changed, lived in, visited.

What is heard is only noted here, and the alarm set: what follows for the dues is decided by
`doors.look`, which looks at everything that is known, so that repetition and order do not matter.
"""

from datetime import datetime, timedelta

from services.registry.domain.homes import Due, Household, Member, Visit, member_of
from shared.decision import Decision, Rejected
from shared.events.registry import (
    HouseholdChanged,
    HouseholdRegistered,
    ResidentMoved,
    ResidentRegistered,
    ResidentUpdated,
)

Decided = Decision[Household]
Lives = ResidentRegistered | ResidentUpdated | ResidentMoved
MOST_MEMBERS = 200
MOST_FORMER = 50


def register(household: Household) -> Decided:
    said = HouseholdRegistered(
        household_id=household.id,
        area=household.area,
        label=household.label,
        zones=list(household.zones),
        at=household.registered_at,
    )
    return Decision(household, (said,))


def change(household: Household, after: Household, now: datetime) -> Decided:
    """`after` is the same household with what is known of it anew."""
    told = (after.area, after.label, after.zones) != (household.area, household.label, household.zones)
    return Decision(after, (changed(after, now),) if told else ())


def changed(household: Household, now: datetime) -> HouseholdChanged:
    return HouseholdChanged(
        household_id=household.id,
        area=household.area,
        label=household.label,
        zones=list(household.zones),
        members=[member.resident for member in household.members if member.here],
        left_alone=household.left_alone,
        at=now,
    )


def lives_here(household: Household, said: Lives, sequence: int) -> Decided:
    """A resident's own newest word about themselves."""
    known = member_of(household, said.resident_id)
    if known is not None and known.seq >= sequence:
        return Decision(household)
    if known is None and len(household.members) >= MOST_MEMBERS:
        raise Rejected(f"{household.id} has {MOST_MEMBERS} members: is it a home?")
    member = Member(
        resident=said.resident_id,
        seq=sequence,
        label=said.label,
        plan_id=said.plan_id,
        tier=said.tier,
        paused=said.paused,
        absent=said.absent,
        adult=said.adult,
        since=said.since,
        seen_before=known.seen_before if known is not None else None,
    )
    strayed = (said.area, tuple(said.zones)) != (household.area, household.zones)
    return _with(household, member, said.at, speak=strayed)


def left(household: Household, said: ResidentMoved, sequence: int) -> Decided:
    known = member_of(household, said.resident_id)
    if known is not None and known.seq >= sequence:
        return Decision(household)
    gone = (known or Member(resident=said.resident_id, seq=0)).but(seq=sequence, here=False, since=said.since)
    return _with(household, gone, said.at)


def _with(household: Household, member: Member, at: datetime, speak: bool = False) -> Decided:
    """Members stand in the order of their ids, so that the order of hearing leaves no trace."""
    others = [each for each in household.members if each.resident != member.resident]
    members = sorted((*others, member), key=lambda each: each.resident)
    former = sorted((each for each in members if not each.here), key=lambda each: each.since)
    dropped = {each.resident for each in former[: max(0, len(former) - MOST_FORMER)]}
    after = household.but(members=tuple(each for each in members if each.resident not in dropped))
    after = armed(after.but(left_alone=_left_alone(after)), at)
    speaks = speak or after.left_alone != household.left_alone
    return Decision(after, (changed(after, at),) if speaks else ())


def _left_alone(household: Household) -> str | None:
    """Somebody of this home is in hospital, and one grown-up is left at home."""
    here = [member for member in household.members if member.here]
    at_home = [member for member in here if member.absent is None]
    in_hospital = any(member.absent == "hospitalised" for member in here)
    return at_home[0].resident if in_hospital and len(at_home) == 1 and at_home[0].adult else None


def visited(household: Household, visit: Visit, at: datetime) -> Decided:
    """A visit completed, failed, corrected or voided: its newest word counts."""
    known = next((each for each in household.visits if each.id == visit.id), None)
    if known is not None and known.seq >= visit.seq:
        if known.at is not None or visit.at is None:
            return Decision(household)
        visit = known.but(at=visit.at)
    elif known is not None and visit.at is None:
        visit = visit.but(at=known.at)
    others = [each for each in household.visits if each.id != visit.id]
    visits = sorted((*others, visit), key=lambda each: (each.day, each.id))
    return Decision(armed(household.but(visits=tuple(visits)), at))


def called_for_round(household: Household, due: Due, now: datetime) -> Decided:
    """A round's due for this door; a second chunk of the freezing may bring more of its residents."""
    known = next((each for each in household.dues if each.id == due.id), None)
    if known is None:
        return Decision(armed(household.but(dues=(*household.dues, due)), now))
    residents = tuple(sorted({*known.residents, *due.residents}))
    if residents == known.residents:
        return Decision(household)
    return Decision(armed(_replaced(household, known.but(residents=residents)), now))


def round_over(household: Household, round_id: str, now: datetime) -> Decided:
    ended = next((due for due in household.dues if due.of == round_id and not due.over), None)
    return Decision(armed(_replaced(household, ended.but(over=True)), now) if ended else household)


def _replaced(household: Household, due: Due) -> Household:
    return household.but(dues=tuple(due if each.id == due.id else each for each in household.dues))


def armed(household: Household, at: datetime) -> Household:
    """To be looked at at once. Never for a moment that was looked at before: that alarm was heard."""
    looked = household.looked_at
    soon = at if looked is None else max(at, looked + timedelta(milliseconds=1))
    return household.but(look_at=soon if household.look_at is None else min(soon, household.look_at))


def wake(household: Household) -> datetime | None:
    return household.look_at
