"""The peer: a FastStream service as its documentation shows it, in the same harness and under the same kills.

One message, one insert, one publish, the framework's own acknowledgement. What it loses is printed
beside what ours loses.
"""

import os
from datetime import timedelta
from typing import Any

from faststream.asgi import AsgiFastStream, AsgiResponse, get
from faststream.kafka import KafkaBroker, KafkaMessage
from motor.motor_asyncio import AsyncIOMotorClient

from shared.events.dispatch import TaskOpened
from shared.events.inspection import HazardFound

NAMESPACE = os.environ.get("NUANXIN_NAMESPACE", "nuanxin")
LEVELS = {"I": ("red", 2), "II": ("yellow", 24), "III": ("blue", 72)}

broker = KafkaBroker(os.environ.get("KAFKA", "127.0.0.1:9192"))


@get
async def ready(scope: Any) -> AsgiResponse:
    return AsgiResponse(b"{}", 200)


app = AsgiFastStream(broker, asgi_routes=[("/health/ready", ready)])
tasks: Any = AsyncIOMotorClient(os.environ.get("MONGO", "mongodb://127.0.0.1:27117"))[f"{NAMESPACE}_peer"].tasks
hazards = broker.subscriber(f"{NAMESPACE}.inspection", group_id=f"{NAMESPACE}.peer", auto_offset_reset="earliest")


def _found(message: KafkaMessage) -> bool:
    return message.headers.get("ce_type") == "hazard-found"


@hazards(filter=_found)
async def open_task(hazard: HazardFound) -> None:
    urgency, hours = LEVELS[hazard.level]
    due_at = hazard.at + timedelta(hours=hours)
    task = {"_id": f"task-{hazard.hazard_id}", "area": hazard.area, "urgency": urgency, "due_at": due_at}
    await tasks.insert_one(task)
    opened = TaskOpened(
        task_id=f"task-{hazard.hazard_id}",
        area=hazard.area,
        kind="arrange",
        urgency=urgency,
        subject_id=hazard.hazard_id,
        due_at=due_at,
        at=hazard.at,
    )
    await broker.publish(opened, f"{NAMESPACE}.peer", key=hazard.hazard_id.encode())


@hazards
async def pass_over(body: Any) -> None:
    """What it does not know."""
