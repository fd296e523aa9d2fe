"""Visits: recorded in one submit with all that was found, corrected, voided, read."""

import asyncio
from functools import partial
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Response
from pydantic import BaseModel, Field

from services.inspection.api.findings import HazardSeenBody
from services.inspection.api.words import Code, Day, Id, Moment, Text, Where, act, sealed
from services.inspection.domain import due, visit
from services.inspection.domain.account import Account, Answer, Finding, Outcome
from services.inspection.domain.seen import Seen
from services.inspection.domain.visit import Visit
from services.inspection.domain.words import spot
from services.inspection.store import closed_at_spot, dues_for, hazard_changes, household, visits
from shared import ids
from shared.http import After, Body, Command, Limit, Look, Wish

router = APIRouter(tags=["visits"])


class AnswerBody(Body):
    checklist: Id
    item: Id
    answer: Id
    note: Annotated[str, Field(max_length=200)] | None = None


class FindingBody(Body):
    code: Code
    note: Text | None = None


class AccountBody(Body):
    """Five of the six points of a verified visit; who, the sixth, is whoever sends it."""

    residents: Annotated[list[Id], Field(max_length=50, description="whom the worker saw")] = []
    where: Where
    arrived_at: Moment
    left_at: Moment | None = None
    done: Annotated[str, Field(max_length=1000, description="what was done")] | None = None
    answers: Annotated[list[AnswerBody], Field(max_length=60)] = []
    findings: Annotated[list[FindingBody], Field(max_length=20)] = []

    def account(self, wish: Command) -> Account:
        return Account(
            residents=tuple(dict.fromkeys(self.residents)),
            place=self.where.shown,
            exact=wish.seals.seal(self.where.exact),
            arrived_at=self.arrived_at,
            left_at=self.left_at or self.arrived_at,
            done=sealed(wish, self.done),
            answers=tuple(
                Answer(checklist=each.checklist, item=each.item, answer=each.answer, note=sealed(wish, each.note))
                for each in self.answers
            ),
            findings=tuple(Finding(code=each.code, note=sealed(wish, each.note)) for each in self.findings),
        )


class RecordVisit(AccountBody):
    """`day` and `due_ids` may be left out: the dues of the day, or those that still run, are kept."""

    household_id: Id
    outcome: Outcome = "completed"
    day: Day | None = None
    due_ids: Annotated[list[Id], Field(max_length=50)] = []
    hazards: Annotated[list[HazardSeenBody], Field(max_length=20)] = []


class CorrectVisit(AccountBody):
    """The whole account anew. Whether the door opened is not corrected: void the visit, record another."""

    reason: Literal["mistaken", "incomplete", "other"]
    note: Text | None = None


class VoidVisit(Body):
    reason: Literal["mistaken", "duplicate", "wrong-household", "other"]
    note: Text | None = None


class VisitPage(BaseModel):
    items: list[Visit]
    next: str | None


@router.post("/visits", status_code=201)
async def record_visit(body: RecordVisit, wish: Wish) -> Visit:
    """One submit: the visit, and every hazard of it in the ledger. The hazards follow from the visit as
    it was first written, so that a repeat of the request begins what a crash left out and nothing else."""
    written: Visit = await wish.act(visits.begin(_id(wish), partial(visit.record, await _drawn_up(body, wish))))
    await wish.act_all(hazard_changes(written.hazards, visit.sight(written)))
    return written


def _id(wish: Command) -> str:
    return ids.derived("visit", wish.cause.id)


async def _drawn_up(body: RecordVisit, wish: Command) -> Visit:
    home, known = await asyncio.gather(
        household(wish.desk, body.household_id, wish.actor.scopes),
        dues_for(wish.desk, body.household_id, body.arrived_at, body.day, bool(body.due_ids)),
    )
    kept = due.kept_by(body.arrived_at, known, tuple(dict.fromkeys(body.due_ids)), body.day)
    return Visit(
        id=_id(wish),
        household_id=home.id,
        area=home.area,
        zones=home.zones,
        label=home.label,
        day=kept.day,
        due_ids=kept.due_ids,
        required=kept.checklists,
        late=kept.late,
        by=wish.actor.id,
        outcome=body.outcome,
        recorded_at=wish.now,
        account=body.account(wish),
        hazards=await _seen(body, wish, home),
    )


async def _seen(body: RecordVisit, wish: Command, home: due.Household) -> tuple[Seen, ...]:
    """The first of a kind opens again what was closed here not long ago; others are new."""
    seen: list[Seen] = []
    for number, told in enumerate(body.hazards, 1):
        here = spot(home.area, home.id, told.code)
        fresh = told.seen(wish, f"{_id(wish)}-h{number}", here, home.label)
        if not any(each.spot == here for each in seen):
            before = await closed_at_spot(wish.desk, here, wish.now, wish.actor.scopes)
            fresh = fresh.but(reopens=before.id if before else None)
        seen.append(fresh)
    return tuple(seen)


@router.post("/visits/{visit_id}/correct")
async def correct_visit(visit_id: str, body: CorrectVisit, wish: Wish) -> Visit:
    rule = partial(visit.correct, body.account(wish), body.reason, sealed(wish, body.note), act(wish))
    corrected: Visit = await wish.act(visits.change(visit_id, rule))
    return corrected


@router.post("/visits/{visit_id}/void")
async def void_visit(visit_id: str, body: VoidVisit, wish: Wish) -> Visit:
    rule = partial(visit.void, body.reason, sealed(wish, body.note), act(wish))
    voided: Visit = await wish.act(visits.change(visit_id, rule))
    return voided


@router.get("/visits", response_model_exclude={"items": {"__all__": {"versions"}}})
async def page_visits(
    look: Look,
    day: Day | None = None,
    worker: Id | None = None,
    outcome: Outcome | None = None,
    household_id: Id | None = None,
    voided: bool | None = None,
    limit: Limit = 50,
    after: After = None,
) -> VisitPage:
    """The newest arrival first."""
    asked = {"day": day, "worker": worker, "outcome": outcome, "household": household_id, "voided": voided}
    where: dict[str, Any] = {f"keys.{name}": value for name, value in asked.items() if value is not None}
    page = await look.page(visits, where, "-keys.order", after, limit)
    return VisitPage(items=[Visit.model_validate(row["state"]) for row in page.items], next=page.next)


@router.get("/visits/{visit_id}")
async def read_visit(visit_id: str, look: Look, response: Response) -> Visit:
    """With every version that was corrected."""
    return await look.get(visits, visit_id, response)
