"""Records laid aside: what could not be read or decided, and what came too early.

They lie in the service's own store with their reason and origin, are listed, redriven and dropped by
an operator, and the early ones are tried again by themselves for a day.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from shared.clock import Clock
from shared.decision import Missing, Rejected
from shared.document import KEEP_EVENTS
from shared.documents import RowsProtocol

PATIENCE = timedelta(hours=24)
FIRST_RETRY = timedelta(seconds=2)
LONGEST_RETRY = timedelta(minutes=10)


@dataclass(frozen=True, slots=True)
class Record:
    """One record as Kafka gave it."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    sent: float = 0.0
    """When it was sent, in real seconds since 1970; 0 where that is not known."""

    @property
    def origin(self) -> tuple[str, int, int]:
        return self.topic, self.partition, self.offset


class Parked:
    """`again` hears one record once more: None when it went well, else the reason it did not."""

    def __init__(self, group: str, rows: RowsProtocol, clock: Clock) -> None:
        self._group, self._rows, self._clock = group, rows, clock
        self.again: Callable[[Record], Awaitable[tuple[str, str] | None]] | None = None

    async def park(self, record: Record, reason: str, error: str) -> None:
        id = f"{self._group}/{record.topic}/{record.partition}/{record.offset}"
        now = self._clock.real()
        headers = {name: value.decode(errors="replace") for name, value in record.headers}
        before = await self._rows.get(id)
        tries = before["tries"] + 1 if before else 0
        await self._rows.put(
            {
                "_id": id,
                "reason": reason,
                "error": error[:2000],
                "type": headers.get("ce_type", ""),
                "event": headers.get("ce_id", ""),
                "subject": headers.get("ce_subject", ""),
                "at": before["at"] if before else now,
                "tries": tries,
                "next_at": now + min(FIRST_RETRY * 2 ** min(tries, 10), LONGEST_RETRY),
                "record": {
                    "topic": record.topic,
                    "partition": record.partition,
                    "offset": record.offset,
                    "key": record.key,
                    "value": record.value,
                    "headers": [[name, value] for name, value in record.headers],
                },
            }
        )

    async def list(self, limit: int = 50, after: str = "") -> list[dict[str, Any]]:
        found = await self._rows.find({}, limit, after)
        return [{key: value for key, value in row.items() if key != "record"} for row in found]

    async def redrive(self, id: str, override: bool = False) -> dict[str, Any]:
        """Hears it again. Beyond the window of memory only by `override`. Raises Missing, Rejected."""
        row = await self._rows.get(id)
        if row is None:
            raise Missing(f"nothing parked as {id}")
        if self._clock.real() - row["at"] > KEEP_EVENTS and not override:
            raise Rejected("parked longer ago than causes are remembered: redrive it with override=true if you mean it")
        return await self._try(row)

    async def drop(self, id: str) -> None:
        if not await self._rows.drop(id):
            raise Missing(f"nothing parked as {id}")

    async def count(self) -> int:
        return await self._rows.count()

    async def sweep(self) -> int:
        """Tries the early ones whose time has come; returns how many went well."""
        now = self._clock.real()
        due = await self._rows.find({"reason": "early", "next_at": {"$lte": now}}, 200)
        well = 0
        for row in due:
            if _too_long(row, now):
                await self._rows.put({**row, "reason": "never came"})
            elif (await self._try(row))["redriven"]:
                well += 1
        return well

    async def _try(self, row: dict[str, Any]) -> dict[str, Any]:
        if self.again is None:
            raise Rejected("this service hears nothing")
        said = row["record"]
        headers = tuple((name, bytes(value)) for name, value in said["headers"])
        value, key = said["value"], said["key"]
        record = Record(
            said["topic"],
            said["partition"],
            said["offset"],
            bytes(key) if key is not None else None,
            bytes(value) if value is not None else None,
            headers,
        )
        trouble = await self.again(record)
        if trouble is None:
            await self._rows.drop(row["_id"])
            return {"id": row["_id"], "redriven": True}
        await self.park(record, *trouble)
        return {"id": row["_id"], "redriven": False, "reason": trouble[0], "error": trouble[1]}


def _too_long(row: dict[str, Any], now: datetime) -> bool:
    return bool(now - row["at"] > PATIENCE)
