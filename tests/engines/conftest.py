"""The tests of the embedded engines run the real programs, on free ports, in temporary directories."""

import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from deploy.embedded import control, install, ports
from deploy.embedded.plan import Plan, Service, engine_for

STAND_IN = str(Path(__file__).with_name("stand_in.py"))
Planned = Callable[..., Plan]


@pytest.fixture(scope="session", autouse=True)
def installed() -> None:
    install.install(lambda done, of: None, print)


@pytest.fixture
def planned(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Planned]:
    """Makes plans with stand-in services in one temporary data directory; whatever runs is stopped at the end."""
    monkeypatch.delenv("KAFKA", raising=False)
    monkeypatch.delenv("MONGO", raising=False)
    data = tmp_path / "data"
    names = ("kafka", "controller", "store")
    where = dict(zip(names, ports.free(len(names)), strict=True))

    def make(*services: str, prepare: tuple[str, ...] = (), **elsewhere: str) -> Plan:
        """A service is a name, or `name:how` with how it misbehaves."""
        found = []
        for port, service in zip(ports.free(len(services)), services, strict=True):
            name, _, how = service.partition(":")
            command = tuple(filter(None, (sys.executable, STAND_IN, str(port), how)))
            found.append(Service(name=name, command=command, port=port))
        engine = None if "mongo" in elsewhere else engine_for(data)
        return Plan(data=data, ports=where, engine=engine, services=tuple(found), prepare=prepare, **elsewhere)

    yield make
    control.down(data)
