"""One document as it stands, and the pure step from it to the next: heard, guarded, decided.

Nothing here reads or writes; the desk does. Rule numbers are those of docs/kernel.md.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from hashlib import sha256
from typing import Any

from pydantic import ValidationError

from shared.causes import Ask, Cause, Guard, Outcome, Poison, Unlike
from shared.decision import Busy, Decision, Missing, Refusal, Rejected, State
from shared.event import Envelope, Event
from shared.store import Store

KEEP_EVENTS = timedelta(days=8)
"""The broker keeps a group's offsets for seven days; a day more, and no redelivery is a surprise."""
KEEP_REQUESTS = timedelta(days=7)
MOST_HEARD = 1000
MOST_UNSAID = 500
LARGEST_EVENT = 256 * 1024
BACK_OFF = timedelta(seconds=30)


@dataclass(slots=True)
class Draft:
    """A document between the read and the write. `unsaid` are the events of this write only."""

    id: str
    read_version: int = 0
    version: int = 0
    seq: int = 0
    state: State | None = None
    heard: list[dict[str, Any]] = field(default_factory=list)
    outbox: list[dict[str, Any]] = field(default_factory=list)
    wake_at: datetime | None = None
    scopes: list[str] = field(default_factory=list)
    unsaid: list[dict[str, Any]] = field(default_factory=list)
    outcomes: dict[str, Outcome] = field(default_factory=dict)
    dirty: bool = False
    woken: bool = False

    @property
    def stands(self) -> bool:
        """Begun once, erased perhaps: not what only remembers causes that were refused."""
        return self.state is not None or self.seq > 0 or bool(self.scopes)


def opened(store: Store[Any], id: str, stored: dict[str, Any] | None) -> Draft:
    """Raises Busy for a state that cannot be read: a newer release wrote it; it waits, it is not poison."""
    if stored is None:
        return Draft(id)
    try:
        state = store.state.model_validate(stored["state"]) if stored["state"] is not None else None
    except ValidationError as error:
        raise Busy(f"{id} was written by a release that this one cannot read: {error}") from error
    return Draft(
        id=id,
        read_version=stored["version"],
        version=stored["version"],
        seq=stored["seq"],
        state=state,
        heard=list(stored["heard"]),
        outbox=list(stored["outbox"]),
        wake_at=stored["wake_at"],
        scopes=list(stored["scopes"]),
    )


def decide(
    store: Store[Any],
    id: str,
    stored: dict[str, Any] | None,
    asks: Sequence[Ask],
    now: datetime,
    real: datetime,
) -> Draft:
    """All asks on one document, in turn; those of one cause stand or fall together (rule 3)."""
    draft = opened(store, id, stored)
    turns: dict[str, list[Ask]] = {}
    for ask in asks:
        turns.setdefault(ask.cause.id, []).append(ask)
    for turn in turns.values():
        _take(store, draft, turn, real)
    if draft.dirty:
        _finish(store, draft, now, real)
    return draft


def _take(store: Store[Any], draft: Draft, turn: list[Ask], real: datetime) -> None:
    cause, guard = turn[0].cause, turn[0].guard
    before = next((entry for entry in draft.heard if entry["id"] == cause.id), None)
    if before is not None:
        draft.outcomes[cause.id] = _repeat(draft, cause, before, guard)
        return
    _make_room(draft, cause, real)
    trial = replace(draft, outbox=list(draft.outbox), unsaid=list(draft.unsaid))
    try:
        _check(draft, guard)
        for ask in turn:
            _step(trial, ask, real)
        _check_place(store, draft, trial, guard)
    except Refusal as refusal:
        _refuse(draft, turn, refusal, real)
        return
    except Exception as error:
        raise Poison(cause, error) from error
    draft.state, draft.seq = trial.state, trial.seq
    if draft.state is not None:
        draft.scopes = list(store.scopes(draft.state))
    draft.outbox, draft.unsaid = trial.outbox, trial.unsaid
    draft.woken = draft.woken or guard.wake_at is not None
    _hear(draft, cause, real)
    draft.outcomes[cause.id] = Outcome(draft.state, draft.version)


def _make_room(draft: Draft, cause: Cause, real: datetime) -> None:
    """Rule 9: what is too young to forget is never evicted. The cause that finds no room is laid aside
    (an event) or comes again (a request)."""
    if len(draft.heard) < MOST_HEARD:
        return
    draft.heard = [entry for entry in draft.heard if not _forgotten(entry, real)]
    if len(draft.heard) >= MOST_HEARD:
        full = Busy(f"{draft.id} has heard {MOST_HEARD} causes within the window")
        raise Poison(cause, full) if cause.durable else full


def _repeat(draft: Draft, cause: Cause, before: dict[str, Any], guard: Guard) -> Outcome:
    if cause.digest is not None and before.get("digest") not in (None, cause.digest):
        return Outcome(draft.state, draft.version, refused=Unlike("this Idempotency-Key came with another request"))
    if guard.scopes is not None and not _within(draft, guard.scopes):
        return Outcome(None, 0, refused=Missing(f"no {draft.id}"))
    return Outcome(draft.state, draft.version, repeated=True)


