"""Bugs in what is said and struck."""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from unittest.mock import patch

from shared.desk import Desk, Result
from shared.relay import Relay
from shared.testing.memory import MemoryDocuments
from tests.simulation.plants.planting import plant


def _own_events(self: Desk, store: Any, draft: Any, result: Result) -> None:
    for cause, outcome in draft.outcomes.items():
        result.outcomes.setdefault((cause, draft.id), outcome)
    if draft.unsaid:
        self.hint(store.name, draft.id, draft.unsaid)


@plant("own events only")
def own_events_only() -> Iterator[None]:
    with patch.object(Desk, "_settle", _own_events):
        yield


@plant("strike up to the last said")
def strike_up_to() -> Iterator[None]:
    """`<= n` after saying only what one wrote oneself."""
    real = MemoryDocuments.strike

    async def strike(self: MemoryDocuments, said: Mapping[str, Sequence[str]]) -> None:
        more = {}
        for id, events in said.items():
            last = max(int(event.rpartition("#")[2]) for event in events)
            more[id] = [entry["id"] for entry in self.rows.get(id, {"outbox": []})["outbox"] if entry["seq"] <= last]
        await real(self, more)

    with patch.object(Desk, "_settle", _own_events), patch.object(MemoryDocuments, "strike", strike):
        yield


@plant("empty the outbox")
def empty_the_outbox() -> Iterator[None]:
    real = MemoryDocuments.strike

    async def strike(self: MemoryDocuments, said: Mapping[str, Sequence[str]]) -> None:
        rows = {id: [entry["id"] for entry in self.rows[id]["outbox"]] for id in said if id in self.rows}
        await real(self, rows)

    with patch.object(MemoryDocuments, "strike", strike):
        yield


@plant("strike before saying")
def strike_before_saying() -> Iterator[None]:
    real = Relay.say

    async def say(self: Relay, outboxes: Any) -> bool:
        for (store, id), outbox in outboxes.items():
            await self._books[store].strike({id: [entry["id"] for entry in outbox]})
        return await real(self, outboxes)

    with patch.object(Relay, "say", say):
        yield


@plant("a flag beside the outbox")
def flag_beside_the_outbox() -> Iterator[None]:
    """`pending` is set with a push and cleared after a strike; the sweep looks at it alone."""
    put, strike, unsaid = MemoryDocuments._put, MemoryDocuments.strike, MemoryDocuments.unsaid

    def put_flagged(self: MemoryDocuments, write: Any) -> None:
        put(self, write)
        if write.pushes:
            self._replace(write.id, {**self.rows[write.id], "pending": True})

    async def strike_flagged(self: MemoryDocuments, said: Mapping[str, Sequence[str]]) -> None:
        await strike(self, said)
        for id in said:
            self._replace(id, {**self.rows[id], "pending": False})
        self.settle()

    async def unsaid_flagged(self: MemoryDocuments, before: Any, limit: int) -> list[dict[str, Any]]:
        found = await unsaid(self, before, limit)
        return [row for row in found if self.rows[row["_id"]].get("pending")]

    with (
        patch.object(MemoryDocuments, "_put", put_flagged),
        patch.object(MemoryDocuments, "strike", strike_flagged),
        patch.object(MemoryDocuments, "unsaid", unsaid_flagged),
    ):
        yield


@plant("a local read in the relay")
def local_read_in_the_relay() -> Iterator[None]:
    real = MemoryDocuments.unsaid

    async def unsaid(self: MemoryDocuments, before: Any, limit: int) -> list[dict[str, Any]]:
        with patch.object(self, "_majorities", lambda: list(self.rows.values())):
            return await real(self, before, limit)

    with patch.object(MemoryDocuments, "unsaid", unsaid):
        yield
