"""How tasks and workers are kept and found."""

from datetime import datetime
from typing import Any

from services.dispatch.domain import upkeep
from services.dispatch.domain.task import FINISHED, Task
from services.dispatch.domain.workers import Worker
from shared import area
from shared.store import Index, Store

RANK = {"red": "0", "yellow": "1", "blue": "2"}
ORDERS = {"urgency": "keys.by_urgency", "due": "keys.by_due"}
SHELVES = ("open", "stage", "work", "hand")
"""What a queue page asks for: everything unfinished, a stage, a kind's, a worker's."""


def _scopes(task: Task) -> list[str]:
    """Facts that came before their task are seen by nobody."""
    if task.stage == "unopened":
        return []
    return sorted({*area.scopes(task.area), *area.scopes(task.queue), *task.zones})


def instant(moment: datetime) -> str:
    """Sorts as the time does."""
    return moment.strftime("%Y%m%dT%H%M%S") + f"{moment.microsecond // 1000:03d}"


def _keys(task: Task) -> dict[str, Any]:
    if task.stage == "unopened":
        return {"subject": task.subject}
    due = f"{instant(task.due_at) if task.due_at else '9'}:{task.id}"
    mark = f" {task.stage}" if task.stage in FINISHED else ""
    keys = {
        "subject": task.subject,
        "by_due": due,
        "by_urgency": f"{RANK[task.urgency]}:{due}",
        "stage": task.stage,
        "kind": task.kind,
        "work": task.kind + mark,
    }
    warn_at = next((clock.warn_at for clock in task.clocks if clock.name == "resolve"), None)
    if task.worker:
        keys["hand"] = task.worker + mark
    return {**keys, "open": True, "warn_at": warn_at} if task.unfinished else keys


tasks: Store[Task] = Store(
    name="tasks",
    state=Task,
    scopes=_scopes,
    keys=_keys,
    wake=upkeep.wake,
    due=upkeep.due,
    indexes=(
        *(Index(("scopes", f"keys.{shelf}", order)) for shelf in SHELVES for order in ORDERS.values()),
        Index(("scopes", "keys.open", "keys.warn_at")),
        Index(("keys.subject", "keys.by_due")),
    ),
)

workers: Store[Worker] = Store(
    name="workers",
    state=Worker,
    scopes=lambda worker: area.scopes(worker.area),
    keys=lambda worker: {
        "order": worker.number,
        "on_duty": worker.on_duty,
        "skills": list(worker.skills),
        "lead": worker.lead,
    },
    indexes=(Index(("scopes", "keys.order")),),
)
