"""A hazard as the ledger holds it: what was found, whose it is and until when, and every step since.

`history` has one step for each event that was said, with who, when, owner, due and evidence; texts
are sealed. Overdue is derived, never a state.
"""

from datetime import datetime, timedelta
from typing import Any, Literal

from services.inspection.domain.seen import Act, Origin, Sighting
from services.inspection.domain.words import stamp
from shared import area
from shared.decision import Decision, Rejected, State
from shared.event import Event
from shared.events.inspection import Level
from shared.privacy import Sealed

Stage = Literal["found", "ordered", "rectified", "handed_over", "closed", "merged", "dismissed"]
OPEN: tuple[Stage, ...] = ("found", "ordered", "rectified", "handed_over")
RECURS_WITHIN = timedelta(days=30)
MOST_EXTENSIONS = 2
MOST_ROUNDS = 20
MOST_OWNERS = 10
"""In one round."""
MOST_SIGHTINGS = 50
MOST_STEPS = 600


class Step(State):
    """One event of the hazard's life."""

    what: str
    at: datetime
    by: str
    round: int
    owner: str | None = None
    due_at: datetime | None = None
    evidence: str | None = None
    note: Sealed | None = None
    unit: str | None = None
    reference: str | None = None
    into: str | None = None
    reason: str | None = None


class Proposal(State):
    """One person's word that it be listed or delisted; another must agree."""

    way: Literal["list", "delist"]
    by: str
    at: datetime


class Hazard(State):
    """`round` counts the orders of its whole life; owner, dues, extensions and rectifier are those of
    the present round, `original_due_at` the first since it was found (or found again)."""

    id: str
    area: str
    zones: tuple[str, ...] = ()
    household_id: str | None = None
    visit_id: str | None = None
    origin: Origin
    code: str
    level: Level
    place: str
    exact: Sealed | None = None
    detail: Sealed | None = None
    reporter: Sealed | None = None
    spot: str
    found_at: datetime
    found_by: str
    seen_at: datetime
    stage: Stage = "found"
    round: int = 0
    owner: str | None = None
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    extensions: int = 0
    owners: int = 0
    rectified_by: str | None = None
    rectified_at: datetime | None = None
    evidence: str | None = None
    rechecked_by: str | None = None
    rechecked_at: datetime | None = None
    recheck_passed: bool | None = None
    closed_at: datetime | None = None
    closed_how: Literal["fixed-on-the-spot", "recheck-passed"] | None = None
    on_time: bool | None = None
    unit: str | None = None
    reference: str | None = None
    into: str | None = None
    reopened: int = 0
    listed: bool = False
    proposal: Proposal | None = None
    finders: tuple[str, ...] = ()
    """Everyone who found it or found it again: none of them dismisses it."""
    sightings: tuple[Sighting, ...] = ()
    absorbed: tuple[str, ...] = ()
    history: tuple[Step, ...] = ()


def graver(one: Level, other: Level) -> Level:
    """I is graver than II: the shorter numeral."""
    return min(one, other, key=len)


def scopes(hazard: Hazard) -> list[str]:
    return [*area.scopes(hazard.area), *hazard.zones]


def overdue(hazard: Hazard, now: datetime) -> bool:
    return hazard.stage == "ordered" and hazard.due_at is not None and hazard.due_at < now


def keys(hazard: Hazard) -> dict[str, Any]:
    """`due` sorts what runs against a date first and all else behind it; the hazard's id makes it unique."""
    running = stamp(hazard.due_at) if hazard.stage == "ordered" and hazard.due_at else "9999"
    found: dict[str, Any] = {
        "stage": hazard.stage,
        "level": hazard.level,
        "code": hazard.code,
        "listed": hazard.listed,
        "owner": hazard.owner,
        "due": f"{running}|{hazard.id}",
        "found": f"{stamp(hazard.found_at)}|{hazard.id}",
        "spot": hazard.spot,
        "sightings": [sighting.id for sighting in hazard.sightings],
    }
    if hazard.stage == "closed" and hazard.closed_at is not None:
        found["closed"] = f"{stamp(hazard.closed_at)}|{hazard.id}"
    return found


def about(hazard: Hazard) -> dict[str, Any]:
    """What every event of a hazard carries."""
    return {
        "hazard_id": hazard.id,
        "area": hazard.area,
        "level": hazard.level,
        "code": hazard.code,
        "household_id": hazard.household_id,
        "zones": list(hazard.zones),
    }


def of(hazard: Hazard, act: Act) -> dict[str, Any]:
    """The same, with who did it and when."""
    return {**about(hazard), "by": act.by, "at": act.at}


def step(hazard: Hazard, event: Event, act: Act, **facts: Any) -> Decision[Hazard]:
    """One step on: the event, and its line in the history."""
    if len(hazard.history) >= MOST_STEPS:
        raise Rejected(f"its history is full: {MOST_STEPS} steps")
    line = Step(what=event.type(), at=act.at, by=act.by, round=hazard.round, **facts)
    return Decision(hazard.but(history=(*hazard.history, line)), (event,))


def at_stage(hazard: Hazard, wish: str, *stages: Stage) -> None:
    """Raises Rejected unless the hazard is at one of these stages."""
    if hazard.stage not in stages:
        raise Rejected(f"a hazard that is {hazard.stage} cannot be {wish}", stage=hazard.stage)
