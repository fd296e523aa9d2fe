"""Rules 1 to 4: two numbers, one write, and what is checked inside the decide loop."""

from datetime import timedelta
from typing import Any

import pytest

from shared import document, documents
from shared.causes import Ask, Guard
from shared.decision import Busy, Missing, Rejected
from shared.documents import Write
from tests.kernel.ground import Ground, Listening, amend, cancel, heard, ids, place, touch
from tests.simulation import orders, works
from tests.simulation.events import OrderPlaced


async def test_rule_01_version_counts_writes_and_seq_counts_events_without_a_gap() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", touch("order-1"))
    await ground.event("e-3", touch("order-1"))
    await ground.event("e-4", amend("order-1", "a", ground), amend("order-1", "b", ground))
    row = ground.row("order-1")
    assert (row["version"], row["seq"]) == (4, 3)
    assert ids(row["outbox"]) == ["order-1#1", "order-1#2", "order-1#3"]
    assert [entry["seq"] for entry in row["outbox"]] == [1, 2, 3]


async def test_rule_01_a_cause_is_its_source_and_id_so_that_two_services_cannot_collide() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", touch("order-1"))
    assert [entry["id"] for entry in ground.row("order-1")["heard"]] == ["test/e-1", "test/e-2"]
    assert ground.row("order-1")["outbox"][0]["cause"] == "test/e-1"


def test_rule_02_the_writer_sets_everything_but_the_outbox_which_it_only_pushes_to() -> None:
    ground = Ground(orders.orders)
    asks = [Ask(heard("e-1"), place("order-1", ground))]
    draft = document.decide(orders.orders, "order-1", None, asks, ground.clock.now(), ground.clock.real())
    sets = document.fields(orders.orders, draft)
    assert "outbox" not in sets
    update: Any = documents._operation(Write("order-1", 1, sets, draft.unsaid))
    assert update._doc == {"$set": sets, "$push": {"outbox": {"$each": draft.unsaid}}}
    assert update._filter == {"_id": "order-1", "version": 1}


async def test_rule_02_what_is_pushed_between_a_read_and_its_strike_stays() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    said = ids(ground.row("order-1")["outbox"])
    await ground.event("e-2", amend("order-1", "later", ground))
    await ground.books["orders"].strike({"order-1": said})
    assert ids(ground.row("order-1")["outbox"]) == ["order-1#2"]


async def test_rule_03_all_changes_of_one_cause_are_decided_in_turn_and_written_together() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground), amend("order-1", "a", ground), amend("order-1", "b", ground))
    assert ground.state("order-1")["notes"] == ["a", "b"]
    assert ground.row("order-1")["version"] == 1


async def test_rule_03_several_causes_of_a_batch_are_one_write_in_their_order() -> None:
    ground = Ground(orders.orders)
    changes = [("e-1", place("order-1", ground)), *((f"e-{n}", amend("order-1", f"{n}", ground)) for n in range(2, 6))]
    await ground.desk.apply([Ask(heard(cause), change) for cause, change in changes])
    assert ground.state("order-1")["notes"] == ["2", "3", "4", "5"]
    assert ground.row("order-1")["version"] == 1
    assert ground.calls.count("write") == 1


async def test_rule_03_a_cause_that_is_refused_in_part_is_refused_as_a_whole() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    result = await ground.event("e-2", cancel("order-1", ground), amend("order-1", "too late", ground))
    assert isinstance(result.outcomes["test/e-2", "order-1"].refused, Rejected)
    assert ground.state("order-1")["stage"] == "open"


async def test_rule_03_the_same_event_twice_in_one_batch_changes_once() -> None:
    store, on = works.RELEASES["new"]
    ears = Listening(Ground(store), on)
    event = OrderPlaced(order_id="order-1", ref="r", at=ears.ground.clock.now())
    await ears.hear(ears.record(event, "order-1"), ears.record(event, "order-1"))
    assert ears.ground.state("work-order-1")["effects"] == ["opened order-1#1", "noted order-1#1"]


async def test_rule_04_if_match_is_checked_against_the_version_that_is_written_upon() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    ground.in_between("write", lambda: ground.event("e-2", amend("order-1", "first", ground)))
    with pytest.raises(Rejected) as refused:
        await ground.request("k", amend("order-1", "second", ground), version=1)
    assert refused.value.more["version"] == 2
    assert refused.value.more["current"]["notes"] == ["first"]
    assert ground.state("order-1")["notes"] == ["first"]


async def test_rule_04_out_of_ones_areas_looks_exactly_like_missing() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    with pytest.raises(Missing) as elsewhere:
        await ground.request("k", touch("order-1"), areas=("4299",))
    asked = len(ground.calls)
    with pytest.raises(Missing) as nowhere:
        await ground.request("k", touch("order-2"), areas=("4299",))
    assert elsewhere.value.detail.replace("order-1", "order-2") == nowhere.value.detail
    assert ground.calls[-1:] == ["read"]
    assert len(ground.calls) == asked + 1


async def test_rule_04_an_alarm_that_was_set_anew_meanwhile_does_not_fire() -> None:
    store, _ = works.RELEASES["new"]
    ground = Ground(store)
    opened = OrderPlaced(order_id="order-1", ref="r", at=ground.clock.now())
    await ground.event("e-1", store.begin("work-order-1", lambda: works.open_work(works.Work, opened, "e-1")))
    seen = ground.row("work-order-1")["wake_at"]
    fire = Ask(
        heard("wake"), store.change("work-order-1", lambda s: works.overdue(s, ground.clock.now())), Guard(wake_at=seen)
    )
    ground.in_between(
        "write",
        lambda: ground.event("e-2", store.change("work-order-1", lambda s: works.put_off(s, ground.clock.now()))),
    )
    result = await ground.desk.apply([fire])
    assert "set anew" in str(result.outcomes["test/wake", "work-order-1"].refused)
    assert ground.state("work-order-1")["level"] == 0


async def test_rule_04_what_was_heard_comes_before_every_other_check() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.request("k", amend("order-1", "a", ground), version=1)
    await ground.event("e-2", cancel("order-1", ground))
    again = await ground.request("k", amend("order-1", "a", ground), version=1)
    assert again.repeated
    assert again.version == 3


async def test_rule_04_lost_races_are_decided_again_until_a_deadline_not_so_many_times() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-0", place("order-1", ground))
    others = [lambda n=n: ground.event(f"e-{n}", touch("order-1")) for n in range(1, 31)]
    ground.in_between("write", *(_alone(ground, other) for other in others))
    await ground.request("k", amend("order-1", "at last", ground))
    assert ground.state("order-1") | {"notes": ["at last"], "touched": 30} == ground.state("order-1")


def _alone(ground: Ground, other: Any) -> Any:
    """The other's own write is not come between."""

    async def go() -> None:
        book = ground.books["orders"]
        trouble, book.trouble = book.trouble, ground.count
        await other()
        book.trouble = trouble

    return go


async def test_rule_04_beyond_the_deadline_the_cause_may_come_again() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-0", place("order-1", ground))

    async def other() -> None:
        ground.clock.moment += timedelta(seconds=1)
        await ground.event(f"e-{ground.clock.moment}", touch("order-1"))

    ground.in_between("write", *(_alone(ground, other) for _ in range(9)))
    with pytest.raises(Busy):
        await ground.request("k", amend("order-1", "never", ground))
    assert ground.state("order-1")["notes"] == []
