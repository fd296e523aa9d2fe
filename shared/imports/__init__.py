"""Files in over HTTP: every import route is a sheet, a key, and a function from a row to a change.

The body is the file itself. It is spooled to disk, read once to find every error (all or nothing),
and once more to write, five hundred rows at a time, with a line of progress each. Sending the same
file again is always safe: rows whose fingerprint stands already are not written.
"""

import asyncio
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from hashlib import blake2b
from typing import Any

from fastapi import Request
from fastapi.responses import JSONResponse, Response, StreamingResponse

from shared.decision import Busy, Refusal
from shared.http import Command, Problem
from shared.imports.spooled import Spooled
from shared.imports.work import BREATH, MOST_ERRORS, Counts, Import, Work
from shared.tables import BadTable, CellError, Row, Unfit


async def take(request: Request, wish: Command, how: Import, dry_run: bool = False) -> Response:
    """The whole of an import route. Answers 422 with the errors of rows (nothing is changed then), the
    counts for a dry run, or NDJSON: `{"done", "of"}` a batch, then the counts."""
    wish.actor.require("import")
    table = await Spooled.of(request, how.sheet)
    try:
        total = await _checked(table, how, wish)
        if dry_run:
            return JSONResponse({"rows": total, **await _foreseen(table, how, wish)})
    except BaseException:
        table.close()
        raise
    return StreamingResponse(_written(table, Work(how, wish), total), media_type="application/x-ndjson")


async def _checked(table: Spooled, how: Import, wish: Command) -> int:
    """Reads every row and returns how many there are. Raises Problem 422 with what is wrong."""
    errors: list[CellError] = []
    seen: dict[int, int] = {}
    total = 0
    try:
        async for batch in table.batches():
            total += len(batch)
            if how.ahead is not None:
                await how.ahead([row for row in batch if not row.errors])
            for place, row in enumerate(batch):
                errors.extend(row.errors or await _wrong(row, how, seen))
                if place % BREATH == 0:
                    await asyncio.sleep(0)
            if len(errors) >= MOST_ERRORS:
                break
    except BadTable as error:
        errors.append(error.error)
    if not errors and not total:
        errors.append(CellError(1, "", "there is no row below the header"))
    if errors:
        raise _problem(errors)
    return total


def _problem(errors: list[CellError]) -> Problem:
    listed = [asdict(error) for error in errors[:MOST_ERRORS]]
    more = " or more; the rest was not looked at" if len(errors) >= MOST_ERRORS else ""
    return Problem(422, "rows that cannot be taken", f"errors: {len(listed)}{more}; nothing was changed", errors=listed)


async def _wrong(row: Row, how: Import, seen: dict[int, int]) -> list[CellError]:
    """What the cells alone cannot say: the key comes twice, the area does not exist…"""
    key = int.from_bytes(blake2b(str(row[how.key]).encode(), digest_size=8).digest())
    first = seen.setdefault(key, row.number)
    if first != row.number:
        return [CellError(row.number, how.sheet.header(how.key), f"the same as in row {first}")]
    try:
        if how.check is not None:
            await how.check(row)
        else:
            await how.change(row, "")
    except Unfit as error:
        return [CellError(row.number, how.sheet.header(error.field), str(error))]
    except Busy:
        raise
    except Refusal as refusal:
        return [CellError(row.number, "", refusal.detail)]
    return []


async def _foreseen(table: Spooled, how: Import, wish: Command) -> dict[str, Any]:
    work = Work(how, wish)
    async for batch in table.batches():
        await work.foresee(batch)
    table.close()
    return asdict(work.counts)


async def _written(table: Spooled, work: Work, total: int) -> AsyncIterator[bytes]:
    counts = work.counts
    try:
        async for batch in table.batches():
            await work.write(batch)
            yield _line({"done": counts.done, "of": total})
        yield _line(asdict(counts))
    except Busy as error:
        again = "what was done is kept; send the same file again and the rest follows"
        yield _line({"error": error.detail, "done": counts.done, "of": total, "again": again})
    finally:
        table.close()


def _line(said: dict[str, Any]) -> bytes:
    return json.dumps(said, ensure_ascii=False).encode() + b"\n"


__all__ = ["Counts", "Import", "take"]
