"""One batch of rows against the documents they are about: what would become of them, what became."""

import asyncio
import logging
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.causes import Ask, Cause, Guard
from shared.decision import Busy, Refusal
from shared.desk import BATCH_DEADLINE
from shared.http import Command
from shared.store import Change, Store
from shared.tables import Row, Sheet, Unfit

log = logging.getLogger("nuanxin.imports")
MOST_ERRORS = 200
BREATH = 25
"""Rows between two looks at the event loop: sealing a row takes a fraction of a millisecond."""


@dataclass(frozen=True)
class Import:
    """`key` is the field that names a row; no two rows share it. `id` is the document a row is about;
    its state keeps the row's `fingerprint` in a field of that name. `change` makes the change (seal
    there); `check`, where there is one, finds what is wrong with a row without making it. Both may
    raise Unfit or a Refusal, which becomes that row's error. `ahead` is told each batch before its
    rows are checked or changed, to read in one go what they will need."""

    sheet: Sheet
    key: str
    store: Store[Any]
    id: Callable[[Row], str]
    change: Callable[[Row, str], Awaitable[Change]]
    check: Callable[[Row], Awaitable[None]] | None = None
    ahead: Callable[[Sequence[Row]], Awaitable[None]] | None = None


@dataclass
class Counts:
    """What became (or would become) of the rows. At most 200 refusals are listed; all are counted."""

    new: int = 0
    changed: int = 0
    unchanged: int = 0
    refused_in_all: int = 0
    refused: list[dict[str, Any]] = field(default_factory=list)

    @property
    def done(self) -> int:
        return self.new + self.changed + self.unchanged + self.refused_in_all

    def refuse(self, row: int, why: str) -> None:
        self.refused_in_all += 1
        if len(self.refused) < MOST_ERRORS:
            self.refused.append({"row": row, "why": why})


@dataclass(frozen=True, slots=True)
class Beside:
    """A row, and the document that stands where it belongs."""

    row: Row
    fingerprint: str
    stands: dict[str, Any] | None

    @property
    def same(self) -> bool:
        state = self.stands and self.stands["state"]
        return bool(state and state.get("fingerprint") == self.fingerprint)


class Work:
    """The rows of one import, counted over all its batches."""

    def __init__(self, how: Import, wish: Command) -> None:
        self._how, self._wish = how, wish
        self.counts = Counts()

    async def foresee(self, batch: list[Row]) -> None:
        """Counts what would become of the rows."""
        for beside in await self._seen(batch):
            self._count(beside)

    async def write(self, batch: list[Row]) -> None:
        """Writes what differs: one cause a row, so that each row stands alone and a repeat is known.
        Raises Busy: then some of the batch may be written, and the same rows may come again."""
        asked: list[tuple[Beside, Ask]] = []
        seen = await self._seen(batch)
        if self._how.ahead is not None:
            await self._how.ahead([beside.row for beside in seen if not beside.same])
        for place, beside in enumerate(seen):
            if beside.same:
                self._count(beside)
            elif change := await self._change(beside):
                asked.append((beside, Ask(self._cause(beside), change, Guard(None, self._wish.actor.scopes))))
            if place % BREATH == 0:
                await asyncio.sleep(0)
        result = await self._wish.desk.apply([ask for _, ask in asked], BATCH_DEADLINE)
        for beside, ask in asked:
            broken = result.poison.get(ask.cause.id)
            if broken is not None:
                log.error("a row broke its rule", exc_info=broken, extra={"cause": ask.cause.id})
                self.counts.refuse(beside.row.number, "our fault: something broke; it has been logged")
                continue
            outcome = result.outcomes[ask.cause.id, ask.change.id]
            if outcome.refused is not None:
                self.counts.refuse(beside.row.number, outcome.refused.detail)
            elif outcome.repeated:
                self.counts.unchanged += 1
            else:
                self._count(beside)

    async def _change(self, beside: Beside) -> Change | None:
        try:
            return await self._how.change(beside.row, beside.fingerprint)
        except Busy:
            raise
        except (Refusal, Unfit) as refusal:
            self.counts.refuse(beside.row.number, str(refusal))
            return None

    def _count(self, beside: Beside) -> None:
        stands = beside.stands
        if stands is None:
            self.counts.new += 1
        elif not set(stands["scopes"]) & set(self._wish.actor.scopes):
            self.counts.refuse(beside.row.number, f"no {stands['_id']}")
        elif stands["state"] is None:
            self.counts.refuse(beside.row.number, f"{stands['_id']} is gone")
        elif beside.same:
            self.counts.unchanged += 1
        else:
            self.counts.changed += 1

    def _cause(self, beside: Beside) -> Cause:
        cause = self._wish.cause
        return Cause(f"{cause.id}/row-{beside.row.number}", cause.trace, False, beside.fingerprint, cause.actor)

    async def _seen(self, batch: list[Row]) -> list[Beside]:
        """Each row with what stands, in one read."""
        ids = [self._how.id(row) for row in batch]
        standing = await self._wish.desk.books[self._how.store.name].read(ids)
        blind = self._wish.seals.blind
        return [Beside(row, blind(row.text), standing.get(id)) for row, id in zip(batch, ids, strict=True)]
