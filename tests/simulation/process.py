"""One replica of a service: the real desk, relay, hearing, consumer and sweeps over fakes that it shares
with the other replicas. It crashes as a whole and starts again from what the store and the log hold."""

from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from aiokafka.errors import CommitFailedError

from shared.causes import Ask
from shared.consume import Consumer, Halted
from shared.decision import Busy, Refusal
from shared.desk import Desk, Result
from shared.hearing import Hearing
from shared.parked import Parked
from shared.reactions import Reactions
from shared.relay import Relay
from shared.store import Store
from shared.testing.log import MemoryGroup, MemoryLog, MemoryMember, MemoryProducer
from shared.testing.memory import MemoryDocuments, MemoryRows
from shared.wake import sweep
from tests.simulation.scheduler import Box, Owner, Scheduler, asleep, filled, switch
from tests.simulation.waiting import Flag, Lock, WorldClock

BATCH = 6
Release = tuple[list[Store[Any]], Reactions]


def topic(source: str) -> str:
    return f"sim.{source}"


class Ears(Consumer):
    """The real consumer without its client: batches come from a member of the fake log's group. A batch
    that meets trouble is not tried in place; it comes again."""

    def __init__(self, service: str, hearing: Hearing, rows: MemoryRows) -> None:
        self._service, self._hearing, self._rows = service, hearing, rows
        self._lock, self._revoking = Lock(), Flag()  # type: ignore[assignment]
        self._subscriber = None
        self.halted = None
        self.last_progress = 0.0

    async def _hear(self, records: Any) -> None:
        await self._hearing.hear(records)


@dataclass
class Message:
    """What FastStream hands to the consumer."""

    raw_message: Any
    member: MemoryMember

    async def ack(self) -> None:
        await self.member.commit()


@dataclass(eq=False)
class Service:
    """What the replicas share: documents, parked records, a group in the log."""

    name: str
    books: dict[str, MemoryDocuments]
    parked: MemoryRows
    control: MemoryRows
    group: MemoryGroup
    releases: list[Release]
    processes: list["Process"] = field(default_factory=list)
    cut_off: bool = False


class Process:
    """`number` chooses the release: in a rolling deploy the second replica is the older one."""

    def __init__(self, scheduler: Scheduler, log: MemoryLog, service: Service, number: int) -> None:
        self.scheduler, self.log, self.service, self.number = scheduler, log, service, number
        self.name = f"{service.name}{number}"
        self.stores, on = service.releases[min(number, len(service.releases) - 1)]
        clock = WorldClock(scheduler, (scheduler.choices.pick(5)) * 0.05)
        self.relay = Relay(service.name, service.books, MemoryProducer(log, topic), clock)
        self.desk = Desk(clock, service.books, self.relay.hint)
        self.parked = Parked(f"sim.{service.name}", service.parked, clock)
        self.ears = Ears(service.name, Hearing(service.name, on, self.desk, self.parked), service.control)
        self.owner = Owner(self.name)
        self.member: MemoryMember | None = None
        self.stopping = False

    def start(self) -> None:
        for name, every, work in (
            ("relay", 0.15, self.say),
            ("sweep", 2.2, self.relay.sweep),
            ("wake", 1.0, self.wake),
            ("parked", 2.5, self.parked.sweep),
        ):
            self.scheduler.spawn(self._every(every, work), f"{self.name} {name}", self.owner)
        self.scheduler.spawn(self._every(0.3, self.hear), f"{self.name} hear", self.owner)

    async def say(self) -> None:
        await self.relay.say_hints()

    async def wake(self) -> None:
        for store in self.stores:
            await sweep(self.desk, store)

    async def hear(self, most: int = BATCH) -> None:
        """One batch, if there is one."""
        try:
            if self.member is None:
                self.member = await self.service.group.join(self.ears.on_partitions_revoked)
            records = await self.member.poll(most)
        except CommitFailedError:
            self.member = None
            return
        if not records:
            return
        try:
            await self.ears.on_batch(Message(records, self.member))  # type: ignore[arg-type]
        except (Busy, Halted):
            self.member.rewind(records)
        except CommitFailedError:
            self.member = None

    def request(self, asks: list[Ask]) -> Box:
        """A request's changes; the box gets what became of them, a refusal, or nothing if this crashes."""
        box = Box()

        async def handle() -> None:
            await switch()
            try:
                result: Result | Refusal = await self.desk.apply(asks)
            except Refusal as refusal:
                result = refusal
            await switch()
            self.scheduler.fill(box, result)

        self.scheduler.spawn(handle(), f"{self.name} request {asks[0].cause.id}", self.owner)
        return box

    async def _every(self, seconds: float, work: Callable[[], Coroutine[Any, Any, Any]]) -> None:
        while not self.stopping:
            try:
                await work()
            except Busy:
                await asleep(seconds)
            await asleep(seconds)


async def answer(scheduler: Scheduler, box: Box, seconds: float) -> Any:
    """What the box got, or None when that takes too long."""
    scheduler.after(seconds, box, None)
    await filled(box)
    return box.value
