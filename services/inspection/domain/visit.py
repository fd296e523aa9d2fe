"""A visit as recorded at the door: who, for whom, where, when in, when out, what was done; what was
answered and found. What is corrected or voided later keeps the original.
"""

from datetime import datetime
from typing import Any

from services.inspection.domain.account import Account, Outcome, check
from services.inspection.domain.found import check_seen
from services.inspection.domain.seen import Act, Seen, Sight
from services.inspection.domain.words import stamp
from shared import area
from shared.calendar import day_of
from shared.decision import Decision, Rejected, State
from shared.events.inspection import HazardSeen, VisitCompleted, VisitCorrected, VisitFailed, VisitVoided
from shared.privacy import Sealed

MOST_VERSIONS = 10


class Version(State):
    """An account that no longer holds, and why."""

    account: Account
    until: datetime
    by: str
    reason: str
    note: Sealed | None = None


class Void(State):
    at: datetime
    by: str
    reason: str
    note: Sealed | None = None


class Visit(State):
    """`day` is the day whose dues it keeps, `required` the checklists that those bring."""

    id: str
    household_id: str
    area: str
    zones: tuple[str, ...] = ()
    label: str = ""
    day: str
    due_ids: tuple[str, ...] = ()
    required: tuple[str, ...] = ()
    late: bool = False
    by: str
    outcome: Outcome
    recorded_at: datetime
    account: Account
    hazards: tuple[Seen, ...] = ()
    void: Void | None = None
    versions: tuple[Version, ...] = ()


def scopes(visit: Visit) -> list[str]:
    return [*area.scopes(visit.area), *visit.zones]


def keys(visit: Visit) -> dict[str, Any]:
    """`order` sorts by arrival; `kept` names the household and day that it keeps."""
    found = {
        "household": visit.household_id,
        "day": visit.day,
        "worker": visit.by,
        "outcome": visit.outcome,
        "voided": visit.void is not None,
        "order": f"{stamp(visit.account.arrived_at)}|{visit.id}",
    }
    if visit.outcome == "completed" and visit.void is None:
        found["kept"] = f"{visit.household_id}/{visit.day}"
    return found


def record(visit: Visit) -> Decision[Visit]:
    """Said at once, with every hazard of it in short, so that none is ever left out. Raises Unfit for
    what can never be right, Rejected for what is not right now."""
    account, now = visit.account, visit.recorded_at
    check(account, visit.outcome, visit.required, now)
    if visit.day > day_of(now):
        raise Rejected("that day has not come yet")
    for seen in visit.hazards:
        check_seen(seen, now)
    common: dict[str, Any] = {
        **_about(visit),
        "by": visit.by,
        "late": visit.late,
        "arrived_at": account.arrived_at,
        "hazards": [seen.ledger_id for seen in visit.hazards],
        "found": [_in_short(seen) for seen in visit.hazards],
        "at": visit.recorded_at,
    }
    if visit.outcome != "completed":
        return Decision(visit, (VisitFailed(**common, outcome=visit.outcome),))
    return Decision(visit, (VisitCompleted(**common, **_seen(account), left_at=account.left_at),))


def _about(visit: Visit) -> dict[str, Any]:
    return {
        "visit_id": visit.id,
        "household_id": visit.household_id,
        "area": visit.area,
        "zones": list(visit.zones),
        "day": visit.day,
        "due_ids": list(visit.due_ids),
    }


def _seen(account: Account) -> dict[str, Any]:
    return {
        "residents": list(account.residents),
        "findings": [finding.code for finding in account.findings],
        "checklists": sorted({answer.checklist for answer in account.answers}),
    }


def _in_short(seen: Seen) -> HazardSeen:
    return HazardSeen(**seen.model_dump(include=set(HazardSeen.model_fields)))


def sight(visit: Visit) -> Sight:
    return Sight(
        area=visit.area,
        zones=visit.zones,
        household_id=visit.household_id,
        visit_id=visit.id,
        origin="visit",
        act=Act(by=visit.by, at=visit.recorded_at),
    )


def correct(account: Account, reason: str, note: str | None, act: Act, visit: Visit) -> Decision[Visit]:
    """Another account of the same visit; whether the door opened is not corrected but voided."""
    if visit.void is not None:
        raise Rejected("a voided visit is not corrected")
    if len(visit.versions) >= MOST_VERSIONS:
        raise Rejected(f"it has been corrected {MOST_VERSIONS} times: void it and record it anew")
    before = Version(account=visit.account, until=act.at, by=act.by, reason=reason, note=note)
    after = visit.but(account=account, versions=(*visit.versions, before))
    check(account, visit.outcome, visit.required, act.at)
    event = VisitCorrected(**_about(after), **_seen(account), reason=reason, by=act.by, at=act.at)
    return Decision(after, (event,))


def void(reason: str, note: str | None, act: Act, visit: Visit) -> Decision[Visit]:
    """It does not count; it stays to be read. Its hazards go on: they have a loop of their own."""
    if visit.void is not None:
        raise Rejected("it is voided already")
    after = visit.but(void=Void(at=act.at, by=act.by, reason=reason, note=note))
    event = VisitVoided(**_about(after), reason=reason, by=act.by, at=act.at)
    return Decision(after, (event,))
