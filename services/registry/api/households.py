"""Households over HTTP: registered, changed, listed."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from pydantic import Field

from services.registry import reach
from services.registry.domain import households as rules
from services.registry.domain.homes import Household
from services.registry.store import households
from services.registry.views import Listed, listed
from services.registry.views.homes import HouseholdCard, HouseholdDetail, household_card, household_detail
from shared import ids
from shared.decision import Decision
from shared.http import After, Body, Limit, Look, Wish

router = APIRouter(tags=["households"])
HomeArea = Annotated[str, Field(pattern=r"^\d{12}(\d{3})?$", description="a community or a grid")]
External = Annotated[str, Field(min_length=1, max_length=60, description="the key under which others know it")]


class Register(Body):
    """`label` is what lists show (3号楼); `address` is the exact one, and is sealed."""

    area: HomeArea
    label: Annotated[str, Field(min_length=1, max_length=40)]
    address: Annotated[str, Field(min_length=1, max_length=200)] | None = None
    external: External | None = None


class Change(Body):
    area: HomeArea | None = None
    label: Annotated[str, Field(min_length=1, max_length=40)] | None = None
    address: Annotated[str, Field(min_length=1, max_length=200)] | None = None


@router.post("/households", status_code=201)
async def register(body: Register, wish: Wish) -> HouseholdDetail:
    place = await reach.place(wish, body.area)
    fresh = Household(
        id=ids.derived("household", body.external or wish.cause.id),
        area=place.code,
        zones=place.zones,
        label=body.label,
        address=wish.seals.seal(body.address) if body.address else None,
        external=body.external,
        registered_at=wish.now,
    )

    def begin(known: Household | None) -> Decision[Household]:
        if known is not None:
            raise reach.taken(body.external)
        return rules.register(fresh)

    return household_detail(await wish.act(households.begin_or_change(fresh.id, begin)), wish.now)


@router.post("/households/{household_id}/change")
async def change(household_id: str, body: Change, wish: Wish) -> HouseholdDetail:
    known: dict[str, object] = {"label": body.label} if body.label is not None else {}
    if body.address is not None:
        known["address"] = wish.seals.seal(body.address)
    if body.area is not None:
        place = await reach.place(wish, body.area)
        known |= {"area": place.code, "zones": place.zones}
    rule = partial(_changed, known=known, wish=wish)
    return household_detail(await wish.act(households.change(household_id, rule)), wish.now)


def _changed(household: Household, known: dict[str, object], wish: Wish) -> Decision[Household]:
    return rules.change(household, household.but(**known), wish.now)


@router.get("/households")
async def page(look: Look, after: After = None, limit: Limit = 50) -> Listed[HouseholdCard]:
    return listed(await look.page(households, {}, "keys.order", after, limit), household_card, Household)


@router.get("/households/{household_id}")
async def one(household_id: str, look: Look) -> HouseholdDetail:
    return household_detail(await look.get(households, household_id), look.now)
