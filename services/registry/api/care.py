"""Care categories and facts over HTTP: what a resident needs, and what befell them."""

from datetime import date
from functools import partial
from typing import Literal

from fastapi import APIRouter

from services.registry.api.residents import Reason, changed
from services.registry.domain import residents as rules
from services.registry.domain.codes import Category
from services.registry.views.people import ResidentDetail
from shared.calendar import day_of
from shared.events.registry import Fact
from shared.http import Body, Wish

router = APIRouter(tags=["care"])


class Tag(Body):
    """`since` is today unless it is given."""

    category: Category
    since: date | None = None
    origin: Literal["manual", "visit", "hospital", "civil-affairs"] = "manual"


class Untag(Body):
    reason: Reason


class Record(Body):
    fact: Fact
    since: date | None = None


class End(Body):
    until: date | None = None


@router.post("/residents/{resident_id}/care")
async def tag(resident_id: str, body: Tag, wish: Wish) -> ResidentDetail:
    since = body.since.isoformat() if body.since else day_of(wish.now)
    rule = partial(rules.tag, category=body.category, since=since, origin=body.origin, now=wish.now)
    return await changed(wish, resident_id, rule)


@router.post("/residents/{resident_id}/care/{category}/end")
async def untag(resident_id: str, category: Category, body: Untag, wish: Wish) -> ResidentDetail:
    rule = partial(rules.untag, category=category, reason=body.reason, now=wish.now)
    return await changed(wish, resident_id, rule)


@router.post("/residents/{resident_id}/facts")
async def record(resident_id: str, body: Record, wish: Wish) -> ResidentDetail:
    since = body.since.isoformat() if body.since else day_of(wish.now)
    return await changed(wish, resident_id, partial(rules.record, fact=body.fact, since=since, now=wish.now))


@router.post("/residents/{resident_id}/facts/{fact}/end")
async def end(resident_id: str, fact: Fact, body: End, wish: Wish) -> ResidentDetail:
    until = body.until.isoformat() if body.until else day_of(wish.now)
    return await changed(wish, resident_id, partial(rules.end, fact=fact, until=until, now=wish.now))
