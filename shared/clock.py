"""One clock for the whole system: UTC, whole milliseconds.

`real` is the wall clock corrected by its offset from the store's; retention, leases and the outbox
follow it. `now` is what rules are given: the same, unless a development file shifts and speeds it up
for all processes alike. It never goes back.
"""

import asyncio
import json
import os
import time
from datetime import UTC, datetime, timedelta
from pathlib import Path

LOOK_EVERY = 0.05


def whole_ms(moment: datetime) -> datetime:
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


class Clock:
    """`shift` is the file of the development shift, or None where there must be none."""

    def __init__(self, shift: Path | None = None) -> None:
        self._shift = shift
        self._offset = timedelta()
        self._legs: list[tuple[float, float, float]] = []
        self._stamp = 0
        self._looked = 0.0
        self._latest = datetime.fromtimestamp(0, UTC)

    def real(self) -> datetime:
        return whole_ms(datetime.now(UTC) + self._offset)

    def now(self) -> datetime:
        real = self.real()
        shifted = self._shifted(real) if self._shift else real
        self._latest = max(self._latest, shifted)
        return self._latest

    def correct(self, store_time: datetime, asked: datetime) -> None:
        """Takes the store's time as the truth; `asked` is our own at the same moment."""
        self._offset = store_time - asked

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)

    def _shifted(self, real: datetime) -> datetime:
        self._look()
        moment = real.timestamp()
        for since, domain, speed in reversed(self._legs):
            if moment >= since:
                return datetime.fromtimestamp(round(domain + (moment - since) * speed, 3), UTC)
        return real

    def _look(self) -> None:
        if time.monotonic() - self._looked < LOOK_EVERY:
            return
        self._looked = time.monotonic()
        try:
            stamp = os.stat(self._shift or "").st_mtime_ns
        except FileNotFoundError:
            return
        if stamp != self._stamp:
            self._legs = read_legs(self._shift)
            self._stamp = stamp


def read_legs(path: Path | None) -> list[tuple[float, float, float]]:
    """Each leg: from this real second on, the domain's second then, and how fast it runs."""
    if path is None or not path.exists():
        return []
    return [(leg["since"], leg["domain"], leg["speed"]) for leg in json.loads(path.read_text())]


def shift(path: Path, *, forward: timedelta = timedelta(), speed: float | None = None, lead: float = 0.3) -> datetime:
    """Adds a leg that begins `lead` real seconds from now, so that every process has read it by then:
    the domain jumps `forward` and runs at `speed` afterwards (as before, unless given). Returns the
    domain's time at its start."""
    legs = read_legs(path)
    speed = speed if speed is not None else (legs[-1][2] if legs else 1.0)
    if forward < timedelta() or speed <= 0:
        raise ValueError("the domain's clock only goes forward")
    clock = Clock(path)
    since = time.time() + lead
    start = clock._shifted(datetime.fromtimestamp(since, UTC)) + forward
    legs = [*legs, (since, start.timestamp(), speed)]
    fresh = path.with_suffix(".new")
    fresh.write_text(json.dumps([{"since": s, "domain": d, "speed": v} for s, d, v in legs[-50:]]))
    os.replace(fresh, path)
    return start
