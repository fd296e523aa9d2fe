"""Rules 9 to 12: what a document remembers, for how long, and what guards it beyond that."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest
from fastapi import APIRouter

from shared.decision import Busy, Missing, Rejected
from shared.document import KEEP_EVENTS, KEEP_REQUESTS, MOST_HEARD
from shared.http import Body, Wish
from shared.testing.client import Served
from shared.testing.scenario import Scenario, Told
from tests.kernel.ground import Ground, amend, cancel, erase, place, touch
from tests.simulation import ledger, orders, works
from tests.simulation.events import OrderAmended, OrderErased, OrderPlaced, WorkFinished, WorkOpened


async def test_rule_09_what_was_heard_is_forgotten_by_age() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.request("k", touch("order-1"))
    ground.clock.moment += min(KEEP_EVENTS, KEEP_REQUESTS)
    await ground.event("e-2", touch("order-1"))
    assert len(ground.row("order-1")["heard"]) == 3
    ground.clock.moment += timedelta(days=1, milliseconds=1)
    await ground.event("e-3", touch("order-1"))
    assert [entry["id"] for entry in ground.row("order-1")["heard"]] == ["test/e-2", "test/e-3"]


async def test_rule_09_events_are_remembered_a_day_longer_than_the_broker_keeps_offsets() -> None:
    assert timedelta(days=8) <= KEEP_EVENTS
    assert timedelta(days=7) <= KEEP_REQUESTS


async def test_rule_09_a_window_full_of_young_causes_is_an_error_and_evicts_nothing() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-0", place("order-1", ground))
    for n in range(1, MOST_HEARD):
        await ground.event(f"e-{n}", touch("order-1"))
    with pytest.raises(Busy):
        await ground.request("k", touch("order-1"))
    full = await ground.event("e-more", touch("order-1"))
    assert "test/e-more" in full.poison
    assert ground.row("order-1")["heard"][0]["id"] == "test/e-0"
    ground.clock.moment += KEEP_EVENTS + timedelta(days=1)
    await ground.request("k", touch("order-1"))
    assert ground.state("order-1")["touched"] == MOST_HEARD


async def test_rule_09_no_ops_begun_already_and_refusals_of_events_are_remembered_too() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", place("order-1", ground))
    await ground.event("e-3", cancel("order-1", ground))
    refused = await ground.event("e-4", amend("order-1", "too late", ground))
    assert isinstance(refused.outcomes["test/e-4", "order-1"].refused, Rejected)
    heard = [(entry["id"], entry.get("refused", False)) for entry in ground.row("order-1")["heard"]]
    assert heard == [("test/e-1", False), ("test/e-2", False), ("test/e-3", False), ("test/e-4", True)]


async def test_rule_09_a_refused_event_is_not_applied_when_it_comes_again() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", cancel("order-1", ground))
    await ground.event("e-3", amend("order-1", "refused", ground))
    await ground.event("e-4", orders.orders.change("order-1", _open_again))
    again = await ground.event("e-3", amend("order-1", "refused", ground))
    assert again.outcomes["test/e-3", "order-1"].repeated
    assert ground.state("order-1")["notes"] == []


def _open_again(order: orders.Order) -> Any:
    return orders.touch(order.but(stage="open"))


def test_rule_10_a_begin_replayed_without_memory_finds_its_document() -> None:
    store, on = works.RELEASES["new"]
    placed = OrderPlaced(order_id="order-1", ref="r", at=Scenario(None).clock.now())
    scenario = Scenario(on, store).given(Told(placed, "order-1"))
    for book in scenario.books.values():
        for row in book.rows.values():
            row["heard"] = []
    scenario.when(Told(placed, "order-1")).then()
    assert [work.id for work in scenario.all(store)] == ["work-order-1"]


def test_rule_10_a_transition_replayed_without_memory_is_guarded_by_its_stage() -> None:
    scenario = Scenario(orders.on, orders.orders)
    scenario.does(orders.orders.begin("order-1", partial(orders.place, "order-1", "r", scenario.clock.now())))
    finished = Told(WorkFinished(order_id="order-1", at=scenario.clock.now()), "work-order-1")
    scenario.given(finished)
    for book in scenario.books.values():
        for row in book.rows.values():
            row["heard"] = []
    scenario.when(finished).then()
    assert scenario.state(orders.orders, "order-1").stage == "closed"


async def test_rule_11_erasing_leaves_a_tombstone_that_nothing_revives() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", erase("order-1", ground))
    row = ground.row("order-1")
    assert (row["state"], row["version"], row["seq"], row["wake_at"]) == (None, 2, 2, None)
    assert [entry["id"] for entry in row["heard"]] == ["test/e-1", "test/e-2"]
    assert row["keys"] == {}
    await ground.event("e-1", place("order-1", ground))
    other = await ground.event("e-3", place("order-1", ground))
    assert isinstance(other.outcomes["test/e-3", "order-1"].refused, Missing)
    with pytest.raises(Missing):
        await ground.request("k", place("order-1", ground))
    assert ground.state("order-1") is None
    assert ground.row("order-1")["seq"] == 2


async def test_rule_11_an_erased_documents_key_is_free_again() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground, ref="H-7"))
    await ground.event("e-2", erase("order-1", ground))
    await ground.request("k", place("order-2", ground, ref="H-7"))
    assert ground.state("order-2")["ref"] == "H-7"


def test_rule_11_an_event_heard_again_after_its_person_was_erased_changes_nothing() -> None:
    store, on = works.RELEASES["new"]
    now = Scenario(None).clock.now()
    placed = Told(OrderPlaced(order_id="order-1", ref="r", at=now), "order-1", 1)
    amended = Told(OrderAmended(order_id="order-1", text="a", at=now), "order-1", 2)
    erased = Told(OrderErased(order_id="order-1", at=now), "order-1", 3)
    scenario = Scenario(on, store).given(placed, amended, erased)
    scenario.when(placed).when(amended).then()
    assert scenario.all(store) == []


router = APIRouter()


class Placed(Body):
    ref: str


@router.post("/orders/{order_id}")
async def place_order(order_id: str, body: Placed, wish: Wish) -> Any:
    return await wish.act(orders.orders.begin(order_id, partial(orders.place, order_id, body.ref, wish.now)))


@router.post("/orders/{order_id}/amend")
async def amend_order(order_id: str, body: Placed, wish: Wish) -> Any:
    return await wish.act(orders.orders.change(order_id, lambda s: orders.amend(s, body.ref, False, wish.now)))


def served() -> Any:
    return Served("orders", Scenario(None, orders.orders), [router]).as_("W0001")


def test_rule_12_a_replay_answers_the_document_as_it_is_now_before_if_match_is_looked_at() -> None:
    client = served()
    client.post("/orders/order-1", {"ref": "r"}, key="p")
    first = client.post("/orders/order-1/amend", {"ref": "a"}, key="a", If_Match='"1"')
    client.post("/orders/order-1/amend", {"ref": "b"}, key="b")
    again = client.post("/orders/order-1/amend", {"ref": "a"}, key="a", If_Match='"1"')
    assert first.json()["notes"] == ["a"]
    assert "Idempotency-Replayed" not in first.headers
    assert again.status_code == 200
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["notes"] == ["a", "b"]
    assert again.headers["ETag"] == '"3"'


def test_rule_12_the_same_key_with_another_body_or_path_is_422() -> None:
    client = served()
    client.post("/orders/order-1", {"ref": "r"}, key="p")
    client.post("/orders/order-1/amend", {"ref": "a"}, key="a")
    other = client.post("/orders/order-1/amend", {"ref": "b"}, key="a")
    assert other.status_code == 422
    assert other.headers["content-type"] == "application/problem+json"


def test_rule_12_a_key_belongs_to_an_account_and_a_route() -> None:
    scenario = Scenario(None, orders.orders)
    service = Served("orders", scenario, [router])
    one, other = service.as_("W0001"), service.as_("W0002")
    one.post("/orders/order-1", {"ref": "r"}, key="k")
    assert one.post("/orders/order-1/amend", {"ref": "a"}, key="k").status_code == 200
    assert other.post("/orders/order-1/amend", {"ref": "a"}, key="k").status_code == 200
    assert scenario.state(orders.orders, "order-1").notes == ["a", "a"]


def test_rule_12_beginning_what_another_cause_began_is_409() -> None:
    client = served()
    client.post("/orders/order-1", {"ref": "r"}, key="p")
    assert client.post("/orders/order-1", {"ref": "r"}, key="other").status_code == 409
    assert client.post("/orders/order-1", {"ref": "r"}, key="p").status_code == 200


def test_rule_12_a_write_without_a_key_is_400_and_changes_nothing() -> None:
    scenario = Scenario(None, orders.orders)
    client = Served("orders", scenario, [router]).as_("W0001")
    answer = client._sent("POST", "/orders/order-1", json={"ref": "r"}, headers=client.headers)
    assert answer.status_code == 400
    assert scenario.all(orders.orders) == []


def test_rule_12_a_409_is_not_remembered_and_the_same_key_may_succeed_later() -> None:
    scenario = Scenario(ledger.on, ledger.entries, ledger.rows, ledger.buckets)
    change = ledger.entries.change("entry-order-1", partial(ledger.take_in, "by hand"))
    scenario.does(change, key="k").refuses(Missing)
    at = scenario.clock.now()
    scenario.given(OrderPlaced(order_id="order-1", ref="r", at=at), WorkOpened(order_id="order-1", rank=None, at=at))
    scenario.does(change, key="k").then()
    assert scenario.state(ledger.entries, "entry-order-1").effects[-1] == "by hand"
