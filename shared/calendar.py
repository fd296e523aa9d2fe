"""The city's days: Asia/Shanghai, working hours 08:30–17:30, China's official working days.

Years beyond the holiday data count Monday to Friday; `known` says which was used.
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import chinese_calendar

ZONE = ZoneInfo("Asia/Shanghai")
OPENS = time(8, 30)
CLOSES = time(17, 30)


def day_of(moment: datetime) -> str:
    """The calendar day in the city, ISO 8601."""
    return moment.astimezone(ZONE).date().isoformat()


def at_time(day: str, hour: int, minute: int = 0) -> datetime:
    """That wall-clock time of that day in the city, as UTC."""
    return datetime.combine(date.fromisoformat(day), time(hour, minute), ZONE).astimezone(UTC)


def next_day(day: str, days: int = 1) -> str:
    return (date.fromisoformat(day) + timedelta(days=days)).isoformat()


def known(day: str) -> bool:
    """Whether the official calendar of that year is known."""
    try:
        chinese_calendar.is_workday(date.fromisoformat(day))
    except NotImplementedError:
        return False
    return True


@lru_cache(maxsize=4096)
def working(day: str) -> bool:
    try:
        return bool(chinese_calendar.is_workday(date.fromisoformat(day)))
    except NotImplementedError:
        return date.fromisoformat(day).weekday() < 5


def after_working(start: datetime, hours: float) -> datetime:
    """`hours` of working time after `start`, as UTC. A working day is nine hours."""
    left = timedelta(hours=hours)
    moment = start.astimezone(ZONE)
    while True:
        day = moment.date().isoformat()
        opens = datetime.combine(moment.date(), OPENS, ZONE)
        closes = datetime.combine(moment.date(), CLOSES, ZONE)
        if working(day) and moment < closes:
            begin = max(moment, opens)
            if begin + left <= closes:
                return (begin + left).astimezone(UTC)
            left -= closes - begin
        moment = datetime.combine(moment.date() + timedelta(days=1), time(0), ZONE)
