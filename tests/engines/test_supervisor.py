"""The whole system under its supervisor, with stand-in services: up, well, revived, down, gone."""

import os
import signal
import socket
import sys
from collections.abc import Callable
from http.client import HTTPConnection
from pathlib import Path

import pytest
from pymongo import MongoClient

from deploy.embedded import cli, control, ports, probes, record
from deploy.embedded.child import Child, launch, wait_until
from deploy.embedded.places import EngineError
from deploy.embedded.plan import Plan
from deploy.embedded.record import Row, Run
from deploy.embedded.testing import Platform, engines

Planned = Callable[..., Plan]


def up(plan: Plan) -> Run:
    *_, last = control.up(plan, ours=True)
    return last


def rows(data: Path) -> dict[str, Row]:
    run = record.read(data)
    assert run
    return {row.name: row for row in run.rows}


def test_a_busy_port_is_named_before_anything_is_started(planned: Planned) -> None:
    plan = planned("dispatch")
    with socket.create_server(("127.0.0.1", plan.ports["store"])), pytest.raises(EngineError) as refused:
        up(plan)
    assert f"port {plan.ports['store']} (store) is in use by" in str(refused.value)
    assert f"pid {os.getpid()}" in str(refused.value)
    assert not plan.data.exists()


def test_up_twice_says_so_and_down_loses_nothing(planned: Planned, capsys: pytest.CaptureFixture[str]) -> None:
    plan = planned("registry", "dispatch", "dispatch-2")
    assert cli.up(plan) == 0
    pid = record.supervisor(plan.data)
    assert cli.up(plan) == 0
    assert "already running" in capsys.readouterr().out
    assert record.supervisor(plan.data) == pid
    assert cli.status(plan.data) == 0
    with MongoClient[dict[str, object]](plan.uri) as client:
        client.city.tasks.insert_one({"_id": "task-7"})
    pids = [row.pid for row in rows(plan.data).values()]
    assert cli.down(plan.data) == 0
    assert not any(record.born(pid) for pid in pids)
    assert cli.status(plan.data) == 1
    assert up(plan).phase == "running"
    with MongoClient[dict[str, object]](plan.uri) as client:
        assert client.city.tasks.find_one({"_id": "task-7"})
    assert control.reset(plan.data)
    assert not plan.data.exists()


def test_what_dies_is_started_again(planned: Planned) -> None:
    plan = planned("dispatch")
    up(plan)
    city = Platform(plan)
    for name in ("dispatch", "kafka", "store"):
        city.kill(name)
        city.wait_well()
        assert city.rows[name].restarts == 1


def test_kill_9_of_the_supervisor_takes_its_children_with_it(planned: Planned) -> None:
    plan = planned("dispatch")
    run = up(plan)
    os.kill(run.pid, signal.SIGKILL)
    wait_until(lambda: not any(record.lives(row) for row in run.rows), 20, "the children to go")
    assert up(plan).phase == "running"


def test_up_right_after_kill_9_waits_for_what_is_still_stopping(planned: Planned) -> None:
    plan = planned("dispatch")
    os.kill(up(plan).pid, signal.SIGKILL)
    wait_until(lambda: record.supervisor(plan.data) is None, 5, "the supervisor to be gone")
    assert up(plan).phase == "running"


def test_a_service_that_cannot_start_fails_the_start_with_its_reason(planned: Planned) -> None:
    plan = planned("registry", "dispatch:broken")
    run = up(plan)
    assert run.phase == "failed"
    assert "dispatch" in run.error
    assert "no such setting: FLUX" in run.error
    assert not any(record.lives(row) for row in run.rows)


def test_topics_that_cannot_be_made_fail_the_start(planned: Planned) -> None:
    plan = planned("dispatch", prepare=(sys.executable, "-c", "raise SystemExit('no such topic')"))
    run = up(plan)
    assert run.phase == "failed"
    assert "no such topic" in run.error


def test_the_topics_are_there_before_the_first_service(planned: Planned, tmp_path: Path) -> None:
    made = "import os, pathlib; pathlib.Path(os.environ['NUANXIN_DATA'], 'prepared').write_text(os.environ['MONGO'])"
    plan = planned("dispatch", prepare=(sys.executable, "-c", made))
    assert up(plan).phase == "running"
    assert (plan.data / "prepared").read_text() == plan.uri


def test_a_service_that_is_not_ready_is_shown_with_its_reason() -> None:
    (port,) = ports.free(1)
    stand_in = str(Path(__file__).with_name("stand_in.py"))
    log = Path(os.devnull)
    child = Child("x", "x", port, lambda: launch([sys.executable, stand_in, str(port), "unready"], log), str, log)
    child.start()
    try:
        wait_until(lambda: "503" in probes.service(port), 20, "the stand-in to answer")
        assert probes.service(port) == "not ready (503): the store is away"
    finally:
        child.stop()


def test_kafka_elsewhere_is_used_and_none_is_started(planned: Planned, tmp_path: Path) -> None:
    with engines(tmp_path / "elsewhere") as other:
        plan = planned("dispatch", kafka=other.kafka, mongo=other.mongo)
        run = up(plan)
        assert [row.name for row in run.rows] == ["dispatch"]
        line = HTTPConnection("127.0.0.1", run.rows[0].port)
        line.request("GET", "/health/ready")
        assert line.getresponse().read().decode() == other.kafka
        line.close()
        control.down(plan.data)


def test_sigterm_in_the_middle_of_a_start_stops_it(planned: Planned) -> None:
    plan = planned("dispatch", prepare=(sys.executable, "-c", "import signal; signal.pause()"))
    states = control.up(plan, ours=True)
    run = next(run for run in states if run.doing == "topics and indexes")
    os.kill(run.pid, signal.SIGTERM)
    *_, last = states
    assert last.phase == "stopped"
    assert not any(record.lives(row) for row in last.rows)
