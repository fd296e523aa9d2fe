"""Rules 18 and 19: timing under one lock, and gaps in the log that are loud.

What only running engines can show (rebalances, kills, a broker that restarts) is in tests/contract.
"""

import asyncio
from importlib.metadata import version
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, KafkaError
from faststream import AckPolicy

from shared import consume, documents
from shared.consume import TIMING, Consumer
from shared.decision import Busy
from shared.gaps import gap
from shared.settings import Settings
from shared.testing.log import MemoryLog
from shared.testing.memory import MemoryRows
from tests.kernel.ground import Ground, Listening
from tests.kernel.test_rule_16_to_17_poison_and_early import Message, consumer, placed, working
from tests.simulation import works

PLACE = TopicPartition("t", 0)


def test_rule_18_the_time_outs_fit_into_each_other() -> None:
    assert TIMING["rebalance_timeout_ms"] == 60_000
    assert documents.STORE_TIMEOUT_MS == 5_000
    assert consume.BATCH_DEADLINE == 20
    assert 3 * TIMING["heartbeat_interval_ms"] <= TIMING["session_timeout_ms"] <= 10_000
    longest_batch = 1000 * (consume.BATCH_DEADLINE + consume.LONGEST_WAIT) + 2 * documents.STORE_TIMEOUT_MS
    assert longest_batch < TIMING["rebalance_timeout_ms"] < TIMING["max_poll_interval_ms"]


async def test_rule_18_the_one_subscriber_nacks_on_error_takes_raw_batches_and_listens_to_rebalances() -> None:
    nobody = Settings.model_validate({"KAFKA": "127.0.0.1:1"})
    ours = Consumer("works", ["orders"], working().hearing, MemoryRows(), nobody)
    with pytest.raises(KafkaError):
        await ours._join()
    subscriber: Any = ours._subscriber
    assert subscriber.ack_policy is AckPolicy.NACK_ON_ERROR
    assert subscriber._listener is ours
    assert subscriber._connection_args["rebalance_timeout_ms"] == 60_000
    assert subscriber._connection_args["auto_offset_reset"] == "earliest"
    assert getattr(subscriber, "max_workers", 1) == 1
    assert tuple(map(int, version("faststream").split(".")[:3])) >= (0, 7, 8)


async def test_rule_18_written_first_then_acknowledged() -> None:
    ears = working()
    ours = consumer(ears, MemoryRows())
    course: list[str] = ears.ground.calls
    await ours.on_batch(Message([placed(ears, "order-1")], course))  # type: ignore[arg-type]
    assert course.index("written") < course.index("acknowledged")


async def test_rule_18_what_could_not_be_written_is_not_acknowledged() -> None:
    ears = working()
    ours = consumer(ears, MemoryRows())
    ours._revoking.set()
    acked: list[str] = []

    async def away(call: str) -> None:
        raise Busy("the store is away")

    ears.ground.books["works"].trouble = away
    with pytest.raises(Busy):
        await ours.on_batch(Message([placed(ears, "order-1")], acked))  # type: ignore[arg-type]
    assert acked == []
    assert ears.rows.rows == {}


async def test_rule_18_a_failed_acknowledgement_escapes_and_so_rewinds() -> None:
    class Fenced(Message):
        async def ack(self) -> None:
            raise CommitFailedError("another has it")

    ears = working()
    ours = consumer(ears, MemoryRows())
    with pytest.raises(CommitFailedError):
        await ours.on_batch(Fenced([placed(ears, "order-1")], []))  # type: ignore[arg-type]


async def test_rule_18_a_revocation_wakes_a_batch_that_waits_for_the_store_and_then_takes_the_lock() -> None:
    ears = working()
    ours = consumer(ears, MemoryRows())
    asked = asyncio.Event()

    async def away(call: str) -> None:
        asked.set()
        raise Busy("the store is away")

    ears.ground.books["works"].trouble = away
    acked: list[str] = []
    batch = asyncio.create_task(ours.on_batch(Message([placed(ears, "order-1")], acked)))  # type: ignore[arg-type]
    await asked.wait()
    await asyncio.wait_for(ours.on_partitions_revoked({PLACE}), 5)
    with pytest.raises(Busy):
        await batch
    assert acked == []
    assert not ours._revoking.is_set()


