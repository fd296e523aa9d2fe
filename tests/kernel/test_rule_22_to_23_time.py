"""Rules 22 and 23: one timer a document, one clock for all."""

from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

import pytest

from shared import clock as clocks
from shared.clock import Clock
from shared.decision import Decision, Rejected, State
from shared.document import BACK_OFF
from shared.store import Store
from shared.testing.scenario import Scenario, Told
from shared.wake import sweep
from tests.kernel.ground import Ground, heard
from tests.simulation import orders, works
from tests.simulation.events import OrderCancelled, OrderPlaced, WorkOverdue

STORE, ON = works.RELEASES["new"]
OPENED = "work-order-1"


def opened() -> Scenario:
    now = Scenario(None).clock.now()
    return Scenario(ON, STORE).given(Told(OrderPlaced(order_id="order-1", ref="r", at=now), "order-1"))


def test_rule_22_the_alarm_follows_the_state_at_every_write() -> None:
    scenario = opened()
    row = scenario.books["works"].rows[OPENED]
    assert row["wake_at"] == row["state"]["alarm_at"]
    scenario.does(STORE.change(OPENED, lambda work: works.put_off(work, scenario.clock.now())))
    assert scenario.books["works"].rows[OPENED]["wake_at"] == row["wake_at"] + works.PATIENCE
    scenario.when(Told(OrderCancelled(order_id="order-1", at=scenario.clock.now()), "order-1", 2))
    assert scenario.books["works"].rows[OPENED]["wake_at"] is None
    scenario.passes(hours=1).then()


def test_rule_22_each_level_fires_once_however_often_one_looks() -> None:
    scenario = opened()
    scenario.passes(seconds=4).then(WorkOverdue)
    scenario.passes(seconds=0).then()
    scenario.passes(seconds=4).then(WorkOverdue).passes(seconds=4).then(WorkOverdue).passes(hours=1).then()


async def test_rule_22_two_sweepers_at_once_fire_it_once_and_not_the_next_level_too() -> None:
    ground = Ground(STORE)
    now = ground.clock.now()
    placed = OrderPlaced(order_id="order-1", ref="r", at=now)
    await ground.event("e-1", STORE.begin(OPENED, partial(works.open_work, works.Work, placed, "e-1")))
    ground.clock.moment += works.PATIENCE
    ground.in_between("write", lambda: sweep(ground.desk, STORE))
    await sweep(ground.desk, STORE)
    assert ground.state(OPENED)["level"] == 1
    assert ground.row(OPENED)["seq"] == 2


async def test_rule_22_an_alarm_put_off_between_the_look_and_the_write_does_not_fire() -> None:
    ground = Ground(STORE)
    placed = OrderPlaced(order_id="order-1", ref="r", at=ground.clock.now())
    await ground.event("e-1", STORE.begin(OPENED, partial(works.open_work, works.Work, placed, "e-1")))
    ground.clock.moment += works.PATIENCE
    later = STORE.change(OPENED, lambda work: works.put_off(work, ground.clock.now()))
    ground.in_between("write", lambda: ground.event("e-2", later))
    await sweep(ground.desk, STORE)
    assert ground.state(OPENED)["level"] == 0
    ground.clock.moment += works.PATIENCE
    await sweep(ground.desk, STORE)
    assert ground.state(OPENED)["level"] == 1


class Kettle(State):
    """Boils at `at`; `mood` says what its rule does then."""

    id: str
    at: datetime | None
    mood: str = "boils"
    boiled: int = 0


def boil(kettle: Kettle, now: datetime) -> Decision[Kettle]:
    if kettle.mood == "refuses":
        raise Rejected("not now")
    if kettle.mood == "breaks":
        raise ZeroDivisionError
    if kettle.mood == "stays":
        return Decision(kettle.but(boiled=kettle.boiled + 1))
    return Decision(kettle.but(boiled=kettle.boiled + 1, at=None))


kettles: Store[Kettle] = Store(
    "kettles", Kettle, scopes=lambda kettle: ["4203"], wake=lambda kettle: kettle.at, due=boil
)


async def kettle(mood: str) -> Ground:
    ground = Ground(kettles)
    at = ground.clock.now()
    await ground.event("e-1", kettles.begin("kettle-1", lambda: Decision(Kettle(id="kettle-1", at=at, mood=mood))))
    return ground


@pytest.mark.parametrize("mood", ["refuses", "breaks", "stays"])
async def test_rule_22_what_refuses_breaks_or_stays_due_is_pushed_forward_and_counted(mood: str) -> None:
    ground = await kettle(mood)
    seen: list[tuple[int, int]] = []
    for _ in range(3):
        before = ground.clock.now()
        assert await sweep(ground.desk, kettles, lambda *what: seen.append(what[2:])) == 1
        assert ground.row("kettle-1")["wake_at"] == before + BACK_OFF
        assert await sweep(ground.desk, kettles) == 0
        ground.clock.moment += BACK_OFF
    assert seen == [(1, 0 if mood == "stays" else 1)] * 3
    assert ground.state("kettle-1")["boiled"] == (3 if mood == "stays" else 0)


