"""Cells that name a place or a person: area codes, grids, phone numbers, identity numbers."""

import re
from typing import Any

from shared.tables.cells import Unfit, digits, sensible_day

_MOBILE = re.compile(r"1[3-9][0-9]{9}")
_LANDLINE = re.compile(r"0[0-9]{9,11}")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)


def area_code(cell: Any) -> str:
    """A community or village (12 digits) or a grid of one (15)."""
    return _code(cell, (12, 15), "is no area code: 12 digits (15 with the grid)")


def community_code(cell: Any) -> str:
    return _code(cell, (12,), "is no code of a community or village: 12 digits")


def any_area_code(cell: Any) -> str:
    """From the city (4 digits) to a grid (15)."""
    return _code(cell, (4, 6, 9, 12, 15), "is no area code: 4, 6, 9, 12 or 15 digits")


def _code(cell: Any, lengths: tuple[int, ...], message: str) -> str:
    found = digits(cell)
    if not (found.isascii() and found.isdigit() and len(found) in lengths):
        raise Unfit(message)
    return found


def grid(cell: Any) -> str:
    """The three digits of a grid within its community: 1 is 001."""
    found = digits(cell)
    if not (found.isascii() and found.isdigit() and 1 <= len(found) <= 3):
        raise Unfit("is no grid: up to three digits")
    return found.zfill(3)


def phone(cell: Any) -> str:
    """A mobile or a landline with its area code, as digits."""
    found = re.sub(r"[\s\-()（）]", "", digits(cell))
    found = re.sub(r"^(\+86|0086)", "", found)
    if not found.isascii() or not (_MOBILE.fullmatch(found) or _LANDLINE.fullmatch(found)):
        raise Unfit("is no phone number: 11 digits, or a landline with its area code")
    return found


def identity(cell: Any) -> str:
    """A citizen's identity number: 18 characters, a birthday that exists, the right check character."""
    found = digits(cell).upper()
    if not re.fullmatch(r"[0-9]{17}[0-9X]", found):
        raise Unfit("is no identity number: 18 characters")
    try:
        sensible_day(int(found[6:10]), int(found[10:12]), int(found[12:14]))
    except Unfit as error:
        raise Unfit("is no identity number: its birthday does not exist") from error
    if check_character(found[:17]) != found[17]:
        raise Unfit("is no identity number: its check character is wrong")
    return found


def check_character(first: str) -> str:
    """GB 11643: the last of the 18, from the 17 before it."""
    return "10X98765432"[sum(int(digit) * weight for digit, weight in zip(first, _WEIGHTS, strict=True)) % 11]
