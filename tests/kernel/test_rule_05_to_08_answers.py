"""Rules 5 to 8: what an answer of the store means, and what is too much."""

import asyncio
from typing import Any

import pytest
from pymongo import ReadPreference
from pymongo.errors import AutoReconnect, BulkWriteError, NetworkTimeout, WTimeoutError

from shared import documents
from shared.causes import Ask
from shared.decision import Busy, Rejected
from shared.document import LARGEST_EVENT, MOST_UNSAID
from shared.documents import Conflict, MongoDocuments, Write
from tests.kernel.ground import Ground, amend, heard, place, touch
from tests.simulation import orders

WRITES = [Write("order-1", 0, {}, []), Write("order-2", 0, {}, [])]


@pytest.mark.parametrize("secondary_first", [False, True])
async def test_rule_05_a_document_begun_twice_at_once_is_a_lost_race_whatever_key_is_named(
    secondary_first: bool,
) -> None:
    ground = Ground(orders.orders, secondary_first=secondary_first)
    ground.in_between("write", lambda: ground.event("e-1", place("order-1", ground)))
    result = await ground.event("e-2", place("order-1", ground))
    assert result.outcomes["test/e-2", "order-1"].refused is None
    assert ground.row("order-1")["seq"] == 1
    assert [entry["id"] for entry in ground.row("order-1")["heard"]] == ["test/e-1", "test/e-2"]


async def test_rule_05_the_same_key_begun_twice_at_once_is_answered_as_a_repeat() -> None:
    ground = Ground(orders.orders, secondary_first=True)
    ground.in_between("write", lambda: ground.request("k", place("order-1", ground)))
    assert (await ground.request("k", place("order-1", ground))).repeated
    assert ground.row("order-1")["version"] == 1


async def test_rule_05_a_duplicate_key_with_an_unmoved_version_is_a_refusal_that_names_the_key() -> None:
    ground = Ground(orders.orders)
    await ground.request("k-1", place("order-1", ground, ref="H-7"))
    with pytest.raises(Rejected, match="already taken: reference") as refused:
        await ground.request("k-2", place("order-2", ground, ref="H-7"))
    assert refused.value.more == {"key": "reference"}
    assert "order-2" not in ground.books["orders"].rows


async def test_rule_05_only_the_culprit_is_refused_and_the_rest_of_its_document_and_batch_goes_on() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground, ref="H-7"))
    asks = [
        Ask(heard("e-2"), place("order-2", ground)),
        Ask(heard("e-3"), amend("order-2", "a", ground)),
        Ask(heard("e-4"), orders.orders.change("order-2", lambda order: _renamed(order, "H-7"))),
        Ask(heard("e-5"), amend("order-2", "b", ground)),
        *(Ask(heard(f"e-{n}"), place(f"order-{n}", ground)) for n in range(10, 20)),
    ]
    result = await ground.desk.apply(asks)
    assert [id for (id, _), outcome in result.outcomes.items() if outcome.refused] == ["test/e-4"]
    assert ground.state("order-2")["notes"] == ["a", "b"]
    assert ground.state("order-2")["ref"] == "ref-order-2"
    assert len(ground.books["orders"].rows) == 12


def _renamed(order: orders.Order, ref: str) -> Any:
    return orders.touch(order.but(ref=ref))


async def test_rule_05_an_events_refused_begin_is_remembered_and_leaves_room_for_another_to_begin() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground, ref="H-7"))
    await ground.event("e-2", place("order-2", ground, ref="H-7"))
    again = await ground.event("e-2", place("order-2", ground, ref="H-8"))
    assert again.outcomes["test/e-2", "order-2"].repeated
    await ground.request("k", place("order-2", ground, ref="H-9"))
    assert ground.state("order-2")["ref"] == "H-9"
    assert ground.row("order-2")["seq"] == 1


@pytest.mark.parametrize("call", ["write", "written"])
async def test_rule_06_an_unclear_answer_is_never_success_and_the_same_cause_again_is_safe(call: str) -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    ground.in_between(call, _away)
    with pytest.raises(Busy):
        await ground.request("k", amend("order-1", "once", ground))
    await ground.request("k", amend("order-1", "once", ground))
    assert ground.state("order-1")["notes"] == ["once"]
    assert ground.row("order-1")["seq"] == 2


