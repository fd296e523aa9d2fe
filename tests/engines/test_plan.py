"""What the environment asks for becomes a plan; the lock is what its maker would write."""

import sys
from pathlib import Path

import pytest

from deploy.embedded import jars, mklock
from deploy.embedded.places import EngineError, cache
from deploy.embedded.plan import plan
from shared import topology


@pytest.fixture(autouse=True)
def _plain(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("KAFKA", "MONGO", "NUANXIN_PORTS", "NUANXIN_REPLICAS", "NUANXIN_STORE"):
        monkeypatch.delenv(name, raising=False)


def test_every_service_runs_once_on_its_port(tmp_path: Path) -> None:
    made = plan(tmp_path)
    assert [(service.name, service.port) for service in made.services] == [
        (name, topology.PORTS[name]) for name in topology.SERVICES
    ]
    assert made.services[0].command[:4] == (sys.executable, "-m", "uvicorn", "services.registry.main:app")
    assert made.bootstrap == "127.0.0.1:9192"
    assert made.uri.startswith("mongodb://127.0.0.1:27117/?replicaSet=")
    assert made.env["NUANXIN_ENVIRONMENT"] == "development"


def test_some_ports_can_be_chosen(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANXIN_PORTS", "kafka=9999, dispatch=8999")
    made = plan(tmp_path)
    assert made.bootstrap == "127.0.0.1:9999"
    assert made.needs["dispatch"] == 8999
    assert made.needs["registry"] == topology.PORTS["registry"]


@pytest.mark.parametrize("text", ["kafka", "kafka=high", "flux=1"])
def test_ports_that_mean_nothing_are_refused(text: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANXIN_PORTS", text)
    with pytest.raises(ValueError, match="registry"):
        topology.ports()


def test_a_second_dispatch_gets_a_free_port(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANXIN_REPLICAS", "dispatch=2")
    made = {service.name: service.port for service in plan(tmp_path).services}
    assert made["dispatch"] == topology.PORTS["dispatch"]
    assert made["dispatch-2"] not in topology.PORTS.values()


def test_replicas_of_nothing_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("NUANXIN_REPLICAS", "flux=2")
    with pytest.raises(EngineError, match="flux"):
        plan(tmp_path)


def test_engines_elsewhere_need_no_ports_here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KAFKA", "broker:9092")
    monkeypatch.setenv("MONGO", "mongodb://city:secret@store/")
    made = plan(tmp_path)
    assert set(made.needs) == set(topology.SERVICES)
    assert (made.env["KAFKA"], made.env["MONGO"]) == ("broker:9092", "mongodb://city:secret@store/")


def test_the_lock_is_what_its_maker_writes(tmp_path: Path) -> None:
    for jar in jars.locked():
        (tmp_path / jar.path.name).symlink_to(jar.path)
    assert list(mklock.lines(tmp_path, cache() / "m2")) == jars.LOCK.read_text().splitlines()
