"""Up, down, reset and health, for whoever asks: the commands, the tests, the end-to-end suite."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import psutil

from deploy.embedded import mark, ports, probes, record
from deploy.embedded.child import wait_until
from deploy.embedded.places import ROOT, EngineError, logs
from deploy.embedded.plan import Plan
from deploy.embedded.record import Row, Run

STOP_WITHIN = 90.0


class Health(NamedTuple):
    """A part and why it is not well ("" when it is)."""

    row: Row
    reason: str


def begin(plan: Plan, ours: bool = False) -> subprocess.Popen[bytes]:
    """Start the supervisor in a session of its own. Nothing is started when a port or the data says no.

    `ours`: it ends with this process; else it goes on without us.
    """
    clear_leftovers(plan.data)
    ports.require_free(plan.needs)
    mark.claim(plan.data, plan.made)
    (plan.data / "run.json").unlink(missing_ok=True)
    logs(plan.data).mkdir(exist_ok=True)
    with (logs(plan.data) / "supervisor.log").open("ab") as log:
        supervisor = subprocess.Popen(
            [sys.executable, "-m", "deploy.embedded.supervisor", *(["--with-parent"] if ours else [])],
            stdin=subprocess.PIPE,
            stdout=log,
            stderr=log,
            cwd=ROOT,
            start_new_session=True,
        )
    assert supervisor.stdin is not None
    with supervisor.stdin as line:
        line.write(plan.model_dump_json().encode())
    return supervisor


def follow(data: Path, supervisor: subprocess.Popen[bytes] | None = None) -> Iterator[Run]:
    """Each new state of a start, until it runs or has failed. Raises when the supervisor goes without a word."""
    last = None
    while True:
        gone = supervisor.poll() is not None if supervisor else record.supervisor(data) is None
        run = record.read(data)
        if run and run != last:
            yield run
            last = run
        if run and run.phase not in ("starting", "stopping"):
            break
        if gone:
            raise EngineError(f"the supervisor ended, see {logs(data) / 'supervisor.log'}")
        time.sleep(0.05)
    if run.phase != "running":
        wait_until(lambda: record.supervisor(data) is None, STOP_WITHIN, "the supervisor to end")


def up(plan: Plan, ours: bool = False) -> Iterator[Run]:
    """Start the plan, or follow the start that is under way; the last Run yielded is the outcome."""
    if record.supervisor(plan.data) is not None:
        yield from follow(plan.data)
    else:
        yield from follow(plan.data, begin(plan, ours))


def down(data: Path) -> bool:
    """Stop all, in order. False when nothing was running."""
    pid = record.supervisor(data)
    if pid is None:
        return clear_leftovers(data)
    os.kill(pid, signal.SIGTERM)
    wait_until(lambda: record.supervisor(data) is None, STOP_WITHIN, f"the supervisor (pid {pid}) to stop all")
    clear_leftovers(data)
    return True


def clear_leftovers(data: Path) -> bool:
    """End the children of a supervisor that was killed (Linux ends most itself), and wait until they are gone."""
    run = record.read(data)
    rows = [row for row in run.rows if record.lives(row)] if run and record.supervisor(data) is None else []
    for row in reversed(rows):
        psutil.Process(row.pid).terminate()
        try:
            wait_until(lambda row=row: not record.lives(row), 20, row.name)  # type: ignore[misc]
        except EngineError:
            psutil.Process(row.pid).kill()
    return bool(rows)


def reset(data: Path) -> bool:
    """Stop all and delete the data directory, if it is marked as ours. False when there was none."""
    if not data.exists():
        return False
    if mark.read(data) is None:
        raise EngineError(f"{data} carries no {mark.NAME}: it is not ours, so it is left alone")
    down(data)
    shutil.rmtree(data)
    return True


def health(data: Path) -> tuple[Run | None, list[Health]]:
    """What was started, and how each part is now: asked, not remembered."""
    run = record.read(data)
    if run is None:
        return None, []
    return run, [Health(row, _reason(row, run)) for row in run.rows]


def _reason(row: Row, run: Run) -> str:
    if not record.lives(row):
        return "not running" if run.phase in ("stopped", "failed") else "gone; it is started again"
    match row.kind:
        case "kafka":
            return probes.broker(row.port)
        case "store":
            return probes.primary(run.mongo)
        case "service":
            return probes.service(row.port)
