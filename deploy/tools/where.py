"""Where the running system is: its settings, and the address of every service and replica."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from deploy.embedded import places, record
from deploy.embedded.places import HOST
from shared import topology
from shared.clock import Clock, read_legs
from shared.settings import Settings


@lru_cache(maxsize=1)
def chosen() -> Settings:
    """The settings of the system whose data directory this is, whatever the current directory."""
    return Settings(data=places.data())


@dataclass(frozen=True)
class Place:
    """One process: `name` tells replicas apart (`dispatch-2`), `service` does not."""

    name: str
    service: str
    url: str


def running() -> list[Place]:
    """Every replica that the supervisor of this data directory runs; else one of each on its own port."""
    data = places.data()
    run = record.read(data) if record.supervisor(data) is not None else None
    rows = {row.name: row.port for row in run.rows if row.kind == "service"} if run else {}
    return [_place(name, port) for name, port in (rows or _ports()).items()]


def _ports() -> Mapping[str, int]:
    return {name: topology.ports()[name] for name in topology.SERVICES}


def _place(name: str, port: int) -> Place:
    stem, _, number = name.rpartition("-")
    return Place(name, stem if number.isdigit() else name, f"http://{HOST}:{port}")


def clock() -> Clock:
    """The clock of the domain: shifted as the services' own is."""
    return Clock(chosen().clock_file)


def speed() -> float:
    """How many of the domain's seconds pass in a real one."""
    legs = read_legs(chosen().clock_file)
    return legs[-1][2] if legs else 1.0
