"""Where changes are written: load, decide, one unordered bulk a store, and again for what lost a race.

One change of a request and five hundred of a batch take the same path. What is written is handed to
the relay as a hint; nobody waits for Kafka here.
"""

import random
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any, TypeVar

from shared import document
from shared.causes import Ask, Cause, Guard, Outcome, Poison
from shared.clock import Clock
from shared.decision import Busy, Missing, Rejected, State
from shared.document import Draft
from shared.documents import Conflict, Documents, Write
from shared.store import Change, Store

DEADLINE = timedelta(seconds=3)
"""For a request, which somebody waits for."""
BATCH_DEADLINE = timedelta(seconds=15)
"""For many documents at once, each of which somebody else may be changing."""
S = TypeVar("S", bound=State)
Hint = Callable[[str, str, list[dict[str, Any]]], None]


@dataclass
class Result:
    """What became of every (cause, document), and which causes broke a rule."""

    outcomes: dict[tuple[str, str], Outcome] = field(default_factory=dict)
    poison: dict[str, Exception] = field(default_factory=dict)

    def by_cause(self) -> dict[str, list[Outcome]]:
        """Once for a batch: asked for each cause by itself, it grows with the square of the batch."""
        found: dict[str, list[Outcome]] = {}
        for (cause, _), outcome in self.outcomes.items():
            found.setdefault(cause, []).append(outcome)
        return found


@dataclass
class Page:
    """`next` is the place to go on from, None at the end."""

    items: list[dict[str, Any]]
    next: Any = None


