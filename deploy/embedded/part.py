"""A child with its line in `run.json`, what is known of its deaths, and how it is brought back."""

import time

from deploy.embedded import record
from deploy.embedded.child import Child
from deploy.embedded.places import EngineError
from deploy.embedded.record import Kind, Row

LONGEST_PAUSE = 30.0  # seconds between two tries to revive a child
STEADY = 30.0  # seconds of life after which its earlier deaths are forgotten


def say(text: str) -> None:
    """A line in the supervisor's log."""
    print(f"{time.strftime('%Y-%m-%d %H:%M:%S')} {text}", flush=True)


class Part:
    def __init__(self, kind: Kind, child: Child) -> None:
        self.child = child
        self.row = Row(name=child.name, kind=kind, program=child.program, port=child.port)
        self.deaths = 0
        self.again_at: float | None = None

    def note_start(self) -> None:
        self.row.pid, self.row.born, self.row.seconds = self.child.pid, record.born(self.child.pid), None

    def note_ready(self) -> None:
        self.row.seconds = round(time.monotonic() - self.child.started, 1)
        say(f"{self.row.name} is ready after {self.row.seconds} s (pid {self.row.pid}, port {self.row.port})")

    def note_death(self) -> None:
        self.deaths += 1
        pause = min(LONGEST_PAUSE, 0.5 * 2 ** (self.deaths - 1))
        self.again_at = time.monotonic() + pause
        say(f"{self.row.name} is gone, started again in {pause} s: {self.child.last_words()}")
        self.row.pid, self.row.seconds = 0, None

    def revive(self) -> bool:
        """Look after it once; True when its line has changed."""
        if self.child.alive:
            return self._look()
        if self.again_at is None:
            self.note_death()
        elif time.monotonic() >= self.again_at:
            self._start_again()
        else:
            return False
        return True

    def _look(self) -> bool:
        if time.monotonic() - self.child.started > STEADY:
            self.deaths = 0
        if self.row.seconds is not None or self.child.probe():
            return False
        self.note_ready()
        return True

    def _start_again(self) -> None:
        self.again_at = None
        self.row.restarts += 1
        try:
            self.child.start()
        except (OSError, EngineError) as wrong:  # a full disk, say: it stays dead and is tried again later
            say(f"{self.row.name} cannot be started: {wrong}")
        self.note_start()
