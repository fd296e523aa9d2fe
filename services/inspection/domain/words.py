"""How places and times are written: labels that may be shown, and keys that sort."""

import re
from datetime import UTC, datetime

_ROOM = re.compile(r"\d{3,}")


def masked(place: str) -> str:
    """3号楼2单元501室 is shown as 3号楼2单元***室: whatever could be a room or a number of somebody's."""
    return _ROOM.sub("***", place)


def stamp(moment: datetime) -> str:
    """A time that sorts as text: UTC, whole milliseconds."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.") + f"{moment.microsecond // 1000:03d}Z"


def spot(area: str, where: str, code: str) -> str:
    """The same place and kind of hazard, as one word. `where` is a household's id, or a place's digest."""
    return f"{area}/{where}/{code}"
