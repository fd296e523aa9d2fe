"""The floor under the services' requests: FastAPI, the same models in and out, one store call, no more.

`uvicorn tests.bench.bare:app` with the environment of the services, whose collections it reads; what
it inserts is a document of theirs, into a collection of its own under the same indexes.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from typing import Any
from uuid import uuid4

from fastapi import FastAPI, HTTPException, Request

from services.dispatch.api.queue import shelf
from services.dispatch.api.shown import TaskPage, row
from services.dispatch.domain.task import Task
from services.dispatch.store import ORDERS, tasks
from services.inspection.api.shown import HazardShown, shown
from services.inspection.api.visits import RecordVisit
from services.inspection.domain.hazard import Hazard
from services.inspection.domain.visit import Visit
from services.inspection.store import hazards, visits
from services.registry.domain.people import Resident
from services.registry.store import residents
from services.registry.views.people import ResidentCard, resident_card
from shared import documents
from shared.settings import settings
from shared.store import UNIVERSAL_INDEXES
from tests.bench.ground import close


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    chosen = settings()
    client = documents.connect(chosen.mongo, chosen.driver)
    for service, store in (("dispatch", tasks), ("inspection", hazards), ("registry", residents)):
        setattr(app.state, store.name, documents.collection(client, chosen.database(service), store.name))
    app.state.visits = documents.collection(client, chosen.database("bare"), visits.name)
    await documents.prepare(app.state.visits, (*UNIVERSAL_INDEXES, *visits.indexes))
    recorded = documents.collection(client, chosen.database("inspection"), visits.name)
    app.state.like = await recorded.find_one({"outbox": []})
    yield
    await close(client)


app = FastAPI(lifespan=lifespan)


@app.get("/health/ready")
async def ready() -> dict[str, str]:
    return {"status": "ready"}


@app.post("/visits", status_code=201)
async def record_visit(body: RecordVisit, request: Request) -> Visit:
    like = request.app.state.like
    id = f"visit-{uuid4().hex[:16]}"
    state = {**like["state"], "id": id, "household_id": body.household_id, "recorded_at": datetime.now(UTC)}
    keys = {**like["keys"], "order": f"{like['keys']['order'].rsplit(':', 1)[0]}:{id}"}
    await request.app.state.visits.insert_one({**like, "_id": id, "state": state, "keys": keys})
    return Visit.model_validate(state)


@app.get("/tasks")
async def queue(request: Request, area: str, limit: int = 50) -> TaskPage:
    asked = {"scopes": area, **shelf(None, None, None)}
    found = request.app.state.tasks.find(asked).sort(ORDERS["urgency"], 1).limit(limit)
    now = datetime.now(UTC)
    return TaskPage(items=[row(Task.model_validate(each["state"]), now) async for each in found], next=None)


@app.get("/residents/{resident_id}")
async def resident(resident_id: str, request: Request) -> ResidentCard:
    return resident_card(Resident.model_validate(await _one(request.app.state.residents, resident_id)))


@app.get("/hazards/{hazard_id}")
async def hazard(hazard_id: str, request: Request) -> HazardShown:
    return shown(Hazard.model_validate(await _one(request.app.state.hazards, hazard_id)), datetime.now(UTC))


async def _one(collection: Any, id: str) -> dict[str, Any]:
    found = await collection.find_one({"_id": id})
    if found is None:
        raise HTTPException(404)
    state: dict[str, Any] = found["state"]
    return state
