"""The one process that owns the others: starts engines, then services, revives what dies, stops all in order.

`up` starts it in a session of its own and hands it the plan; what it does stands in `run.json` and its log.
"""

import os
import signal
import sys
import time
from pathlib import Path

from deploy.embedded import kafka, ports, probes, record, store
from deploy.embedded.child import Child, Process, follow_parent, launch, rising, stop_in_turn
from deploy.embedded.part import Part, say
from deploy.embedded.places import EngineError, logs
from deploy.embedded.plan import Plan, Service
from deploy.embedded.record import Run


class Stopped(Exception):
    """SIGTERM came while something was being started."""


def parts(plan: Plan) -> list[Part]:
    """In the order of starting; stopped in reverse."""
    found = []
    if not plan.mongo:
        found.append(Part("store", store.store(plan.data, store.choose(plan.engine), plan.ports["store"])))
    if not plan.kafka:
        found.append(Part("kafka", kafka.broker(plan.data, plan.ports["kafka"], plan.ports["controller"])))
    return found + [Part("service", _child(service, plan)) for service in plan.services]


def _child(service: Service, plan: Plan) -> Child:
    log = logs(plan.data) / f"{service.name}.log"

    def begin() -> Process:
        # SIGKILL when we die: the engines go too then, and a service would wait for them. A crash loses nothing.
        return launch(service.command, log, plan.env, last=signal.SIGKILL)

    return Child(service.name, "service", service.port, begin, lambda: probes.service(service.port), log)


class Supervisor:
    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.parts = parts(plan)
        self.stopping = False
        me = os.getpid()
        self.run = Run(pid=me, born=record.born(me), kafka=plan.bootstrap, mongo=record.shown(plan.uri))
        self.run.rows = [part.row for part in self.parts]

    def supervise(self) -> int:
        """Until SIGTERM (0) or a start that failed (1). Called in the main thread."""
        for number in (signal.SIGTERM, signal.SIGINT):
            signal.signal(number, lambda *_: setattr(self, "stopping", True))
        try:
            self._start()
            self._watch()
        except Stopped:
            pass
        except (EngineError, OSError) as wrong:
            self.run.error = str(wrong)
            say(f"the start failed: {wrong}")
        finally:
            self._stop()
        return 1 if self.run.error else 0

    def _start(self) -> None:
        self._write("starting", "the engines")
        ports.require_free(self.plan.needs)
        self._raise([part for part in self.parts if part.row.kind != "service"])
        self._prepare()
        self._raise([part for part in self.parts if part.row.kind == "service"])
        self._write("running", "")

    def _raise(self, chosen: list[Part]) -> None:
        mine = {part.child.name: part for part in chosen}
        self.run.doing = ", ".join(mine)
        for child in rising([part.child for part in chosen]):
            if self.stopping:
                raise Stopped
            for part in chosen:
                if part.row.pid != part.child.pid:
                    part.note_start()
            if child:
                mine[child.name].note_ready()
                self._write()

    def _prepare(self) -> None:
        """Topics and indexes: idempotent, so it runs on every start."""
        if not self.plan.prepare:
            return
        self._write(doing="topics and indexes")
        log = logs(self.plan.data) / "prepare.log"
        task = Child(
            "prepare",
            "topics and indexes",
            0,
            lambda: launch(self.plan.prepare, log, self.plan.env),
            str,
            log,
        )
        task.start()
        while task.alive:
            if self.stopping:
                task.stop()
                raise Stopped
            time.sleep(0.05)
        if task.process and task.process.returncode:
            raise EngineError(f"topics and indexes could not be made: {task.last_words()} (see {log})")

    def _watch(self) -> None:
        while not self.stopping:
            if any([part.revive() for part in self.parts]):
                self._write()
            time.sleep(0.2)

    def _stop(self) -> None:
        """Services together, then Kafka, then the store: what speaks goes before what it speaks to."""
        self._write("stopping", "")
        for part in self.parts:
            if part.row.kind == "service":
                part.child.terminate()
        stop_in_turn([part.child for part in self.parts])
        self._write("failed" if self.run.error else "stopped")
        say("stopped")

    def _write(self, phase: record.Phase | None = None, doing: str | None = None) -> None:
        self.run.phase = phase or self.run.phase
        self.run.doing = self.run.doing if doing is None else doing
        record.write(self.plan.data, self.run)


def main() -> int:
    """The plan comes on stdin; with `--with-parent` (tests) the end of who started it is a SIGTERM."""
    if "--with-parent" in sys.argv:
        follow_parent(os.getppid())
    plan = Plan.model_validate_json(sys.stdin.read())
    Path(plan.data).mkdir(parents=True, exist_ok=True)
    with record.sole(plan.data):
        return Supervisor(plan).supervise()


if __name__ == "__main__":
    sys.exit(main())
