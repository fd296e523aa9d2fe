"""What an event may carry: ids, facts and masked labels; flat; a source and a time; nothing about a
person in the clear."""

import re
from datetime import datetime

import pytest
from pydantic import BaseModel

from deploy.catalogue.facts import atoms, docstrings, parts_of
from shared.event import Event
from shared.events import EVENTS, SOURCES

PERSONAL = {
    *("name", "names", "surname", "phone", "mobile", "telephone", "contact", "address", "street", "doorplate"),
    *("identity", "idcard", "passport", "birthday", "birthdate", "text", "note", "notes", "comment", "remark"),
    *("description", "photo", "email", "wechat"),
}
PLACES = {
    ("RoundStarted", "name"): "the round's name",
    ("AreaNamed", "name"): "the place's name",
    ("AreaNamed", "legal_name"): "the place's name in the statutory list",
}
"""Fields whose name sounds personal and is not, each with its reason."""
MASKED = re.compile(r"\b[Mm]asked\b")
UNTIL = {"until"}
"""The only other name of a moment."""
NESTED = {("areas-defined", "areas"), ("visit-completed", "found"), ("visit-failed", "found")}
"""Fields that hold parts: what another document of the same service is begun from."""
EVENT_TYPES = pytest.mark.parametrize("event", EVENTS.values(), ids=EVENTS.keys())


def sounds_personal(model: type[BaseModel]) -> list[str]:
    words = docstrings(model)
    own = [
        name
        for name in model.model_fields
        if PERSONAL & set(name.split("_"))
        and not MASKED.search(words.get(name, ""))
        and (model.__name__, name) not in PLACES
    ]
    return own + [found for parts in parts_of(model).values() for part in parts for found in sounds_personal(part)]


def misnamed_times(model: type[BaseModel]) -> list[str]:
    return [
        name
        for name, info in model.model_fields.items()
        if datetime in atoms(info.annotation) and name.split("_")[-1] not in {"at", *UNTIL}
    ]


def test_every_source_is_a_service() -> None:
    assert {event.source for event in EVENTS.values()} == set(SOURCES)


@EVENT_TYPES
def test_nothing_about_a_person_in_the_clear(event: type[Event]) -> None:
    assert sounds_personal(event) == [], "carry an id or a label, and say `Masked` in the field's docstring"


@EVENT_TYPES
def test_times_end_in_at(event: type[Event]) -> None:
    assert misnamed_times(event) == []


@EVENT_TYPES
def test_fields_are_flat(event: type[Event]) -> None:
    nested = {(event.type(), name) for name in parts_of(event)}
    assert nested <= NESTED


@EVENT_TYPES
def test_a_name_on_the_wire_is_past_tense_kebab(event: type[Event]) -> None:
    assert re.fullmatch(r"[a-z]+(-[a-z]+)+", event.type())


def test_a_personal_field_would_be_seen() -> None:
    class ResidentCalled(Event):
        source = "registry"
        phone: str
        caller_name: str
        called: datetime
        label: str
        """Masked."""

    assert sounds_personal(ResidentCalled) == ["phone", "caller_name"]
    assert misnamed_times(ResidentCalled) == ["called"]
