"""How times, spans and sizes are said on a terminal: in the city's time, and short."""

from datetime import datetime

from rich.console import Console

from shared.calendar import ZONE

MINUTE, HOUR, DAY = 60, 3600, 86_400


def moment(time: datetime) -> str:
    """Mon 2026-02-02 09:00:12, in the city."""
    return f"{time.astimezone(ZONE):%a %Y-%m-%d %H:%M:%S}"


def instant(time: datetime) -> str:
    """02-02 09:00:12.123, in the city."""
    return f"{time.astimezone(ZONE):%m-%d %H:%M:%S}.{time.microsecond // 1000:03d}"


def span(seconds: float) -> str:
    """`38 ms`, `2.3 s`, `45 s`, `12 min`, `3 h 20`, `2 d 4 h`."""
    if 0 < seconds < 1:
        return f"{seconds * 1000:.0f} ms"
    if seconds < MINUTE:
        return f"{seconds:.1f} s" if 0 < seconds < 10 else f"{seconds:.0f} s"
    if seconds < HOUR:
        return f"{seconds // MINUTE:.0f} min"
    if seconds < DAY:
        return f"{seconds // HOUR:.0f} h {seconds % HOUR // MINUTE:02.0f}"
    return f"{seconds // DAY:.0f} d {seconds % DAY // HOUR:.0f} h"


def due(at: datetime | None, now: datetime) -> str:
    """`in 3 h 20`, `late 12 min`; "" for what has no due."""
    if at is None:
        return ""
    left = (at - now).total_seconds()
    return f"in {span(left)}" if left >= 0 else f"late {span(-left)}"


def mebibytes(size: float) -> str:
    return f"{size / 1_048_576:.0f} MiB"


def console_of(width: int) -> Console:
    """The terminal as it is; where there is none, pages of that width."""
    console = Console(highlight=False)
    return console if console.is_terminal else Console(highlight=False, width=width)
