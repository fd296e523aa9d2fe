"""Care categories and facts as entries of a resident's history: begun, ended, and kept within bounds."""

from datetime import datetime
from typing import Any

from services.registry.domain.people import MOST_REMEMBERED, Care, Resident
from services.registry.domain.telling import named
from shared.calendar import day_of
from shared.event import Event
from shared.events.registry import CareTagged, CareUntagged


def tagged(resident: Resident, care: Care, now: datetime) -> CareTagged:
    return CareTagged(category=care.category, since=care.since, origin=care.origin, **named(resident, now))


def untagged(
    resident: Resident, category: str, reason: str, now: datetime, origin: str | None = None
) -> tuple[Resident, tuple[Event, ...]]:
    """Ends the category, if it applies (and comes from `origin`, where one is given)."""
    ended = [c for c in resident.care if c.category == category and c.until is None and origin in (None, c.origin)]
    if not ended:
        return resident, ()
    care = tuple(c.but(until=day_of(now), reason=reason) if c in ended else c for c in resident.care)
    said = CareUntagged(category=category, reason=reason, **named(resident, now))
    return resident.but(care=care), (said,)


def newest(entries: tuple[Any, ...]) -> tuple[Any, ...]:
    """All that still applies, and the newest of what has ended."""
    ended = [entry for entry in entries if entry.until is not None]
    forgotten = ended[: max(0, len(ended) - MOST_REMEMBERED)]
    return tuple(entry for entry in entries if entry not in forgotten)
