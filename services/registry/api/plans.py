"""Care plans over HTTP. They open, change and close by themselves; people pause, resume and close them."""

from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Query

from services.registry.api.residents import Reason
from services.registry.domain import residents as rules
from services.registry.domain.people import Resident
from services.registry.domain.plans import resident_of
from services.registry.store import residents
from services.registry.views import Listed, listed
from services.registry.views.people import PlanView, plan_view
from shared.events.registry import Tier
from shared.http import After, Body, Limit, Look, Wish

router = APIRouter(tags=["plans"])


class Pause(Body):
    """Visits begin again on the day `until`."""

    until: date
    reason: Reason


class Close(Body):
    reason: Reason


@router.get("/plans")
async def page(
    look: Look,
    tier: Annotated[Tier | None, Query()] = None,
    stage: Literal["active", "paused", "closed"] = "active",
    after: After = None,
    limit: Limit = 50,
) -> Listed[PlanView]:
    where = {"keys.plan": stage} | ({"keys.tier": tier} if tier else {})
    return listed(await look.page(residents, where, "keys.order", after, limit), plan_view, Resident)


@router.post("/plans/{plan_id}/pause")
async def pause(plan_id: str, body: Pause, wish: Wish) -> PlanView:
    until = body.until.isoformat()
    rule = partial(rules.pause, plan_id=plan_id, until=until, reason=body.reason, now=wish.now)
    return plan_view(await wish.act(residents.change(resident_of(plan_id), rule)))


@router.post("/plans/{plan_id}/resume")
async def resume(plan_id: str, wish: Wish) -> PlanView:
    rule = partial(rules.resume, plan_id=plan_id, now=wish.now)
    return plan_view(await wish.act(residents.change(resident_of(plan_id), rule)))


@router.post("/plans/{plan_id}/close")
async def close(plan_id: str, body: Close, wish: Wish) -> PlanView:
    rule = partial(rules.close, plan_id=plan_id, reason=body.reason, now=wish.now)
    return plan_view(await wish.act(residents.change(resident_of(plan_id), rule)))
