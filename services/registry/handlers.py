"""What the registry hears: its own people and households, and the visits that were made."""

from functools import partial

from services.registry.domain import households as homes
from services.registry.domain import residents as persons
from services.registry.domain import targets
from services.registry.domain.homes import Visit
from services.registry.domain.targets import Sight
from services.registry.store import households, residents, round_targets
from shared.event import Envelope
from shared.events.inspection import VisitCompleted, VisitCorrected, VisitFailed, VisitVoided
from shared.events.registry import (
    HouseholdChanged,
    ResidentMoved,
    ResidentRegistered,
    ResidentUpdated,
    VisitDue,
    VisitWithdrawn,
    Withdrawal,
)
from shared.reactions import Reactions
from shared.store import Change

on = Reactions()
Told = VisitCompleted | VisitFailed | VisitCorrected | VisitVoided


@on(ResidentRegistered)
@on(ResidentUpdated)
def note_at_home(said: ResidentRegistered | ResidentUpdated, envelope: Envelope) -> list[Change]:
    rule = partial(homes.lives_here, said=said, sequence=envelope.sequence)
    return [households.change(said.household_id, rule)]


@on(ResidentMoved)
def note_move(said: ResidentMoved, envelope: Envelope) -> list[Change]:
    left = partial(homes.left, said=said, sequence=envelope.sequence)
    come = partial(homes.lives_here, said=said, sequence=envelope.sequence)
    return [households.change(said.from_household_id, left), households.change(said.household_id, come)]


@on(HouseholdChanged)
def tell_residents(said: HouseholdChanged, envelope: Envelope) -> list[Change]:
    rule = partial(persons.household_says, said=said, sequence=envelope.sequence)
    return [residents.change(member, rule) for member in said.members]


@on(VisitCompleted)
def keep_dues(said: VisitCompleted, envelope: Envelope) -> list[Change]:
    visit = Visit(
        id=said.visit_id,
        seq=envelope.sequence,
        day=said.day,
        at=said.arrived_at,
        due_ids=tuple(said.due_ids),
        residents=tuple(said.residents),
    )
    return _noted(said, visit)


@on(VisitFailed)
def note_attempt(said: VisitFailed, envelope: Envelope) -> list[Change]:
    visit = Visit(
        id=said.visit_id,
        seq=envelope.sequence,
        day=said.day,
        due_ids=tuple(said.due_ids),
        counts=False,
        outcome=said.outcome,
    )
    return _noted(said, visit)


@on(VisitCorrected)
def keep_as_corrected(said: VisitCorrected, envelope: Envelope) -> list[Change]:
    visit = Visit(
        id=said.visit_id,
        seq=envelope.sequence,
        day=said.day,
        due_ids=tuple(said.due_ids),
        residents=tuple(said.residents),
    )
    return _noted(said, visit)


@on(VisitVoided)
def take_back(said: VisitVoided, envelope: Envelope) -> list[Change]:
    visit = Visit(
        id=said.visit_id,
        seq=envelope.sequence,
        day=said.day,
        due_ids=tuple(said.due_ids),
        counts=False,
        voided=True,
        outcome="voided",
    )
    return _noted(said, visit)


def _noted(said: Told, visit: Visit) -> list[Change]:
    """The household notes it, and so does every round's target that it names."""
    sight = Sight(visit=visit.id, seq=visit.seq, counts=visit.counts, outcome=visit.outcome)
    changes = [households.change(said.household_id, partial(homes.visited, visit=visit, at=said.at))]
    return changes + [
        round_targets.change(due_id, partial(targets.seen, sight=sight)) for due_id in _of_rounds(said.due_ids)
    ]


@on(VisitWithdrawn)
def note_withdrawal(said: VisitWithdrawn, envelope: Envelope) -> list[Change]:
    return _told(said.due_ids, said.reason, envelope.sequence)


@on(VisitDue)
def note_due_again(said: VisitDue, envelope: Envelope) -> list[Change]:
    """Only what had been withdrawn before: a target is due from its beginning."""
    return _told(said.again, None, envelope.sequence)


def _told(due_ids: list[str], word: Withdrawal | None, sequence: int) -> list[Change]:
    rule = partial(targets.told, word=word, sequence=sequence)
    return [round_targets.change(due_id, rule) for due_id in _of_rounds(due_ids)]


def _of_rounds(due_ids: list[str]) -> list[str]:
    return [due_id for due_id in due_ids if due_id.startswith("target-")]
