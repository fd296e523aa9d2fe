"""Bugs in what is remembered, kept and woken."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from pydantic import ConfigDict

from shared import document, wake
from shared.causes import Ask, Guard
from shared.testing.memory import MemoryDocuments
from tests.simulation import works
from tests.simulation.plants.planting import plant


@plant("forgetting by count")
def forgetting_by_count() -> Iterator[None]:
    real = document._finish

    def finish(store: Any, draft: Any, now: Any, moment: Any) -> None:
        real(store, draft, now, moment)
        draft.heard = draft.heard[-2:]

    with patch.object(document, "_finish", finish):
        yield


@plant("a refusal is not remembered")
def refusal_not_remembered() -> Iterator[None]:
    real = document._hear

    def hear(draft: Any, cause: Any, moment: Any, refused: bool = False) -> None:
        if not refused:
            real(draft, cause, moment)

    with patch.object(document, "_hear", hear):
        yield


@plant("an alarm without the equality check")
def alarm_without_check() -> Iterator[None]:
    real = wake._alarm

    def alarm(*args: Any) -> Ask:
        ask = real(*args)
        return Ask(ask.cause, ask.change, Guard())

    with patch.object(wake, "_alarm", alarm):
        yield


@plant("delete instead of a tombstone")
def delete_instead_of_tombstone() -> Iterator[None]:
    """As soon as nothing is left to say."""
    put, strike = MemoryDocuments._put, MemoryDocuments.strike

    def drop(self: MemoryDocuments, id: str) -> None:
        row = self.rows.get(id)
        if row is not None and row["state"] is None and row["seq"] and not row["outbox"]:
            self._before.pop(id, None)
            del self.rows[id]

    def put_or_drop(self: MemoryDocuments, write: Any) -> None:
        put(self, write)
        drop(self, write.id)

    async def strike_and_drop(self: MemoryDocuments, said: Mapping[str, Sequence[str]]) -> None:
        await strike(self, said)
        for id in said:
            drop(self, id)

    with (
        patch.object(MemoryDocuments, "_put", put_or_drop),
        patch.object(MemoryDocuments, "strike", strike_and_drop),
    ):
        yield


@plant("state ignores unknown fields")
def state_ignores_unknown_fields() -> Iterator[None]:
    class Ignoring(works.OldWork):
        model_config = ConfigDict(frozen=True, extra="ignore")

    with patch.dict(works.RELEASES, {"old": works.release(Ignoring)}):
        yield
