"""Rounds and their targets, and the errand that works through a round in chunks."""

from collections.abc import Iterable
from datetime import datetime
from functools import partial
from typing import Any

from services.registry.domain import households as homes
from services.registry.domain import people, targets
from services.registry.domain import rounds as drives
from services.registry.domain.homes import Household
from services.registry.domain.people import Resident
from services.registry.domain.rounds import CHUNK, Counts, Round
from services.registry.domain.targets import Target
from services.registry.store.registers import households, residents, seen_in, sortable, standing
from shared.desk import Desk
from shared.store import Change, Index, Store

MOST_COUNTED = 2_000_000


def _target_keys(target: Target) -> dict[str, Any]:
    return {
        "round": target.round,
        "mark": targets.mark(target),
        "over": target.over,
        "order": sortable(f"{target.area}|{target.label}", target.id),
    }


round_targets: Store[Target] = Store(
    "targets",
    Target,
    scopes=seen_in,
    keys=_target_keys,
    indexes=(
        Index(("keys.round", "keys.order")),
        Index(("keys.round", "keys.mark", "keys.order")),
        Index(("keys.round", "keys.over", "_id")),
    ),
)


async def counted(desk: Desk, round_id: str) -> Counts:
    """The round's counts as its targets are now (rule 21: folded from rows, never incremented)."""
    of_round = {"keys.round": round_id}
    return Counts(
        targets=await desk.count(round_targets, of_round, MOST_COUNTED),
        visited=await desk.count(round_targets, of_round | {"keys.mark": "visited"}, MOST_COUNTED),
        withdrawn=await desk.count(round_targets, of_round | {"keys.mark": "withdrawn"}, MOST_COUNTED),
    )


async def work_on(desk: Desk, round: Round, now: datetime) -> list[Change]:
    """A round's errand: one chunk of its work; its own document comes last, so a crash repeats the chunk."""
    if round.work == "freezing":
        return await _freeze(desk, round, now)
    taken_back = await _take_back(desk, round, now) if round.stage in ("finished", "cancelled") else []
    if taken_back and round.work == "closing":
        return [*taken_back, rounds.change(round.id, partial(drives.closing, now=now))]
    rule = drives.closed if round.work == "closing" else drives.folded
    counts = await counted(desk, round.id)
    return [*taken_back, rounds.change(round.id, partial(rule, counts=counts, now=now))]


async def _freeze(desk: Desk, round: Round, now: datetime) -> list[Change]:
    """A target for each household of the next documents that the round is about. Whoever moves
    in the minutes that this takes may be counted where they were or where they are."""
    about: Store[Any] = residents if round.categories else households
    where: dict[str, Any] = {"scopes": round.area}
    if round.categories:
        where["keys.care"] = {"$in": list(round.categories)}
    page = await desk.page(about, where, "keys.order", round.cursor, CHUNK)
    if not page.items and round.cursor is not None:
        return [rounds.change(round.id, partial(drives.frozen, counts=await counted(desk, round.id), now=now))]
    found = [about.state.model_validate(item["state"]) for item in page.items if item["state"] is not None]
    members = await _wanted(desk, round, found)
    changes = [change for home, who in members for change in _begin(round, home, who, now)]
    cursor = page.items[-1]["keys"]["order"] if page.items else ""
    return [*changes, rounds.change(round.id, partial(drives.froze, cursor=cursor, now=now))]


async def _wanted(
    desk: Desk, round: Round, found: Iterable[Household | Resident]
) -> list[tuple[Household, tuple[str, ...]]]:
    """The households to call at, and for whom; whoever is not at home now, or came later, is not meant."""
    there = [each for each in found if round.started_at is None or each.registered_at <= round.started_at]
    who: dict[str, set[str]] = {each.id: set() for each in there if isinstance(each, Household)}
    for each in there:
        if isinstance(each, Resident) and people.absence(each) is None:
            who.setdefault(each.household, set()).add(each.id)
    stands = {each.id: each for each in there if isinstance(each, Household)} or await standing(desk, who)
    return [(stands[id], tuple(sorted(members))) for id, members in who.items() if id in stands]


def _begin(round: Round, home: Household, who: tuple[str, ...], now: datetime) -> list[Change]:
    target = Target(
        id=drives.target_of(round.id, home.id),
        round=round.id,
        household=home.id,
        area=home.area,
        zones=home.zones,
        label=home.label,
        residents=who,
    )
    due = drives.due_of(round, target.id, who)
    return [
        round_targets.begin_or_change(target.id, partial(targets.frozen, target=target)),
        households.change(home.id, partial(homes.called_for_round, due=due, now=now)),
    ]


async def _take_back(desk: Desk, round: Round, now: datetime) -> list[Change]:
    """The next targets that do not know yet that the round is over."""
    page = await desk.page(round_targets, {"keys.round": round.id, "keys.over": False}, "_id", None, CHUNK)
    changes: list[Change] = []
    for item in page.items:
        home = item["state"]["household"]
        changes.append(households.change(home, partial(homes.round_over, round_id=round.id, now=now)))
        changes.append(round_targets.change(item["_id"], targets.taken_back))
    return changes


rounds: Store[Round] = Store(
    "rounds",
    Round,
    scopes=seen_in,
    keys=lambda round: {"stage": round.stage, "order": f"{round.created_at.isoformat()}|{round.id}"},
    wake=drives.wake,
    errand=work_on,
    indexes=(Index(("scopes", "keys.order")), Index(("scopes", "keys.stage", "keys.order"))),
)
