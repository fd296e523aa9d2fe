"""Whom a fact concerns: people whom it names, or the people of a place.

The people of a community are its leads, those of a street, county or city all who are posted there.
Where nobody is found the next wider area is asked, so that no alarm goes to nobody.
"""

from dataclasses import dataclass
from typing import Literal

from shared import area
from shared.event import Event

Audience = Literal[
    "worker",
    "worker-or-lead",
    "invited",
    "owner",
    "former-owner",
    "lead",
    "street",
    "county",
    "escalated-to",
    "new-place",
]
NEEDS: dict[Audience, str] = {
    "worker": "worker",
    "worker-or-lead": "worker",
    "invited": "to",
    "owner": "owner",
    "former-owner": "from_owner",
    "lead": "area",
    "street": "area",
    "county": "area",
    "escalated-to": "to_area",
    "new-place": "to_area",
}
"""The field of the fact that says who."""


@dataclass(frozen=True, slots=True)
class Whom:
    """Named staff numbers, or everyone of a post. Who did it knows it: `doers` are not told."""

    named: tuple[str, ...] = ()
    post: str | None = None
    doers: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Circle:
    """One place to look for people."""

    area: str
    leads_only: bool
    on_duty: bool


def whom(audience: Audience, event: Event) -> Whom | None:
    """None where the fact names nobody: a task without a worker."""
    doers = tuple(_list(getattr(event, "by", None)))
    if audience in ("worker", "worker-or-lead", "invited", "owner", "former-owner"):
        named = tuple(_list(getattr(event, NEEDS[audience])))
        if named:
            return Whom(named=named, doers=doers)
        return Whom(post=_queue(event), doers=doers) if audience == "worker-or-lead" else None
    if audience in ("escalated-to", "new-place"):
        return Whom(post=getattr(event, NEEDS[audience]), doers=doers)
    if audience == "lead":
        return Whom(post=_queue(event), doers=doers)
    place: str = getattr(event, "area")  # noqa: B009 - an Event need not have one; lint says those of rules do
    return Whom(post=area.at(place, "street" if audience == "street" else "county") or place, doers=doers)


def _queue(event: Event) -> str:
    """The community whose lead must see to it, or the wider area that the task was passed to."""
    place: str = getattr(event, "queue", "") or getattr(event, "area")  # noqa: B009
    return area.at(place, "community") or place


def _list(value: object) -> list[str]:
    if isinstance(value, (list, tuple)):
        return [str(each) for each in value]
    return [str(value)] if value else []


def circles(post: str, red: bool) -> list[Circle]:
    """Where to look, one after another until somebody is found. Routine prefers those on duty; a red
    message goes to everyone of the post."""
    duty = (False,) if red else (True, False)
    return [
        Circle(place, area.level(place) in ("community", "grid"), on_duty)
        for place in reversed(area.scopes(post))
        for on_duty in duty
    ]