class Desk:
    """`books` finds a store's documents by the store's name; `hint` tells the relay what to say."""

    def __init__(self, clock: Clock, books: Mapping[str, Documents], hint: Hint) -> None:
        self.clock = clock
        self.books = books
        self.hint = hint

    async def act(self, change: Change, cause: Cause, guard: Guard = Guard()) -> Outcome:
        """One change of one request. Raises the rule's refusal."""
        result = await self.apply([Ask(cause, change, guard)])
        if cause.id in result.poison:
            raise result.poison[cause.id]
        outcome = result.outcomes[cause.id, change.id]
        if outcome.refused is not None:
            raise outcome.refused
        return outcome

    async def apply(self, asks: Sequence[Ask], within: timedelta = DEADLINE) -> Result:
        """Writes everything that can be written. Raises Busy when the answer is not clear, or when races
        are still lost after `within`."""
        result = Result()
        pending = self._grouped(asks)
        until = self.clock.real() + within
        tries = 0
        while pending:
            if tries and self.clock.real() > until:
                raise Busy("too many others change the same document")
            if tries:
                await self.clock.sleep(random.uniform(0, min(0.002 * 2**tries, 0.1)))
            pending = await self._round(pending, result)
            tries += 1
        return result

    async def get(self, store: Store[S], id: str) -> tuple[S, int, tuple[str, ...]]:
        """The state, its version and its scopes. Raises Missing."""
        found = (await self.books[store.name].read([id])).get(id)
        if found is None or found["state"] is None:
            raise Missing(f"no {id}")
        return store.state.model_validate(found["state"]), found["version"], tuple(found["scopes"])

    async def page(
        self, store: Store[Any], where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> Page:
        """Up to `limit` documents in the sequence of `order`, a field that sorts uniquely (keyset)."""
        found = await self.books[store.name].find(where, order, after, limit + 1)
        more = len(found) > limit
        return Page(found[:limit], _dig(found[limit - 1], order.lstrip("-")) if more else None)

    async def count(self, store: Store[Any], where: Mapping[str, Any], most: int = 10_000) -> int:
        return await self.books[store.name].count(where, most)

    def _grouped(self, asks: Iterable[Ask]) -> dict[Store[Any], dict[str, list[Ask]]]:
        grouped: dict[Store[Any], dict[str, list[Ask]]] = {}
        for ask in asks:
            grouped.setdefault(ask.change.store, {}).setdefault(ask.change.id, []).append(ask)
        return grouped

    async def _round(
        self, pending: dict[Store[Any], dict[str, list[Ask]]], result: Result
    ) -> dict[Store[Any], dict[str, list[Ask]]]:
        stored = {store: await self.books[store.name].read(list(by_id)) for store, by_id in pending.items()}
        drafts = {
            store: [self._decide(store, id, stored[store].get(id), asks, result) for id, asks in by_id.items()]
            for store, by_id in pending.items()
        }
        if result.poison:
            drafts = self._without_poison(drafts, pending, stored, result)
        again: dict[Store[Any], dict[str, list[Ask]]] = {}
        for store, decided in drafts.items():
            lost = await self._write(store, decided, pending[store], result)
            if lost:
                again[store] = {id: pending[store][id] for id in lost}
        return again

    def _decide(
        self, store: Store[Any], id: str, stored: dict[str, Any] | None, asks: list[Ask], result: Result
    ) -> Draft:
        """Decides without the causes that broke a rule; each newly found one joins them."""
        while True:
            sound = [ask for ask in asks if ask.cause.id not in result.poison]
            try:
                return document.decide(store, id, stored, sound, self.clock.now(), self.clock.real())
            except Poison as poison:
                result.poison[poison.cause.id] = poison.error

    def _without_poison(
        self,
        drafts: dict[Store[Any], list[Draft]],
        pending: dict[Store[Any], dict[str, list[Ask]]],
        stored: dict[Store[Any], dict[str, dict[str, Any]]],
        result: Result,
    ) -> dict[Store[Any], list[Draft]]:
        """A cause found broken on a later document is taken off the earlier ones too (rule 16), and so is
        one that breaks only now that another is gone."""
        known = -1
        while known < len(result.poison):
            known = len(result.poison)
            drafts = {
                store: [
                    self._decide(store, draft.id, stored[store].get(draft.id), pending[store][draft.id], result)
                    if any(ask.cause.id in result.poison for ask in pending[store][draft.id])
                    else draft
                    for draft in decided
                ]
                for store, decided in drafts.items()
            }
        return drafts

    async def _write(
        self, store: Store[Any], drafts: list[Draft], asked: Mapping[str, list[Ask]], result: Result
    ) -> list[str]:
        """Writes the drafts and returns the ids that must be decided again."""
        dirty = [draft for draft in drafts if draft.dirty]
        conflicts: dict[str, Conflict] = {}
        if dirty:
            writes = [Write(d.id, d.read_version, document.fields(store, d), d.unsaid) for d in dirty]
            conflicts = {c.id: c for c in await self.books[store.name].write(writes)}
        for draft in drafts:
            if draft.id not in conflicts:
                self._settle(store, draft, result)
        if not conflicts:
            return []
        lost = [draft for draft in dirty if draft.id in conflicts]
        there = await self.books[store.name].read([draft.id for draft in lost])
        again = []
        for draft in lost:
            if there.get(draft.id, {}).get("version", 0) != draft.read_version:
                again.append(draft.id)  # a lost race, whatever index was named (rule 5)
            else:
                await self._one_by_one(store, draft.id, asked[draft.id], conflicts[draft.id], result)
        return again

    def _settle(self, store: Store[Any], draft: Draft, result: Result) -> None:
        for cause, outcome in draft.outcomes.items():
            result.outcomes.setdefault((cause, draft.id), outcome)
        if draft.unsaid:
            self.hint(store.name, draft.id, draft.outbox)

    async def _one_by_one(
        self, store: Store[Any], id: str, asks: Sequence[Ask], conflict: Conflict, result: Result
    ) -> None:
        """Another unique index was breached by one of these causes: find which, refuse it, keep the rest."""
        turns: dict[str, list[Ask]] = {}
        for ask in asks:
            turns.setdefault(ask.cause.id, []).append(ask)
        for turn in turns.values():
            if not await self._alone(store, id, turn, result):
                await self._alone(store, id, [_refusing(store, ask, conflict) for ask in turn], result)

    async def _alone(self, store: Store[Any], id: str, turn: list[Ask], result: Result) -> bool:
        """Writes one cause on one document; False when a unique index other than `_id` forbids it."""
        until = self.clock.real() + DEADLINE
        while self.clock.real() <= until:
            stored = (await self.books[store.name].read([id])).get(id)
            draft = self._decide(store, id, stored, turn, result)
            write = Write(id, draft.read_version, document.fields(store, draft), draft.unsaid)
            if not draft.dirty or not await self.books[store.name].write([write]):
                self._settle(store, draft, result)
                return True
            again = (await self.books[store.name].read([id])).get(id)
            if (again or {}).get("version", 0) == draft.read_version:
                return False
            await self.clock.sleep(random.uniform(0, 0.02))
        raise Busy("too many others change the same document")


def _refusing(store: Store[Any], ask: Ask, conflict: Conflict) -> Ask:
    """The same ask, refused by a rule that names the key; so that an event's refusal is remembered."""
    unique = [index for index in store.indexes if index.unique]
    named = [index for index in unique if index.name == conflict.index] or (unique if len(unique) == 1 else [])
    what = named[0].refusal or ", ".join(named[0].fields) if named else "a key that must be unique"

    def refuse(state: Any) -> Any:
        raise Rejected(f"already taken: {what}", key=what)

    return replace(ask, change=replace(ask.change, rule=refuse, changes=True))


def _dig(found: Mapping[str, Any], path: str) -> Any:
    for name in path.split("."):
        found = found[name]
    return found
