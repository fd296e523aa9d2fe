"""Looking at tasks: pages of the queue, its counts, one task with its history."""

import asyncio
from typing import Annotated, Any, Literal, get_args

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel

from services.dispatch.api.people import STAFF_NUMBER
from services.dispatch.api.shown import CommentShown, TaskDetail, TaskPage, detail, row
from services.dispatch.domain.task import FINISHED, UNFINISHED, Task
from services.dispatch.store import ORDERS, RANK, instant, tasks
from shared.decision import Missing
from shared.events.dispatch import Kind, Urgency
from shared.http import After, Limit, Look, View

router = APIRouter(tags=["tasks"])
Sort = Literal["urgency", "due"]
AskedStage = Literal["open", "offered", "assigned", "accepted", "in_progress", "suspended", "done", "cancelled"]
MOST_COUNTED = 2_000


class Counts(BaseModel):
    """Unfinished tasks of an area. No number goes beyond `capped_at`."""

    area: str
    unfinished: int
    stages: dict[str, int]
    kinds: dict[str, int]
    urgencies: dict[str, int]
    overdue: int
    at_risk: int
    capped_at: int = MOST_COUNTED


def shelf(stage: AskedStage | None, kind: Kind | None, worker: str | None) -> dict[str, Any]:
    """The one key that bounds the page, and what is left to filter: a worker's tasks are few, a kind's
    or a stage's are many."""
    mark = f" {stage}" if stage in FINISHED else ""
    rest: dict[str, Any] = {"keys.stage": stage} if stage is not None and not mark else {}
    if worker is not None:
        return {"keys.hand": worker + mark, **rest, **({"keys.kind": kind} if kind else {})}
    if kind is not None:
        return {"keys.work": kind + mark, **rest}
    return {"keys.stage": stage} if stage is not None else {"keys.open": True}


@router.get("/tasks")
async def queue(
    look: Look,
    stage: AskedStage | None = None,
    kind: Kind | None = None,
    worker: Annotated[str | None, Query(pattern=STAFF_NUMBER)] = None,
    subject: Annotated[str | None, Query(max_length=100, description="a household or a hazard")] = None,
    sort: Sort = "urgency",
    after: After = None,
    limit: Limit = 50,
) -> TaskPage:
    """Unfinished tasks of an area, unless a finished stage or a subject is asked for."""
    if subject is None:
        return await page(look, shelf(stage, kind, worker), sort, after, limit)
    asked = {"keys.stage": stage, "keys.kind": kind}
    where = {"keys.subject": subject, **{key: value for key, value in asked.items() if value is not None}}
    return await page(look, where, "due", after, limit)


async def page(look: View, where: dict[str, Any], sort: Sort, after: str | None, limit: int) -> TaskPage:
    found = await look.page(tasks, where, ORDERS[sort], after, limit)
    return TaskPage(items=[row(Task.model_validate(item["state"]), look.now) for item in found.items], next=found.next)


@router.get("/tasks/counts")
async def counts(look: Look) -> Counts:
    urgencies = get_args(Urgency)
    overdue_by = {"keys.open": True, "keys.by_due": {"$lt": instant(look.now) + ";"}}
    asked: list[dict[str, Any]] = [
        overdue_by,
        {"keys.open": True, "keys.warn_at": {"$lte": look.now}},
        *({"keys.stage": stage} for stage in UNFINISHED),
        *({"keys.work": kind} for kind in get_args(Kind)),
        *({"keys.open": True, "keys.by_urgency": _of(urgency)} for urgency in urgencies),
    ]
    numbers = await asyncio.gather(*(look.count(tasks, where, MOST_COUNTED) for where in asked))
    overdue, warned, *rest = numbers
    return Counts(
        area=look.area,
        unfinished=min(MOST_COUNTED, sum(rest[: len(UNFINISHED)])),
        overdue=overdue,
        at_risk=max(0, warned - overdue),
        stages=dict(zip(UNFINISHED, rest, strict=False)),
        kinds=dict(zip(get_args(Kind), rest[len(UNFINISHED) :], strict=False)),
        urgencies=dict(zip(urgencies, rest[-len(urgencies) :], strict=True)),
    )


def _of(urgency: Urgency) -> dict[str, str]:
    """The part of the queue, sorted by urgency, that is of one urgency."""
    return {"$gte": f"{RANK[urgency]}:", "$lt": f"{RANK[urgency]};"}


@router.get("/tasks/{task_id}")
async def task(task_id: str, look: Look, response: Response) -> TaskDetail:
    return detail(await _get(look, task_id, response), look.now)


@router.get("/tasks/{task_id}/comments")
async def comments(task_id: str, look: Look) -> list[CommentShown]:
    """In the clear, for those who may see the task."""
    said = (await _get(look, task_id)).comments
    return [CommentShown(at=each.at, by=each.by, text=look.seals.open(each.text)) for each in said]


async def _get(look: View, task_id: str, response: Response | None = None) -> Task:
    found = await look.get(tasks, task_id, response)
    if found.stage == "unopened":
        raise Missing(f"no {task_id}")
    return found
