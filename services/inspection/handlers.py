"""What inspection does when it hears of a household, of a due, or of its own visits and merges."""

from functools import partial

from services.inspection.domain import due, found
from services.inspection.domain.seen import Act, Seen, Sight
from services.inspection.domain.words import spot
from services.inspection.store import dues, hazard_changes, hazards, households
from shared import places
from shared.event import Envelope
from shared.events.inspection import HazardMerged, HazardSeen, VisitCompleted, VisitFailed
from shared.events.registry import HouseholdChanged, HouseholdRegistered, VisitDue, VisitWithdrawn
from shared.reactions import Reactions
from shared.store import Change

on = Reactions()
places.hears(on)


@on(HouseholdRegistered)
@on(HouseholdChanged)
def learn_household(said: HouseholdRegistered | HouseholdChanged, envelope: Envelope) -> list[Change]:
    return [households.begin_or_change(said.household_id, partial(due.learn, said, envelope.sequence))]


@on(VisitDue)
@on(VisitWithdrawn)
def note_dues(said: VisitDue | VisitWithdrawn, envelope: Envelope) -> list[Change]:
    id = due.document(said.household_id, said.day)
    return [dues.begin_or_change(id, partial(due.hear, said, envelope.sequence))]


@on(VisitCompleted)
@on(VisitFailed)
def begin_what_was_found(visit: VisitCompleted | VisitFailed) -> list[Change]:
    """Those that the request began already stay as they are; a crash may have left some out."""
    return hazard_changes([_seen(each, visit) for each in visit.found], _sight(visit))


def _seen(told: HazardSeen, visit: VisitCompleted | VisitFailed) -> Seen:
    return Seen(**told.model_dump(), spot=spot(visit.area, visit.household_id, told.code))


def _sight(visit: VisitCompleted | VisitFailed) -> Sight:
    return Sight(
        area=visit.area,
        zones=tuple(visit.zones),
        household_id=visit.household_id,
        visit_id=visit.visit_id,
        origin="visit",
        act=Act(by=visit.by, at=visit.at),
    )


@on(HazardMerged)
def note_merge(merged: HazardMerged) -> list[Change]:
    return [hazards.change(merged.into, partial(found.absorb, merged))]
