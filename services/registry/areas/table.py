"""The table of statistical codes: `code, name, level, parent`, and whether its rows nest."""

from collections.abc import Collection, Iterator, Sequence
from typing import Any

from shared import area
from shared.tables import CellError, Column, Row, Sheet
from shared.tables.cells import Unfit, digits, one_of, text

LEVELS = {"city": "市", "county": "区县", "street": "街道", "community": "社区", "village": "村"}
LENGTHS = {4: ("city",), 6: ("county",), 9: ("street",), 12: ("community", "village")}
MOST_ROWS = 50_000


def statutory(cell: Any) -> str:
    """A code from the city (4 digits) to a community or village (12)."""
    found = digits(cell)
    if not (found.isascii() and found.isdigit() and len(found) in LENGTHS):
        raise Unfit("is no area code: 4, 6, 9 or 12 digits")
    return found


SHEET = Sheet(
    (
        Column("code", "code", ("代码", "统计用区划代码"), statutory, required=True),
        Column("name", "name", ("名称",), text, required=True),
        Column("level", "level", ("级别",), one_of(LEVELS), required=True),
        Column("parent", "parent", ("上级", "上级代码"), statutory),
    )
)


def mistakes(rows: Sequence[Row], standing: Collection[str]) -> Iterator[CellError]:
    """What is wrong with the rows taken together; `standing` are the codes that are known already."""
    first: dict[str, int] = {}
    for row in rows:
        first.setdefault(row["code"], row.number)
    for row in rows:
        code, level = row["code"], row["level"]
        around = area.parent(code)
        if first[code] != row.number:
            yield CellError(row.number, "code", f"the same as in row {first[code]}")
        elif level not in LENGTHS[len(code)]:
            yield CellError(row.number, "level", f"a code of {len(code)} digits is a {' or '.join(LENGTHS[len(code)])}")
        elif row["parent"] not in (None, around):
            yield CellError(row.number, "parent", f"{code} lies in {around or 'nothing wider'} by its own digits")
        elif around is not None and around not in first and around not in standing:
            yield CellError(row.number, "code", f"lies in {around}, which is neither in the table nor known")
