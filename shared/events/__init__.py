"""The published language: every event of every service, defined once.

A name on the wire never changes its meaning; fields are only added, with defaults. `EVENTS` finds
the class of a type; an unknown type is somebody's newer fact, and is passed over.
"""

import inspect

from shared.event import Event
from shared.events import dispatch, inspection, notification, registry

EVENTS: dict[str, type[Event]] = {
    member.type(): member
    for module in (registry, dispatch, inspection, notification)
    for _, member in inspect.getmembers(module, inspect.isclass)
    if issubclass(member, Event) and member.__module__ == module.__name__ and not member.__name__.startswith("_")
}

SOURCES: tuple[str, ...] = ("registry", "dispatch", "inspection", "notification")
