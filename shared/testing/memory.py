"""A document store in memory, with the same conflicts as the real one, and failures on request.

`trouble` may be set to a function that is awaited at every step of a call and may raise: crashes,
time-outs and a store that is away come from there; `confirmed` says whether a majority took a write.
What was written and not confirmed is seen by the guards of later writes and by no read, until
`settle` (the majority has it after all) or `rollback` (another primary never had it).
"""

from collections.abc import Awaitable, Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from shared.decision import Busy
from shared.documents import Conflict, Write
from shared.store import Index
from shared.testing.query import copied, first, matches

Trouble = Callable[[str], Awaitable[None]]
Row = dict[str, Any]


async def untroubled(call: str) -> None:
    return None


class MemoryDocuments:
    """One collection. `secondary_first` names another unique index before `_id`, as real engines may."""

    def __init__(self, indexes: Sequence[Index] = (), *, secondary_first: bool = False) -> None:
        self.rows: dict[str, Row] = {}
        self.indexes = indexes
        self.secondary_first = secondary_first
        self.trouble: Trouble = untroubled
        self.confirmed: Callable[[], bool] = lambda: True
        self._before: dict[str, Row | None] = {}
        self._term = 0

    async def read(self, ids: Sequence[str]) -> dict[str, Row]:
        await self.trouble("read")
        found = ((id, self._majority(id)) for id in ids)
        return {id: copied(row) for id, row in found if row is not None}

    async def write(self, writes: Sequence[Write]) -> list[Conflict]:
        await self.trouble("write")
        term = self._term
        conflicts = []
        for write in writes:
            await self.trouble("write one")
            self._same_primary(term)
            index = self._hindrance(write)
            if index is None:
                self._put(write)
            else:
                conflicts.append(Conflict(write.id, index))
        await self.trouble("written")
        self._confirm(term)
        return conflicts

    async def strike(self, said: Mapping[str, Sequence[str]]) -> None:
        await self.trouble("strike")
        term = self._term
        for id, events in said.items():
            if id in self.rows:
                row = self.rows[id]
                left = [entry for entry in row["outbox"] if entry["id"] not in set(events)]
                self._replace(id, {**row, "outbox": left})
        await self.trouble("struck")
        self._confirm(term)

    def settle(self) -> None:
        """The majority has taken everything that was written."""
        self._before.clear()

    def rollback(self) -> None:
        """Another primary takes over that has only what a majority confirmed; calls under way fail."""
        self._term += 1
        for id, row in self._before.items():
            if row is None:
                self.rows.pop(id, None)
            else:
                self.rows[id] = row
        self._before.clear()

    async def unsaid(self, before: datetime, limit: int) -> list[Row]:
        await self.trouble("unsaid")
        late = [row for row in self._majorities() if any(entry["at"] <= before for entry in row["outbox"])]
        late.sort(key=lambda row: min(entry["at"] for entry in row["outbox"]))
        return [{"_id": row["_id"], "outbox": copied(row["outbox"])} for row in late[:limit]]

    async def due(self, now: datetime, limit: int) -> list[Row]:
        await self.trouble("due")
        due = [row for row in self._majorities() if row["wake_at"] is not None and row["wake_at"] <= now]
        due.sort(key=lambda row: row["wake_at"])
        return [copied({key: row[key] for key in ("_id", "wake_at", "state")}) for row in due[:limit]]

    async def find(
        self, where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> list[dict[str, Any]]:
        await self.trouble("find")
        name, down = order.lstrip("-"), order.startswith("-")
        found = [row for row in self._majorities() if matches(row, where) and first(row, name) is not None]
        found.sort(key=lambda row: first(row, name), reverse=down)
        if after is not None:
            found = [row for row in found if (first(row, name) < after if down else first(row, name) > after)]
        return [copied(row) for row in found[:limit]]

    async def count(self, where: Mapping[str, Any], most: int = 10_000) -> int:
        await self.trouble("count")
        return min(most, sum(matches(row, where) for row in self._majorities()))

    async def oldest_unsaid(self) -> datetime | None:
        return min((entry["at"] for row in self.rows.values() for entry in row["outbox"]), default=None)

    async def pending(self, most: int = 10_000) -> int:
        return min(most, sum(bool(row["outbox"]) for row in self.rows.values()))

    def _hindrance(self, write: Write) -> str | None:
        stands = self.rows.get(write.id)
        taken = stands is not None and (write.expected == 0 or stands["version"] != write.expected)
        unique = (index for index in self.indexes if index.unique)
        breached = next((index for index in unique if self._breached(index, write, itself=taken)), None)
        if taken:
            return breached.name if breached and self.secondary_first else "_id_"
        return breached.name if breached else None

    def _breached(self, index: Index, write: Write, itself: bool) -> bool:
        """A guarded write that finds another version tries to insert, and so breaches its own keys too."""
        value = [first(write.sets, name) for name in index.fields]
        if value[0] is None:
            return False
        others = (row for id, row in self.rows.items() if itself or id != write.id)
        return any([first(row, name) for name in index.fields] == value for row in others)

    def _put(self, write: Write) -> None:
        row = self.rows.get(write.id, {"_id": write.id, "outbox": []})
        outbox = [*row["outbox"], *copied(write.pushes)]
        self._replace(write.id, {**row, **copied(write.sets), "outbox": outbox})

    def _replace(self, id: str, row: Row) -> None:
        self._before.setdefault(id, self.rows.get(id))
        self.rows[id] = row

    def _confirm(self, term: int) -> None:
        """A majority that confirms this write has everything before it too. Raises Busy: unclear."""
        self._same_primary(term)
        if self.confirmed():
            self.settle()
        else:
            self._unclear()

    def _same_primary(self, term: int) -> None:
        if term != self._term:
            self._unclear()

    def _unclear(self) -> None:
        raise Busy("the store is away or its answer was unclear", cause="WriteConcernError")

    def _majority(self, id: str) -> Row | None:
        return self._before[id] if id in self._before else self.rows.get(id)

    def _majorities(self) -> list[Row]:
        if not self._before:
            return list(self.rows.values())
        rows = (self._majority(id) for id in self.rows)
        return [row for row in rows if row is not None]


class MemoryRows:
    """Plain rows: parked records, halts, first positions."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[str, Any]] = {}
        self.trouble: Trouble = untroubled

    async def put(self, row: dict[str, Any]) -> None:
        await self.trouble("put")
        self.rows[row["_id"]] = copied(row)

    async def get(self, id: str) -> dict[str, Any] | None:
        await self.trouble("get")
        row = self.rows.get(id)
        return {**copied(row)} if row is not None else None

    async def drop(self, id: str) -> bool:
        await self.trouble("drop")
        return self.rows.pop(id, None) is not None

    async def find(self, where: Mapping[str, Any], limit: int = 200, after: str = "") -> list[dict[str, Any]]:
        await self.trouble("find")
        found = sorted(
            (row for id, row in self.rows.items() if id > after and matches(row, where)), key=lambda r: r["_id"]
        )
        return [copied(row) for row in found[:limit]]

    async def count(self) -> int:
        return len(self.rows)
