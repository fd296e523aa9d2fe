"""Who hears what: a service's handlers, each for one event, each returning the changes it calls for."""

import inspect
from collections.abc import Callable
from typing import TypeVar

from shared.event import Envelope, Event
from shared.events import EVENTS
from shared.store import Change

E = TypeVar("E", bound=Event)
Handler = Callable[..., list[Change]]


class Reactions:
    """`on = Reactions()`, then `@on(HazardOrdered)` above a function of the event, or of the event and
    its envelope where the sequence matters. Several handlers may hear the same event."""

    def __init__(self) -> None:
        self._handlers: dict[str, list[tuple[Handler, bool]]] = {}
        """By type; and whether it wants the envelope too."""

    def __call__(self, event: type[E]) -> Callable[[Callable[..., list[Change]]], Callable[..., list[Change]]]:
        def register(handler: Handler) -> Handler:
            whole = len(inspect.signature(handler).parameters) == 2
            self._handlers.setdefault(event.type(), []).append((handler, whole))
            return handler

        return register

    @property
    def types(self) -> set[str]:
        return set(self._handlers)

    @property
    def sources(self) -> list[str]:
        """The services that are listened to."""
        return sorted({EVENTS[type].source for type in self._handlers})

    def to(self, envelope: Envelope) -> list[Change]:
        """The changes that an event calls for; none for a type that nobody here hears. Raises whatever
        the body's validation or a handler raises: that record is poison."""
        handlers = self._handlers.get(envelope.type, [])
        if not handlers:
            return []
        event = EVENTS[envelope.type].model_validate_json(envelope.data)
        return [
            change for handler, whole in handlers for change in (handler(event, envelope) if whole else handler(event))
        ]
