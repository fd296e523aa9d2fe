"""A file that was sent, on disk without a name, read a batch at a time beside the event loop."""

import asyncio
import tempfile
import threading
from collections.abc import AsyncIterator
from itertools import islice
from typing import BinaryIO

from fastapi import Request

from shared.http import Problem
from shared.settings import settings
from shared.tables import Row, Sheet
from shared.tables.reading import rows

BATCH = 500
KINDS = {
    "text/csv": "csv",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/octet-stream": "",
}


class Spooled:
    """`close` may come at any moment, also while a thread reads: it waits for that batch to end."""

    def __init__(self, file: BinaryIO, sheet: Sheet, kind: str = "") -> None:
        self._file, self._sheet, self._kind = file, sheet, kind
        self._rows = rows(file, sheet, kind=kind)
        self._reading = threading.Lock()

    @classmethod
    async def of(cls, request: Request, sheet: Sheet) -> "Spooled":
        """Takes the body in. Raises Problem: 415 for what is no table by its content type, 413 beyond
        the largest file."""
        named = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if named not in KINDS:
            raise Problem(415, "not a table", f"send the file itself, as one of: {', '.join(KINDS)}")
        file = tempfile.TemporaryFile()  # noqa: SIM115 - it lives as long as the answer is streamed
        try:
            await _spool(request, file)
        except BaseException:
            file.close()
            raise
        return cls(file, sheet, KINDS[named])

    async def batches(self) -> AsyncIterator[list[Row]]:
        """All rows from the first, five hundred at a time; one batch is held. Raises BadTable."""
        with self._reading:
            self._rows = rows(self._file, self._sheet, kind=self._kind)
        while batch := await asyncio.to_thread(self._next):
            yield batch

    def _next(self) -> list[Row]:
        with self._reading:
            return [] if self._file.closed else list(islice(self._rows, BATCH))

    def close(self) -> None:
        with self._reading:
            self._rows.close()
            self._file.close()


async def _spool(request: Request, file: BinaryIO) -> None:
    size, most = 0, settings().largest_file
    async for chunk in request.stream():
        size += len(chunk)
        if size > most:
            raise Problem(413, "too large", f"at most {most} bytes")
        file.write(chunk)
