"""How a bug is laid over the real code, from outside and for a while."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager

Plant = Callable[[], AbstractContextManager[None]]
PLANTS: dict[str, Plant] = {}


def plant(name: str) -> Callable[[Callable[[], Iterator[None]]], Plant]:
    """Above a generator: the bug lives until it goes on."""

    def register(bug: Callable[[], Iterator[None]]) -> Plant:
        PLANTS[name] = contextmanager(bug)
        return PLANTS[name]

    return register
