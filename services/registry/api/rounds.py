"""Door-knock rounds over HTTP: drafted, started, finished, cancelled; their targets and coverage."""

from datetime import date
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.registry import reach
from services.registry.api.residents import Reason
from services.registry.domain import rounds as rules
from services.registry.domain.codes import Category
from services.registry.domain.rounds import LONGEST_DAYS, Round
from services.registry.domain.targets import Target
from services.registry.store import MOST_COUNTED, round_targets, rounds
from services.registry.views import Listed, listed
from services.registry.views.rounds import RoundView, TargetView, round_view, target_view
from shared import ids
from shared.area import level
from shared.calendar import day_of, next_day
from shared.decision import Decision
from shared.http import After, Body, Limit, Look, Problem, Wish

router = APIRouter(tags=["rounds"])
Code = Annotated[str, Field(pattern=r"^[A-Za-z0-9-]{1,40}$")]


class Draft(Body):
    """Who is to be visited: every household of the area, or those with somebody in one of the
    categories. `ends` is the last day; `checklists` go with every visit."""

    area: Annotated[str, Field(max_length=15)]
    name: Annotated[str, Field(min_length=1, max_length=60)]
    ends: date
    categories: Annotated[list[Category], Field(max_length=15)] = []
    checklists: Annotated[list[Code], Field(max_length=10)] = []


class Cancel(Body):
    reason: Reason


class Coverage(BaseModel):
    """`coverage` is visited / targets frozen at the start; null without a target, and until all are frozen."""

    round: str
    area: str
    frozen: bool
    targets: int
    visited: int
    withdrawn: int
    open: int
    coverage: float | None


@router.post("/rounds", status_code=201)
async def draft(body: Draft, wish: Wish) -> RoundView:
    place = await reach.place(wish, body.area)
    if level(place.code) == "city":
        raise Problem(422, "not as it should be", "a round is for a county or less: draft one for each county")
    ends, today = body.ends.isoformat(), day_of(wish.now)
    if not today <= ends <= next_day(today, LONGEST_DAYS):
        raise Problem(422, "not as it should be", f"a round ends on a day from today to {LONGEST_DAYS} days ahead")
    fresh = Round(
        id=ids.derived("round", wish.cause.id),
        area=place.code,
        zones=place.zones,
        name=body.name,
        categories=tuple(sorted(set(body.categories))),
        checklists=tuple(sorted(set(body.checklists))),
        ends=ends,
        by=wish.actor.id,
        created_at=wish.now,
    )
    return round_view(await wish.act(rounds.begin(fresh.id, lambda: Decision(fresh))))


@router.post("/rounds/{round_id}/start")
async def start(round_id: str, wish: Wish) -> RoundView:
    """Freezes the targets, in chunks, and states that the round has started when all are there."""
    return round_view(await wish.act(rounds.change(round_id, partial(rules.start, now=wish.now))))


@router.post("/rounds/{round_id}/finish")
async def finish(round_id: str, wish: Wish) -> RoundView:
    return round_view(await wish.act(rounds.change(round_id, partial(rules.finish, now=wish.now))))


@router.post("/rounds/{round_id}/cancel")
async def cancel(round_id: str, body: Cancel, wish: Wish) -> RoundView:
    rule = partial(rules.cancel, reason=body.reason, now=wish.now)
    return round_view(await wish.act(rounds.change(round_id, rule)))


@router.get("/rounds")
async def page(
    look: Look,
    stage: Literal["draft", "running", "finished", "cancelled"] | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Listed[RoundView]:
    """The newest first."""
    where = {"keys.stage": stage} if stage else {}
    return listed(await look.page(rounds, where, "-keys.order", after, limit), round_view, Round)


@router.get("/rounds/{round_id}")
async def one(round_id: str, look: Look) -> RoundView:
    return round_view(await look.get(rounds, round_id))


@router.get("/rounds/{round_id}/targets")
async def targets(
    round_id: str,
    look: Look,
    mark: Literal["open", "visited", "withdrawn"] | None = None,
    after: After = None,
    limit: Limit = 50,
) -> Listed[TargetView]:
    """`mark=open` lists the uncovered ones. A wider round's targets are listed for the area asked."""
    where = {"keys.round": round_id} | ({"keys.mark": mark} if mark else {})
    return listed(await look.page(round_targets, where, "keys.order", after, limit), target_view, Target)


@router.get("/rounds/{round_id}/coverage")
async def coverage(round_id: str, look: Look) -> Coverage:
    """Counted now, within the area asked."""
    round = await look.get(rounds, round_id)
    of_round = {"keys.round": round_id}
    targets = await look.count(round_targets, of_round, MOST_COUNTED)
    visited = await look.count(round_targets, of_round | {"keys.mark": "visited"}, MOST_COUNTED)
    withdrawn = await look.count(round_targets, of_round | {"keys.mark": "withdrawn"}, MOST_COUNTED)
    frozen = round.started_at is not None and round.work != "freezing"
    return Coverage(
        round=round_id,
        area=look.area,
        frozen=frozen,
        targets=targets,
        visited=visited,
        withdrawn=withdrawn,
        open=targets - visited - withdrawn,
        coverage=round_to(visited / targets) if frozen and targets else None,
    )


def round_to(share: float) -> float:
    return float(f"{share:.4f}")
