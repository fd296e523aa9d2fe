"""The areas as a service knows them: its own copy, learned from `areas-defined`, one document a county.

In the registry the same documents are the original (`services.registry.areas`), so `find` reads the
same everywhere: `places-4203` holds the city, `places-420303` a county with every area below it.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from shared import area
from shared.decision import Decision, Missing, State
from shared.desk import Desk
from shared.event import Envelope
from shared.events.registry import AreasDefined
from shared.reactions import Reactions
from shared.store import Change, Store


class Known(State):
    """One area: the name people say, the legal name, and the zones laid over it."""

    name: str
    legal_name: str = ""
    zones: tuple[str, ...] = ()


class Places(State):
    """The city, or one county and all below it, by code. `sequence` is that of the statement they come from."""

    code: str
    sequence: int = 0
    areas: dict[str, Known]


@dataclass(frozen=True, slots=True)
class Place:
    """An area that exists. A grid has its community's name and zones."""

    code: str
    name: str
    zones: tuple[str, ...]


places: Store[Places] = Store("places", Places, scopes=lambda state: area.scopes(state.code))


def document(code: str) -> str:
    """The id of the document that knows this area."""
    return f"places-{code[:6]}"


def hears(on: Reactions) -> None:
    """Makes a service keep its copy."""

    @on(AreasDefined)
    def learn_areas(defined: AreasDefined, envelope: Envelope) -> list[Change]:
        return [places.begin_or_change(document(defined.area), partial(learn, defined, envelope.sequence))]


def learn(defined: AreasDefined, sequence: int, known: Places | None) -> Decision[Places]:
    """The newest statement holds; an older one that comes late changes nothing."""
    if known is not None and known.sequence >= sequence:
        return Decision(known)
    areas = {
        named.code: Known(name=named.name, legal_name=named.legal_name, zones=tuple(named.zones))
        for named in defined.areas
    }
    if known is None:
        return Decision(Places(code=defined.area, sequence=sequence, areas=areas))
    return Decision(known.but(sequence=sequence, areas=areas))


async def find(desk: Desk, code: str) -> Place:
    """Any area from the city to a grid; a grid is known when its community is. Raises Missing."""
    return _place(code, await _read(desk, code))


class Atlas:
    """Places for the length of one request that needs many: each document is read once. What is not
    found is looked for again, so that it never says "missing" of something that has come since."""

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._read: dict[str, Mapping[str, Any]] = {}

    async def find(self, code: str) -> Place:
        """Raises Missing."""
        id = document(code)
        if id in self._read:
            try:
                return _place(code, self._read[id])
            except Missing:
                del self._read[id]
        areas = await _read(self._desk, code)
        place = _place(code, areas)
        self._read[id] = areas
        return place


async def _read(desk: Desk, code: str) -> Mapping[str, Any]:
    """The areas of one document as stored: a county has hundreds, and one is wanted, so none is parsed."""
    _check(code)
    id = document(code)
    found = (await desk.books[places.name].read([id])).get(id)
    if found is None or found["state"] is None:
        raise Missing("no such area")
    areas: Mapping[str, Any] = found["state"]["areas"]
    return areas


def _place(code: str, areas: Mapping[str, Any]) -> Place:
    _check(code)
    known = areas.get(code[:12])
    if known is None:
        raise Missing("no such area")
    return Place(code, known["name"], tuple(known["zones"]))


def _check(code: str) -> None:
    try:
        area.level(code)
    except ValueError as error:
        raise Missing("no such area") from error
