"""Areas and zones over HTTP: taken in from the table of codes, found by name, initials or code."""

from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Request
from pydantic import BaseModel, Field

from services.registry.areas import domain, naming
from services.registry.areas.domain import Level
from services.registry.areas.store import lay, under, zones
from services.registry.areas.taking import Defined, taken
from shared import area, places
from shared.decision import Missing
from shared.http import After, Body, Command, Limit, Look, Problem, View, Who, Wish, view

router = APIRouter(tags=["areas"])
ZoneName = Annotated[str, Path(pattern=area.ZONE.pattern, description="z:dongcheng")]
StatutoryCode = Annotated[str, Field(pattern=r"^\d{6}(\d{3}(\d{3})?)?$")]


async def _under(
    request: Request, who: Who, under: Annotated[str | None, Query(max_length=50, description="code or zone")] = None
) -> View:
    return await view(request, who, under)


Under = Annotated[View, Depends(_under)]


class AreaCard(BaseModel):
    code: str
    name: str
    legal_name: str
    level: str
    parent: str | None
    zones: list[str]


class AreaPage(BaseModel):
    items: list[AreaCard]
    next: str | None


class ZoneCard(BaseModel):
    zone: str
    title: str
    codes: list[str]


class Draw(Body):
    title: Annotated[str, Field(min_length=1, max_length=60)]
    codes: Annotated[list[StatutoryCode], Field(max_length=500)]


@router.post("/areas/import")
async def define(request: Request, wish: Wish, dry_run: bool = False) -> Defined:
    """The body is the table `code,name,level,parent`: whole counties, or rows to add to one that stands."""
    wish.actor.require("import")
    table = await taken(request, wish)
    if not dry_run:
        await replace(wish, cause=table.cause).act_all(table.changes(wish))
    return table.defined


@router.get("/areas")
async def find(
    look: Under,
    level: Level | None = None,
    q: Annotated[str, Query(max_length=60, description="part of a name, or pinyin initials")] = "",
    after: After = None,
    limit: Limit = 50,
) -> AreaPage:
    """In the order of a Chinese list. A zone is looked under like a code."""
    asked = naming.plain(q)
    found = await under(look.desk, await _codes(look))
    order = sorted(
        (f"{each['pinyin']}|{code}", code)
        for code, each in found.items()
        if (level is None or each["level"] == level) and _answers(each, asked)
    )
    rest = [(key, code) for key, code in order if after is None or key > after]
    cards = [_card(code, found[code]) for _, code in rest[:limit]]
    return AreaPage(items=cards, next=rest[limit - 1][0] if len(rest) > limit else None)


async def _codes(look: View) -> tuple[str, ...]:
    if not look.area.startswith("z:"):
        return (look.area,)
    zone, _, _ = await look.desk.get(zones, look.area)
    return zone.codes


def _answers(each: dict[str, Any], asked: str) -> bool:
    """周家沟 is in the name, 周家沟社区居民委员会 is the legal name, zjg begins the initials, zhoujia the pinyin."""
    if not asked:
        return True
    name, legal, level, syllables = (str(each[key]) for key in ("name", "legal_name", "level", "pinyin"))
    if asked.isascii():
        return naming.initials(syllables).startswith(asked) or syllables.replace(" ", "").startswith(asked)
    return asked in name or asked in legal or naming.said(asked, level) == name


def _card(code: str, each: dict[str, Any]) -> AreaCard:
    shown = {name: each[name] for name in ("name", "legal_name", "level", "zones")}
    return AreaCard(code=code, parent=area.parent(code), **shown)


@router.get("/areas/{code}")
async def one(code: Annotated[str, Path(max_length=20)], request: Request, who: Who) -> AreaCard:
    """404 for what is unknown, and for what lies elsewhere."""
    if not who.sees(code):
        raise Missing("no such area")
    found = (await under(request.app.state.desk, [code])).get(code)
    if found is None:
        raise Missing("no such area")
    return _card(code, found)


@router.get("/zones")
async def zone_list(look: Look) -> list[ZoneCard]:
    page = await look.page(zones, {}, "_id", None, 200)
    return [_zone_card(domain.Zone.model_validate(stored["state"])) for stored in page.items]


@router.get("/zones/{zone}")
async def zone(zone: ZoneName, look: Look) -> ZoneCard:
    return _zone_card(await look.get(zones, zone))


@router.put("/zones/{zone}")
async def draw(zone: ZoneName, body: Draw, wish: Wish) -> ZoneCard:
    """Lays a zone over these codes and everything below them, and takes it off all others."""
    wish.actor.require("import")
    atlas = places.Atlas(wish.desk)
    for code in dict.fromkeys(body.codes):
        await atlas.find(wish.within(code))
    counties = sorted({code[:6] for code in body.codes} | set(await _counties(wish, zone)))
    if not all(wish.actor.sees(county) for county in counties):
        raise Problem(409, "rejected", "a zone is drawn by somebody who sees each of its counties whole")
    states = await wish.act_all(
        [
            zones.begin_or_change(zone, partial(domain.draw, zone, body.title, body.codes, wish.now)),
            *lay(zone, counties, body.codes, wish.now),
        ]
    )
    return _zone_card(states[0])


async def _counties(wish: Command, zone: str) -> tuple[str, ...]:
    """Those that the zone was laid over before."""
    try:
        state, _, _ = await wish.desk.get(zones, zone)
    except Missing:
        return ()
    return state.counties


def _zone_card(zone: domain.Zone) -> ZoneCard:
    return ZoneCard(zone=zone.id, title=zone.title, codes=list(zone.codes))
