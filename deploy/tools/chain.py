"""What led to what: the log's events linked to their causes, also where a deadline lies between.

An event names its cause. A deadline's effects name the deadline (`wake/<document>/…`), so they hang on
that document's event before. A notice says nothing itself: its id is made of the fact and the rule.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from deploy.tools.log import Entry
from services.notification.domain.notice import notice_of
from services.notification.domain.rules import RULES
from shared.events import SOURCES

RULES_OF = {rule.event.type(): [r.name for r in RULES if r.event is rule.event] for rule in RULES}


@dataclass(frozen=True)
class Chain:
    """`up`: an event's cause among the events. `down`: the effects of an event or of a first cause."""

    up: dict[str, str]
    down: dict[str, list[Entry]]


class Index:
    """At most `most` events, the oldest forgotten first. An event said twice counts once."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._events: dict[str, Entry] = {}
        self.read = 0
        self.dropped = 0

    def add(self, entry: Entry) -> None:
        self.read += 1
        self._events.setdefault(entry.cause_of_next, entry)
        if len(self._events) > self._most:
            del self._events[next(iter(self._events))]
            self.dropped += 1

    @cached_property
    def _of_document(self) -> dict[str, list[Entry]]:
        found: dict[str, list[Entry]] = {}
        for entry in sorted(self._events.values(), key=order):
            found.setdefault(entry.subject, []).append(entry)
        return found

    @cached_property
    def _of_notice(self) -> dict[str, str]:
        """The event that a notice gives notice of."""
        return {
            notice_of(name, rule): name for name, entry in self._events.items() for rule in RULES_OF.get(entry.type, ())
        }

    @cached_property
    def _chain(self) -> Chain:
        up: dict[str, str] = {}
        down: dict[str, list[Entry]] = {}
        for name, entry in self._events.items():
            above = self._above(entry)
            if above is not None:
                up[name] = above
            down.setdefault(above or entry.cause, []).append(entry)
        return Chain(up, {name: sorted(effects, key=order) for name, effects in down.items()})

    def _above(self, entry: Entry) -> str | None:
        """The event that led to this one; None for a request's, and where it is not held."""
        if entry.cause in self._events:
            return entry.cause
        kind, _, rest = entry.cause.partition("/")
        document = rest.partition("/")[0]
        if kind == "http":
            return None
        before = next(self._before(entry, document), None)
        return before.cause_of_next if before else self._of_notice.get(document)

    def _before(self, entry: Entry, document: str) -> Iterator[Entry]:
        """The document's events before that one and of other causes, the newest first."""
        for other in reversed(self._of_document.get(document, [])):
            if other.cause != entry.cause and order(other) < order(entry):
                yield other

    def meant(self, asked: str) -> list[Entry]:
        """The events that an id stands for: itself, those of a document, or those of a cause."""
        names = [asked, *(f"{source}/{asked}" for source in SOURCES)]
        own = [self._events[name] for name in names if name in self._events]
        return own or self._of_document.get(asked) or [e for e in self._events.values() if e.cause == asked]

    def effects(self, cause: str) -> list[Entry]:
        return self._chain.down.get(cause, [])

    def way_to(self, entry: Entry) -> list[Entry]:
        """The events that led to it, the nearest first."""
        way: list[Entry] = []
        name = entry.cause_of_next
        while (name := self._chain.up.get(name, "")) and self._events[name] not in way:
            way.append(self._events[name])
        return way


def order(entry: Entry) -> tuple[float, str, int]:
    return entry.sent.timestamp(), entry.subject, entry.sequence
