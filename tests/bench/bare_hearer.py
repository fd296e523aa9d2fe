"""The floor under a service at rest: FastAPI, FastStream with one subscriber, Motor; what any service needs."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from fastapi import FastAPI
from faststream.kafka import KafkaBroker
from motor.motor_asyncio import AsyncIOMotorClient
from pydantic import BaseModel

broker = KafkaBroker(os.environ["KAFKA"], logger=None)


class Hazard(BaseModel):
    hazard_id: str
    area: str


@broker.subscriber(os.environ["BENCH_TOPIC"], group_id="bare-hearer", auto_offset_reset="earliest")
async def hear(hazard: Hazard) -> None:
    await app.state.tasks.insert_one(hazard.model_dump())


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    client: Any = AsyncIOMotorClient(os.environ["MONGO"])
    app.state.tasks = client[os.environ["BENCH_DATABASE"]].tasks
    await client.admin.command("ping")
    await broker.start()
    yield
    await broker.stop()
    client.close()


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    return {"status": "ready"}
