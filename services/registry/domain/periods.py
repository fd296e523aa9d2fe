"""The periods of the tiers, in the city's calendar days: a day, a week from Monday, a month, a quarter.

Holidays are days like any other: people need looking after on them too.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from shared.calendar import at_time, next_day
from shared.events.registry import Tier

CALLED_AT = (0, 5)
"""When the day's dues are stated."""
DUE_HOUR = 20
LEAST_DAYS = 7
"""What is called for in the middle of a week, a month or a quarter may take a week."""


def period(tier: Tier, day: str) -> tuple[str, str]:
    """The first and the last day of the period that holds `day`."""
    given = date.fromisoformat(day)
    if tier == "weekly":
        first = given - timedelta(days=given.weekday())
        return first.isoformat(), (first + timedelta(days=6)).isoformat()
    if tier == "monthly":
        return _months(given.replace(day=1), 1)
    if tier == "quarterly":
        return _months(given.replace(month=(given.month - 1) // 3 * 3 + 1, day=1), 3)
    return day, day


def _months(first: date, count: int) -> tuple[str, str]:
    months = first.month - 1 + count
    after = first.replace(year=first.year + months // 12, month=months % 12 + 1)
    return first.isoformat(), (after - timedelta(days=1)).isoformat()


def periods(tier: Tier, first_day: str, last_day: str) -> Iterator[tuple[str, str]]:
    """Every period that touches the days from `first_day` to `last_day`."""
    day = first_day
    while day <= last_day:
        start, end = period(tier, day)
        yield start, end
        day = next_day(end)


def last_day(tier: Tier, called: str, end: str) -> str:
    """Until when a visit called for on `called` may be made."""
    return end if tier == "daily" else max(end, next_day(called, LEAST_DAYS - 1))


def called_at(day: str) -> datetime:
    return at_time(day, *CALLED_AT)


def due_at(day: str) -> datetime:
    return at_time(day, DUE_HOUR)
