"""Residents over HTTP: registered, updated, moved; their categories, and what befell them."""

from collections.abc import Callable
from functools import partial
from typing import Annotated, Any

from fastapi import APIRouter, Query
from pydantic import AfterValidator, Field

from services.registry import reach
from services.registry.api.households import External
from services.registry.domain import residents as rules
from services.registry.domain.care import newest
from services.registry.domain.codes import Category
from services.registry.domain.homes import last_seen
from services.registry.domain.people import Care, Resident
from services.registry.store import residents, standing
from services.registry.views import Listed, listed
from services.registry.views.people import ResidentCard, ResidentDetail, resident_card, resident_detail
from shared import ids
from shared.calendar import day_of
from shared.decision import Decision
from shared.http import After, Body, Limit, Look, Wish
from shared.tables import Unfit, codes

router = APIRouter(tags=["residents"])


def fits(parse: Callable[[Any], str]) -> Callable[[str], str]:
    """What a table's cell must be, a request's field must be too."""

    def check(value: str) -> str:
        try:
            return parse(value)
        except Unfit as error:
            raise ValueError(str(error)) from error

    return check


Name = Annotated[str, Field(min_length=1, max_length=60)]
Phone = Annotated[str, Field(min_length=5, max_length=25), AfterValidator(fits(codes.phone))]
Identity = Annotated[str, Field(min_length=15, max_length=25), AfterValidator(fits(codes.identity))]
BirthYear = Annotated[int, Field(ge=1900, le=2100)]
Reason = Annotated[str, Field(min_length=1, max_length=40, description="a word of a short list: no text about people")]


class Register(Body):
    household_id: str
    name: Name
    phone: Phone | None = None
    identity: Identity | None = None
    birth_year: BirthYear | None = None
    external: External | None = None
    care: Annotated[list[Category], Field(max_length=15)] = []


class Update(Body):
    """Only what is given changes."""

    name: Name | None = None
    phone: Phone | None = None
    identity: Identity | None = None
    birth_year: BirthYear | None = None


class Find(Body):
    identity: Identity


class Move(Body):
    household_id: str


@router.post("/residents", status_code=201)
async def register(body: Register, wish: Wish) -> ResidentDetail:
    home = await reach.home(wish, body.household_id)
    today = day_of(wish.now)
    fresh = Resident(
        id=ids.derived("resident", body.external or wish.cause.id),
        household=home.id,
        area=home.area,
        zones=home.zones,
        **reach.sealed(wish.seals, body.name, body.phone, body.identity),
        birth_year=reach.born(body.identity, body.birth_year),
        external=body.external,
        registered_at=wish.now,
        care=newest(tuple(Care(category=code, since=today, origin="manual") for code in sorted(set(body.care)))),
    )

    def begin(known: Resident | None) -> Decision[Resident]:
        if known is not None:
            raise reach.taken(body.external)
        return rules.register(fresh, wish.now)

    return await told(wish, await wish.act(residents.begin_or_change(fresh.id, begin)))


@router.post("/residents/find")
async def find(body: Find, look: Look) -> Listed[ResidentCard]:
    """Exact look-up; a POST, so that the number stands in no address and no log."""
    where = {"keys.identity": reach.index(look.seals, body.identity)}
    return listed(await look.page(residents, where, "keys.order"), resident_card, Resident)


@router.get("/residents")
async def page(
    look: Look,
    care: Annotated[list[Category] | None, Query(description="any of these categories")] = None,
    household: Annotated[str | None, Query(max_length=60)] = None,
    after: After = None,
    limit: Limit = 50,
) -> Listed[ResidentCard]:
    where: dict[str, object] = {"keys.care": {"$in": care}} if care else {}
    if household is not None:
        where["keys.household"] = household
    return listed(await look.page(residents, where, "keys.order", after, limit), resident_card, Resident)


@router.get("/residents/{resident_id}")
async def one(resident_id: str, look: Look) -> ResidentDetail:
    resident = await look.get(residents, resident_id)
    homes = await standing(look.desk, {resident.household})
    return resident_detail(resident, homes.get(resident.household), look.seals)


@router.post("/residents/{resident_id}/update")
async def update(resident_id: str, body: Update, wish: Wish) -> ResidentDetail:
    known = {field: value for field, value in _sealed(body, wish).items() if value is not None}
    return await changed(wish, resident_id, partial(rules.update, now=wish.now, **known))


@router.post("/residents/{resident_id}/move")
async def move(resident_id: str, body: Move, wish: Wish) -> ResidentDetail:
    """When the person was last seen at the old address goes with them."""
    to = await reach.home(wish, body.household_id)
    resident, _, _ = await wish.desk.get(residents, resident_id)
    old = (await standing(wish.desk, {resident.household})).get(resident.household)
    seen = [resident.seen_before, last_seen(old, resident_id) if old is not None else None]
    last = max((day for day in seen if day is not None), default=None)

    def moved(known: Resident) -> Decision[Resident]:
        there = known.but(household=to.id, area=to.area, zones=to.zones, seen_before=last)
        return rules.move(known, there, wish.now)

    return await changed(wish, resident_id, moved)


def _sealed(body: Update, wish: Wish) -> dict[str, Any]:
    named = reach.named(wish.seals, body.name) if body.name is not None else {}
    contacts = reach.contacts(wish.seals, body.phone, body.identity)
    return {**named, **contacts, "birth_year": reach.born(body.identity, body.birth_year)}


async def changed(wish: Wish, resident_id: str, rule: Callable[[Resident], Decision[Resident]]) -> ResidentDetail:
    return await told(wish, await wish.act(residents.change(resident_id, rule)))


async def told(wish: Wish, resident: Resident) -> ResidentDetail:
    homes = await standing(wish.desk, {resident.household})
    return resident_detail(resident, homes.get(resident.household), wish.seals)
