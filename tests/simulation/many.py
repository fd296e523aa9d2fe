"""Many seeds on every core: each seed alone is one thread, and the same on every machine."""

import time
from collections.abc import Iterator
from concurrent.futures import FIRST_COMPLETED, Future, ProcessPoolExecutor, wait
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from itertools import count
from typing import Any

from tests.simulation.plants import PLANTS
from tests.simulation.run import Run, run


@dataclass
class Tally:
    """What so many seeds came to."""

    seeds: int = 0
    steps: int = 0
    wishes: int = 0
    events: int = 0
    seconds: float = 0.0
    failing: list[Run] = field(default_factory=list)

    def add(self, runs: list[Run]) -> None:
        for each in runs:
            self.seeds += 1
            self.steps += each.steps
            self.wishes += each.wishes
            self.events += each.events
            if each.violations:
                self.failing.append(each)


def planted(name: str | None) -> AbstractContextManager[Any]:
    return PLANTS[name]() if name else nullcontext()


def chunk(first: int, many: int, steps: int, plant: str | None) -> list[Run]:
    """A run that ends well is reported without its record: it would only be carried about."""
    runs = []
    with planted(plant):
        for seed in range(first, first + many):
            done = run(seed, steps)
            if not done.violations:
                done.record = []
            runs.append(done)
    return runs


@dataclass(frozen=True)
class How:
    """How each seed is run, and how many go to a core at a time."""

    steps: int
    plant: str | None = None
    jobs: int = 1
    size: int = 20


def simulate(seeds: int | None, seconds: float, how: How, first: int = 0) -> Tally:
    """So many seeds, or as many as begin within the time; stops at the first that fails."""
    tally, began = Tally(), time.monotonic()
    chunks = _chunks(first, seeds, how.size)
    with ProcessPoolExecutor(how.jobs) as pool:
        running: set[Future[list[Run]]] = set()
        while not tally.failing:
            late = seeds is None and time.monotonic() - began > seconds
            while len(running) < 2 * how.jobs and not late and (part := next(chunks, None)) is not None:
                running.add(pool.submit(chunk, *part, how.steps, how.plant))
            if not running:
                break
            done, running = wait(running, return_when=FIRST_COMPLETED)
            for future in done:
                tally.add(future.result())
        for future in running:
            future.cancel()
    tally.failing.sort(key=lambda each: each.seed or 0)
    tally.seconds = time.monotonic() - began
    return tally


def _chunks(first: int, seeds: int | None, size: int) -> Iterator[tuple[int, int]]:
    for start in count(first, size):
        left = size if seeds is None else first + seeds - start
        if left <= 0:
            return
        yield start, min(size, left)
