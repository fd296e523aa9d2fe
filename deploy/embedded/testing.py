"""Both engines for tests and benches: on free ports, in a folder of their own, gone at the end.

with engines(tmp_path) as running:
    running.kafka, running.mongo; running.kill_kafka(); running.restart_kafka()
"""

import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from deploy.embedded import control, install, kafka, ports, record, store
from deploy.embedded.child import Child, start_together, stop_in_turn, wait_until
from deploy.embedded.places import HOST, EngineError
from deploy.embedded.plan import Plan, plan
from deploy.embedded.record import Row
from shared import topology

__all__ = ["Platform", "Running", "engines", "platform", "wait_until"]


@dataclass
class Running:
    """Two live engines: `kafka` is the bootstrap address, `mongo` the URI, the same over restarts."""

    kafka: str
    mongo: str
    data: Path
    program: store.Program
    broker: Child
    store: Child

    @property
    def pids(self) -> dict[str, int]:
        return {"kafka": self.broker.pid, "store": self.store.pid}

    @property
    def env(self) -> dict[str, str]:
        """What a service needs to use these engines."""
        return {"KAFKA": self.kafka, "MONGO": self.mongo, "NUANXIN_DATA": str(self.data)}

    def kill_kafka(self) -> None:
        """kill -9, and wait until it is gone."""
        self.broker.kill()

    def kill_store(self) -> None:
        self.store.kill()

    def stop_kafka(self) -> None:
        """A clean stop."""
        self.broker.stop()

    def stop_store(self) -> None:
        self.store.stop()

    def restart_kafka(self) -> None:
        """Stop it if it runs, start it on the same port and data, return when it is ready."""
        _restart(self.broker)

    def restart_store(self) -> None:
        _restart(self.store)

    @contextmanager
    def frozen(self, name: str) -> Iterator[None]:
        """`kafka` or `store` hangs inside the block: alive, its port open, no answer."""
        pid = self.pids[name]
        os.kill(pid, signal.SIGSTOP)
        try:
            yield
        finally:
            os.kill(pid, signal.SIGCONT)

    def last_words(self) -> str:
        return f"kafka: {self.broker.last_words()}\nstore: {self.store.last_words()}"


def _restart(child: Child) -> None:
    child.stop()
    start_together([child])


@contextmanager
def engines(folder: Path, engine: str | None = None) -> Iterator[Running]:
    """Start Kafka and the store (`engine`, NUANXIN_STORE, or the best there is) and stop them at the end."""
    install.install(lambda done, of: None, print)
    program = store.choose(engine or store.wanted())
    broker_port, controller, store_port = ports.free(3)
    documents = store.store(folder, program, store_port)
    broker = kafka.broker(folder, broker_port, controller)
    start_together([documents, broker])
    uri = store.uri(program.engine, store_port)
    try:
        yield Running(f"{HOST}:{broker_port}", uri, folder, program, broker, documents)
    finally:
        stop_in_turn([documents, broker])


@dataclass
class Platform:
    """The supervised platform: engines and every service. What is killed is started again by its supervisor."""

    plan: Plan

    @property
    def kafka(self) -> str:
        return self.plan.bootstrap

    @property
    def mongo(self) -> str:
        return self.plan.uri

    @property
    def rows(self) -> dict[str, Row]:
        """Every part as the supervisor sees it now, by name: pid, port, restarts."""
        run = record.read(self.plan.data)
        return {row.name: row for row in run.rows} if run else {}

    def url(self, name: str) -> str:
        """Where a service listens; a second replica is called `dispatch-2`."""
        return f"http://{HOST}:{self.rows[name].port}"

    def kill(self, name: str) -> None:
        """kill -9; returns when the supervisor has seen it and started it again."""
        before = self.rows[name]
        os.kill(before.pid, signal.SIGKILL)
        wait_until(lambda: self.rows[name].restarts > before.restarts, 40, f"{name} to be started again")

    def wait_well(self, within: float = 60.0) -> None:
        """Every part answers that it is ready."""
        wait_until(lambda: not any(part.reason for part in control.health(self.plan.data)[1]), within, "all to be well")


@contextmanager
def platform(folder: Path) -> Iterator[Platform]:
    """All services (NUANXIN_REPLICAS as set) on free ports, in `folder`; all ends with us, even when we are killed."""
    install.install(lambda done, of: None, print)
    wanted = plan(folder, dict(zip(topology.PORTS, ports.free(len(topology.PORTS)), strict=True)))
    try:
        *_, run = control.up(wanted, ours=True)
        if run.phase != "running":
            raise EngineError(run.error)
        yield Platform(wanted)
    finally:
        control.down(folder)
