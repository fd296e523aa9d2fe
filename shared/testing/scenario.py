"""Given what was heard, when this is heard (or done, or time passes), then these events are said.

A scenario runs a service's real handlers and rules over the fake store, in one thread, on a clock
that the test moves.
"""

import asyncio
from collections.abc import Awaitable, Coroutine, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, TypeVar

from shared.causes import Ask, Cause, Guard
from shared.clock import Clock
from shared.decision import Refusal, State
from shared.desk import Desk, Result
from shared.event import Envelope, Event
from shared.events import EVENTS
from shared.ids import derived
from shared.reactions import Reactions
from shared.store import Change, Store
from shared.testing.memory import MemoryDocuments
from shared.wake import sweep

S = TypeVar("S", bound=State)
T = TypeVar("T")
START = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
"""Monday, 2 February 2026, 09:00 in Shiyan."""


class TestClock(Clock):
    """Stands still until a test moves it."""

    __test__ = False

    def __init__(self, moment: datetime = START) -> None:
        super().__init__()
        self.moment = moment

    def real(self) -> datetime:
        return self.moment

    def now(self) -> datetime:
        return self.moment

    async def sleep(self, seconds: float) -> None:
        return None


@dataclass(frozen=True)
class Told:
    """An event that was heard, with the envelope's numbers where a test cares for them."""

    event: Event
    subject: str = "other-1"
    sequence: int = 1


def run(coroutine: Coroutine[Any, Any, T] | Awaitable[T]) -> T:
    async def wait() -> T:
        return await coroutine

    return asyncio.run(wait())


class Scenario:
    """`Scenario(on, tasks).given(ordered()).when(ordered()).then()`: `then` compares what `when` said."""

    def __init__(self, on: Reactions | None, *stores: Store[Any], at: datetime = START) -> None:
        self.on = on or Reactions()
        self.stores = stores
        self.clock = TestClock(at)
        self.books = {store.name: MemoryDocuments(store.indexes) for store in stores}
        self.desk = Desk(self.clock, self.books, self._hint)
        self.said: list[Event] = []
        self.fresh: list[Event] = []
        self.refused: Refusal | None = None
        self._numbers: dict[str, int] = {}
        self._heard_ids: set[str] = set()

    def given(self, *told: Event | Told) -> "Scenario":
        self.when(*told)
        self.fresh = []
        return self

    def when(self, *told: Event | Told) -> "Scenario":
        """Hears events, all in one batch. The same event object heard again is a redelivery."""
        self.fresh = []
        envelopes = [self._envelope(each) for each in told]
        asks = [Ask(Cause(e.cause_of_next, e.trace), change) for e in envelopes for change in self.on.to(e)]
        self._apply(asks)
        return self

    def hear(self, envelopes: Sequence[Envelope]) -> "Scenario":
        """Hears envelopes as another service said them."""
        self.fresh = []
        self._apply([Ask(Cause(e.cause_of_next, e.trace), change) for e in envelopes for change in self.on.to(e)])
        return self

    def does(self, *changes: Change, key: str | None = None, scopes: tuple[str, ...] | None = None) -> "Scenario":
        """A request's changes. A refusal is kept for `refuses`; any other error is raised."""
        self.fresh = []
        cause = Cause(f"http/tester/test/{key or self._next('key')}", "00-test", durable=False, digest="d")
        self._apply([Ask(cause, change, Guard(scopes=scopes)) for change in changes])
        return self

    def passes(self, **time: float) -> "Scenario":
        """Moves the clock and wakes what is due, as often as something still is (at most 50 times)."""
        self.fresh = []
        self.clock.moment += timedelta(**time)
        for _ in range(50):
            woken = [run(sweep(self.desk, store)) for store in self.stores]
            if not any(woken):
                return self
        raise AssertionError("something stays due for ever")

    def then(self, *expected: Event | type[Event]) -> "Scenario":
        """Exactly these were said, in order: whole events, or only their classes."""
        assert self.refused is None, f"refused: {self.refused}"
        seen = [
            event if index >= len(expected) or isinstance(expected[index], Event) else type(event)
            for index, event in enumerate(self.fresh)
        ]
        assert seen == list(expected), f"\nsaid:     {seen}\nexpected: {list(expected)}"
        return self

    def refuses(self, kind: type[Refusal], words: str = "") -> "Scenario":
        assert isinstance(self.refused, kind), f"not refused with {kind.__name__}: {self.refused!r}"
        assert words in self.refused.detail, self.refused.detail
        assert self.fresh == []
        self.refused = None
        return self

    def state(self, store: Store[S], id: str) -> S:
        """Raises Missing."""
        return run(self.desk.get(store, id))[0]

    def all(self, store: Store[S]) -> list[S]:
        rows = self.books[store.name].rows.values()
        return [store.state.model_validate(row["state"]) for row in rows if row["state"] is not None]

    def forgetful(self) -> "Scenario":
        """Cuts every document's memory of causes to the newest one (rule 10)."""
        for book in self.books.values():
            for row in book.rows.values():
                row["heard"] = row["heard"][-1:]
        return self

    def _apply(self, asks: Sequence[Ask]) -> Result:
        self.refused = None
        result = run(self.desk.apply(asks))
        for error in result.poison.values():
            raise error
        self.refused = next((o.refused for o in result.outcomes.values() if o.refused and not o.repeated), None)
        return result

    def _envelope(self, told: Event | Told) -> Envelope:
        event = told.event if isinstance(told, Told) else told
        subject = (
            told.subject if isinstance(told, Told) else derived(event.source, event.type(), event.model_dump_json())
        )
        sequence = told.sequence if isinstance(told, Told) else 1
        return Envelope(
            id=f"{subject}#{sequence}",
            type=event.type(),
            source=event.source,
            subject=subject,
            sequence=sequence,
            cause="test/cause",
            time=event.at,
            trace="00-test",
            data=event.model_dump_json().encode(),
        )

    def _hint(self, store: str, id: str, outbox: list[dict[str, Any]]) -> None:
        for entry in outbox:
            if entry["id"] not in self._heard_ids:
                self._heard_ids.add(entry["id"])
                event = EVENTS[entry["type"]].model_validate_json(entry["data"])
                self.said.append(event)
                self.fresh.append(event)

    def _next(self, name: str) -> str:
        self._numbers[name] = self._numbers.get(name, 0) + 1
        return f"{name}-{self._numbers[name]}"
