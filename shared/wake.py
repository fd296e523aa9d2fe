"""Time in: documents whose `wake_at` has come are changed by their own rule.

Every replica sweeps; two doing it are harmless, because the alarm must still be the one that was
seen (rule 22). What stays due, refuses or breaks is pushed forward and counted.
"""

from collections.abc import Callable
from datetime import datetime
from functools import partial
from hashlib import sha256
from typing import Any

from shared.causes import Ask, Cause, Guard
from shared.decision import Busy, Decision, State
from shared.desk import BATCH_DEADLINE, Desk, Result
from shared.store import Change, Store

SWEEP_LIMIT = 500
Observe = Callable[[str, float, int, int], None]


def unobserved(store: str, lateness: float, woken: int, pushed: int) -> None:
    return None


async def sweep(desk: Desk, store: Store[Any], observe: Observe = unobserved) -> int:
    """Wakes what is due and returns how many. `observe` gets the store, the worst lateness in seconds,
    how many alarms there were, and how many had to be pushed forward."""
    now = desk.clock.now()
    due = await desk.books[store.name].due(now, SWEEP_LIMIT)
    if not due:
        observe(store.name, 0.0, 0, 0)
        return 0
    plain = [row for row in due if store.errand is None]
    result = await desk.apply([_alarm(store, row, now) for row in plain], BATCH_DEADLINE)
    for row in due if store.errand is not None else []:
        _merge(result, await _run_errand(desk, store, row, now))
    later = await desk.apply([_snooze(store, row, now) for row in due if _troubled(row, result)])
    pushed = sum(outcome.refused is None for outcome in later.outcomes.values())
    observe(store.name, (now - due[0]["wake_at"]).total_seconds(), len(due), pushed)
    return len(due)


def _cause(row: dict[str, Any], suffix: str = "") -> Cause:
    id = f"wake/{row['_id']}/{int(row['wake_at'].timestamp() * 1000)}{suffix}"
    digest = sha256(id.encode()).hexdigest()
    return Cause(id, f"00-{digest[:32]}-{digest[32:48]}-01")


def _alarm(store: Store[Any], row: dict[str, Any], now: datetime) -> Ask:
    rule = partial(_due, store, now)
    return Ask(_cause(row), store.change(row["_id"], rule), Guard(wake_at=row["wake_at"]))


def _due(store: Store[Any], now: datetime, state: State) -> Decision[Any]:
    if store.due is None:
        raise RuntimeError(f"{store.name} sets alarms and has no rule for them")
    return store.due(state, now)


async def _run_errand(desk: Desk, store: Store[Any], row: dict[str, Any], now: datetime) -> Result:
    """First what the errand begins elsewhere, last its own document: a crash between runs it again."""
    if store.errand is None or row["state"] is None:
        return Result()
    cause = _cause(row)
    try:
        changes: list[Change] = await store.errand(desk, store.state.model_validate(row["state"]), now)
    except Busy:
        raise
    except Exception as error:  # noqa: BLE001 - a broken errand is pushed forward and counted, the others go on
        return Result(poison={cause.id: error})
    own = [change for change in changes if change.id == row["_id"] and change.store is store]
    others = [change for change in changes if change not in own]
    result = await desk.apply([Ask(cause, change) for change in others], BATCH_DEADLINE)
    if result.poison:
        return result
    guard = Guard(wake_at=row["wake_at"])
    return _merge(result, await desk.apply([Ask(cause, change, guard) for change in own]))


def _merge(result: Result, more: Result) -> Result:
    result.outcomes.update(more.outcomes)
    result.poison.update(more.poison)
    return result


def _troubled(row: dict[str, Any], result: Result) -> bool:
    """Refused, broken, or set again to a moment that was handled before: that cause is remembered."""
    cause = _cause(row).id
    own = result.outcomes.get((cause, row["_id"]))
    if cause in result.poison or own is None or own.repeated:
        return True
    return own.refused is not None and "set anew" not in own.refused.detail


def _snooze(store: Store[Any], row: dict[str, Any], now: datetime) -> Ask:
    """Nothing but a later alarm: the state is due still, so the write pushes it by the back-off. A cause
    of its own each time, or the second push of one alarm would count as heard."""
    cause = _cause(row, f"/later/{int(now.timestamp() * 1000)}")
    return Ask(cause, store.change(row["_id"], Decision), Guard(wake_at=row["wake_at"]))
