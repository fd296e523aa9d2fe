"""Rules 16 and 17: what cannot be decided is laid aside before anything is written; too early is not poison."""

from datetime import timedelta
from typing import Any

import pytest

from shared.consume import MOST_IN_A_ROW, Consumer, Halted
from shared.decision import Busy, Decision, Rejected
from shared.parked import PATIENCE, Record
from shared.settings import Settings
from shared.testing.log import Logged
from shared.testing.memory import MemoryRows
from tests.kernel.ground import Ground, Listening
from tests.simulation import ledger, works
from tests.simulation.events import OrderAmended, OrderPlaced, WorkOpened


def working() -> Listening:
    store, on = works.RELEASES["new"]
    return Listening(Ground(store), on)


def placed(ears: Listening, id: str) -> Record:
    return ears.record(OrderPlaced(order_id=id, ref=id, at=ears.ground.clock.now()), id)


def amended(ears: Listening, id: str, sequence: int, poison: bool = False) -> Record:
    event = OrderAmended(order_id=id, text="a", poison=poison, at=ears.ground.clock.now())
    return ears.record(event, id, sequence)


async def test_rule_16_one_percent_of_poison_costs_no_round_trips_and_stops_nothing() -> None:
    ears = working()
    orders = [f"order-{n}" for n in range(100)]
    await ears.hear(*(placed(ears, id) for id in orders))
    ears.ground.calls.clear()
    batch = [amended(ears, id, 2, poison=id.endswith("7")) for id in orders]
    await ears.hear(*batch)
    assert ears.ground.calls.count("read") == 1
    assert ears.ground.calls.count("write") == 1
    assert ears.reasons() == ["broken"] * 10
    effects = [len(ears.ground.state(works.work_of(id))["effects"]) for id in orders]
    assert effects == [2 if id.endswith("7") else 3 for id in orders]


async def test_rule_16_poison_on_one_document_is_taken_off_the_others_of_its_cause() -> None:
    ground = Ground(*(store for store in (ledger.entries, ledger.rows)))

    def breaks(state: Any) -> Any:
        raise ZeroDivisionError

    result = await ground.event(
        "e-1",
        ledger.rows.begin("row-1", lambda: Decision(ledger.Row(id="row-1", bucket="b"))),
        ledger.entries.begin_or_change("entry-1", breaks),
    )
    assert "test/e-1" in result.poison
    assert ground.books["rows"].rows == {}


async def test_rule_16_parked_records_are_named_by_group_topic_partition_and_offset() -> None:
    ears = working()
    record = placed(ears, "order-1")
    broken = Record(record.topic, 3, 17, record.key, b"not json", record.headers, 0.0)
    nothing = Record(record.topic, 3, 18, None, None, (), 0.0)
    await ears.hear(broken, nothing, record)
    assert list(ears.rows.rows) == ["test.group/test.topic/3/17", "test.group/test.topic/3/18"]
    assert ears.reasons() == ["unreadable", "malformed"]
    assert ears.ground.state("work-order-1")["stage"] == "open"


async def test_rule_16_a_parked_record_is_redriven_once_its_fault_is_mended() -> None:
    ears = working()
    await ears.hear(placed(ears, "order-1"), amended(ears, "order-1", 2, poison=True))
    parked = next(iter(ears.rows.rows.values()))
    assert (await ears.parked.redrive(parked["_id"]))["redriven"] is False
    parked["record"]["value"] = parked["record"]["value"].replace(b'"poison":true', b'"poison":false')
    ears.rows.rows[parked["_id"]] = parked
    assert (await ears.parked.redrive(parked["_id"]))["redriven"] is True
    assert ears.ground.state("work-order-1")["effects"][-1] == "order-1#2"
    assert ears.rows.rows == {}


async def test_rule_16_a_parked_record_older_than_the_memory_is_redriven_only_by_override() -> None:
    ears = working()
    await ears.hear(placed(ears, "order-1"), amended(ears, "order-1", 2, poison=True))
    ears.ground.clock.moment += timedelta(days=9)
    id = next(iter(ears.rows.rows))
    with pytest.raises(Rejected):
        await ears.parked.redrive(id)
    assert (await ears.parked.redrive(id, override=True))["redriven"] is False


