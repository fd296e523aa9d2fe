"""The kernel on a real Kafka and a real store: what one service writes, another hears, once."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import UTC, datetime
from functools import partial
from typing import Any

from aiokafka import AIOKafkaProducer, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete

from deploy.embedded.testing import Running as Engines
from shared.prepare import prepare_topics
from shared.running import Running
from shared.settings import Settings
from tests.contract import mini

NOW = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)


async def until(fact: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not await fact():
            await asyncio.sleep(0.05)


@contextlib.asynccontextmanager
async def at_work(blueprint: Any, chosen: Settings) -> AsyncIterator[Running]:
    running = Running(blueprint, chosen)
    await running.start()
    try:
        yield running
    finally:
        await running.stop()


async def notes_count(running: Running, where: dict[str, Any] | None = None) -> int:
    return await running.books["notes"].count(where or {})


async def test_a_fact_written_here_is_an_effect_there_once(chosen: Settings) -> None:
    await prepare_topics(chosen)
    async with at_work(mini.TELLER, chosen) as teller, at_work(mini.HEARER, chosen) as hearer:
        await order_some(teller, 50)
        await until(lambda: _is(notes_count(hearer, {"state.ordered": 1}), 50))
        await until(lambda: _is(teller.books["hazards"].pending(), 0))


async def _is(count: Awaitable[int], wanted: int) -> bool:
    return await count == wanted


async def test_what_is_heard_again_from_the_start_changes_nothing(chosen: Settings) -> None:
    await prepare_topics(chosen)
    async with at_work(mini.TELLER, chosen) as teller:
        await order_some(teller, 30)
        async with at_work(mini.HEARER, chosen) as hearer:
            await until(lambda: _is(notes_count(hearer, {"state.ordered": 1}), 30))
            consumer = hearer.consumer
            assert consumer is not None
            assert consumer.member is not None
            await consumer.member.seek_to_beginning()
            await order_some(teller, 1, "later")
            await until(lambda: _is(notes_count(hearer, {"state.ordered": 1}), 31))
            assert await notes_count(hearer, {"state.ordered": {"$gt": 1}}) == 0


async def order_some(teller: Running, many: int, prefix: str = "h") -> None:
    for n in range(many):
        id = f"{prefix}-{n}"
        await teller.desk.apply([mini.ask(mini.hazards.begin(id, partial(mini.found, id, NOW)), f"f{id}")])
        await teller.desk.apply([mini.ask(mini.hazards.change(id, partial(mini.order, NOW)), f"o{id}")])


async def produce(chosen: Settings, records: list[tuple[bytes, bytes, list[tuple[str, bytes]]]]) -> None:
    producer = AIOKafkaProducer(bootstrap_servers=chosen.kafka)
    await producer.start()
    for key, value, headers in records:
        await producer.send_and_wait(chosen.topic("inspection"), value, key=key, headers=headers, partition=0)
    await producer.stop()


def fact(id: str, code: str = "GAS-01") -> tuple[bytes, bytes, list[tuple[str, bytes]]]:
    event = mini.HazardFound(hazard_id=id, area=mini.AREA, level="I", code=code, by="W1", at=NOW)
    said = mini.envelope(id, event)
    return id.encode(), said.data, said.headers()


async def test_poison_is_parked_with_its_reason_and_the_rest_goes_on(chosen: Settings) -> None:
    await prepare_topics(chosen)
    unreadable = (b"x", b"{not json", fact("h-x")[2])
    foreign = (b"x", b"what is this", [("nothing", b"\xff\xfe")])
    newer = (b"n", b"{}", [(name, b"hazard-sang" if name == "ce_type" else value) for name, value in fact("h-n")[2]])
    await produce(chosen, [fact("h-1"), fact("h-2", "SAF-09"), unreadable, foreign, newer, fact("h-3")])
    async with at_work(mini.HEARER, chosen) as hearer:
        await until(lambda: _is(notes_count(hearer), 2))
        await until(lambda: _is(hearer.parked.count(), 3))
        reasons = {row["_id"].rsplit("/", 1)[1]: row["reason"] for row in await hearer.parked.list()}
        assert reasons == {"1": "broken", "2": "unreadable", "3": "malformed"}


async def test_fifty_bad_records_in_a_row_halt_consuming_also_after_a_restart(chosen: Settings) -> None:
    await prepare_topics(chosen)
    await produce(chosen, [fact(f"h-{n}", "SAF-09") for n in range(60)])
    async with at_work(mini.HEARER, chosen) as hearer:
        await until(lambda: _halted(hearer))
    await produce(chosen, [fact("h-good")])
    async with at_work(mini.HEARER, chosen) as again:
        await until(lambda: _halted(again))
        assert await notes_count(again) == 0
        assert again.consumer is not None
        await again.consumer.resume()
        await until(lambda: _is(notes_count(again), 1))


async def _halted(running: Running) -> bool:
    return running.consumer is not None and running.consumer.halted is not None


async def test_an_event_before_its_document_is_tried_again_by_itself(chosen: Settings) -> None:
    await prepare_topics(chosen)
    event = mini.HazardOrdered(
        hazard_id="h-1", area=mini.AREA, level="I", code="GAS-01", owner="W1", due_at=NOW, by="W2", at=NOW
    )
    early = mini.envelope("h-1", event, 2)
    await produce(chosen, [(b"h-1", early.data, early.headers())])
    async with at_work(mini.HEARER, chosen) as hearer:
        await until(lambda: _is(hearer.parked.count(), 1))
        assert (await hearer.parked.list())[0]["reason"] == "early"
        await produce(chosen, [fact("h-1")])
        await until(lambda: _is(notes_count(hearer, {"state.ordered": 1}), 1))
        await until(lambda: _is(hearer.parked.count(), 0))


async def test_while_the_store_is_away_nothing_is_parked_and_nothing_lost(chosen: Settings, running: Engines) -> None:
    await prepare_topics(chosen)
    async with at_work(mini.HEARER, chosen) as hearer:
        await produce(chosen, [fact("h-0")])
        await until(lambda: _is(notes_count(hearer), 1))
        running.kill_store()
        await produce(chosen, [fact(f"h-{n}") for n in range(1, 20)])
        running.restart_store()
        await until(lambda: _is(notes_count(hearer), 20))
        assert await hearer.parked.count() == 0


async def test_while_kafka_is_away_writes_succeed_and_are_said_later(chosen: Settings, running: Engines) -> None:
    await prepare_topics(chosen)
    async with at_work(mini.TELLER, chosen) as teller, at_work(mini.HEARER, chosen) as hearer:
        await order_some(teller, 1, "before")
        await until(lambda: _is(notes_count(hearer), 1))
        running.kill_kafka()
        await order_some(teller, 20)
        running.restart_kafka()
        await until(lambda: _is(notes_count(hearer, {"state.ordered": 1}), 21))
        await until(lambda: _is(teller.books["hazards"].pending(), 0))


async def test_members_that_come_and_go_in_the_middle_lose_and_double_nothing(chosen: Settings) -> None:
    await prepare_topics(chosen)
    async with at_work(mini.TELLER, chosen) as teller, at_work(mini.HEARER, chosen) as first:
        telling = asyncio.create_task(order_some(teller, 150))
        for _ in range(3):
            async with at_work(mini.HEARER, chosen) as second:
                await until(lambda second=second: _assigned(second))
        await telling
        await until(lambda: _is(notes_count(first, {"state.ordered": 1}), 150))
        assert await notes_count(first) == 150
        assert await first.parked.count() == 0


async def _assigned(running: Running) -> bool:
    member = running.consumer.member if running.consumer is not None else None
    return member is not None and bool(member.assignment())


async def test_a_log_that_was_cut_off_is_loud(chosen: Settings) -> None:
    await prepare_topics(chosen)
    await produce(chosen, [fact(f"h-{n}") for n in range(5)])
    async with at_work(mini.HEARER, chosen) as hearer:
        await until(lambda: _is(notes_count(hearer), 5))
    await produce(chosen, [fact(f"later-{n}") for n in range(5)])
    admin = AIOKafkaAdminClient(bootstrap_servers=chosen.kafka)
    await admin.start()
    await admin.delete_records({TopicPartition(chosen.topic("inspection"), 0): RecordsToDelete(8)})
    await admin.close()
    async with at_work(mini.HEARER, chosen) as again:
        await until(lambda: _halted(again))
        assert await notes_count(again) == 5
        assert again.consumer is not None
        await again.consumer.resume()
        await until(lambda: _is(notes_count(again), 7))


async def test_a_service_that_starts_before_the_broker_hears_once_it_is_there(
    chosen: Settings, running: Engines
) -> None:
    await prepare_topics(chosen)
    await produce(chosen, [fact("h-1")])
    running.kill_kafka()
    async with at_work(mini.HEARER, chosen) as hearer:
        await until(lambda: _tried(hearer))
        running.restart_kafka()
        await until(lambda: _is(notes_count(hearer), 1))


async def _tried(running: Running) -> bool:
    return running.consumer is not None and running.consumer.member is not None
