"""From a failing run to a short one that fails alike: choices are left out or made plain, and played again."""

import re
import time
from collections.abc import Iterable, Iterator

from tests.simulation.run import Run, run


def shrunk(failing: Run, steps: int, seconds: float) -> Run:
    """The shortest run found within so many seconds that breaks the same check."""
    kinds = _kinds(failing.violations)
    until = time.monotonic() + seconds
    best, limit = failing, min(steps, failing.steps)

    def fails(record: list[int], most: int) -> Run | None:
        tried = run(None, most, record)
        return tried if kinds & _kinds(tried.violations) else None

    for fewer in _halvings(limit):
        found = fails(best.record, fewer)
        if found is None:
            break
        best, limit = found, fewer
    record = best.record
    size = max(1, len(record) // 2)
    while size >= 1 and time.monotonic() < until:
        start = 0
        while start < len(record) and time.monotonic() < until:
            found = next(filter(None, (fails(less, limit) for less in _less(record, start, size))), None)
            if found is not None and _weight(found.record) < _weight(record):
                record = found.record
            else:
                start += size
        size //= 2
    return run(None, limit, record, trace=True)


def _kinds(violations: Iterable[str]) -> set[str]:
    """What is broken, without which and how often."""
    return {re.sub(r"\W*\S*\d\S*\W*", " # ", violation)[:60] for violation in violations}


def _weight(record: list[int]) -> tuple[int, int]:
    return sum(choice != 0 for choice in record), len(record)


def _halvings(steps: int) -> Iterator[int]:
    while steps > 20:
        steps = steps * 3 // 4
        yield steps


def _less(record: list[int], start: int, size: int) -> Iterator[list[int]]:
    """Without a stretch of choices, or with plain ones in its place."""
    if any(record[start : start + size]):
        yield [*record[:start], *record[start + size :]]
        yield [*record[:start], *([0] * size), *record[start + size :]]
