"""How a hazard comes into the ledger: found for the first time, or found again where it had been closed.

Every rule here may be told the same finding twice, by the request and by our own visit-completed.
"""

from datetime import datetime

from services.inspection.domain.hazard import (
    MOST_ROUNDS,
    MOST_SIGHTINGS,
    RECURS_WITHIN,
    Hazard,
    at_stage,
    graver,
    of,
    step,
)
from services.inspection.domain.loop import ordered
from services.inspection.domain.seen import Act, Seen, Sight, Sighting
from services.inspection.domain.unfit import Unfit
from shared.decision import Decision, Rejected
from shared.events.inspection import Disposition, HazardClosed, HazardFound, HazardMerged, HazardReopened

Decided = Decision[Hazard]


def check_seen(seen: Seen, now: datetime) -> None:
    """Whether a finding can be taken in as it is. Raises Unfit, and Rejected for a due in the past."""
    if seen.disposition == "fixed" and not (seen.evidence or seen.reason):
        raise Unfit("fixed on the spot needs evidence, or a reason why there is none")
    if seen.disposition == "ordered":
        if seen.owner is None or seen.due_at is None:
            raise Unfit("an order needs both an owner and a due")
        if seen.due_at <= now:
            raise Rejected("a due lies ahead, not in the past")


def reported(seen: Seen, sight: Sight, reporter: str | None, known: Hazard | None) -> Decided:
    """A finding without a visit: taken in by the hazard it opens again, or as one of its own."""
    check_seen(seen, sight.act.at)
    if known is not None and seen.reopens is not None:
        return recur(seen, sight, known)
    return begin(seen, sight, reporter, known)


def begin(seen: Seen, sight: Sight, reporter: str | None, known: Hazard | None) -> Decided:
    """A hazard of its own. Told again, with the texts that an event does not carry, it takes those in."""
    if known is not None:
        bare = known.detail is None and known.exact is None
        return Decision(known.but(detail=seen.detail, exact=seen.exact) if bare else known)
    hazard = Hazard(
        id=seen.hazard_id,
        area=sight.area,
        zones=sight.zones,
        household_id=sight.household_id,
        visit_id=sight.visit_id,
        origin=sight.origin,
        code=seen.code,
        level=seen.level,
        place=seen.place,
        exact=seen.exact,
        detail=seen.detail,
        reporter=reporter,
        spot=seen.spot,
        found_at=sight.act.at,
        found_by=sight.act.by,
        seen_at=sight.act.at,
        finders=(sight.act.by,),
    )
    event = HazardFound(
        **of(hazard, sight.act),
        place=seen.place,
        disposition=seen.disposition,
        origin=sight.origin,
        visit_id=sight.visit_id,
    )
    return _disposed(step(hazard, event, sight.act), seen, sight.act)


def recur(seen: Seen, sight: Sight, known: Hazard) -> Decided:
    """Seen where one of its kind was closed: that one is open again. If somebody else was quicker, it
    is one more sighting of the same hazard. Never refused, for the visit stands already."""
    if any(sighting.id == seen.hazard_id for sighting in known.sightings):
        return Decision(known)
    act = sight.act
    sighting = Sighting(id=seen.hazard_id, at=act.at, by=act.by, origin=sight.origin, detail=seen.detail)
    noted = _seen_by(known, act).but(sightings=(*known.sightings, sighting)[-MOST_SIGHTINGS:])
    if not recurs(known, act.at):
        return Decision(noted)
    graded = noted.but(level=graver(known.level, seen.level))
    again = _opened_again(graded, act, visit_id=sight.visit_id, disposition=seen.disposition)
    return _disposed(again, seen, act)


def recurs(hazard: Hazard, at: datetime) -> bool:
    """Whether what is seen at that time opens this one again. After the closing, not just at it: so an
    old finding that is told again opens nothing."""
    if hazard.stage != "closed" or hazard.closed_at is None:
        return False
    return hazard.closed_at < at <= hazard.closed_at + RECURS_WITHIN and not worn(hazard)


def worn(hazard: Hazard) -> bool:
    """Opened so often that its next finding begins a document of its own."""
    return max(hazard.reopened, hazard.round) >= MOST_ROUNDS


def _seen_by(hazard: Hazard, act: Act) -> Hazard:
    finders = sorted({*hazard.finders, act.by})
    return hazard.but(finders=tuple(finders[-MOST_SIGHTINGS:]), seen_at=max(hazard.seen_at, act.at))


def reopen(note: str, act: Act, hazard: Hazard) -> Decided:
    """By a person who sees that it is there again."""
    at_stage(hazard, "opened again", "closed")
    if hazard.closed_at is None or act.at > hazard.closed_at + RECURS_WITHIN or worn(hazard):
        raise Rejected("closed more than 30 days ago, or opened again too often: report it as a new one")
    return _opened_again(_seen_by(hazard, act), act, note=note)


def _opened_again(
    hazard: Hazard,
    act: Act,
    *,
    visit_id: str | None = None,
    disposition: Disposition = "open",
    note: str | None = None,
) -> Decided:
    again = hazard.but(
        stage="found",
        owner=None,
        due_at=None,
        original_due_at=None,
        rectified_by=None,
        rectified_at=None,
        evidence=None,
        rechecked_by=None,
        rechecked_at=None,
        recheck_passed=None,
        closed_at=None,
        closed_how=None,
        on_time=None,
        reopened=hazard.reopened + 1,
    )
    event = HazardReopened(
        **of(again, act),
        place=again.place,
        disposition=disposition,
        times=again.reopened,
        round=again.round,
        recurred=note is None,
        visit_id=visit_id,
    )
    return step(again, event, act, note=note)


def _disposed(decision: Decided, seen: Seen, act: Act) -> Decided:
    """What was done about it at once."""
    hazard = decision.state
    if hazard is None or seen.disposition == "open":
        return decision
    more = _fixed(hazard, seen, act) if seen.disposition == "fixed" else _ordered_at_once(hazard, seen, act)
    return Decision(more.state, (*decision.events, *more.events))


def _fixed(hazard: Hazard, seen: Seen, act: Act) -> Decided:
    closed = hazard.but(
        stage="closed",
        closed_at=act.at,
        closed_how="fixed-on-the-spot",
        on_time=True,
        evidence=seen.evidence,
        rectified_by=act.by,
        rectified_at=act.at,
    )
    event = HazardClosed(**of(closed, act), how="fixed-on-the-spot", evidence=bool(seen.evidence), round=closed.round)
    return step(closed, event, act, evidence=seen.evidence, note=seen.reason)


def _ordered_at_once(hazard: Hazard, seen: Seen, act: Act) -> Decided:
    if seen.owner is None or seen.due_at is None:
        raise Unfit("an order needs both an owner and a due")
    return ordered(hazard, seen.owner, seen.due_at, act)


def absorb(merged: HazardMerged, hazard: Hazard) -> Decided:
    """Another hazard turned out to be this one: whoever found it found this one too."""
    if merged.hazard_id in hazard.absorbed:
        return Decision(hazard)
    absorbed = tuple(sorted((*hazard.absorbed, merged.hazard_id)))[-MOST_SIGHTINGS:]
    finder = Act(by=merged.found_by or merged.by, at=hazard.seen_at)
    return Decision(_seen_by(hazard.but(absorbed=absorbed), finder))
