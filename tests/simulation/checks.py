"""What must hold at rest, whatever went wrong (I1, I2, I5, I7, I8 and the alarms)."""

from collections import Counter
from collections.abc import Iterator
from typing import Any

from shared.event import Event
from tests.simulation import ledger, works
from tests.simulation.clients import Wish
from tests.simulation.events import (
    OrderAmended,
    OrderCancelled,
    OrderClosed,
    OrderErased,
    OrderPlaced,
    WorkFinished,
    WorkOpened,
    WorkOverdue,
)
from tests.simulation.said import Said, read
from tests.simulation.world import World


def violations(world: World, wishes: list[Wish]) -> list[str]:
    said, found = read(world)
    found.extend(_numbers(world, said))
    if found:
        return found
    facts = {id: event for id, (_, event) in said.items()}
    found.extend(_wishes(world, wishes, _freed(facts)))
    found.extend(_orders_fold(world, said))
    found.extend(_effects(world, facts))
    found.extend(_alarms(facts))
    found.extend(_counts(world, facts))
    found.extend(_parked(world, facts))
    return found


def _numbers(world: World, said: Said) -> Iterator[str]:
    """I5: the events of a document are numbered without a gap, and the last number is the document's."""
    numbers: dict[str, list[int]] = {}
    for envelope, _ in said.values():
        numbers.setdefault(envelope.subject, []).append(envelope.sequence)
    rows = {id: row for book in world.books() for id, row in book.rows.items()}
    for id, row in rows.items():
        if sorted(numbers.pop(id, [])) != list(range(1, row["seq"] + 1)):
            yield f"{id} says it stated {row['seq']} events"
    erased = {event.order_id for _, event in said.values() if isinstance(event, OrderErased)}
    gone = (id for id in numbers if id.removeprefix("work-") not in erased)
    yield from (f"events of {id}, which does not stand" for id in gone)


def _freed(facts: dict[str, Event]) -> set[str]:
    """References that became free again: one wish for them may have been refused before, and met after."""
    erased = {event.order_id for event in facts.values() if isinstance(event, OrderErased)}
    return {event.ref for event in facts.values() if isinstance(event, OrderPlaced) and event.order_id in erased}


def _wishes(world: World, wishes: list[Wish], freed: set[str]) -> Iterator[str]:
    """I1: what was acknowledged is there once; what was refused is not."""
    rows = world.services["orders"].books["orders"].rows
    touched: Counter[str] = Counter()
    for wish in wishes:
        for id, outcome in (wish.answered or {}).items():
            row = rows.get(id)
            if wish.kind == "place":
                yield from _placed(rows, wish, id, freed)
            elif wish.kind == "amend" and row is not None and row["state"] is not None:
                times = row["state"]["notes"].count(wish.text)
                if times != wish.accepted(id):
                    yield f"{wish.text} is {times} times in {id}: {outcome.refused!r}"
            matched = wish.kind == "amend" and wish.accepted(id) and not outcome.repeated
            if matched and wish.version not in (None, outcome.version - 1):
                yield f"If-Match {wish.version} was written as {outcome.version}"
            touched[id] += wish.kind == "touch" and wish.accepted(id)
    for id, row in rows.items():
        if row["state"] is not None and row["state"]["touched"] != touched[id]:
            yield f"{id} was touched {row['state']['touched']} times, acknowledged {touched[id]}"


def _placed(rows: dict[str, Any], wish: Wish, id: str, freed: set[str]) -> Iterator[str]:
    row = rows.get(id)
    if wish.accepted(id):
        if row is None and wish.refs[id] not in freed:
            yield f"{id} was acknowledged and is not there"
        return
    refusal = wish.refused(id)
    if row is not None and wish.refs[id] not in freed:
        yield f"{id} was refused and stands: {refusal!r}"
    holders = [row for row in rows.values() if row["keys"].get("ref") == wish.refs[id]]
    if "reference" not in str(refusal):
        yield f"{id} was refused by {refusal!r}"
    if not holders and wish.refs[id] not in freed:
        yield f"{id} was refused, and nobody holds {wish.refs[id]}"


