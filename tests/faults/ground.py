"""Where the harness stands: engines under one supervisor, services under another, in a namespace of their own.

So that broker and store can be killed and come back, and the same engines serve one trial after another.
"""

import os
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from deploy.embedded import control, install, ports
from deploy.embedded.places import HOST, EngineError
from deploy.embedded.plan import Plan, Service, engine_for, plan
from deploy.embedded.testing import Platform
from shared import topology

ENGINES = ("kafka", "store")
PEER = "peer"


@dataclass(frozen=True)
class Wanted:
    """Which services, how many of each; `bug` is planted into all of them; `peer`: the ordinary one beside."""

    replicas: Mapping[str, int]
    bug: str | None = None
    peer: bool = False
    env: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class City:
    """The services of one namespace, and the engines under them. Parts are called as the supervisor does."""

    engines: Platform
    services: Platform
    namespace: str
    folder: Path
    wanted: Wanted

    @property
    def kafka(self) -> str:
        return self.engines.kafka

    @property
    def mongo(self) -> str:
        return self.engines.mongo

    @property
    def topics(self) -> dict[str, str]:
        return {service: f"{self.namespace}.{service}" for service in topology.SERVICES}

    @property
    def groups(self) -> dict[str, str]:
        """Of the services that run here."""
        return {service: f"{self.namespace}.{service}" for service, n in self.wanted.replicas.items() if n}

    @property
    def clock_file(self) -> Path:
        return self.folder / "clock.json"

    def under(self, name: str) -> Platform:
        return self.engines if name in ENGINES else self.services

    def port(self, name: str) -> int:
        return self.services.rows[name].port

    def ports(self) -> dict[str, list[int]]:
        """Of every service, the ports of its replicas."""
        found: dict[str, list[int]] = {}
        for row in self.services.rows.values():
            if row.name != PEER:
                found.setdefault(row.name.split("-")[0], []).append(row.port)
        return found


@contextmanager
def environment(told: Mapping[str, str]) -> Iterator[None]:
    """For the processes that are started within."""
    before = {name: os.environ.get(name) for name in told}
    os.environ.update(told)
    try:
        yield
    finally:
        for name, value in before.items():
            os.environ.pop(name, None) if value is None else os.environ.update({name: value})


@contextmanager
def supervised(wanted: Plan) -> Iterator[Platform]:
    """Up within the block. To be called in the main thread: what it starts ends with that thread."""
    try:
        *_, run = control.up(wanted, ours=True)
        if run.phase != "running":
            raise EngineError(run.error)
        yield Platform(wanted)
    finally:
        control.down(wanted.data)


@contextmanager
def engines(folder: Path) -> Iterator[Platform]:
    """Kafka and the store, revived when they are killed."""
    install.install(lambda done, of: None, print)
    free = dict(zip(("kafka", "controller", "store"), ports.free(3), strict=True))
    with supervised(Plan(data=folder, ports=topology.PORTS | free, engine=engine_for(folder))) as standing:
        yield standing


@contextmanager
def city(standing: Platform, folder: Path, namespace: str, wanted: Wanted) -> Iterator[City]:
    """The services as production starts them, or through the launcher that plants a bug."""
    replicas = dict.fromkeys(topology.SERVICES, 0) | dict(wanted.replicas)
    told = {
        "KAFKA": standing.kafka,
        "MONGO": standing.mongo,
        "NUANXIN_NAMESPACE": namespace,
        "NUANXIN_DATA": str(folder),
        "NUANXIN_REPLICAS": ",".join(f"{name}={count}" for name, count in replicas.items()),
        **wanted.env,
    }
    with environment(told):
        where = dict(zip(topology.PORTS, ports.free(len(topology.PORTS)), strict=True))
        drawn = plan(folder, where)
        services = tuple(_planted(each, wanted.bug) for each in drawn.services)
        if wanted.peer:
            services += (_peer(),)
        with supervised(drawn.model_copy(update={"services": services})) as running:
            yield City(standing, running, namespace, folder, wanted)


def _planted(service: Service, bug: str | None) -> Service:
    if bug is None:
        return service
    python, flag, *rest = service.command
    return service.model_copy(update={"command": (python, flag, "tests.faults.planted", bug, *rest)})


def _peer() -> Service:
    (port,) = ports.free(1)
    command = (sys.executable, "-m", "uvicorn", "tests.faults.ordinary:app", "--host", HOST, "--port", str(port))
    return Service(name=PEER, command=(*command, "--no-access-log"), port=port)
