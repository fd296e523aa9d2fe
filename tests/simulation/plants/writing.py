"""Bugs in the write and in its answer."""

from collections.abc import Iterator
from typing import Any
from unittest.mock import patch

from shared import desk, document
from shared.causes import Ask
from shared.decision import Busy
from shared.desk import Desk, Result
from shared.documents import Conflict
from shared.testing.memory import MemoryDocuments
from tests.simulation.plants.planting import plant


@plant("no version guard")
def no_version_guard() -> Iterator[None]:
    real = MemoryDocuments._hindrance

    def hindrance(self: MemoryDocuments, write: Any) -> str | None:
        found = real(self, write)
        return None if write.expected and found == "_id_" else found

    with patch.object(MemoryDocuments, "_hindrance", hindrance):
        yield


@plant("a swallowed write concern error")
def swallowed_write_concern() -> Iterator[None]:
    def confirm(self: MemoryDocuments, term: int) -> None:
        if self.confirmed():
            self.settle()

    with patch.object(MemoryDocuments, "_confirm", confirm):
        yield


@plant("a second change of a cause dropped")
def second_change_dropped() -> Iterator[None]:
    real = document._take

    def take(store: Any, draft: Any, turn: list[Ask], moment: Any) -> None:
        real(store, draft, turn[:1], moment)

    with patch.object(document, "_take", take):
        yield


@plant("11000 always refused")
def duplicate_always_refused() -> Iterator[None]:
    real = Desk._write

    async def write(self: Desk, store: Any, drafts: list[Any], asked: Any, result: Result) -> list[str]:
        lost = await real(self, store, drafts, asked, result)
        for id in lost:
            refused = [desk._refusing(store, ask, Conflict(id, "")) for ask in asked[id]]
            await self._alone(store, id, refused, result)
        return []

    with patch.object(Desk, "_write", write):
        yield


@plant("11000 always retried")
def duplicate_always_retried() -> Iterator[None]:
    """Whatever stopped the write, it is decided again: a taken reference is never refused."""

    async def one_by_one(self: Desk, *args: Any) -> None:
        raise Busy("it will be tried again")

    with patch.object(Desk, "_one_by_one", one_by_one):
        yield
