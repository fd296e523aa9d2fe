"""Areas: one document for the city and one a county, with all below it; zones laid over any of them.

What stands in a document is what its last `areas-defined` said; `sequence` counts those.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Literal

from services.registry.areas import naming
from shared import area
from shared.decision import Decision, Rejected, State
from shared.events.registry import AreaNamed, AreasDefined

Level = Literal["city", "county", "street", "community", "village"]
SETTLES_AFTER = timedelta(seconds=10)


class Area(State):
    """One area, below its parent by its code. `pinyin` sorts it, its initials find it."""

    name: str
    legal_name: str
    level: Level
    pinyin: str
    zones: tuple[str, ...] = ()


class Areas(State):
    """`laid` says which codes of this county a zone covers, each with everything below it."""

    code: str
    sequence: int = 0
    areas: dict[str, Area]
    laid: dict[str, tuple[str, ...]] = {}


class Zone(State):
    """A named zone: a scope that people think in, over any counties, streets or communities.
    `counties` are those it was ever laid over; it is not settled until each of them shows it."""

    id: str
    title: str
    codes: tuple[str, ...]
    counties: tuple[str, ...]
    drawn_at: datetime
    settled: bool = False


def named(legal: str, level: Level) -> Area:
    name = naming.said(legal, level)
    return Area(name=name, legal_name=legal, level=level, pinyin=naming.pinyin(name))


def define(code: str, listed: Mapping[str, Area], now: datetime, known: Areas | None) -> Decision[Areas]:
    """A list with the county's own row is the whole county, and what it leaves out is gone; a list
    without it adds to the county that stands, or renames."""
    known = known or Areas(code=code, areas={})
    fresh = dict(listed) if code in listed else {**known.areas, **listed}
    lost = next((each for each in fresh if each != code and area.parent(each) not in fresh), None)
    if lost is not None:
        raise Rejected(f"{lost} lies in no area that is known: {area.parent(lost)} is missing")
    return _stated(known, fresh, known.laid, now)


def lay(zone: str, codes: Sequence[str], now: datetime, known: Areas) -> Decision[Areas]:
    """The zone covers these codes of the county from now on, and no others."""
    within = tuple(sorted(code for code in codes if area.within(code, known.code)))
    laid = {name: over for name, over in known.laid.items() if name != zone}
    return _stated(known, known.areas, {**laid, zone: within} if within else laid, now)


def _stated(
    known: Areas, areas: Mapping[str, Area], laid: Mapping[str, tuple[str, ...]], now: datetime
) -> Decision[Areas]:
    """Says the areas as they now stand, if that is news."""
    fresh = {code: areas[code].but(zones=_zones(code, laid)) for code in sorted(areas)}
    if fresh == known.areas:
        return Decision(known.but(laid=dict(laid)))
    following = known.but(areas=fresh, laid=dict(laid), sequence=known.sequence + 1)
    stated = [
        AreaNamed(code=code, name=each.name, legal_name=each.legal_name, zones=list(each.zones))
        for code, each in fresh.items()
    ]
    return Decision(following, (AreasDefined(area=known.code, areas=stated, at=now),))


def _zones(code: str, laid: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(sorted(zone for zone, over in laid.items() if any(area.within(code, each) for each in over)))


def draw(id: str, title: str, codes: Sequence[str], now: datetime, known: Zone | None) -> Decision[Zone]:
    """Draws a zone, or draws it anew."""
    counties = {code[:6] for code in codes} | set(known.counties if known else ())
    drawn = Zone(id=id, title=title, codes=tuple(sorted(set(codes))), counties=tuple(sorted(counties)), drawn_at=now)
    return Decision(known.but(**dict(drawn)) if known else drawn)


def settle(zone: Zone) -> Decision[Zone]:
    return Decision(zone.but(settled=True))


def wake(zone: Zone) -> datetime | None:
    return None if zone.settled else zone.drawn_at + SETTLES_AFTER