class Message:
    """As FastStream hands a batch over; `acked` says when in the course of things."""

    def __init__(self, records: list[Record], acked: list[str]) -> None:
        self.raw_message = tuple(Logged(r.topic, r.partition, r.offset, r.key, r.value, r.headers, 0) for r in records)
        self._acked = acked

    async def ack(self) -> None:
        self._acked.append("acknowledged")


def consumer(ears: Listening, control: MemoryRows) -> Consumer:
    return Consumer("works", ["orders"], ears.hearing, control, Settings.model_validate({}))


async def test_rule_16_fifty_in_a_row_halt_the_consumer_also_after_a_restart() -> None:
    ears, control = working(), MemoryRows()
    ours = consumer(ears, control)
    bad = [Record("t", 0, n, None, b"", (), 0.0) for n in range(MOST_IN_A_ROW)]
    acked: list[str] = []
    await ours.on_batch(Message(bad[1:], acked))  # type: ignore[arg-type]
    assert ours.halted is None
    await ours.on_batch(Message(bad[:1], acked))  # type: ignore[arg-type]
    assert ours.halted is not None
    assert acked == ["acknowledged"] * 2
    with pytest.raises(Halted):
        await ours.on_batch(Message([placed(ears, "order-1")], acked))
    assert await control.get("halt/works") is not None
    await ours.resume()
    await ours.on_batch(Message([placed(ears, "order-1")], acked))
    assert ears.ground.state("work-order-1")["stage"] == "open"
    assert await control.get("halt/works") is None


async def test_rule_16_a_good_record_between_ends_the_row() -> None:
    ears = working()
    for n in range(4):
        bad = [Record("t", 0, 100 * n + m, None, b"", (), 0.0) for m in range(20)]
        await ears.hear(*bad, placed(ears, f"order-{n}"))
    assert ears.hearing.in_a_row == 0
    assert len(ears.rows.rows) == 80


async def test_rule_16_trying_again_because_the_store_was_away_counts_no_record_twice() -> None:
    ears = working()
    left = ["second"]

    async def away_once(call: str) -> None:
        if call == "put" and len(ears.rows.rows) == 1 and left:
            left.pop()
            raise Busy("the store is away")

    ears.rows.trouble = away_once
    bad = [Record("t", 0, n, None, b"", (), 0.0) for n in range(3)]
    with pytest.raises(Busy):
        await ears.hear(*bad)
    await ears.hear(*bad)
    assert ears.hearing.in_a_row == 3


def noting() -> Listening:
    return Listening(Ground(ledger.entries, ledger.rows, ledger.buckets), ledger.on)


def opened(ears: Listening, id: str) -> Record:
    return ears.record(WorkOpened(order_id=id, rank=None, at=ears.ground.clock.now()), f"work-{id}")


async def test_rule_17_an_event_before_its_document_is_parked_as_early_and_heard_when_it_comes() -> None:
    ears = noting()
    early = opened(ears, "order-1")
    await ears.hear(early)
    assert ears.reasons() == ["early"]
    await ears.hear(placed(ears, "order-1"))
    ears.ground.clock.moment += timedelta(seconds=3)
    assert await ears.parked.sweep() == 1
    assert ears.rows.rows == {}
    assert ears.ground.state("entry-order-1")["effects"] == ["order-1#1", "work-order-1#1"]
    await ears.hear(early)
    assert len(ears.ground.state("entry-order-1")["effects"]) == 2


async def test_rule_17_too_early_does_not_count_towards_the_fifty() -> None:
    ears = noting()
    await ears.hear(*(opened(ears, f"order-{n}") for n in range(MOST_IN_A_ROW + 10)))
    assert ears.hearing.in_a_row == 0


async def test_rule_17_what_never_came_is_given_up_after_a_day_and_stays_visible() -> None:
    ears = noting()
    await ears.hear(opened(ears, "order-1"))
    ears.ground.clock.moment += PATIENCE + timedelta(seconds=1)
    assert await ears.parked.sweep() == 0
    assert ears.reasons() == ["never came"]
    assert await ears.parked.sweep() == 0


async def test_rule_17_where_it_is_natural_the_early_event_starts_the_document() -> None:
    ears = noting()
    await ears.hear(placed(ears, "order-1"))
    bucket = ledger.bucket_of("order-1#1")
    assert ears.ground.state(bucket)["stale"] is True
