"""What inspection knows from the registry: households, and which visits are due there on which day.

Copies, kept by the newest word: of a household its own, of a due the last that named it.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from services.inspection.domain.checklists import DAILY
from services.inspection.domain.words import stamp
from shared import area
from shared.calendar import day_of
from shared.decision import Decision, State
from shared.events.registry import HouseholdChanged, HouseholdRegistered, Tier, VisitDue, VisitWithdrawn


class Household(State):
    """`label` is masked: 3号楼."""

    id: str
    area: str
    zones: tuple[str, ...] = ()
    label: str = ""
    sequence: int = 0


def household_scopes(household: Household) -> list[str]:
    return [*area.scopes(household.area), *household.zones]


def learn(said: HouseholdRegistered | HouseholdChanged, sequence: int, known: Household | None) -> Decision[Household]:
    if known is not None and known.sequence >= sequence:
        return Decision(known)
    newest = Household(
        id=said.household_id, area=said.area, zones=tuple(said.zones), label=said.label, sequence=sequence
    )
    return Decision(newest if known is None else known.but(**dict(newest)))


class Told(State):
    """One due, as last told: `sequence` numbers the household's words."""

    id: str
    sequence: int
    stands: bool
    tier: Tier | None = None
    checklists: tuple[str, ...] = ()
    due_at: datetime | None = None


class Dues(State):
    """The dues of one household that were called for on one day."""

    household_id: str
    area: str
    zones: tuple[str, ...] = ()
    day: str
    told: tuple[Told, ...] = ()


def document(household_id: str, day: str) -> str:
    return f"dues-{household_id}-{day}"


def hear(said: VisitDue | VisitWithdrawn, sequence: int, known: Dues | None) -> Decision[Dues]:
    """Each due that the event names stands, or no longer does; older words change nothing."""
    dues = known or Dues(household_id=said.household_id, area=said.area, zones=tuple(said.zones), day=said.day)
    newest = {told.id: told for told in dues.told}
    for id in said.due_ids:
        if id not in newest or newest[id].sequence < sequence:
            newest[id] = _told(said, id, sequence)
    return Decision(dues.but(told=tuple(newest[id] for id in sorted(newest))))


def _told(said: VisitDue | VisitWithdrawn, id: str, sequence: int) -> Told:
    if isinstance(said, VisitWithdrawn):
        return Told(id=id, sequence=sequence, stands=False)
    return Told(
        id=id,
        sequence=sequence,
        stands=True,
        tier=said.tier,
        checklists=tuple(said.checklists),
        due_at=said.due_at,
    )


def dues_scopes(dues: Dues) -> list[str]:
    return [*area.scopes(dues.area), *dues.zones]


def dues_keys(dues: Dues) -> dict[str, Any]:
    """`until` sorts by the last moment at which one of them may be kept."""
    ends = [told.due_at for told in dues.told if told.stands and told.due_at is not None]
    found: dict[str, Any] = {"household": dues.household_id, "day": dues.day}
    if ends:
        found["until"] = f"{stamp(max(ends))}|{dues.day}"
    return found


def standing(dues: Dues) -> list[Told]:
    return [told for told in dues.told if told.stands]


class Kept(State):
    """What a visit keeps: the dues of one day, the checklists they bring, and whether it came late."""

    day: str
    due_ids: tuple[str, ...] = ()
    checklists: tuple[str, ...] = ()
    late: bool = False


def kept_by(arrived_at: datetime, known: Iterable[Dues], wanted: tuple[str, ...], day: str | None) -> Kept:
    """`known` are the household's dues that could be meant, `wanted` the ids that the worker named, if
    any. The dues of the day itself come first; else those called for before whose time still runs."""
    today = day_of(arrived_at)
    candidates = sorted((dues for dues in known if standing(dues) and dues.day <= today), key=lambda dues: dues.day)
    if wanted:
        chosen = [dues for dues in candidates if set(wanted) & {told.id for told in dues.told}]
    elif day is not None:
        chosen = [dues for dues in candidates if dues.day == day]
    else:
        chosen = [dues for dues in candidates if dues.day == today or _runs(dues, arrived_at)]
    return _kept(chosen[-1] if chosen else None, wanted, day or today, today)


def _runs(dues: Dues, at: datetime) -> bool:
    return any(told.due_at is not None and at <= told.due_at for told in standing(dues))


def _kept(dues: Dues | None, wanted: tuple[str, ...], day: str, today: str) -> Kept:
    if dues is None:
        return Kept(day=day, due_ids=wanted, late=today > day)
    told = [each for each in standing(dues) if not wanted or each.id in wanted]
    ends = [day_of(each.due_at) for each in told if each.due_at is not None]
    names = {name for each in told for name in each.checklists}
    daily = {DAILY} if any(each.tier == "daily" for each in told) else set()
    return Kept(
        day=dues.day,
        due_ids=wanted or tuple(each.id for each in told),
        checklists=tuple(sorted(names | daily)),
        late=bool(ends) and today > min(ends),
    )