def _check(draft: Draft, guard: Guard) -> None:
    if guard.scopes is not None and draft.stands and not _within(draft, guard.scopes):
        raise Missing(f"no {draft.id}")
    if guard.wake_at is not None and draft.wake_at != guard.wake_at:
        raise Rejected("the alarm was set anew")
    if guard.version is not None and guard.version != draft.read_version:
        current = draft.state.model_dump(mode="json") if draft.state else None
        raise Rejected("the document has changed", version=draft.read_version, current=current)


def _within(draft: Draft, scopes: tuple[str, ...]) -> bool:
    return any(scope in scopes for scope in draft.scopes)


def _check_place(store: Store[Any], before: Draft, after: Draft, guard: Guard) -> None:
    """Nobody begins a document where they may not look."""
    begun = not before.stands and after.state is not None
    if begun and guard.scopes is not None and not set(store.scopes(after.state)) & set(guard.scopes):
        raise Missing("no such area")


def _step(draft: Draft, ask: Ask, real: datetime) -> None:
    change = ask.change
    if draft.state is None and draft.stands:
        raise Missing(f"{change.id} is gone")
    if draft.state is None and not change.begins:
        raise Missing(f"no {change.id}")
    if draft.state is not None and change.begins and not change.changes:
        if not ask.cause.durable:
            raise Rejected(f"{change.id} stands already")
        return
    decision: Decision[Any] = change.rule(draft.state)
    for event in decision.events:
        _say(draft, ask.cause, event, real)
    draft.state = decision.state


def _say(draft: Draft, cause: Cause, event: Event, real: datetime) -> None:
    draft.seq += 1
    envelope = Envelope(
        id=f"{draft.id}#{draft.seq}",
        type=event.type(),
        source=event.source,
        subject=draft.id,
        sequence=draft.seq,
        cause=cause.id,
        time=event.at,
        trace=_child(cause.trace, f"{draft.id}#{draft.seq}"),
        data=event.model_dump_json().encode(),
    )
    if len(envelope.data) > LARGEST_EVENT:
        raise Rejected(f"a {envelope.type} of {len(envelope.data)} bytes is too large to say")
    if len(draft.outbox) >= MOST_UNSAID:
        raise Busy(f"{draft.id} has {len(draft.outbox)} events that could not be said yet")
    entry = envelope.unsaid(real)
    draft.outbox.append(entry)
    draft.unsaid.append(entry)


def _child(trace: str, event_id: str) -> str:
    """The same trace, a span of its own: derived, so that a rule decided twice says the same."""
    trace_id = trace.split("-")[1] if trace.count("-") == 3 else sha256(trace.encode()).hexdigest()[:32]
    return f"00-{trace_id}-{sha256(event_id.encode()).hexdigest()[:16]}-01"


def _refuse(draft: Draft, turn: list[Ask], refusal: Refusal, real: datetime) -> None:
    cause = turn[0].cause
    if isinstance(refusal, Busy):
        raise refusal
    fresh = not draft.stands
    early = cause.durable and fresh and isinstance(refusal, Missing) and not any(ask.change.begins for ask in turn)
    if cause.durable and not early and turn[0].guard.wake_at is None:
        _hear(draft, cause, real, refused=True)
    draft.outcomes[cause.id] = Outcome(draft.state, draft.version, refused=refusal, early=early)


def _hear(draft: Draft, cause: Cause, real: datetime, refused: bool = False) -> None:
    entry: dict[str, Any] = {"id": cause.id, "at": real}
    if cause.digest is not None:
        entry["digest"] = cause.digest
    if refused:
        entry["refused"] = True
    draft.heard.append(entry)
    draft.dirty = True


def _finish(store: Store[Any], draft: Draft, now: datetime, real: datetime) -> None:
    draft.version = draft.read_version + 1
    draft.heard = [entry for entry in draft.heard if not _forgotten(entry, real)]
    if draft.state is not None:
        before, draft.wake_at = draft.wake_at, store.wake(draft.state)
        if draft.woken and draft.wake_at is not None and draft.wake_at <= now and draft.wake_at <= (before or now):
            # Due still, and no further than it was; an errand that goes on in chunks moves its alarm.
            draft.wake_at = now + BACK_OFF
    else:
        draft.wake_at = None
    draft.outcomes = {
        cause: outcome if outcome.repeated else replace(outcome, version=draft.version)
        for cause, outcome in draft.outcomes.items()
    }


def _forgotten(entry: dict[str, Any], real: datetime) -> bool:
    keep = KEEP_REQUESTS if entry["id"].startswith("http/") else KEEP_EVENTS
    return bool(entry["at"] < real - keep)


def fields(store: Store[Any], draft: Draft) -> dict[str, Any]:
    """What the write sets; the outbox is pushed to, never set (rule 2)."""
    state = draft.state
    return {
        "version": draft.version,
        "seq": draft.seq,
        "state": state.model_dump() if state is not None else None,
        "heard": draft.heard,
        "wake_at": draft.wake_at,
        "scopes": draft.scopes,
        "keys": dict(store.keys(state)) if state is not None else {},
    }
