"""A service as small as can be, to hold the kernel to its promises on the real engines."""

from functools import partial
from typing import Any

from shared import area
from shared.causes import Ask, Cause
from shared.decision import Decision, Rejected, State
from shared.event import Envelope
from shared.events.inspection import HazardClosed, HazardFound, HazardOrdered
from shared.reactions import Reactions
from shared.running import Blueprint
from shared.store import Change, Store

AREA = "420303002002"


class Note(State):
    id: str
    area: str = AREA
    ordered: int = 0
    closed: bool = False


notes = Store("notes", Note, scopes=lambda note: area.scopes(note.area))


class Hazard(State):
    id: str
    area: str = AREA
    rounds: int = 0


hazards = Store("hazards", Hazard, scopes=lambda hazard: area.scopes(hazard.area))


def found(id: str, now: Any) -> Decision[Hazard]:
    event = HazardFound(hazard_id=id, area=AREA, level="I", code="GAS-01", by="W1", at=now)
    return Decision(Hazard(id=id), (event,))


def order(now: Any, hazard: Hazard) -> Decision[Hazard]:
    event = HazardOrdered(
        hazard_id=hazard.id, area=AREA, level="I", code="GAS-01", owner="W1", due_at=now, by="W2", at=now
    )
    return Decision(hazard.but(rounds=hazard.rounds + 1), (event.model_copy(update={"round": hazard.rounds + 1}),))


on = Reactions()


def note_of(hazard_id: str) -> str:
    return f"note-{hazard_id}"


@on(HazardFound)
def begin_note(hazard: HazardFound) -> list[Change]:
    if hazard.code == "SAF-09":
        raise ZeroDivisionError("this record is poison")
    return [notes.begin(note_of(hazard.hazard_id), lambda: Decision(Note(id=note_of(hazard.hazard_id))))]


def count(hazard: HazardOrdered, note: Note) -> Decision[Note]:
    return Decision(note.but(ordered=note.ordered + 1))


@on(HazardOrdered)
def count_order(hazard: HazardOrdered) -> list[Change]:
    return [notes.change(note_of(hazard.hazard_id), partial(count, hazard))]


def close(note: Note) -> Decision[Note]:
    if note.closed:
        raise Rejected("closed already")
    return Decision(note.but(closed=True))


@on(HazardClosed)
def close_note(hazard: HazardClosed) -> list[Change]:
    return [notes.change(note_of(hazard.hazard_id), close)]


TELLER = Blueprint("inspection", [hazards], Reactions())
HEARER = Blueprint("dispatch", [notes], on)


def ask(change: Change, key: str) -> Ask:
    return Ask(Cause(f"http/W1/test/{key}", "00-test", durable=False), change)


def envelope(id: str, event: Any, sequence: int = 1) -> Envelope:
    return Envelope(
        id=f"{id}#{sequence}",
        type=event.type(),
        source=event.source,
        subject=id,
        sequence=sequence,
        cause="test/1",
        time=event.at,
        trace="00-test",
        data=event.model_dump_json().encode(),
    )
