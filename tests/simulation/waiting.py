"""What the kernel waits on, on the scheduler's time: its clock, a lock, a flag."""

from datetime import UTC, datetime, timedelta

from shared.clock import Clock, whole_ms
from tests.simulation.scheduler import Scheduler, asleep

START = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)


class WorldClock(Clock):
    """The scheduler's time, with what is left of this process's own clock error."""

    def __init__(self, scheduler: Scheduler, error: float) -> None:
        super().__init__()
        self._scheduler, self._error = scheduler, error

    def real(self) -> datetime:
        return whole_ms(START + timedelta(seconds=self._scheduler.now + self._error))

    def now(self) -> datetime:
        return self.real()

    async def sleep(self, seconds: float) -> None:
        await asleep(seconds)


class Lock:
    """As asyncio's, on our scheduler."""

    def __init__(self) -> None:
        self._held = False

    async def __aenter__(self) -> None:
        while self._held:
            await asleep(0.3)
        self._held = True

    async def __aexit__(self, *error: object) -> None:
        self._held = False


class Flag:
    """As asyncio.Event, without its waiting."""

    def __init__(self) -> None:
        self._set = False

    def set(self) -> None:
        self._set = True

    def clear(self) -> None:
        self._set = False

    def is_set(self) -> bool:
        return self._set
