"""A service at work: its store, its relay, its ears and its clock, started together and stopped in order."""

import asyncio
import contextlib
import logging
import os
import signal
import threading
import time
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from typing import Any

from aiokafka.errors import KafkaError
from pymongo.errors import PyMongoError

from shared import documents, metrics, wake
from shared.clock import Clock
from shared.consume import Consumer
from shared.decision import Busy
from shared.desk import Desk
from shared.documents import MongoDocuments, MongoRows
from shared.hearing import Hearing
from shared.ops import Health
from shared.parked import Parked
from shared.privacy import Seals
from shared.reactions import Reactions
from shared.relay import KafkaProducer, Relay
from shared.settings import Settings
from shared.store import UNIVERSAL_INDEXES, Store

WAKE_EVERY = 1.0
MEASURE_EVERY = 5.0
PARKED_EVERY = 2.0
DRAIN = 10.0
STUCK_AFTER = 60.0
log = logging.getLogger("nuanxin.running")
Worker = Callable[[Desk, Seals, Settings], Coroutine[Any, Any, None]]


@dataclass(frozen=True)
class Blueprint:
    """What a service is made of."""

    name: str
    stores: Sequence[Store[Any]]
    on: Reactions
    workers: Sequence[Worker] = ()


@dataclass
class Running:
    """`start` needs neither store nor broker to be there: requests get 503 until the store is."""

    blueprint: Blueprint
    settings: Settings
    health: Health = field(default_factory=Health)
    consumer: Consumer | None = None

    def __post_init__(self) -> None:
        plan, settings = self.blueprint, self.settings
        self.clock = Clock(settings.clock_file)
        self.seals = Seals(settings.seal_key())
        self.client = documents.connect(settings.mongo, settings.driver)
        self.database = settings.database(plan.name)
        self.books = {
            store.name: MongoDocuments(documents.collection(self.client, self.database, store.name), plan.name)
            for store in plan.stores
        }
        rows = MongoRows(documents.collection(self.client, self.database, "parked"))
        self.control = MongoRows(documents.collection(self.client, self.database, "control"))
        self.producer = KafkaProducer(settings.kafka, f"nuanxin-{plan.name}", settings.topic)
        self.relay = Relay(plan.name, self.books, self.producer, self.clock)
        self.desk = Desk(self.clock, self.books, self.relay.hint)
        self.parked = Parked(settings.group(plan.name), rows, self.clock)
        self._tasks: list[asyncio.Task[None]] = []
        self._beat = time.monotonic()
        self._stopping = False

    async def start(self) -> None:
        plan = self.blueprint
        metrics.start_at_zero(plan.name)
        metrics.build.labels(plan.name, _release()).set(1)
        hearing = Hearing(plan.name, plan.on, self.desk, self.parked)
        await self._set_clock()
        if plan.on.sources:
            self.health.consuming = False
            self.consumer = Consumer(plan.name, plan.on.sources, hearing, self.control, self.settings)
            self._go(self._consume(self.consumer))
        self._go(self.relay.run())
        for store in plan.stores:
            self._go(self._wake(store))
        self._go(self._every(PARKED_EVERY, self._early))
        self._go(self._every(MEASURE_EVERY, self._measure))
        self._go(self._every(0.5, self._pulse))
        for worker in plan.workers:
            self._go(worker(self.desk, self.seals, self.settings))
        threading.Thread(target=self._watch, daemon=True, name="watchdog").start()

    async def stop(self) -> None:
        """No new batch, what was hinted is said, then everything closes; within ten seconds."""
        self._stopping = True
        with contextlib.suppress(asyncio.TimeoutError, KafkaError):
            if self.consumer is not None and self.consumer.started:
                await asyncio.wait_for(self.consumer.stop(), DRAIN - 4)
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        with contextlib.suppress(asyncio.TimeoutError, Busy):
            await asyncio.wait_for(self.relay.say_hints(), 3)
        await self.producer.stop()
        closing = self.client.close()
        if closing is not None:
            await closing

    def _go(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        task.add_done_callback(self._ended)
        self._tasks.append(task)

    def _ended(self, task: asyncio.Task[None]) -> None:
        """None of these ends by itself but the joining of the group: one that breaks ends the process."""
        error = None if task.cancelled() else task.exception()
        if error is not None and not self._stopping:
            log.critical("a part of the service broke: ending, to be started again", exc_info=error)
            os.kill(os.getpid(), signal.SIGTERM)

    async def _consume(self, consumer: Consumer) -> None:
        await consumer.start()
        self.health.consuming = True

    async def _every(self, seconds: float, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        while True:
            try:
                await work()
            except (Busy, PyMongoError, KafkaError, OSError) as error:
                log.info("waits: %r", error)
            await asyncio.sleep(seconds)

    async def _wake(self, store: Store[Any]) -> None:
        """Each store's alarms by themselves: a thousand of one kind keep no other waiting."""
        while True:
            try:
                woken = await wake.sweep(self.desk, store, self._observe_wake)
            except Busy as busy:
                log.info("alarms wait: %s", busy.detail)
                woken = 0
            if woken < wake.SWEEP_LIMIT:
                await asyncio.sleep(WAKE_EVERY)

    def _observe_wake(self, store: str, lateness: float, woken: int, pushed: int) -> None:
        metrics.wake_lateness.labels(self.blueprint.name, store).set(lateness)
        metrics.wakes.labels(self.blueprint.name, store).inc(woken)
        metrics.wakes_pushed.labels(self.blueprint.name, store).inc(pushed)

    async def _early(self) -> None:
        await self.parked.sweep()
        metrics.parked_now.labels(self.blueprint.name).set(await self.parked.count())

    async def _measure(self) -> None:
        name = self.blueprint.name
        try:
            await self._set_clock()
            for store, book in self.books.items():
                oldest = await book.oldest_unsaid()
                age = (self.clock.real() - oldest).total_seconds() if oldest else 0.0
                metrics.outbox_age.labels(name, store).set(max(0.0, age))
                metrics.outbox_pending.labels(name, store).set(await book.pending())
        finally:
            await self._measure_kafka()

    async def _measure_kafka(self) -> None:
        if self.consumer is not None and self.consumer.started:
            self.health.halted = self.consumer.halted
            try:
                self.health.lag = await asyncio.wait_for(self.consumer.measure(), MEASURE_EVERY)
                self.health.kafka = self.health.lag is not None
            except (TimeoutError, KafkaError):
                self.health.lag, self.health.kafka = None, False
        elif self.consumer is None:
            self.health.kafka = await self.producer.reachable()

    async def _set_clock(self) -> None:
        """The store's time is the truth (rule 23); its answer is also the store's health."""
        before = datetime.now(UTC)
        try:
            hello = await self.client.admin.command("hello")
        except PyMongoError:
            self.health.store = False
            return
        self.health.store = bool(hello.get("isWritablePrimary", False))
        asked = before + (datetime.now(UTC) - before) / 2
        told = hello["localTime"].replace(tzinfo=UTC)
        self.clock.correct(told, asked)
        metrics.clock_offset.labels(self.blueprint.name).set((told - asked).total_seconds())

    async def _pulse(self) -> None:
        now = time.monotonic()
        metrics.loop_lag.labels(self.blueprint.name).set(max(0.0, now - self._beat - 0.5))
        self._beat = now

    def _watch(self) -> None:
        """Ends a process that is alive and stuck; the supervisor starts it again."""
        while not self._stopping:
            time.sleep(1)
            stuck = time.monotonic() - self._beat > STUCK_AFTER
            consumer = self.consumer
            behind = bool(self.health.lag) and self.health.kafka and consumer is not None and consumer.halted is None
            if behind and consumer is not None:
                stuck = stuck or time.monotonic() - consumer.last_progress > STUCK_AFTER
            if stuck and not self._stopping:
                log.critical("no progress for %s s: ending, to be started again", STUCK_AFTER)
                os.kill(os.getpid(), signal.SIGKILL)


def _release() -> str:
    try:
        return version("nuanxin")
    except PackageNotFoundError:
        return "development"


async def prepare_indexes(blueprint: Blueprint, settings: Settings) -> int:
    """Creates the indexes of a service's stores; idempotent. Returns how many are declared."""
    client = documents.connect(settings.mongo, settings.driver)
    count = 0
    try:
        for store in blueprint.stores:
            collection = documents.collection(client, settings.database(blueprint.name), store.name)
            declared = (*UNIVERSAL_INDEXES, *store.indexes)
            await documents.prepare(collection, declared)
            count += len(declared)
    finally:
        closing = client.close()
        if closing is not None:
            await closing
    return count