@pytest.mark.parametrize("mood", ["refuses", "breaks", "stays"])
async def test_rule_22_another_write_that_makes_it_due_again_does_not_keep_it_due_for_ever(mood: str) -> None:
    """The state's own moment comes back: the cause of the alarm, and of its push, was heard before."""
    ground = await kettle(mood)
    for n in range(3):
        await ground.event(f"e-again-{n}", kettles.change("kettle-1", Decision))
        await sweep(ground.desk, kettles)
        assert await sweep(ground.desk, kettles) == 0
        ground.clock.moment += timedelta(seconds=5)


async def test_rule_22_an_alarm_set_again_to_a_moment_that_was_handled_still_rings() -> None:
    ground = await kettle("boils")
    await sweep(ground.desk, kettles)
    at = ground.clock.now()
    await ground.event("e-2", kettles.change("kettle-1", lambda state: Decision(state.but(at=at))))
    ground.clock.moment += timedelta(seconds=1)
    await sweep(ground.desk, kettles)
    ground.clock.moment += BACK_OFF
    await sweep(ground.desk, kettles)
    assert ground.state("kettle-1")["boiled"] == 2
    assert ground.row("kettle-1")["wake_at"] is None


async def test_rule_22_one_broken_alarm_does_not_hold_up_the_others() -> None:
    ground = await kettle("breaks")
    at = ground.clock.now()
    for n in (2, 3):
        begun = kettles.begin(f"kettle-{n}", partial(Decision, Kettle(id=f"kettle-{n}", at=at)))
        await ground.event(f"e-{n}", begun)
    await sweep(ground.desk, kettles)
    assert [ground.state(f"kettle-{n}")["boiled"] for n in (1, 2, 3)] == [0, 1, 1]


def test_rule_23_now_is_ones_own_clock_and_its_offset_from_the_stores() -> None:
    clock = Clock()
    asked = datetime.now(UTC)
    clock.correct(asked + timedelta(minutes=10), asked)
    ahead = clock.now() - datetime.now(UTC)
    assert timedelta(minutes=10, seconds=-1) < ahead < timedelta(minutes=10, seconds=1)
    assert clock.now().microsecond % 1000 == 0


def test_rule_23_the_domains_clock_never_goes_back() -> None:
    clock = Clock()
    before = clock.now()
    clock.correct(before - timedelta(hours=1), before)
    assert clock.now() >= before


def test_rule_23_the_shift_only_goes_forward_and_is_the_same_for_all(tmp_path: Path) -> None:
    file = tmp_path / "clock.json"
    clocks.shift(file, forward=timedelta(days=1), lead=-1)
    one, other = Clock(file), Clock(file)
    real = one.real()
    assert one.now() - real >= timedelta(days=1)
    assert abs(one.now() - other.now()) < timedelta(seconds=1)
    with pytest.raises(ValueError, match="forward"):
        clocks.shift(file, forward=timedelta(seconds=-1))


async def test_rule_23_memory_and_outbox_follow_real_time_and_facts_the_domains() -> None:
    ground = Ground(orders.orders)
    ground.clock.ahead = timedelta(days=30)
    change = orders.orders.begin("order-1", partial(orders.place, "order-1", "r", ground.clock.now()))
    await ground.event("e-1", change)
    row = ground.row("order-1")
    assert row["heard"][0]["at"] == ground.clock.real()
    assert row["outbox"][0]["at"] == ground.clock.real()
    assert row["outbox"][0]["time"] == ground.clock.now()
    ground.clock.ahead = timedelta(days=60)
    await ground.event("e-2", orders.orders.change("order-1", orders.touch))
    assert [entry["id"] for entry in ground.row("order-1")["heard"]] == [heard("e-1").id, heard("e-2").id]


class Seen(State):
    id: str
    last: int = 0
    stage: str = ""


def see(stage: str, sequence: int, seen: Seen | None) -> Decision[Seen]:
    """Only forward: by the number of the subject's event, never by its time."""
    known = seen or Seen(id="seen-1")
    return Decision(known.but(last=sequence, stage=stage) if sequence > known.last else known)


seen: Store[Any] = Store("seen", Seen, scopes=lambda state: ["4203"])


async def test_rule_23_only_forward_compares_numbers_not_times() -> None:
    ground = Ground(seen)
    for cause, stage, number in (("e-2", "closed", 2), ("e-1", "opened", 1), ("e-3", "reopened", 3)):
        await ground.event(cause, seen.begin_or_change("seen-1", partial(see, stage, number)))
    assert ground.state("seen-1") == {"id": "seen-1", "last": 3, "stage": "reopened"}