async def test_rule_18_a_revocation_waits_for_the_batch_in_hand() -> None:
    ears = working()
    ours = consumer(ears, MemoryRows())
    course: list[str] = []
    goes_on, begun = asyncio.Event(), asyncio.Event()

    async def slow(call: str) -> None:
        begun.set()
        await goes_on.wait()

    ears.ground.books["works"].trouble = slow
    batch = asyncio.create_task(ours.on_batch(Message([placed(ears, "order-1")], course)))  # type: ignore[arg-type]
    await begun.wait()

    async def revoke() -> None:
        await ours.on_partitions_revoked({PLACE})
        course.append("revoked")

    revocation = asyncio.create_task(revoke())
    await asyncio.sleep(0)
    assert course == []
    goes_on.set()
    await asyncio.gather(batch, revocation)
    assert course == ["acknowledged", "revoked"]


async def test_rule_18_a_zombie_writes_nothing_twice_and_cannot_acknowledge() -> None:
    """Its partitions moved while it was frozen: the version and `heard` fence it, not offsets."""
    store, on = works.RELEASES["new"]
    ground = Ground(store)
    zombie, heir = Listening(ground, on), Listening(ground, on)
    batch = [placed(zombie, "order-1")]
    ground.in_between("write", lambda: heir.hear(*batch))
    await zombie.hear(*batch)
    assert ground.state("work-order-1")["effects"] == ["opened order-1#1", "noted order-1#1"]
    log = MemoryLog(partitions=1)
    member = await log.group("g", ["t"]).join(_lets_go)
    log.groups["g"].evict(member)
    with pytest.raises(CommitFailedError):
        await member.commit()


async def _lets_go(places: set[TopicPartition]) -> None:
    return None


async def read_to(offset: int | None, beginning: int, known: bool) -> tuple[str | None, dict[TopicPartition, int]]:
    log, rows = MemoryLog(partitions=1), MemoryRows()
    group = log.group("g", ["t"])
    for _ in range(10):
        log.append("t", b"k", b"v", ())
    member = await group.join(_lets_go)
    if offset is not None:
        group.committed[PLACE] = offset
    log.cut(PLACE, beginning)
    if known:
        await rows.put({"_id": "heard/t/0", "from": 0})
    return await gap(member, PLACE, rows), group.committed


async def test_rule_19_what_was_cut_off_before_it_was_read_is_loud() -> None:
    found, _ = await read_to(offset=3, beginning=7, known=True)
    assert found == "t/0 was read to 3, and the log begins at 7"


async def test_rule_19_an_offset_that_the_broker_forgot_is_loud() -> None:
    found, committed = await read_to(offset=None, beginning=0, known=True)
    assert found == "the broker forgot where t/0 was read to"
    assert committed == {}


async def test_rule_19_the_first_time_a_place_is_seen_is_committed_and_no_gap() -> None:
    assert await read_to(offset=None, beginning=4, known=False) == (None, {PLACE: 4})


async def test_rule_19_read_within_what_is_kept_is_no_gap() -> None:
    assert (await read_to(offset=7, beginning=7, known=True))[0] is None


async def test_rule_19_a_gap_halts_the_consumer_until_an_operator_decides() -> None:
    control = MemoryRows()
    ours = consumer(working(), control)
    log = MemoryLog(partitions=1)
    group = log.group("g", ["t"])
    log.append("t", b"k", b"v", ())
    member = await group.join(ours.on_partitions_revoked)
    group.committed[PLACE] = 0
    log.cut(PLACE, 1)
    ours._subscriber = _Subscribed(member)
    await ours.on_partitions_assigned({PLACE})
    await _looked(ours)
    assert ours.halted == "t/0 was read to 0, and the log begins at 1"
    assert await member.poll(10) == ()
    restarted = consumer(working(), control)
    assert (await control.get(restarted._halt_id) or {})["reason"] == ours.halted
    await ours.resume()
    assert ours.halted is None
    assert member.assignment() == {PLACE}


class _Subscribed:
    def __init__(self, member: Any) -> None:
        self.consumer = member


async def _looked(ours: Consumer) -> None:
    assert ours._looking is not None
    await ours._looking


def test_rule_19_topics_are_kept_for_ever_by_default() -> None:
    from shared.prepare import TOPIC_CONFIG

    assert TOPIC_CONFIG["retention.ms"] == "-1"
    assert Settings.model_validate({}).partitions == 12
