"""A service that hears its own events, on days that pass: reliably, or late, twice and out of order."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any, Self

from shared.calendar import ZONE, day_of, next_day
from shared.event import Envelope, Event
from shared.reactions import Reactions
from shared.store import Store
from shared.testing.scenario import START, Scenario


class Living(Scenario):
    """`settle` hears what the service said and wakes what is due, until nothing moves. With a `seed` the
    hearing is unreliable: any order, some of it late, some of it twice, with a short memory."""

    def __init__(
        self, on: Reactions, stores: Sequence[Store[Any]], at: datetime = START, seed: int | None = None
    ) -> None:
        super().__init__(on, *stores, at=at)
        self.random = random.Random(seed) if seed is not None else None
        self.heard: set[str] = set()
        self.waiting: list[Envelope] = []
        self.told: list[Envelope] = []

    @property
    def today(self) -> str:
        return day_of(self.clock.now())

    def settle(self) -> Self:
        said = list(self.fresh)
        for _ in range(300):
            heard = self._own() + self.waiting
            self.waiting = []
            said += self._hear_all(heard) if self.random is None else self._hear_unreliably(heard)
            self.passes(milliseconds=2)
            said += self.fresh
            if not heard and not self.waiting and not self._own() and not self._due_soon():
                self.fresh = said
                return self
        raise AssertionError("the city does not come to rest")

    def replay(self) -> Self:
        """Everything that was ever said and heard is heard again, in any order, by a forgetful service."""
        said = [entry for book in self.books.values() for row in book.rows.values() for entry in _outbox(row)]
        again = [each for each in said if each.type in self.on.types] + self.told
        random.Random(len(again)).shuffle(again)
        for each in again:
            self.forgetful().hear([each])
        return self.settle()

    def until(self, day: str, hour: int = 0, minute: int = 5) -> Self:
        """Time passes, day by day, until then (Shiyan's time)."""
        goal = datetime.fromisoformat(f"{day}T{hour:02d}:{minute:02d}:00").replace(tzinfo=ZONE).astimezone(UTC)
        said: list[Event] = []
        while self.clock.moment < goal:
            morning = datetime.fromisoformat(next_day(self.today)).replace(tzinfo=ZONE) + timedelta(minutes=5)
            self.clock.moment = min(goal, morning.astimezone(UTC))
            self.fresh = []
            said += self.settle().fresh
        self.fresh = said
        return self

    def _hear_all(self, heard: list[Envelope]) -> list[Event]:
        self.heard |= {each.id for each in heard}
        self.hear(heard)
        return self.fresh

    def _hear_unreliably(self, heard: list[Envelope]) -> list[Event]:
        """Some wait; the rest come in any order, some of them twice, one at a time."""
        chance = self.random or random.Random(0)
        now = [each for each in heard if chance.random() < 0.8]
        self.waiting = [each for each in heard if each not in now]
        now += [each for each in now if chance.random() < 0.3]
        chance.shuffle(now)
        said: list[Event] = []
        for each in now:
            said += self._hear_all([each])
            if chance.random() < 0.3:
                self.forgetful()
            if chance.random() < 0.2:
                self.passes(milliseconds=2)
                said += self.fresh
        return said

    def _own(self) -> list[Envelope]:
        """What the service said and has not heard itself say."""
        found: list[Envelope] = []
        for book in self.books.values():
            for row in book.rows.values():
                found += _outbox(row)
        waiting = {each.id for each in self.waiting}
        return [each for each in found if each.type in self.on.types and each.id not in self.heard | waiting]

    def _due_soon(self) -> bool:
        soon = self.clock.moment + timedelta(milliseconds=2)
        alarms = [row["wake_at"] for book in self.books.values() for row in book.rows.values()]
        return any(alarm is not None and alarm <= soon for alarm in alarms)

    def envelope(self, said: Event, subject: str, sequence: int) -> Envelope:
        told = self._envelope(said)
        return Envelope(
            id=f"{subject}#{sequence}",
            type=told.type,
            source=said.source,
            subject=subject,
            sequence=sequence,
            cause="test/cause",
            time=said.at,
            trace="00-test",
            data=told.data,
        )


def _outbox(row: dict[str, Any]) -> list[Envelope]:
    return [Envelope.of_unsaid("registry", row["_id"], entry) for entry in row["outbox"]]
