"""Bugs in what is heard and counted."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from typing import Any
from unittest.mock import patch

from shared.causes import Ask, Guard
from shared.consume import Consumer, _record
from shared.decision import Busy
from shared.desk import Desk, Result
from shared.parked import Parked
from tests.simulation import ledger
from tests.simulation.plants.planting import plant


@plant("commit before write")
def commit_before_write() -> Iterator[None]:
    async def on_batch(self: Consumer, message: Any) -> None:
        async with self._lock:
            await message.ack()
            await self._hear([_record(raw) for raw in message.raw_message])

    with patch.object(Consumer, "on_batch", on_batch):
        yield


@plant("acknowledge on error")
def acknowledge_on_error() -> Iterator[None]:
    async def on_batch(self: Consumer, message: Any) -> None:
        async with self._lock:
            with suppress(Busy):
                await self._hear([_record(raw) for raw in message.raw_message])
            await message.ack()

    with patch.object(Consumer, "on_batch", on_batch):
        yield


@plant("no parking")
def no_parking() -> Iterator[None]:
    async def park(self: Parked, *args: Any) -> None:
        return None

    with patch.object(Parked, "park", park):
        yield


@plant("the fold skipped for old rows")
def fold_skipped_for_old_rows() -> Iterator[None]:
    """Rows first; then only the buckets of rows that were new."""
    real = Desk.apply

    async def apply(self: Desk, asks: Sequence[Ask], *patience: Any) -> Result:
        later = [ask for ask in asks if ask.change.store is ledger.buckets and ask.guard == Guard()]
        result = await real(self, [ask for ask in asks if ask not in later], *patience)
        fresh = {
            cause for (cause, id), outcome in result.outcomes.items() if id.startswith("row-") and not outcome.repeated
        }
        more = await real(self, [ask for ask in later if ask.cause.id in fresh], *patience)
        result.outcomes.update(more.outcomes)
        return result

    with patch.object(Desk, "apply", apply):
        yield
