"""Tables that people keep in spreadsheets, read row by row: CSV and XLSX, headers in their language.

A `Sheet` names the columns; `reading.rows` gives each row parsed, or what is wrong with it by row
number and column, as the person sees them in Excel.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from shared.tables.cells import Unfit, text

Parse = Callable[[Any], Any]


class BadTable(Exception):
    """The file as a whole cannot be read: not a table, not this table, or broken from some row on."""

    def __init__(self, message: str, row: int = 0, column: str = "") -> None:
        super().__init__(message)
        self.error = CellError(row, column, message)


@dataclass(frozen=True, slots=True)
class CellError:
    """What is wrong, where: `row` as Excel numbers it (the header is 1), `column` by its header."""

    row: int
    column: str
    message: str


@dataclass(frozen=True, slots=True)
class Column:
    """`field` is its name in our code; `header` and `aliases` are what people write above it."""

    field: str
    header: str
    aliases: tuple[str, ...] = ()
    parse: Parse = text
    required: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """One row that was read. Every column of the sheet is there, None where the cell is empty."""

    number: int
    values: dict[str, Any]
    errors: tuple[CellError, ...] = ()

    def __getitem__(self, field: str) -> Any:
        return self.values[field]

    @property
    def text(self) -> str:
        """What the row says, however it was written or its columns were ordered: equal for equal
        content. Empty cells do not count, so a column that is added later changes nothing by itself."""
        said = sorted((name, value) for name, value in self.values.items() if value is not None)
        return "\x1f".join(f"{name}={value!r}" for name, value in said)


@dataclass(frozen=True)
class Sheet:
    """The columns of a table, in any order in the file. A header that no column has is an error: it is
    better to ask than to drop what somebody typed."""

    columns: tuple[Column, ...]
    _by_header: dict[str, Column] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        named = {_plain(name): column for column in self.columns for name in (column.header, *column.aliases)}
        object.__setattr__(self, "_by_header", named)

    def header(self, field: str) -> str:
        """The header of a field; the field itself where it has none."""
        return next((column.header for column in self.columns if column.field == field), field)

    def arrange(self, cells: Sequence[Any]) -> "Arranged":
        """Finds the columns in the first row. Raises BadTable for unknown, repeated or missing headers."""
        found: list[Column | None] = []
        for cell in cells:
            said = "" if cell is None else str(cell).strip()
            column = self._by_header.get(_plain(said))
            if said and column is None:
                known = "、".join(column.header for column in self.columns)
                raise BadTable(f"unknown header {said[:50]!r}; this table has: {known}", 1, said[:50])
            if column is not None and column in found:
                raise BadTable(f"the header {said!r} comes twice", 1, said)
            found.append(column)
        missing = [column.header for column in self.columns if column.required and column not in found]
        if missing:
            raise BadTable(f"missing header: {'、'.join(missing)}", 1, missing[0])
        return Arranged(self, tuple(found))


@dataclass(frozen=True)
class Arranged:
    """A sheet as one file has it: which column each cell belongs to."""

    sheet: Sheet
    columns: tuple[Column | None, ...]

    def row(self, number: int, cells: Sequence[Any]) -> Row:
        """Parses one row; what does not fit is among its errors."""
        values: dict[str, Any] = dict.fromkeys(column.field for column in self.sheet.columns)
        return Row(number, values, tuple(self._errors(number, cells, values)))

    def _errors(self, number: int, cells: Sequence[Any], values: dict[str, Any]) -> Iterator[CellError]:
        for place, column in enumerate(self.columns):
            cell = cells[place] if place < len(cells) else None
            empty = cell is None or (isinstance(cell, str) and not cell.strip())
            if column is None:
                if not empty:
                    yield CellError(number, "", f"cell {place + 1} stands under no header")
            elif empty:
                if column.required:
                    yield CellError(number, column.header, "must not be empty")
            else:
                try:
                    values[column.field] = column.parse(cell)
                except Unfit as error:
                    yield CellError(number, column.header, str(error))
        if any(cell not in (None, "") for cell in cells[len(self.columns) :]):
            yield CellError(number, "", f"has {len(cells)} cells, the header {len(self.columns)}: a stray comma?")


def _plain(header: str) -> str:
    """Headers are compared without blanks, stars and case: `户编号 *` is 户编号."""
    return "".join(header.replace("*", "").replace("＊", "").split()).casefold()


__all__ = ["Arranged", "BadTable", "CellError", "Column", "Row", "Sheet", "Unfit"]
