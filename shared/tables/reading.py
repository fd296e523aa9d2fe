"""A file as rows, one at a time: CSV in UTF-8 or GB18030, or the first sheet of an XLSX workbook.

Memory does not grow with the file: it is read from disk twice (once to find its encoding), except
for the shared strings of a workbook, whose size is bounded.
"""

import codecs
import csv
import io
import zipfile
from collections.abc import Generator, Iterable, Sequence
from contextlib import closing
from typing import IO, Any, BinaryIO
from xml.etree.ElementTree import ParseError

import openpyxl
from openpyxl.utils.exceptions import InvalidFileException

from shared.tables import Arranged, BadTable, Row, Sheet

CHUNK = 256 * 1024
ZIP, OLD_EXCEL = b"PK\x03\x04", b"\xd0\xcf\x11\xe0"
UTF_16 = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)
LARGEST_STRINGS = 64_000_000
LARGEST_UNPACKED = 1_000_000_000
MOST_COLUMNS = 200


def rows(file: BinaryIO, sheet: Sheet, *, kind: str = "") -> Generator[Row, None, None]:
    """Every row that is not blank, after the header. `kind` is `csv` or `xlsx` when the sender named
    one. Raises BadTable, at once or at the row from which on it cannot be read."""
    file.seek(0)
    magic = file.read(4)
    file.seek(0)
    _check_kind(magic, kind)
    with closing(_workbook(file) if magic == ZIP else _csv(file)) as records:
        numbered = enumerate(records, start=1)
        arranged = _header(numbered, sheet)
        for number, cells in numbered:
            if any(cell is not None and str(cell).strip() for cell in cells):
                yield arranged.row(number, cells)


def _check_kind(magic: bytes, kind: str) -> None:
    if not magic:
        raise BadTable("the file is empty")
    if magic == OLD_EXCEL:
        raise BadTable("this is an old .xls workbook; save it as .xlsx or CSV")
    if magic.startswith(UTF_16):
        raise BadTable("this text is UTF-16; save it as CSV UTF-8")
    if (magic == ZIP) != (kind == "xlsx") and kind:
        raise BadTable(f"the content type says {kind}, the file is {'a workbook' if magic == ZIP else 'not one'}")


def _header(numbered: Iterable[tuple[int, Sequence[Any]]], sheet: Sheet) -> Arranged:
    for _, cells in numbered:
        if len(cells) > MOST_COLUMNS:
            raise BadTable(f"has {len(cells)} columns; at most {MOST_COLUMNS}", 1)
        return sheet.arrange(_without_tail(cells))
    raise BadTable("the file is empty")


def _without_tail(cells: Sequence[Any]) -> Sequence[Any]:
    """Excel leaves empty columns behind; they are no headers."""
    last = max((place for place, cell in enumerate(cells) if cell is not None and str(cell).strip()), default=-1)
    return cells[: last + 1]


def _csv(file: BinaryIO) -> Generator[Sequence[Any], None, None]:
    encoding = _encoding(file)
    file.seek(0)
    lines = io.TextIOWrapper(file, encoding=encoding, newline="")
    reader = csv.reader(lines, strict=True)
    read = 0
    try:
        for cells in reader:
            read += 1
            yield cells
    except csv.Error as error:
        raise BadTable(f"cannot be read as CSV from here on: {error}", read + 1) from error
    finally:
        lines.detach()  # the file is read more than once: it must not close with its wrapper


def _encoding(file: BinaryIO) -> str:
    """UTF-8 when all of it is; else GB18030 when all of it is. Never a guess from the first lines."""
    for encoding in ("utf-8-sig", "gb18030"):
        if _decodes(file, encoding):
            return encoding
    raise BadTable("is neither UTF-8 nor GB18030 text; save it as CSV UTF-8")


def _decodes(file: BinaryIO, encoding: str) -> bool:
    file.seek(0)
    decoder = codecs.getincrementaldecoder(encoding)("strict")
    try:
        while chunk := file.read(CHUNK):
            decoder.decode(chunk)
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        return False
    return True


def _workbook(file: IO[bytes]) -> Generator[Sequence[Any], None, None]:
    _check_unpacked(file)
    try:
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        sheet = next((sheet for sheet in book.worksheets if sheet.sheet_state == "visible"), None)
        if sheet is None:
            raise BadTable("the workbook has no sheet")
        sheet.reset_dimensions()  # some programs write them wrong, and rows would be cut off
        yield from sheet.iter_rows(values_only=True)
    except (InvalidFileException, zipfile.BadZipFile, ParseError, KeyError, ValueError, EOFError) as error:
        raise BadTable(f"cannot be read as a workbook: {type(error).__name__}") from error


def _check_unpacked(file: IO[bytes]) -> None:
    """A small file must not unpack to more than memory or patience holds."""
    try:
        parts = zipfile.ZipFile(file).infolist()
    except zipfile.BadZipFile as error:
        raise BadTable("cannot be read as a workbook: it is damaged") from error
    strings = sum(part.file_size for part in parts if part.filename.endswith("sharedStrings.xml"))
    if strings > LARGEST_STRINGS or sum(part.file_size for part in parts) > LARGEST_UNPACKED:
        raise BadTable("the workbook is too large; save it as CSV, or split it")
    file.seek(0)
