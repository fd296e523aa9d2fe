"""Statutory area codes: they nest by prefix, and a prefix is a scope.

4203 city · 420303 county · 420303002 street · 420303002002 community · three more digits a grid.
"""

import re
from typing import Literal

Level = Literal["city", "county", "street", "community", "grid"]
_LENGTHS: dict[int, Level] = {4: "city", 6: "county", 9: "street", 12: "community", 15: "grid"}
ZONE = re.compile(r"^z:[a-z0-9-]{1,40}$")


def level(code: str) -> Level:
    """Raises ValueError for what is no area code."""
    if not code.isdigit() or len(code) not in _LENGTHS:
        raise ValueError(f"{code!r} is no area code: 4, 6, 9, 12 or 15 digits")
    return _LENGTHS[len(code)]


def scopes(code: str) -> list[str]:
    """The code and every area around it, the widest first."""
    return [code[:length] for length in _LENGTHS if length <= len(code)]


def parent(code: str) -> str | None:
    around = scopes(code)
    return around[-2] if len(around) > 1 else None


def within(code: str, scope: str) -> bool:
    return code.startswith(scope)


def at(code: str, wanted: Level) -> str | None:
    """The area of that level around `code`, None when `code` is wider."""
    return next((area for area in scopes(code) if level(area) == wanted), None)
