"""One collection of the document store, in the few calls the kernel needs.

`Documents` is the interface; `MongoDocuments` speaks to MongoDB through Motor or PyMongo's own
asyncio client; `shared.testing.memory` is the fake, held to the same contract. Writes are majority
and journalled, decide-reads and relay-reads are majority on the primary (rules 6 and 7).
"""

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Protocol

from bson.codec_options import CodecOptions
from pymongo import AsyncMongoClient, InsertOne, ReadPreference, UpdateOne
from pymongo.errors import BulkWriteError, PyMongoError
from pymongo.read_concern import ReadConcern
from pymongo.uri_parser import parse_uri
from pymongo.write_concern import WriteConcern

from shared import metrics
from shared.decision import Busy
from shared.store import Index

STORE_TIMEOUT_MS = 5000
DUPLICATE = 11000
STRIKE = 250


@dataclass(frozen=True, slots=True)
class Write:
    """One guarded write: `expected` 0 inserts, else only the document of that version is changed.
    `sets` replaces fields, `pushes` goes to the end of the outbox."""

    id: str
    expected: int
    sets: dict[str, Any]
    pushes: list[dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Conflict:
    """A write that a duplicate key stopped. `index` is the name the store gave: it may be wrong (rule 5)."""

    id: str
    index: str


class Documents(Protocol):
    async def read(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]: ...
    async def write(self, writes: Sequence[Write]) -> list[Conflict]: ...
    async def strike(self, said: Mapping[str, Sequence[str]]) -> None: ...
    async def unsaid(self, before: datetime, limit: int) -> list[dict[str, Any]]: ...
    async def due(self, now: datetime, limit: int) -> list[dict[str, Any]]: ...
    async def find(
        self, where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> list[dict[str, Any]]: ...
    async def count(self, where: Mapping[str, Any], most: int = 10_000) -> int: ...
    async def oldest_unsaid(self) -> datetime | None: ...
    async def pending(self, most: int = 10_000) -> int: ...


class RowsProtocol(Protocol):
    """A plain collection without the kernel's guarantees: parked records, halts, first positions."""

    async def put(self, row: dict[str, Any]) -> None: ...
    async def get(self, id: str) -> dict[str, Any] | None: ...
    async def drop(self, id: str) -> bool: ...
    async def find(self, where: Mapping[str, Any], limit: int = 200, after: str = "") -> list[dict[str, Any]]: ...
    async def count(self) -> int: ...


def _away(error: PyMongoError) -> Busy:
    return Busy("the store is away or its answer was unclear", cause=type(error).__name__)


def connect(uri: str, driver: str) -> Any:
    """A client of the chosen driver: `motor` (what the project was asked to use) or `pymongo`. Time-outs
    are ours unless the URI gives its own, as for a store that is known to be slow."""
    given = {name.lower() for name in parse_uri(uri)["options"]}
    usual: dict[str, Any] = {
        "tz_aware": True,
        "serverSelectionTimeoutMS": STORE_TIMEOUT_MS,
        "socketTimeoutMS": STORE_TIMEOUT_MS,
        "connectTimeoutMS": STORE_TIMEOUT_MS,
        "maxPoolSize": 32,
    }
    options = {name: value for name, value in usual.items() if name.lower() not in given}
    if driver == "pymongo":
        return AsyncMongoClient(uri, **options)
    from motor.motor_asyncio import AsyncIOMotorClient

    return AsyncIOMotorClient(uri, io_loop=asyncio.get_running_loop(), **options)


def collection(client: Any, database: str, name: str) -> Any:
    return client[database].get_collection(
        name,
        codec_options=CodecOptions(tz_aware=True, tzinfo=UTC),
        write_concern=WriteConcern(w="majority", j=True, wtimeout=STORE_TIMEOUT_MS),
        read_concern=ReadConcern("majority"),
        read_preference=ReadPreference.PRIMARY,
    )


def _where(where: Mapping[str, Any], order: str, after: Any) -> dict[str, Any]:
    query = dict(where)
    if after is not None:
        name, way = order.lstrip("-"), "$lt" if order.startswith("-") else "$gt"
        query[name] = {**query[name], way: after} if isinstance(query.get(name), dict) else {way: after}
    return query


class MongoDocuments:
    """Every PyMongo error but a duplicate key is an unclear answer: Busy, and the cause comes again."""

    def __init__(self, collection: Any, service: str = "") -> None:
        self._collection = collection
        self._took = {call: metrics.store_seconds.labels(service, call) for call in ("read", "write", "find", "strike")}

    async def read(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        where = {"_id": ids[0] if len(ids) == 1 else {"$in": list(ids)}}
        with self._took["read"].time():
            return {found["_id"]: found for found in await self._all(self._collection.find(where), len(ids))}

    async def write(self, writes: Sequence[Write]) -> list[Conflict]:
        try:
            with self._took["write"].time():
                await self._collection.bulk_write([_operation(write) for write in writes], ordered=False)
        except BulkWriteError as error:
            return _conflicts(writes, error)
        except PyMongoError as error:
            raise _away(error) from error
        return []

    async def strike(self, said: Mapping[str, Sequence[str]]) -> None:
        """One command for many documents: an event's id names its document, so that each loses its own."""
        ids = list(said)
        try:
            with self._took["strike"].time():
                for start in range(0, len(ids), STRIKE):
                    some = ids[start : start + STRIKE]
                    where = {"_id": some[0] if len(some) == 1 else {"$in": some}}
                    events = [event for id in some for event in said[id]]
                    await self._collection.update_many(where, {"$pull": {"outbox": {"id": {"$in": events}}}})
        except PyMongoError as error:
            raise _away(error) from error

    async def unsaid(self, before: datetime, limit: int) -> list[dict[str, Any]]:
        cursor = self._collection.find({"outbox.at": {"$lte": before}}, {"outbox": 1})
        return await self._all(cursor.sort("outbox.at", 1).limit(limit), limit)

    async def due(self, now: datetime, limit: int) -> list[dict[str, Any]]:
        cursor = self._collection.find({"wake_at": {"$lte": now}}, {"wake_at": 1, "state": 1})
        return await self._all(cursor.sort("wake_at", 1).limit(limit), limit)

    async def find(
        self, where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        cursor = self._collection.find(_where(where, order, after), {"heard": 0, "outbox": 0})
        ordered = cursor.sort(order.lstrip("-"), -1 if order.startswith("-") else 1).limit(limit)
        with self._took["find"].time():
            return await self._all(ordered, limit)

    async def count(self, where: Mapping[str, Any], most: int = 10_000) -> int:
        try:
            return int(await self._collection.count_documents(dict(where), limit=most))
        except PyMongoError as error:
            raise _away(error) from error

    async def oldest_unsaid(self) -> datetime | None:
        first = await self.unsaid(datetime(9999, 1, 1, tzinfo=UTC), 1)
        return min((entry["at"] for entry in first[0]["outbox"]), default=None) if first else None

    async def pending(self, most: int = 10_000) -> int:
        return await self.count({"outbox.at": {"$gt": datetime.fromtimestamp(0, UTC)}}, most)

    async def explain(self, where: Mapping[str, Any], order: str, limit: int) -> dict[str, Any]:
        """The plan of a page and what it examined; for benchmarks and contract tests."""
        cursor = self._collection.find(dict(where)).sort(order.lstrip("-"), -1 if order.startswith("-") else 1)
        plan: dict[str, Any] = await cursor.limit(limit).explain()
        return plan

    async def _all(self, cursor: Any, most: int) -> list[dict[str, Any]]:
        try:
            return list(await cursor.to_list(most))
        except PyMongoError as error:
            raise _away(error) from error


def _operation(write: Write) -> Any:
    if write.expected == 0:
        return InsertOne({"_id": write.id, **write.sets, "outbox": write.pushes})
    update: dict[str, Any] = {"$set": write.sets}
    if write.pushes:
        update["$push"] = {"outbox": {"$each": write.pushes}}
    # An upsert, so that a lost race is a duplicate _id with its place in the bulk, not silence.
    return UpdateOne({"_id": write.id, "version": write.expected}, update, upsert=True)


def _conflicts(writes: Sequence[Write], error: BulkWriteError) -> list[Conflict]:
    details = error.details or {}
    if details.get("writeConcernErrors"):
        raise _away(error) from error
    conflicts = []
    for failed in details.get("writeErrors", []):
        if failed.get("code") != DUPLICATE:
            raise _away(error) from error
        conflicts.append(Conflict(writes[failed["index"]].id, _index_named(failed)))
    return conflicts


def _index_named(failed: Mapping[str, Any]) -> str:
    pattern = failed.get("keyPattern")
    if pattern:
        return "_".join(str(name).replace(".", "-") for name in pattern)
    message = str(failed.get("errmsg", ""))
    return message.split("index: ")[1].split(" ")[0] if "index: " in message else ""


class MongoRows:
    """The plain collections of a service, over the same client."""

    def __init__(self, collection: Any) -> None:
        self._collection = collection

    async def put(self, row: dict[str, Any]) -> None:
        await self._do(self._collection.replace_one({"_id": row["_id"]}, row, upsert=True))

    async def get(self, id: str) -> dict[str, Any] | None:
        found: dict[str, Any] | None = await self._do(self._collection.find_one({"_id": id}))
        return found

    async def drop(self, id: str) -> bool:
        return bool((await self._do(self._collection.delete_one({"_id": id}))).deleted_count)

    async def find(self, where: Mapping[str, Any], limit: int = 200, after: str = "") -> list[dict[str, Any]]:
        cursor = self._collection.find({**where, "_id": {"$gt": after}}).sort("_id", 1).limit(limit)
        return list(await self._do(cursor.to_list(limit)))

    async def count(self) -> int:
        return int(await self._do(self._collection.count_documents({})))

    async def _do(self, call: Any) -> Any:
        try:
            return await call
        except PyMongoError as error:
            raise _away(error) from error


async def prepare(collection: Any, indexes: Sequence[Index]) -> None:
    """Creates what is missing; idempotent."""
    for index in indexes:
        keys = [(name.lstrip("-"), -1 if name.startswith("-") else 1) for name in index.fields]
        await collection.create_index(keys, name=index.name, unique=index.unique, sparse=index.unique)
