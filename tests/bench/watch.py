"""Stopwatches: wall and client CPU of the same stretch, medians, percentiles."""

import gc
import time
from collections.abc import Iterable, Iterator, Sequence
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
        return _middle(getattr(one, what) for one in self.laps[name])

    def ratio(self, name: str, other: str, what: str) -> float:
        pairs = zip(self.laps[name], self.laps[other], strict=True)
        return _middle(getattr(one, what) / getattr(two, what) for one, two in pairs)


def _middle(values: Iterable[float]) -> float:
    return float(median(values))


def rounds(quick: bool, most: int, seconds: float) -> Iterator[int]:
    """Three at least, then as many as fit into the time; the short form stops at three."""
    began = time.perf_counter()
    for number in range(3 if quick else most):
        if number >= 3 and time.perf_counter() - began > seconds:
            return
        yield number


def percentile(values: Sequence[float], share: float) -> float:
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(share * len(ranked)))]
