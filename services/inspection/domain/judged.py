"""What takes more than one pair of eyes: no hazard after all, the same as another, listed as grave."""

from services.inspection.domain.hazard import OPEN, Hazard, Proposal, about, at_stage, of, step
from services.inspection.domain.seen import Act
from shared.decision import Decision, Rejected
from shared.events.inspection import HazardDelisted, HazardDismissed, HazardListed, HazardMerged

Decided = Decision[Hazard]


def dismiss(reason: str, note: str | None, act: Act, hazard: Hazard) -> Decided:
    """No hazard after all, in the judgement of somebody who did not find it."""
    at_stage(hazard, "dismissed", "found")
    if act.by in hazard.finders:
        raise Rejected("whoever found it does not dismiss it")
    event = HazardDismissed(**of(hazard, act), reason=reason)
    return step(hazard.but(stage="dismissed", proposal=None), event, act, reason=reason, note=note)


def merge(into: Hazard, act: Act, hazard: Hazard) -> Decided:
    """The same as one that was found before: never the other way round, so that two merged into each
    other at once cannot both be gone."""
    at_stage(hazard, "merged", "found")
    if into.id == hazard.id:
        raise Rejected("a hazard is not merged into itself")
    if into.area != hazard.area:
        raise Rejected("a hazard is merged into one of the same area")
    if into.stage not in OPEN:
        raise Rejected(f"{into.id} is {into.stage}: merge into one that is open")
    if (into.found_at, into.id) > (hazard.found_at, hazard.id):
        raise Rejected(f"{into.id} was found later: merge that one into this")
    event = HazardMerged(**of(hazard, act), into=into.id, found_by=hazard.found_by)
    return step(hazard.but(stage="merged", into=into.id, proposal=None), event, act, into=into.id)


def list_(act: Act, hazard: Hazard) -> Decided:
    """Listed supervision of a grave hazard: the first person proposes, a second one makes it so."""
    at_stage(hazard, "listed", *OPEN)
    if hazard.level != "I":
        raise Rejected("only a hazard of level I is listed")
    if hazard.listed:
        raise Rejected("it is listed already")
    first = _first(hazard, "list", act.by)
    if first is None:
        return Decision(hazard.but(proposal=Proposal(way="list", by=act.by, at=act.at)))
    event = HazardListed(**about(hazard), by=[first, act.by], at=act.at)
    return step(hazard.but(listed=True, proposal=None), event, act)


def delist(act: Act, hazard: Hazard) -> Decided:
    if not hazard.listed:
        raise Rejected("it is not listed")
    first = _first(hazard, "delist", act.by)
    if first is None:
        return Decision(hazard.but(proposal=Proposal(way="delist", by=act.by, at=act.at)))
    event = HazardDelisted(**about(hazard), by=[first, act.by], at=act.at)
    return step(hazard.but(listed=False, proposal=None), event, act)


def _first(hazard: Hazard, way: str, by: str) -> str | None:
    """Who proposed it; None when nobody has. Raises Rejected for the same person again."""
    proposal = hazard.proposal
    if proposal is None or proposal.way != way:
        return None
    if proposal.by == by:
        raise Rejected("a second person must agree")
    return proposal.by
