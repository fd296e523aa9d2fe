"""What a cell may hold: parsers for text, dates, numbers, yes and no, and lists of codes.

Each takes what CSV (always text) or XLSX (text, numbers, dates) gives and returns the plain value,
or raises Unfit with words for the person who keeps the table.
"""

import re
from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Any

_LOST = "Excel has shortened this number; set the column's format to text and enter it again"
_DAY = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})\s*日?(?:[ T]0?0:00(?::00(?:\.0+)?)?)?")
_SEPARATORS = re.compile(r"[、,，;；\s]+")
_YES = {"是", "y", "yes", "true", "1", "√", "有"}
_NO = {"否", "n", "no", "false", "0", "×", "无"}
_EXCEL_ERRORS = {"#N/A", "#REF!", "#VALUE!", "#NAME?", "#DIV/0!", "#NUM!", "#NULL!"}
LARGEST_EXACT = 2**53


class Unfit(Exception):
    """A value that does not fit. `field` names the column where it is not the cell that says so."""

    def __init__(self, message: str, field: str = "") -> None:
        super().__init__(message)
        self.field = field


def plain(cell: Any) -> str:
    """A cell as its owner reads it: 301.0 is 301, a day is 2026-02-02."""
    if isinstance(cell, bool):
        return "是" if cell else "否"
    if isinstance(cell, float) and cell.is_integer() and abs(cell) < LARGEST_EXACT:
        return str(int(cell))
    if isinstance(cell, datetime) and cell.time() == datetime.min.time():
        return cell.date().isoformat()
    return str(cell).strip()


def text(cell: Any) -> str:
    """Up to 200 characters without control characters."""
    return _text(cell, 200)


def long_text(cell: Any) -> str:
    """Up to 2,000 characters."""
    return _text(cell, 2000)


def _text(cell: Any, most: int) -> str:
    found = plain(cell)
    if len(found) > most:
        raise Unfit(f"is {len(found)} characters long; at most {most}")
    if any(ord(sign) < 32 and sign not in "\n\r\t" for sign in found):
        raise Unfit("holds control characters")
    if found in _EXCEL_ERRORS:
        raise Unfit(f"is an Excel error: {found}")
    return found


def digits(cell: Any) -> str:
    """A number that names something: what Excel made of it is undone, or refused when digits are lost."""
    if isinstance(cell, int | float) and not isinstance(cell, bool) and abs(cell) >= LARGEST_EXACT:
        raise Unfit(_LOST)
    found = plain(cell).removeprefix("'")
    if re.fullmatch(r"\d(\.\d+)?[eE]\+?\d+", found):
        raise Unfit(_LOST)
    return found.removesuffix(".0")


def day(cell: Any) -> str:
    """A calendar day, as ISO 8601: 2026-02-02, 2026/2/2, 2026.2.2, 20260202, 2026年2月2日, an Excel date."""
    if isinstance(cell, datetime | date):
        found = cell.date() if isinstance(cell, datetime) else cell
        return sensible_day(found.year, found.month, found.day)
    said = plain(cell)
    match = _DAY.fullmatch(said) or re.fullmatch(r"(\d{4})(\d{2})(\d{2})", said)
    if match is None:
        raise Unfit("is no date; write it as 2026-02-02")
    year, month, day_of_month = (int(part) for part in match.groups())
    return sensible_day(year, month, day_of_month)


def sensible_day(year: int, month: int, day_of_month: int) -> str:
    try:
        found = date(year, month, day_of_month)
    except ValueError as error:
        raise Unfit("is a day that no calendar has") from error
    if not 1900 <= year <= 2100:
        raise Unfit("lies outside 1900 to 2100")
    return found.isoformat()


def yes_no(cell: Any) -> bool:
    said = plain(cell).casefold()
    if said not in _YES | _NO:
        raise Unfit("must be 是 or 否")
    return said in _YES


def whole(least: int, most: int) -> Callable[[Any], int]:
    """A whole number within bounds."""

    def parse(cell: Any) -> int:
        said = plain(cell).removesuffix(".0")
        if not re.fullmatch(r"-?[0-9]{1,12}", said) or not least <= int(said) <= most:
            raise Unfit(f"must be a whole number from {least} to {most}")
        return int(said)

    return parse


def one_of(names: Mapping[str, str]) -> Callable[[Any], str]:
    """One of a list, by its code or its name: `names` is code to name, and the code is returned."""
    by_name = {said.casefold(): code for code, name in names.items() for said in (name, code)}

    def parse(cell: Any) -> str:
        said = plain(cell)
        code = by_name.get(said.casefold())
        if code is None:
            raise Unfit(f"{said[:30]!r} is none of: {'、'.join(f'{code} {name}' for code, name in names.items())}")
        return code

    return parse


def many_of(names: Mapping[str, str]) -> Callable[[Any], tuple[str, ...]]:
    """Several of a list, separated by 、 , ; or blanks; each once, in the order of the list."""
    single = one_of(names)
    order = {code: place for place, code in enumerate(names)}

    def parse(cell: Any) -> tuple[str, ...]:
        said = {single(part) for part in _SEPARATORS.split(plain(cell)) if part}
        return tuple(sorted(said, key=order.__getitem__))

    return parse


def several(single: Callable[[Any], str]) -> Callable[[Any], tuple[str, ...]]:
    """Several values of one kind, separated by 、 , ; or blanks: `several(grid)`."""

    def parse(cell: Any) -> tuple[str, ...]:
        return tuple(dict.fromkeys(single(part) for part in _SEPARATORS.split(plain(cell)) if part))

    return parse
