"""A child process: how it is started, when it is well, how it is stopped. Engines and services are both this.

Start children from the main thread: on Linux they get a signal when the thread that started them ends.
"""

import ctypes
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path

from deploy.embedded.places import EngineError

Process = subprocess.Popen[bytes]
_LIBC = ctypes.CDLL(None) if sys.platform == "linux" else None  # loaded before any fork
_PR_SET_PDEATHSIG = 1
_LONG = 10 * 1024 * 1024


def wait_until(fact: Callable[[], bool], within: float, what: str, every: float = 0.05) -> None:
    """Poll until the fact holds, or raise naming what was waited for."""
    end = time.monotonic() + within
    while not fact():
        if time.monotonic() > end:
            raise EngineError(f"waited {within:.0f} s for {what}")
        time.sleep(every)


def follow_parent(parent: int, last: signal.Signals = signal.SIGTERM) -> None:
    """This process gets `last` when its parent dies, however it dies (Linux)."""
    if _LIBC is not None:
        _LIBC.prctl(_PR_SET_PDEATHSIG, int(last))
        if os.getppid() != parent:  # it died before we could ask
            os._exit(1)


def launch(
    command: Sequence[str],
    log: Path,
    env: Mapping[str, str] | None = None,
    last: signal.Signals = signal.SIGTERM,
) -> Process:
    """Start a program in a session of its own; its words go to the log; it gets `last` when we die."""

    parent = os.getpid()
    ours = _LIBC is not None and threading.current_thread() is threading.main_thread()
    log.parent.mkdir(parents=True, exist_ok=True)
    if log.is_file() and log.stat().st_size > _LONG:
        log.replace(log.with_name(log.name + ".1"))
    with log.open("ab") as out:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=out,
            stderr=out,
            env=None if env is None else {**os.environ, **env},
            start_new_session=True,
            preexec_fn=partial(follow_parent, parent, last) if ours else None,
        )


@dataclass
class Child:
    """`begin` starts it; `probe` answers why it is not ready ("" when it is); `log` is where it speaks."""

    name: str
    program: str
    port: int
    begin: Callable[[], Process]
    probe: Callable[[], str]
    log: Path
    patience: float = 15.0  # seconds between SIGTERM and SIGKILL
    process: Process | None = None
    started: float = field(default=0.0, repr=False)
    _mark: int = field(default=0, repr=False)

    def start(self) -> None:
        self._mark = self.log.stat().st_size if self.log.is_file() else 0
        self.started = time.monotonic()
        self.process = self.begin()

    @property
    def alive(self) -> bool:
        return self.process is not None and self.process.poll() is None

    @property
    def pid(self) -> int:
        return self.process.pid if self.process else 0

    def ready(self) -> bool:
        """True when it answers; raises at once when it has ended."""
        if not self.alive:
            code = self.process.returncode if self.process else "never started"
            raise EngineError(f"{self.name} ({self.program}) ended with {code}: {self.last_words()}")
        return not self.probe()

    def terminate(self) -> None:
        if self.process and self.alive:
            self.process.terminate()

    def stop(self) -> None:
        """Ask, wait, insist. Polls: a second wait() from a signal handler would lock up."""
        self.terminate()
        end = time.monotonic() + self.patience
        while self.alive and time.monotonic() < end:
            time.sleep(0.02)
        self.kill()

    def kill(self) -> None:
        if self.process and self.alive:
            self.process.kill()
            while self.alive:
                time.sleep(0.01)

    def last_words(self, lines: int = 6) -> str:
        """The end of what it said in this run."""
        if not self.log.is_file():
            return "it said nothing"
        with self.log.open("rb") as file:
            file.seek(self._mark if self._mark <= self.log.stat().st_size else 0)
            said = file.read().decode(errors="replace").splitlines()
        return " | ".join(line.strip() for line in said[-lines:] if line.strip()) or "it said nothing"


def rising(children: Sequence[Child], within: float = 120.0) -> Iterator[Child | None]:
    """Start all beside each other; yield each when it is ready, and None while waiting."""
    end = time.monotonic() + within
    waiting = list(children)
    for child in children:
        child.start()
    while waiting:
        for child in [child for child in waiting if child.ready()]:
            waiting.remove(child)
            yield child
        if waiting and time.monotonic() > end:
            slow = waiting[0]
            raise EngineError(f"{slow.name} ({slow.program}) is not ready after {within:.0f} s: {slow.probe()}")
        yield None
        time.sleep(0.05)


def start_together(children: Sequence[Child], within: float = 120.0) -> None:
    """Start all and return when all are ready. On any failure none is left."""
    try:
        for _ in rising(children, within):
            pass
    except BaseException:
        stop_in_turn(children)
        raise


def stop_in_turn(children: Sequence[Child]) -> None:
    """Stop the last first."""
    for child in reversed(children):
        child.stop()
