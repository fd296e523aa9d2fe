"""Every choice of a run in one list: drawn from a seed, or played again from a record to shrink it."""

import random
from collections.abc import Sequence


class Choices:
    """0 is always the plainest choice: the first who is ready goes on, and nothing fails. A record that
    has run out, or was cut, is followed by zeros."""

    def __init__(self, seed: int | None = None, record: Sequence[int] = ()) -> None:
        self._random = random.Random(seed) if seed is not None else None
        self._given = list(record)
        self.record: list[int] = []

    def pick(self, many: int) -> int:
        """One of 0 … many - 1."""
        if many <= 1:
            return 0
        chosen = int(self._random.random() * many) if self._random is not None else self._next() % many
        self.record.append(chosen)
        return chosen

    def chance(self, odds: float) -> bool:
        """True in so many of one; always False for none."""
        if odds <= 0:
            return False
        chosen = self._random.random() < odds if self._random is not None else bool(self._next() % 2)
        self.record.append(int(chosen))
        return chosen

    def between(self, low: float, high: float) -> float:
        return low + (high - low) * self.pick(16) / 15

    def _next(self) -> int:
        place = len(self.record)
        return self._given[place] if place < len(self._given) else 0