async def _away() -> None:
    raise Busy("the store is away")


async def test_rule_06_what_no_majority_took_is_not_success_and_may_be_gone() -> None:
    ground = Ground(orders.orders)
    book = ground.books["orders"]
    book.confirmed = lambda: False
    with pytest.raises(Busy):
        await ground.request("k", place("order-1", ground))
    assert ground.hints == []
    book.rollback()
    assert book.rows == {}
    book.confirmed = lambda: True
    assert not (await ground.request("k", place("order-1", ground))).repeated


def test_rule_06_a_write_concern_error_beside_duplicate_keys_is_unclear_too() -> None:
    duplicate = {"index": 0, "code": 11000, "keyPattern": {"_id": 1}}
    clear = BulkWriteError({"writeErrors": [duplicate], "writeConcernErrors": []})
    assert documents._conflicts(WRITES, clear) == [Conflict("order-1", "_id")]
    for details in (
        {"writeErrors": [], "writeConcernErrors": [{"code": 64, "errmsg": "waiting for replication timed out"}]},
        {"writeErrors": [duplicate], "writeConcernErrors": [{"code": 64, "errmsg": "timed out"}]},
        {"writeErrors": [duplicate, {"index": 1, "code": 112}], "writeConcernErrors": []},
    ):
        with pytest.raises(Busy):
            documents._conflicts(WRITES, BulkWriteError(details))


@pytest.mark.parametrize("error", [AutoReconnect("lost"), NetworkTimeout("timed out"), WTimeoutError("wtimeout")])
async def test_rule_06_lost_connections_and_time_outs_are_unclear(error: Exception) -> None:
    class Server:
        async def bulk_write(self, *operations: Any, **options: Any) -> None:
            raise error

        update_many = bulk_write

    book = MongoDocuments(Server(), "test")
    with pytest.raises(Busy):
        await book.write(WRITES)
    with pytest.raises(Busy):
        await book.strike({"order-1": ["order-1#1"]})


@pytest.mark.parametrize("driver", ["motor", "pymongo"])
async def test_rule_07_majority_both_ways_on_the_primary_and_journalled(driver: str) -> None:
    """The settings; that the engines keep to them is in tests/contract."""
    client = documents.connect("mongodb://127.0.0.1:1/?connect=false", driver)
    collection = documents.collection(client, "test", "orders")
    assert collection.write_concern.document == {"w": "majority", "j": True, "wtimeout": documents.STORE_TIMEOUT_MS}
    assert collection.read_concern.document == {"level": "majority"}
    assert collection.read_preference == ReadPreference.PRIMARY
    closing = client.close()
    if asyncio.iscoroutine(closing):
        await closing


async def test_rule_07_the_relay_does_not_see_what_could_still_be_rolled_back() -> None:
    ground = Ground(orders.orders)
    book = ground.books["orders"]
    book.confirmed = lambda: False
    with pytest.raises(Busy):
        await ground.request("k", place("order-1", ground))
    later = ground.clock.real()
    assert await book.unsaid(later, 10) == []
    assert await book.read(["order-1"]) == {}
    book.settle()
    assert [row["_id"] for row in await book.unsaid(later, 10)] == ["order-1"]


async def test_rule_08_an_event_that_is_too_large_to_say_is_refused() -> None:
    ground = Ground(orders.orders)
    await ground.request("k-1", place("order-1", ground))
    with pytest.raises(Rejected, match="too large to say"):
        await ground.request("k-2", amend("order-1", "x" * LARGEST_EVENT, ground))
    assert ground.row("order-1")["version"] == 1


async def test_rule_08_more_than_five_hundred_unsaid_events_are_busy_until_they_are_said() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-0", place("order-1", ground), *(amend("order-1", f"{n}", ground) for n in range(499)))
    assert len(ground.row("order-1")["outbox"]) == MOST_UNSAID
    with pytest.raises(Busy):
        await ground.request("k", amend("order-1", "one more", ground))
    await ground.request("k-silent", touch("order-1"))
    await ground.books["orders"].strike({"order-1": ["order-1#1"]})
    await ground.request("k", amend("order-1", "one more", ground))
    assert ground.row("order-1")["seq"] == 501
