"""Rules 13 to 15: the whole outbox in order, swept for what a crash left, and what failed stays."""

from datetime import timedelta
from typing import Any

from shared.event import Envelope
from shared.relay import LEFT_FOR, SWEEP_EVERY, Relay
from shared.store import UNIVERSAL_INDEXES
from shared.testing.log import Fate, MemoryLog, MemoryProducer
from tests.kernel.ground import Ground, amend, ids, place, touch
from tests.simulation import orders
from tests.simulation.process import topic


class Saying:
    """A relay over a ground and a log; `fates` are those of the next records sent, then all is kept."""

    def __init__(self, ground: Ground) -> None:
        self.ground, self.log = ground, MemoryLog(partitions=3)
        self.log.fate = lambda: self.fates.pop(0) if self.fates else "kept"
        self.fates: list[Fate] = []
        self.relay = self.another()
        ground.desk.hint = self.relay.hint

    def another(self) -> Relay:
        return Relay("orders", self.ground.books, MemoryProducer(self.log, topic), self.ground.clock)

    def said(self, id: str) -> list[str]:
        records = [record for place in self.log.records.values() for record in place]
        read = (Envelope.read(record.headers, record.value) for record in records)
        return [envelope.id for envelope in read if envelope.subject == id]

    def unsaid(self, id: str) -> list[str]:
        return ids(self.ground.row(id)["outbox"])


async def test_rule_13_the_whole_outbox_is_said_in_order_not_only_ones_own_events() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    ground.desk.hint = lambda store, id, outbox: None  # the process that wrote the first crashed
    await ground.event("e-1", place("order-1", ground))
    ground.desk.hint = saying.relay.hint
    await ground.event("e-2", amend("order-1", "a", ground))
    assert await saying.relay.say_hints()
    assert saying.said("order-1") == ["order-1#1", "order-1#2"]
    assert saying.unsaid("order-1") == []


async def test_rule_13_a_hint_is_the_outbox_as_read_and_what_was_added() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", amend("order-1", "a", ground))
    await ground.event("e-3", touch("order-1"))
    assert ground.hints == [("order-1", ["order-1#1"]), ("order-1", ["order-1#1", "order-1#2"])]


async def test_rule_13_what_was_acknowledged_is_not_said_again_by_the_same_process() -> None:
    saying = Saying(Ground(orders.orders))
    await saying.ground.event("e-1", place("order-1", saying.ground))
    outbox = saying.ground.row("order-1")["outbox"]
    await saying.relay.say({("orders", "order-1"): outbox})
    await saying.relay.say({("orders", "order-1"): outbox})
    assert saying.said("order-1") == ["order-1#1"]


async def test_rule_13_nobody_waits_for_kafka_to_write() -> None:
    saying = Saying(Ground(orders.orders))
    saying.fates = ["lost"]
    await saying.ground.request("k", place("order-1", saying.ground))
    assert not await saying.relay.say_hints()
    await saying.ground.request("k-2", amend("order-1", "a", saying.ground))
    assert await saying.relay.say_hints()
    assert saying.said("order-1") == ["order-1#1", "order-1#2"]


async def test_rule_14_the_sweep_finds_what_lay_unsaid_for_two_seconds_the_oldest_first() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    ground.desk.hint = lambda store, id, outbox: None
    for n in (2, 1):
        await ground.event(f"e-{n}", place(f"order-{n}", ground))
        ground.clock.moment += timedelta(seconds=1)
    assert await saying.relay.sweep() == 1
    assert saying.said("order-2") == ["order-2#1"]
    assert saying.said("order-1") == []
    ground.clock.moment += LEFT_FOR
    assert await saying.relay.sweep() == 1
    assert saying.unsaid("order-1") == []
    assert await saying.relay.sweep() == 0


def test_rule_14_the_outbox_is_its_own_flag() -> None:
    assert ("outbox.at",) in [index.fields for index in UNIVERSAL_INDEXES]
    assert SWEEP_EVERY <= 2.0


async def test_rule_14_an_event_pushed_while_others_are_being_struck_is_still_found() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    ground.desk.hint = lambda store, id, outbox: None
    await ground.event("e-1", place("order-1", ground))
    ground.clock.moment += LEFT_FOR
    ground.in_between("strike", lambda: ground.event("e-2", amend("order-1", "a", ground)))
    await saying.relay.sweep()
    assert saying.unsaid("order-1") == ["order-1#2"]
    ground.clock.moment += LEFT_FOR
    await saying.relay.sweep()
    assert saying.said("order-1") == ["order-1#1", "order-1#2"]


async def test_rule_15_what_failed_stays_with_its_document_and_the_others_go_on() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    names = _on_different_partitions(saying.log)
    for name in names:
        await ground.event(f"e-{name}", place(name, ground), amend(name, "a", ground))
    saying.fates = ["kept", "lost", "kept", "kept"]
    assert not await saying.relay.say_hints()
    assert saying.unsaid(names[0]) == [f"{names[0]}#2"]
    assert saying.unsaid(names[1]) == []
    ground.clock.moment += LEFT_FOR
    await saying.relay.sweep()
    assert saying.said(names[0]) == [f"{names[0]}#1", f"{names[0]}#2"]


async def test_rule_15_only_the_acknowledged_prefix_is_struck() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    await ground.event("e-1", place("order-1", ground), amend("order-1", "a", ground))
    saying.fates = ["unclear", "kept"]
    await saying.relay.say_hints()
    assert saying.unsaid("order-1") == ["order-1#1", "order-1#2"]
    ground.clock.moment += LEFT_FOR
    await saying.relay.sweep()
    assert saying.unsaid("order-1") == []
    assert saying.said("order-1") == ["order-1#1", "order-1#2", "order-1#1"]


async def test_rule_15_a_crash_between_saying_and_striking_says_it_twice_and_loses_nothing() -> None:
    saying = Saying(Ground(orders.orders))
    ground = saying.ground
    await ground.event("e-1", place("order-1", ground))
    outbox: list[dict[str, Any]] = ground.row("order-1")["outbox"]
    await MemoryProducer(saying.log, topic).send([Envelope.of_unsaid("orders", "order-1", outbox[0])])
    ground.clock.moment += LEFT_FOR
    await saying.another().sweep()
    assert saying.said("order-1") == ["order-1#1", "order-1#1"]
    assert saying.unsaid("order-1") == []


def _on_different_partitions(log: MemoryLog) -> list[str]:
    names = [f"order-{n}" for n in range(10)]
    first = names[0]
    there = log.place("t", first.encode())
    return [first, next(name for name in names if log.place("t", name.encode()) != there)]
