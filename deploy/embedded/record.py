"""What runs, as the supervisor writes it down in `run.json` and as `up`, `status` and `down` read it."""

import fcntl
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Literal

import psutil
from pydantic import BaseModel, ValidationError

from deploy.embedded.child import wait_until

Phase = Literal["starting", "running", "stopping", "stopped", "failed"]
Kind = Literal["kafka", "store", "service"]


class Row(BaseModel):
    """One child: where it listens, and how it has fared."""

    name: str
    kind: Kind
    program: str
    port: int
    pid: int = 0
    born: float = 0.0  # with the pid it names one process for ever
    seconds: float | None = None  # it took to be ready; None: not yet
    restarts: int = 0


class Run(BaseModel):
    """One start of the system. `kafka` and `mongo` are shown, so they carry no password."""

    pid: int
    born: float
    phase: Phase = "starting"
    doing: str = ""
    error: str = ""
    kafka: str = ""
    mongo: str = ""
    rows: list[Row] = []


def born(pid: int) -> float:
    """When the process began; 0.0 when there is none (a zombie is none)."""
    try:
        process = psutil.Process(pid)
        return 0.0 if process.status() == psutil.STATUS_ZOMBIE else process.create_time()
    except psutil.Error:
        return 0.0


def lives(row: Row) -> bool:
    return bool(row.pid) and born(row.pid) == row.born


def shown(uri: str) -> str:
    """A URI without its user and password."""
    return re.sub(r"//[^/@]*@", "//", uri)


def write(data: Path, run: Run) -> None:
    new = data / "run.json.new"
    new.write_text(run.model_dump_json(indent=2))
    new.replace(data / "run.json")


def read(data: Path) -> Run | None:
    try:
        return Run.model_validate_json((data / "run.json").read_text())
    except (FileNotFoundError, ValidationError):
        return None


@contextmanager
def sole(data: Path) -> Iterator[None]:
    """Held by the one supervisor of a data directory for as long as it lives; its pid is in the file."""
    with _pid_file(data) as file:
        # a little patience: whoever asks `supervisor()` holds it for a moment
        wait_until(lambda: _lock(file, fcntl.LOCK_EX), 2, f"the supervisor that already runs for {data}")
        file.truncate(0)
        file.write(str(os.getpid()))
        file.flush()
        yield


def supervisor(data: Path) -> int | None:
    """The pid of the living supervisor, or None. A lock cannot go stale, as a pid can."""
    if not (data / "supervisor.pid").is_file():
        return None
    with _pid_file(data) as file:
        if _lock(file, fcntl.LOCK_SH):
            return None
        file.seek(0)
        said = file.read()
        return int(said) if said else None


def _pid_file(data: Path) -> IO[str]:
    return (data / "supervisor.pid").open("a+")


def _lock(file: IO[str], how: int) -> bool:
    try:
        fcntl.flock(file, how | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
