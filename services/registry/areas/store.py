"""The areas' documents and zones, and how they are asked for.

The county documents bear the name and ids of every other service's copies (`shared.places`), so that
`places.find` reads the original here and the copy there.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import partial
from typing import Any

from services.registry.areas import domain
from services.registry.areas.domain import Areas, Zone
from shared import area
from shared.desk import Desk
from shared.places import document
from shared.store import Change, Index, Store

BY_SCOPE = Index(("scopes", "_id"))
areas: Store[Areas] = Store("places", Areas, scopes=lambda state: area.scopes(state.code), indexes=(BY_SCOPE,))
PAGE = 200


def lay(zone: str, counties: Iterable[str], codes: Sequence[str], now: datetime) -> list[Change]:
    rule = partial(domain.lay, zone, tuple(codes), now)
    return [areas.change(document(county), rule) for county in counties]


async def settle(desk: Desk, zone: Zone, now: datetime) -> list[Change]:
    """Lays the zone once more over all its counties: what a crash left out, or a race laid in another order."""
    return [*lay(zone.id, zone.counties, zone.codes, now), zones.change(zone.id, domain.settle)]


def _around(codes: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(scope for code in codes for scope in area.scopes(code)))


zones: Store[Zone] = Store(
    "zones",
    Zone,
    scopes=lambda zone: [zone.id, *_around((*zone.codes, *zone.counties))],
    wake=domain.wake,
    errand=settle,
    indexes=(BY_SCOPE,),
)


async def standing(desk: Desk, codes: Iterable[str]) -> dict[str, Areas]:
    """The documents of these codes, by document id."""
    ids = sorted({document(code) for code in codes})
    found = await desk.books[areas.name].read(ids)
    return {id: Areas.model_validate(stored["state"]) for id, stored in found.items() if stored["state"] is not None}


async def under(desk: Desk, codes: Iterable[str]) -> dict[str, dict[str, Any]]:
    """Every area below these codes (themselves included), by code, as stored: thousands are looked
    through for a few, so none is parsed."""
    wanted = tuple(codes)
    found: dict[str, dict[str, Any]] = {}
    for stored in await _documents(desk, wanted):
        for code, each in stored["state"]["areas"].items():
            if any(area.within(code, one) for one in wanted):
                found[code] = each
    return found


async def _documents(desk: Desk, codes: Sequence[str]) -> list[dict[str, Any]]:
    cities = sorted({code for code in codes if len(code) < 6})
    found = await desk.books[areas.name].read(sorted({document(code) for code in codes}))
    for city in cities:
        after = None
        while True:
            page = await desk.page(areas, {"scopes": city}, "_id", after, PAGE)
            found |= {stored["_id"]: stored for stored in page.items}
            if (after := page.next) is None:
                break
    return [stored for stored in found.values() if stored["state"] is not None]
