"""How tasks and workers are shown: masked labels, and what follows from the time of asking."""

from datetime import datetime
from typing import Any

from pydantic import BaseModel

from services.dispatch.domain.policies import ClassOf
from services.dispatch.domain.task import Clock, Stage, Step, Task
from services.dispatch.domain.workers import Worker
from shared.events.dispatch import Kind, Urgency


class TaskRow(BaseModel):
    """A task in a list. `overdue` and `at_risk` are derived when asked; `subject` is a household or a hazard."""

    id: str
    kind: Kind
    stage: Stage
    urgency: Urgency
    policy: ClassOf
    area: str
    queue: str
    zones: list[str]
    title: str
    subject: str
    day: str
    round: int
    worker: str | None
    invited: list[str]
    offer_until: datetime | None
    suspended_until: datetime | None
    opened_at: datetime | None
    due_at: datetime | None
    original_due_at: datetime | None
    finished_at: datetime | None
    outcome: str
    overdue: bool
    at_risk: bool
    bounces: int
    urges: int


class TaskDetail(TaskRow):
    """With its clocks, what it will keep, and its newest hundred steps."""

    owner: str | None
    barred: list[str]
    due_ids: list[str]
    clocks: list[Clock]
    steps: list[Step]
    comments: int


class TaskPage(BaseModel):
    items: list[TaskRow]
    next: str | None


class CommentShown(BaseModel):
    at: datetime
    by: str
    text: str


class WorkerRow(BaseModel):
    number: str
    label: str
    area: str
    grids: list[str]
    skills: list[str]
    lead: bool
    on_duty: bool
    duty_since: datetime | None


class WorkerPage(BaseModel):
    items: list[WorkerRow]
    next: str | None


def row(task: Task, now: datetime) -> TaskRow:
    return TaskRow.model_validate(_fields(task, now))


def detail(task: Task, now: datetime) -> TaskDetail:
    kept = ("owner", "barred", "due_ids", "clocks", "steps")
    more = {name: getattr(task, name) for name in kept}
    return TaskDetail.model_validate({**_fields(task, now), **more, "comments": len(task.comments)})


def worker_row(worker: Worker) -> WorkerRow:
    return WorkerRow.model_validate({name: getattr(worker, name) for name in WorkerRow.model_fields})


def _fields(task: Task, now: datetime) -> dict[str, Any]:
    derived = {
        "suspended_until": task.pause.until if task.pause else None,
        "overdue": task.unfinished and task.due_at is not None and task.due_at <= now,
        "at_risk": task.unfinished and _warned(task, now),
    }
    plain = {name: getattr(task, name) for name in TaskRow.model_fields if name not in derived}
    return {**plain, **derived}


def _warned(task: Task, now: datetime) -> bool:
    resolve = next((clock for clock in task.clocks if clock.name == "resolve"), None)
    return resolve is not None and resolve.warn_at <= now < resolve.due_at
