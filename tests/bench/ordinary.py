"""The peer: a FastStream service as its documentation shows it. One message, one insert, one publish;
the framework's own acknowledgement. It forgets, doubles and loses what the kernel does not; only its
speed is asked here. `told` hears of each finished message."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

from shared.events.dispatch import TaskOpened
from shared.events.inspection import HazardFound

LEVELS = {"I": ("red", 2), "II": ("yellow", 24), "III": ("blue", 72)}


class Task(BaseModel):
    id: str
    kind: str
    subject: str
    area: str
    urgency: str
    title: str
    stage: str
    due_at: Any
    opened_at: Any


def service(kafka: str, mongo: str, database: str, hears: str, says: str, told: Callable[[], None]) -> KafkaBroker:
    """The broker of the service: start it, stop it."""
    broker = KafkaBroker(kafka, logger=None)
    client: Any = AsyncIOMotorClient(mongo)
    tasks = client[database].tasks

    @broker.subscriber(hears, group_id="ordinary", auto_offset_reset="earliest")
    async def open_task(hazard: HazardFound) -> None:
        urgency, hours = LEVELS[hazard.level]
        task = Task(
            id=f"task-{hazard.hazard_id}",
            kind="arrange",
            subject=hazard.hazard_id,
            area=hazard.area,
            urgency=urgency,
            title=f"待派责任人 {hazard.code}",
            stage="open",
            due_at=hazard.at + timedelta(hours=hours),
            opened_at=hazard.at,
        )
        await tasks.insert_one({"_id": task.id, **task.model_dump()})
        opened = TaskOpened(
            task_id=task.id,
            area=task.area,
            kind="arrange",
            urgency=task.urgency,
            subject_id=task.subject,
            title=task.title,
            due_at=task.due_at,
            at=task.opened_at,
        )
        await broker.publish(opened, says, key=task.id.encode())
        told()

    return broker
