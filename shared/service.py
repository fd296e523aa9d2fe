"""The shell of a service: `app = service("dispatch", stores=[tasks], on=handlers.on, api=[api.router])`."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from typing import Any

from fastapi import APIRouter, FastAPI

from shared import logs, ops
from shared.edge import Edge, refusals
from shared.ops import Health
from shared.reactions import Reactions
from shared.running import Blueprint, Running, Worker
from shared.settings import settings
from shared.store import Store


def service(
    name: str,
    *,
    stores: Sequence[Store[Any]],
    on: Reactions | None = None,
    api: Sequence[APIRouter] = (),
    workers: Sequence[Worker] = (),
) -> FastAPI:
    """An application that runs by itself: `uvicorn services.<name>.main:app`. `workers` are loops for
    outside effects; they get the desk, the seals and the settings, and are cancelled at the end."""
    blueprint = Blueprint(name, stores, on or Reactions(), workers)
    app = bare(blueprint, api, lifespan=_lifespan(blueprint))
    app.state.blueprint = blueprint
    return app


def bare(blueprint: Blueprint, api: Sequence[APIRouter], lifespan: Any = None) -> FastAPI:
    """The HTTP side alone; whoever calls this puts desk, seals, parked and health on `app.state`."""
    # No pages of FastAPI's own: they load their scripts from outside, and nothing here leaves the host.
    title = f"Nuanxin {blueprint.name}"
    app = FastAPI(title=title, version="1", lifespan=lifespan, docs_url=None, redoc_url=None)
    app.add_middleware(Edge, service=blueprint.name, settings=settings())
    refusals(app)
    for router in (*api, ops.router):
        app.include_router(router)
    return app


def _lifespan(blueprint: Blueprint) -> Any:
    @asynccontextmanager
    async def lifespan(app: FastAPI) -> AsyncIterator[None]:
        chosen = settings()
        logs.set_up(blueprint.name, chosen.log_level)
        running = Running(blueprint, chosen)
        await running.start()
        app.state.desk, app.state.seals, app.state.parked = running.desk, running.seals, running.parked
        app.state.token_key, app.state.consumer = chosen.token_key(), running.consumer
        app.state.health = lambda: _current(running)
        try:
            yield
        finally:
            await running.stop()

    return lifespan


def _current(running: Running) -> Health:
    if running.consumer is not None:
        running.health.halted = running.consumer.halted
    return running.health
