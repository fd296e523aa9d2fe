"""Stopwatches: wall and client CPU of the same stretch, medians, percentiles."""

import gc
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from statistics import median


@dataclass
class Lap:
    """Seconds of wall and of this process's own CPU (all its threads) for `n` of something."""

    n: int = 0
    wall: float = 0.0
    cpu: float = 0.0

    @property
    def per_second(self) -> float:
        return self.n / self.wall

    @property
    def per_core(self) -> float:
        """How many one core of the client would carry, if the engines kept up."""
        return self.n / self.cpu


@contextmanager
def lap(n: int) -> Iterator[Lap]:
    gc.collect()
    gc.freeze()  # what stood before the clock is nobody's garbage to look through
    measured = Lap(n)
    wall, cpu = time.perf_counter(), time.process_time()
    yield measured
    measured.wall, measured.cpu = time.perf_counter() - wall, time.process_time() - cpu


@dataclass(frozen=True)
class Rounds:
    """The same contestants in every round: ratios are taken within a round, then the median of them."""

    laps: dict[str, list[Lap]]

    def rate(self, name: str, what: str) -> float:
        return median(getattr(one, what) for one in self.laps[name])

    def ratio(self, name: str, other: str, what: str) -> float:
        pairs = zip(self.laps[name], self.laps[other], strict=True)
        return median(getattr(one, what) / getattr(two, what) for one, two in pairs)


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
