"""`python -m tests.faults.planted BUG uvicorn …`: a service with a bug planted, for the checker to catch.

Production code knows nothing of it. Windows that are microseconds wide are held open for a moment, so
that a kill falls into them; `none` holds them open in the right order, and must lose nothing.
"""

import asyncio
import runpy
import sys
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from faststream.kafka import KafkaMessage
from pymongo import InsertOne, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError

from shared import consume, documents, hearing, relay
from shared.consume import Consumer
from shared.decision import Busy
from shared.documents import MongoDocuments
from shared.event import Envelope, Malformed
from shared.hearing import Hearing
from shared.relay import Relay

OPEN_FOR = 0.25
A_MOMENT = 0.1


def none() -> None:
    """No bug: hear, pause, acknowledge; say, pause, strike."""
    hear, strike = Consumer._hear, MongoDocuments.strike

    async def slowly_heard(self: Consumer, records: Any) -> None:
        await hear(self, records)
        await asyncio.sleep(OPEN_FOR)

    async def slowly_struck(self: MongoDocuments, said: Mapping[str, Sequence[str]]) -> None:
        await asyncio.sleep(OPEN_FOR)
        await strike(self, said)

    _put(Consumer, _hear=slowly_heard)
    _put(MongoDocuments, strike=slowly_struck)


def commit_before_write() -> None:
    """The offset is acknowledged, then the effects are written."""

    async def on_batch(self: Consumer, message: KafkaMessage) -> None:
        async with self._lock:
            await message.ack()
            await asyncio.sleep(OPEN_FOR)
            await self._hear([consume._record(raw) for raw in consume._raw(message)])

    _put(Consumer, on_batch=on_batch)


def no_version_guard() -> None:
    """Whoever writes last wins."""
    write = MongoDocuments.write

    async def slowly_written(self: MongoDocuments, writes: Any) -> list[documents.Conflict]:
        await asyncio.sleep(A_MOMENT)
        return await write(self, writes)

    def operation(write: Any) -> Any:
        if write.expected == 0:
            return InsertOne({"_id": write.id, **write.sets, "outbox": write.pushes})
        pushed = {"$push": {"outbox": {"$each": write.pushes}}} if write.pushes else {}
        return UpdateOne({"_id": write.id}, {"$set": write.sets, **pushed}, upsert=True)

    _put(documents, _operation=operation)
    _put(MongoDocuments, write=slowly_written)


def acknowledge_on_error() -> None:
    """The store is away: the batch is acknowledged all the same."""

    async def hear(self: Consumer, records: Any) -> None:
        try:
            await self._hearing.hear(records)
        except Busy:
            return

    _put(Consumer, _hear=hear)


def strike_all() -> None:
    """The whole outbox is emptied, also of what was written since it was read."""

    async def strike(self: MongoDocuments, said: Mapping[str, Sequence[str]]) -> None:
        await asyncio.sleep(OPEN_FOR)
        await self._collection.update_many({"_id": {"$in": list(said)}}, {"$set": {"outbox": []}})

    _put(MongoDocuments, strike=strike)


def strike_before_send() -> None:
    """Struck from the outbox, then said."""

    async def say(self: Relay, outboxes: relay.Outboxes) -> bool:
        for (store, id), outbox in outboxes.items():
            await self._books[store].strike({id: [entry["id"] for entry in outbox]})
        await asyncio.sleep(OPEN_FOR)
        told = [Envelope.of_unsaid(self._source, place[1], e) for place, outbox in outboxes.items() for e in outbox]
        return all(await self._producer.send(told))

    _put(Relay, say=say)


def unclear_is_well() -> None:
    """A write without a clear answer is reported as done."""

    async def write(self: MongoDocuments, writes: Any) -> list[documents.Conflict]:
        await asyncio.sleep(A_MOMENT)
        try:
            await self._collection.bulk_write([documents._operation(write) for write in writes], ordered=False)
        except BulkWriteError as error:
            return documents._conflicts(writes, error)
        except PyMongoError:
            return []
        return []

    _put(MongoDocuments, write=write)


def no_parking() -> None:
    """What cannot be read stops the partition."""
    read = Hearing._read

    def strictly(self: Hearing, record: Any) -> Any:
        found = read(self, record)
        if isinstance(found, tuple):
            raise Malformed(f"{record.topic}/{record.offset}")
        return found

    _put(hearing.Hearing, _read=strictly)


def _put(where: Any, **pieces: Callable[..., Any]) -> None:
    for name, piece in pieces.items():
        setattr(where, name, piece)


BUGS: dict[str, Callable[[], None]] = {
    bug.__name__.replace("_", "-"): bug
    for bug in (
        *(none, commit_before_write, no_version_guard, acknowledge_on_error, strike_all),
        *(strike_before_send, unclear_is_well, no_parking),
    )
}


if __name__ == "__main__":
    _, name, program, *arguments = sys.argv
    BUGS[name]()
    sys.argv = [program, *arguments]
    runpy.run_module(program, run_name="__main__", alter_sys=True)
