"""What every measure stands on: the engines, fresh names on them, and what the machine is."""

import os
import platform
import re
import shutil
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import psutil
from pymongo import MongoClient

from deploy.embedded.testing import engines
from shared.settings import Settings


@dataclass(frozen=True)
class Ground:
    """`store` names the document store that answered, `real` says whether it is a MongoDB: only there
    does the growth of a page mean something (an embedded store scans past `limit`). The Python one is
    `slow`: it gets less to do."""

    kafka: str
    mongo: str
    folder: Path
    quick: bool
    hardware: str
    store: str
    real: bool
    borrowed: bool

    @property
    def engine(self) -> str:
        return f"Apache Kafka, {self.store}"

    async def clear(self, client: Any, prefix: str) -> None:
        """Takes our databases off a store that is not ours; our own goes as a whole."""
        if self.borrowed:
            for name in await client.list_database_names():
                if name.startswith(prefix):
                    await client.drop_database(name)

    @property
    def slow(self) -> bool:
        return "secantusd-py" in self.store

    @property
    def form(self) -> str:
        return "quick" if self.quick else "full"

    def settings(self) -> Settings:
        """With topics, groups and databases that nothing else uses."""
        return Settings.model_validate(
            {"KAFKA": self.kafka, "MONGO": self.mongo, "data": self.folder, "namespace": f"bench{uuid4().hex[:8]}"}
        )


@contextmanager
def ground(quick: bool) -> Iterator[Ground]:
    """Embedded engines in a folder that goes at the end, or the servers that KAFKA and MONGO name."""
    kafka, mongo = os.environ.get("KAFKA"), os.environ.get("MONGO")
    folder = Path(tempfile.mkdtemp(prefix="nuanxin-bench-"))
    try:
        with ExitStack() as stack:
            program, borrowed = "a server elsewhere", bool(mongo)
            if not (kafka and mongo):
                running = stack.enter_context(engines(folder))
                program = str(running.program) if not mongo else program
                kafka, mongo = kafka or running.kafka, mongo or running.mongo
            store = _store(mongo, program)
            yield Ground(kafka, mongo, folder, quick, hardware(), store, "secantus" not in store, borrowed)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


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


def _store(mongo: str, program: str) -> str:
    client: MongoClient[Any]
    with MongoClient(mongo) as client:
        told = client.server_info()
    if "secantus" in program or "secantus" in str(told).lower():
        return program if "secantus" in program else "secantus"
    return f"MongoDB {told['version']}"


async def close(client: Any) -> None:
    """Motor's client closes at once, PyMongo's own when awaited."""
    closing = client.close()
    if closing is not None:
        await closing


def hardware() -> str:
    """Read from the machine: processor, cores, memory, system, Python."""
    memory = psutil.virtual_memory().total / 2**30
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return f"{_processor()}, {cores} cores, {memory:.0f} GiB, {platform.system()}, Python {platform.python_version()}"


def _processor() -> str:
    try:
        found = re.search(r"model name\s*: (.+)", Path("/proc/cpuinfo").read_text())
    except OSError:
        found = None
    return found[1].strip() if found else platform.processor() or platform.machine()
