"""The loop of a hazard: ordered, done, looked at again by another person, closed or ordered anew."""

from datetime import datetime

from services.inspection.domain.hazard import (
    MOST_EXTENSIONS,
    MOST_OWNERS,
    MOST_ROUNDS,
    Hazard,
    at_stage,
    of,
    step,
)
from services.inspection.domain.seen import Act
from shared.decision import Decision, Rejected
from shared.events.inspection import (
    HazardClosed,
    HazardExtended,
    HazardHandedOver,
    HazardOrdered,
    HazardReassigned,
    HazardRecheckFailed,
    HazardRectified,
)

Decided = Decision[Hazard]


def _ahead(due_at: datetime, now: datetime) -> None:
    if due_at <= now:
        raise Rejected("a due lies ahead, not in the past")


def _next_round(hazard: Hazard, owner: str | None, due_at: datetime | None) -> Hazard:
    """`original_due_at` stays that of the first order since it was found."""
    return hazard.but(
        round=hazard.round + 1,
        owner=owner,
        due_at=due_at,
        original_due_at=hazard.original_due_at or due_at,
        extensions=0,
        owners=0,
        rectified_by=None,
        rectified_at=None,
        evidence=None,
        rechecked_by=None,
        rechecked_at=None,
        recheck_passed=None,
    )


def ordered(hazard: Hazard, owner: str, due_at: datetime, act: Act) -> Decided:
    """The order itself, of a hazard that may be ordered."""
    after = _next_round(hazard, owner, due_at).but(stage="ordered")
    event = HazardOrdered(**of(after, act), owner=owner, due_at=due_at, round=after.round)
    return step(after, event, act, owner=owner, due_at=due_at)


def order(owner: str, due_at: datetime, act: Act, hazard: Hazard) -> Decided:
    """Somebody's, until a day: both, or it is no order."""
    at_stage(hazard, "ordered", "found")
    _ahead(due_at, act.at)
    return ordered(hazard, owner, due_at, act)


def reassign(owner: str, act: Act, hazard: Hazard) -> Decided:
    at_stage(hazard, "given to another", "ordered")
    if hazard.owner is None or hazard.due_at is None or owner == hazard.owner:
        raise Rejected(f"{owner} owns it already")
    if hazard.owners >= MOST_OWNERS:
        raise Rejected(f"it has changed hands {MOST_OWNERS} times in this round")
    after = hazard.but(owner=owner, owners=hazard.owners + 1)
    event = HazardReassigned(
        **of(after, act),
        owner=owner,
        from_owner=hazard.owner,
        due_at=hazard.due_at,
        round=hazard.round,
    )
    return step(after, event, act, owner=owner, due_at=hazard.due_at)


def extend(due_at: datetime, note: str, act: Act, hazard: Hazard) -> Decided:
    """At most twice in a round; the original due is kept."""
    at_stage(hazard, "extended", "ordered")
    if hazard.owner is None or hazard.due_at is None or hazard.original_due_at is None:
        raise Rejected("it has no due to extend")
    if hazard.extensions >= MOST_EXTENSIONS:
        raise Rejected("it has been extended twice: that is all")
    _ahead(due_at, act.at)
    if due_at <= hazard.due_at:
        raise Rejected("an extension ends later than the due it extends")
    after = hazard.but(due_at=due_at, extensions=hazard.extensions + 1)
    event = HazardExtended(
        **of(after, act),
        owner=hazard.owner,
        due_at=due_at,
        original_due_at=hazard.original_due_at,
        round=hazard.round,
        extensions=after.extensions,
    )
    return step(after, event, act, owner=hazard.owner, due_at=due_at, note=note)


def rectify(done: str, evidence: str, act: Act, hazard: Hazard) -> Decided:
    """By the owner or a colleague. `done` is sealed."""
    at_stage(hazard, "rectified", "ordered")
    return _rectified(hazard, done, evidence, act)


def _rectified(hazard: Hazard, done: str, evidence: str, act: Act) -> Decided:
    after = hazard.but(stage="rectified", rectified_by=act.by, rectified_at=act.at, evidence=evidence)
    event = HazardRectified(**of(after, act), round=after.round, evidence=evidence, on_time=_on_time(after, act.at))
    return step(after, event, act, evidence=evidence, note=done)


def _on_time(hazard: Hazard, now: datetime) -> bool:
    return hazard.original_due_at is None or now <= hazard.original_due_at


def _rechecked(hazard: Hazard, by: str) -> None:
    at_stage(hazard, "rechecked", "rectified")
    if by == hazard.rectified_by:
        raise Rejected("whoever rectified it does not recheck it")


def recheck_passed(note: str | None, evidence: str | None, act: Act, hazard: Hazard) -> Decided:
    """By another person than the rectifier: closed."""
    _rechecked(hazard, act.by)
    on_time = _on_time(hazard, act.at)
    after = hazard.but(
        stage="closed",
        closed_at=act.at,
        closed_how="recheck-passed",
        on_time=on_time,
        rechecked_by=act.by,
        rechecked_at=act.at,
        recheck_passed=True,
        proposal=None,
    )
    event = HazardClosed(
        **of(after, act),
        how="recheck-passed",
        evidence=bool(evidence or hazard.evidence),
        on_time=on_time,
        round=after.round,
    )
    return step(after, event, act, evidence=evidence, note=note)


def recheck_failed(due_at: datetime, owner: str | None, note: str | None, act: Act, hazard: Hazard) -> Decided:
    """By another person than the rectifier: another round, of the same owner unless another is named."""
    _rechecked(hazard, act.by)
    _ahead(due_at, act.at)
    owner = owner or hazard.owner
    if owner is None:
        raise Rejected("name the owner of the round that begins")
    if hazard.round >= MOST_ROUNDS:
        raise Rejected(f"{MOST_ROUNDS} rounds have failed: hand it over")
    after = _next_round(hazard, owner, due_at).but(stage="ordered", recheck_passed=False, rechecked_by=act.by)
    after = after.but(rechecked_at=act.at)
    event = HazardRecheckFailed(**of(after, act), owner=owner, due_at=due_at, round=after.round)
    return step(after, event, act, owner=owner, due_at=due_at, note=note)


def hand_over(unit: str, reference: str, act: Act, hazard: Hazard) -> Decided:
    """To a unit that can do more than the community."""
    at_stage(hazard, "handed over", "found", "ordered", "rectified")
    if hazard.round >= 2 * MOST_ROUNDS:
        raise Rejected(f"it has gone to and fro for {hazard.round} rounds")
    after = hazard.but(stage="handed_over", unit=unit, reference=reference)
    event = HazardHandedOver(**of(after, act), unit=unit, reference=reference, round=after.round)
    return step(after, event, act, unit=unit, reference=reference)


def handed_back_done(done: str, evidence: str, act: Act, hazard: Hazard) -> Decided:
    """The unit has done it. Whoever takes it back vouches for it, so that another person rechecks."""
    at_stage(hazard, "taken back", "handed_over")
    return _rectified(_next_round(hazard, hazard.owner, hazard.due_at), done, evidence, act)


def handed_back_undone(owner: str, due_at: datetime, act: Act, hazard: Hazard) -> Decided:
    """The unit has not done it: an owner and a due again."""
    at_stage(hazard, "taken back", "handed_over")
    _ahead(due_at, act.at)
    return ordered(hazard, owner, due_at, act)
