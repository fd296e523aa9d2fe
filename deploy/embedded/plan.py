"""What one start consists of: engines here or elsewhere, services, ports, data. Handed to the supervisor as JSON."""

import os
import sys
from collections.abc import Mapping
from pathlib import Path

from pydantic import BaseModel

from deploy.embedded import kafka, mark, places, ports, store
from deploy.embedded.mark import ELSEWHERE, Made, Mark
from deploy.embedded.places import HOST, EngineError
from shared import topology


class Service(BaseModel, frozen=True):
    """A program that answers GET /health/ready on its port."""

    name: str
    command: tuple[str, ...]
    port: int


class Plan(BaseModel, frozen=True):
    """`kafka` and `mongo` are set when an engine is elsewhere; `engine` names the embedded store."""

    data: Path
    ports: dict[str, int]
    kafka: str | None = None
    mongo: str | None = None
    engine: str | None = None
    prepare: tuple[str, ...] = ()
    services: tuple[Service, ...] = ()

    @property
    def bootstrap(self) -> str:
        return self.kafka or f"{HOST}:{self.ports['kafka']}"

    @property
    def uri(self) -> str:
        return self.mongo or store.uri(self.engine or "", self.ports["store"])

    @property
    def env(self) -> dict[str, str]:
        """What every service is told."""
        return {
            "KAFKA": self.bootstrap,
            "MONGO": self.uri,
            "NUANXIN_DATA": str(self.data),
            "NUANXIN_PORTS": ",".join(f"{name}={port}" for name, port in self.ports.items()),
            "NUANXIN_ENVIRONMENT": os.environ.get("NUANXIN_ENVIRONMENT", "development"),
            "PYTHONUNBUFFERED": "1",
        }

    @property
    def needs(self) -> dict[str, int]:
        """The ports that must be free."""
        broker = {} if self.kafka else {name: self.ports[name] for name in ("kafka", "controller")}
        documents = {} if self.mongo else {"store": self.ports["store"]}
        return broker | documents | {service.name: service.port for service in self.services}

    @property
    def made(self) -> Mark:
        """Which engines this start uses, to be compared with the data directory's mark."""
        broker = Made(engine=ELSEWHERE) if self.kafka else Made(engine="kafka", version=kafka.VERSION)
        if self.mongo or not self.engine:
            return Mark(kafka=broker, store=Made(engine=ELSEWHERE))
        chosen = store.choose(self.engine)
        return Mark(kafka=broker, store=Made(engine=chosen.engine, version=chosen.version))


def plan(data: Path | None = None, where: Mapping[str, int] | None = None) -> Plan:
    """The start that the environment asks for, in another directory and on other ports where given."""
    where, data = dict(where or topology.ports()), data or places.data()
    mongo = os.environ.get("MONGO") or None
    return Plan(
        data=data,
        ports=where,
        kafka=os.environ.get("KAFKA") or None,
        mongo=mongo,
        engine=None if mongo else engine_for(data),
        prepare=(sys.executable, "-m", "shared.prepare"),
        services=_services(replicas(), where),
    )


def engine_for(data: Path) -> str:
    """A directory keeps the engine that made it, even when a faster one has been built since."""
    made = mark.read(data)
    kept = made.store.engine if made and made.store.engine != ELSEWHERE else None
    try:
        return store.choose(store.wanted() or kept).engine
    except EngineError as missing:
        if not made or not kept:
            raise
        raise EngineError(
            f"{data} was made by {made.store}, which is not here. To keep it: make engines-fast builds "
            "secantusd-rs, pip brings secantusd-py; to begin anew: make reset"
        ) from missing


def replicas() -> dict[str, int]:
    """How many of each service: one, unless NUANXIN_REPLICAS says otherwise (`dispatch=2`)."""
    chosen = topology.pairs(os.environ.get("NUANXIN_REPLICAS", ""))
    if unknown := sorted(chosen.keys() - set(topology.SERVICES)):
        known = ", ".join(topology.SERVICES)
        raise EngineError(f"NUANXIN_REPLICAS names {', '.join(unknown)}; there are: {known}")
    return dict.fromkeys(topology.SERVICES, 1) | chosen


def _services(counts: Mapping[str, int], where: Mapping[str, int]) -> tuple[Service, ...]:
    """The first of each on its own port, the others on free ones."""
    extra = iter(ports.free(sum(max(count - 1, 0) for count in counts.values())))
    return tuple(
        _service(name, number, where[name] if number == 1 else next(extra))
        for name, count in counts.items()
        for number in range(1, count + 1)
    )


def _service(name: str, number: int, port: int) -> Service:
    app = f"services.{name}.main:app"
    command = (
        sys.executable,
        "-m",
        "uvicorn",
        app,
        "--host",
        HOST,
        "--port",
        str(port),
        "--no-access-log",
        "--timeout-graceful-shutdown",
        "8",
    )
    return Service(name=name if number == 1 else f"{name}-{number}", command=command, port=port)