def _orders_fold(world: World, said: Said) -> Iterator[str]:
    """I7: an order is what its events say, in their order."""
    folded: dict[str, dict[str, Any]] = {}
    erased = set()
    for envelope, event in sorted(said.values(), key=lambda both: both[0].sequence):
        state = folded.setdefault(envelope.subject, {"notes": []})
        match event:
            case OrderPlaced(ref=ref):
                state |= {"ref": ref, "stage": "open"}
            case OrderAmended(text=text):
                state["notes"].append(text)
            case OrderCancelled():
                state["stage"] = "cancelled"
            case OrderClosed():
                state["stage"] = "closed"
            case OrderErased():
                erased.add(envelope.subject)
    for id, row in world.services["orders"].books["orders"].rows.items():
        state = row["state"]
        if (state is None) != (id in erased):
            yield f"{id} stands though it was erased, or the other way round"
        elif state is not None and {key: state[key] for key in ("ref", "stage", "notes")} != folded.get(id):
            yield f"{id} is {state}, its events say {folded.get(id)}"


def _effects(world: World, facts: dict[str, Event]) -> Iterator[str]:
    """I2, I3: every event is taken in exactly once by everybody who hears it."""
    erased = {event.order_id for event in facts.values() if isinstance(event, OrderErased)}
    due: dict[str, list[str]] = {}
    for id, event in facts.items():
        order: Any = event
        entry, work = ledger.entry_of(order.order_id), works.work_of(order.order_id)
        if not isinstance(event, OrderErased):
            due.setdefault(entry, []).append(id)
        if isinstance(event, OrderPlaced):
            due.setdefault(work, []).extend((f"opened {id}", f"noted {id}"))
        elif isinstance(event, OrderCancelled) or (isinstance(event, OrderAmended) and not event.poison):
            due.setdefault(work, []).append(id)
        elif isinstance(event, WorkFinished):
            due.setdefault(order.order_id, []).append(id)
    ranks = {works.work_of(e.order_id): e.rank for e in facts.values() if isinstance(e, WorkOpened)}
    for name, store in (("orders", "orders"), ("works", "works"), ("ledger", "entries")):
        for id, row in world.services[name].books[store].rows.items():
            yield from _heard(id, row, due.pop(id, []), erased)
            if row["state"] is not None and name == "works" and row["state"].get("rank") != ranks.get(id):
                yield f"{id} lost its rank {ranks.get(id)}"
    never = (id for id in due if id.removeprefix("work-") not in erased)
    yield from (f"{id} was never begun for {due[id]}" for id in never)


def _heard(id: str, row: dict[str, Any], due: list[str], erased: set[str]) -> Iterator[str]:
    state = row["state"]
    refused = {entry["id"].rpartition("/")[2] for entry in row["heard"] if entry.get("refused")}
    due = [event for event in due if event not in refused]
    if state is None:
        if id.removeprefix("work-") not in erased:
            yield f"{id} is gone though nobody erased it"
    elif id.startswith("work-") and id.removeprefix("work-") in erased:
        yield f"{id} stands though its order was erased"
    elif Counter(state["effects"]) != Counter(due):
        wrong = Counter(state["effects"])
        wrong.subtract(Counter(due))
        yield f"{id} took in {[(event, times) for event, times in wrong.items() if times]} too often or too seldom"


def _alarms(facts: dict[str, Event]) -> Iterator[str]:
    """Each level once, none before its time."""
    levels: Counter[tuple[str, int]] = Counter()
    for event in facts.values():
        if isinstance(event, WorkOverdue):
            levels[event.order_id, event.level] += 1
            if event.due_at is None or event.at < event.due_at:
                yield f"level {event.level} of {event.order_id} came at {event.at}, due {event.due_at}"
    yield from (f"level {level} of {id} came {times} times" for (id, level), times in levels.items() if times > 1)


def _counts(world: World, facts: dict[str, Event]) -> Iterator[str]:
    """I7: a bucket's total is what the log says."""
    true = Counter(ledger.bucket_of(id) for id, event in facts.items() if isinstance(event, ledger.COUNTED))
    totals = {id: row["state"]["total"] for id, row in world.services["ledger"].books["buckets"].rows.items()}
    if totals != dict(true):
        yield f"counted {totals}, said {dict(true)}"


def _parked(world: World, facts: dict[str, Event]) -> Iterator[str]:
    """What breaks a rule lies parked, and nothing else does."""
    gone = {event.order_id for event in facts.values() if isinstance(event, OrderErased)}
    poison = {id for id, event in facts.items() if isinstance(event, OrderAmended) and event.poison}
    lying = {row["event"] for row in world.services["works"].parked.rows.values()}
    spared = {id for id in poison if facts[id].order_id in gone}  # type: ignore[attr-defined]
    if not poison - spared <= lying or not lying <= poison:
        yield f"parked {sorted(lying)}, poison {sorted(poison)}"
    for name in ("orders", "ledger"):
        rows = world.services[name].parked.rows.values()
        yield from (f"{row['_id']} lies parked in {name}: {row['error']}" for row in rows)
