"""What an operator asks every service: is it well, what lies parked, why is it halted.

`live` is the event loop. `ready` is the store and a consumer that goes on; a broker that is away is
said, but does not make a service unready, because writes still succeed without it.
"""

from dataclasses import dataclass
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, Request, Response
from fastapi.responses import JSONResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest

from shared.decision import Rejected
from shared.http import After, Body, Limit, Who

router = APIRouter()


@dataclass
class Health:
    """Kept by the running service: `store` and `kafka` are reachable, `consuming` has begun."""

    store: bool = False
    kafka: bool = False
    consuming: bool = True
    halted: str | None = None
    lag: int | None = None

    def troubles(self) -> list[str]:
        found = []
        if not self.store:
            found.append("the document store is away")
        if not self.consuming:
            found.append("has not joined its consumer group yet")
        if self.halted:
            found.append(f"halted: {self.halted}")
        return found


def operator(who: Who) -> None:
    who.require("operate")


Operator = Depends(operator)


@router.get("/health/live", tags=["health"])
async def live() -> dict[str, str]:
    return {"status": "alive"}


@router.get("/health/ready", tags=["health"])
async def ready(request: Request) -> JSONResponse:
    health: Health = request.app.state.health()
    troubles = health.troubles()
    body: dict[str, Any] = {
        "status": "ready" if not troubles else "not ready",
        "troubles": troubles,
        "kafka": "well" if health.kafka else "away: writes are kept and said later",
        "lag": health.lag if health.lag is not None else "unknown",
    }
    return JSONResponse(body, 200 if not troubles else 503)


@router.get("/metrics", tags=["health"], include_in_schema=False)
async def exported() -> Response:
    return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)


class Redrive(Body):
    """`override` hears even what was parked longer ago than causes are remembered."""

    override: bool = False


@router.get("/ops/parked", tags=["operations"], dependencies=[Operator])
async def parked(request: Request, limit: Limit = 50, after: After = None) -> dict[str, Any]:
    """Records laid aside, with reason and origin, by their id (group/topic/partition/offset)."""
    rows = await request.app.state.parked.list(limit, after or "")
    return {"items": rows, "next": rows[-1]["_id"] if len(rows) == limit else None}


@router.post("/ops/parked/redrive", tags=["operations"], dependencies=[Operator])
async def redrive(request: Request, id: Annotated[str, Query(max_length=300)], body: Redrive) -> dict[str, Any]:
    """Hears one record again; it is dropped when that goes well, and stays with its new reason else."""
    answer: dict[str, Any] = await request.app.state.parked.redrive(id, body.override)
    return answer


@router.delete("/ops/parked", tags=["operations"], dependencies=[Operator])
async def drop(request: Request, id: Annotated[str, Query(max_length=300)]) -> dict[str, str]:
    """Gives one record up."""
    await request.app.state.parked.drop(id)
    return {"dropped": id}


@router.post("/ops/resume", tags=["operations"], dependencies=[Operator])
async def resume(request: Request) -> dict[str, str]:
    """Accepts what the halt said, and hears on."""
    consumer = request.app.state.consumer
    if consumer is None or consumer.halted is None:
        raise Rejected("this service is not halted")
    was = consumer.halted
    await consumer.resume()
    return {"resumed": was}
