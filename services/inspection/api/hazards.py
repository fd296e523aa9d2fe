"""Hazards: reported without a visit, and every command of their loop."""

import asyncio
from functools import partial

from fastapi import APIRouter

from services.inspection.api.bodies import (
    Agree,
    Dismiss,
    Extend,
    HandBack,
    HandOver,
    Merge,
    Reassign,
    Recheck,
    Rectify,
    Reopen,
    ReportHazard,
)
from services.inspection.api.findings import Order
from services.inspection.api.shown import HazardShown, shown
from services.inspection.api.words import act, sealed
from services.inspection.domain import found, judged, loop
from services.inspection.domain.hazard import Hazard
from services.inspection.domain.seen import Sight
from services.inspection.domain.unfit import Unfit
from services.inspection.domain.words import masked, spot
from services.inspection.store import closed_at_spot, hazards, household, report, sighted_as
from shared import ids, places
from shared.area import level
from shared.decision import Decision, Missing
from shared.http import Command, Wish

router = APIRouter(tags=["hazards"])


@router.post("/hazards", status_code=201)
async def report_hazard(body: ReportHazard, wish: Wish) -> HazardShown:
    """What recurs where its like was closed within 30 days opens that one again, and answers it."""
    id = ids.derived("hazard", wish.cause.id)
    sight, where, label = await _sight(body, wish)
    here = spot(sight.area, where, body.code)
    before, closed = await asyncio.gather(
        sighted_as(wish.desk, id), closed_at_spot(wish.desk, here, wish.now, wish.actor.scopes)
    )
    again = before or (closed.id if closed else None)
    seen = body.seen(wish, id, here, label).but(reopens=again)
    return shown(await wish.act(report(seen, sight, sealed(wish, body.reporter))), wish.now)


async def _sight(body: ReportHazard, wish: Command) -> tuple[Sight, str, str]:
    """Where it was seen, how that place is known again, and its label. Raises Missing."""
    if body.household_id is not None:
        home = await household(wish.desk, body.household_id, wish.actor.scopes)
        sight = Sight(area=home.area, zones=home.zones, household_id=home.id, origin=body.origin, act=act(wish))
        return sight, home.id, home.label
    place = await places.find(wish.desk, body.area or "")
    if not (wish.actor.sees(place.code) or set(place.zones) & set(wish.actor.scopes)):
        raise Missing("no such area")
    if level(place.code) in ("city", "county"):
        raise Unfit("name the community, or at least the street")
    sight = Sight(area=place.code, zones=place.zones, origin=body.origin, act=act(wish))
    return sight, wish.seals.blind(f"{place.code}/{body.place}"), ""


async def _change(wish: Command, id: str, rule: "partial[Decision[Hazard]]") -> HazardShown:
    return shown(await wish.act(hazards.change(id, rule)), wish.now)


@router.post("/hazards/{hazard_id}/order")
async def order(hazard_id: str, body: Order, wish: Wish) -> HazardShown:
    return await _change(wish, hazard_id, partial(loop.order, body.owner, body.due_at, act(wish)))


@router.post("/hazards/{hazard_id}/reassign")
async def reassign(hazard_id: str, body: Reassign, wish: Wish) -> HazardShown:
    return await _change(wish, hazard_id, partial(loop.reassign, body.owner, act(wish)))


@router.post("/hazards/{hazard_id}/extend")
async def extend(hazard_id: str, body: Extend, wish: Wish) -> HazardShown:
    """At most twice in a round; the original due is kept."""
    rule = partial(loop.extend, body.due_at, wish.seals.seal(body.reason), act(wish))
    return await _change(wish, hazard_id, rule)


@router.post("/hazards/{hazard_id}/rectify")
async def rectify(hazard_id: str, body: Rectify, wish: Wish) -> HazardShown:
    rule = partial(loop.rectify, wish.seals.seal(body.done), body.evidence, act(wish))
    return await _change(wish, hazard_id, rule)


@router.post("/hazards/{hazard_id}/recheck")
async def recheck(hazard_id: str, body: Recheck, wish: Wish) -> HazardShown:
    """By another person than the rectifier of this round."""
    note = sealed(wish, body.note)
    if body.due_at is None:
        rule = partial(loop.recheck_passed, note, body.evidence, act(wish))
    else:
        rule = partial(loop.recheck_failed, body.due_at, body.owner, note, act(wish))
    return await _change(wish, hazard_id, rule)


@router.post("/hazards/{hazard_id}/hand-over")
async def hand_over(hazard_id: str, body: HandOver, wish: Wish) -> HazardShown:
    return await _change(wish, hazard_id, partial(loop.hand_over, masked(body.unit), body.reference, act(wish)))


@router.post("/hazards/{hazard_id}/hand-back")
async def hand_back(hazard_id: str, body: HandBack, wish: Wish) -> HazardShown:
    if body.done is not None and body.evidence is not None:
        rule = partial(loop.handed_back_done, wish.seals.seal(body.done), body.evidence, act(wish))
    elif body.owner is not None and body.due_at is not None:
        rule = partial(loop.handed_back_undone, body.owner, body.due_at, act(wish))
    else:
        raise Unfit("rectified takes done and evidence; ordered takes owner and due_at")
    return await _change(wish, hazard_id, rule)


@router.post("/hazards/{hazard_id}/dismiss")
async def dismiss(hazard_id: str, body: Dismiss, wish: Wish) -> HazardShown:
    """By another person than whoever found it."""
    rule = partial(judged.dismiss, body.reason, sealed(wish, body.note), act(wish))
    return await _change(wish, hazard_id, rule)


@router.post("/hazards/{hazard_id}/merge")
async def merge(hazard_id: str, body: Merge, wish: Wish) -> HazardShown:
    """Into one of the same area that was found before."""
    into, _, seen_in = await wish.desk.get(hazards, body.into)
    if not set(seen_in) & set(wish.actor.scopes):
        raise Missing(f"no {body.into}")
    return await _change(wish, hazard_id, partial(judged.merge, into, act(wish)))


@router.post("/hazards/{hazard_id}/reopen")
async def reopen(hazard_id: str, body: Reopen, wish: Wish) -> HazardShown:
    """Within 30 days of its closing."""
    return await _change(wish, hazard_id, partial(found.reopen, wish.seals.seal(body.note), act(wish)))


@router.post("/hazards/{hazard_id}/list")
async def list_hazard(hazard_id: str, body: Agree, wish: Wish) -> HazardShown:
    """Level I only: the first person proposes, a second one makes it so."""
    return await _change(wish, hazard_id, partial(judged.list_, act(wish)))


@router.post("/hazards/{hazard_id}/delist")
async def delist_hazard(hazard_id: str, body: Agree, wish: Wish) -> HazardShown:
    return await _change(wish, hazard_id, partial(judged.delist, act(wish)))
