"""A document store in memory, with the same conflicts as the real one, and failures on request.

`trouble` may be set to a function that is asked before every call and may raise: write concern
failures, time-outs and crashes come from there. `rollback` forgets what no majority had.
"""

import copy
from collections.abc import Awaitable, Callable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.documents import Conflict, Write
from shared.store import Index

Trouble = Callable[[str], Awaitable[None]]


async def _none(call: str) -> None:
    return None


class MemoryDocuments:
    """One collection. `secondary_first` names another unique index before `_id`, as real engines may."""

    def __init__(self, indexes: Sequence[Index] = (), *, secondary_first: bool = False) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.indexes = indexes
        self.secondary_first = secondary_first
        self.trouble: Trouble = _none

    async def read(self, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
        await self.trouble("read")
        return {id: copy.deepcopy(self.rows[id]) for id in ids if id in self.rows}

    async def write(self, writes: Sequence[Write]) -> list[Conflict]:
        await self.trouble("write")
        conflicts = []
        for write in writes:
            await self.trouble("write one")
            index = self._hindrance(write)
            if index is None:
                self._put(write)
            else:
                conflicts.append(Conflict(write.id, index))
        await self.trouble("written")
        return conflicts

    async def strike(self, said: Mapping[str, Sequence[str]]) -> None:
        await self.trouble("strike")
        for id, events in said.items():
            if id in self.rows:
                row = self.rows[id]
                row["outbox"] = [entry for entry in row["outbox"] if entry["id"] not in set(events)]
        await self.trouble("struck")

    async def unsaid(self, before: datetime, limit: int) -> list[dict[str, Any]]:
        await self.trouble("unsaid")
        late = [row for row in self.rows.values() if any(entry["at"] <= before for entry in row["outbox"])]
        late.sort(key=lambda row: min(entry["at"] for entry in row["outbox"]))
        return [{"_id": row["_id"], "outbox": copy.deepcopy(row["outbox"])} for row in late[:limit]]

    async def due(self, now: datetime, limit: int) -> list[dict[str, Any]]:
        await self.trouble("due")
        due = [row for row in self.rows.values() if row["wake_at"] is not None and row["wake_at"] <= now]
        due.sort(key=lambda row: row["wake_at"])
        return [copy.deepcopy({key: row[key] for key in ("_id", "wake_at", "state")}) for row in due[:limit]]

    async def find(
        self, where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        await self.trouble("find")
        name, down = order.lstrip("-"), order.startswith("-")
        found = [row for row in self.rows.values() if matches(row, where) and _first(row, name) is not None]
        found.sort(key=lambda row: _first(row, name), reverse=down)
        if after is not None:
            found = [row for row in found if (_first(row, name) < after if down else _first(row, name) > after)]
        return [copy.deepcopy(row) for row in found[:limit]]

    async def count(self, where: Mapping[str, Any], most: int = 10_000) -> int:
        await self.trouble("count")
        return min(most, sum(matches(row, where) for row in self.rows.values()))

    async def oldest_unsaid(self) -> datetime | None:
        return min((entry["at"] for row in self.rows.values() for entry in row["outbox"]), default=None)

    async def pending(self, most: int = 10_000) -> int:
        return min(most, sum(bool(row["outbox"]) for row in self.rows.values()))

    def _hindrance(self, write: Write) -> str | None:
        stands = self.rows.get(write.id)
        taken = stands is not None and (write.expected == 0 or stands["version"] != write.expected)
        breached = next((index for index in self.indexes if index.unique and self._breached(index, write)), None)
        if taken:
            return breached.name if breached and self.secondary_first else "_id_"
        return breached.name if breached else None

    def _breached(self, index: Index, write: Write) -> bool:
        value = [_first(write.sets, name) for name in index.fields]
        if value[0] is None:
            return False
        others = (row for id, row in self.rows.items() if id != write.id)
        return any([_first(row, name) for name in index.fields] == value for row in others)

    def _put(self, write: Write) -> None:
        row = self.rows.setdefault(write.id, {"_id": write.id, "outbox": []})
        row.update(copy.deepcopy(write.sets))
        row["outbox"] = [*row["outbox"], *copy.deepcopy(write.pushes)]


def _values(row: Any, path: str) -> Iterator[Any]:
    head, _, rest = path.partition(".")
    if isinstance(row, list):
        for item in row:
            yield from _values(item, path)
    elif isinstance(row, Mapping) and head in row:
        if rest:
            yield from _values(row[head], rest)
        elif isinstance(row[head], list):
            yield from row[head]
            yield row[head]
        else:
            yield row[head]


def _first(row: Any, path: str) -> Any:
    return next(_values(row, path), None)


def matches(row: Mapping[str, Any], where: Mapping[str, Any]) -> bool:
    """The part of the query language that the services use: equality, $in, $ne, $gt, $gte, $lt, $lte, $exists."""
    return all(_holds(list(_values(row, path)), wanted) for path, wanted in where.items())


def _holds(values: list[Any], wanted: Any) -> bool:
    if not (isinstance(wanted, Mapping) and wanted and all(str(key).startswith("$") for key in wanted)):
        return wanted in values or (wanted is None and not values)
    tests: dict[str, Callable[[Any], bool]] = {
        "$in": lambda asked: any(value in asked for value in values),
        "$ne": lambda asked: asked not in values,
        "$gt": lambda asked: any(value is not None and value > asked for value in values),
        "$gte": lambda asked: any(value is not None and value >= asked for value in values),
        "$lt": lambda asked: any(value is not None and value < asked for value in values),
        "$lte": lambda asked: any(value is not None and value <= asked for value in values),
        "$exists": lambda asked: bool(values) == asked,
    }
    return all(tests[key](asked) for key, asked in wanted.items())


class MemoryRows:
    """Plain rows: parked records, halts, first positions."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.trouble: Trouble = _none

    async def put(self, row: dict[str, Any]) -> None:
        await self.trouble("put")
        self.rows[row["_id"]] = copy.deepcopy(row)

    async def get(self, id: str) -> dict[str, Any] | None:
        await self.trouble("get")
        return copy.deepcopy(self.rows.get(id))

    async def drop(self, id: str) -> bool:
        await self.trouble("drop")
        return self.rows.pop(id, None) is not None

    async def find(self, where: Mapping[str, Any], limit: int = 200, after: str = "") -> list[dict[str, Any]]:
        await self.trouble("find")
        found = sorted(
            (row for id, row in self.rows.items() if id > after and matches(row, where)), key=lambda r: r["_id"]
        )
        return copy.deepcopy(found[:limit])

    async def count(self) -> int:
        return len(self.rows)
