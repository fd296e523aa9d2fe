"""The fake log and the real one behind the same few calls, so that one suite holds both to one contract."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Awaitable, Callable, Iterable, Sequence
from typing import Any

from aiokafka import AIOKafkaConsumer, AIOKafkaProducer, ConsumerRebalanceListener, TopicPartition
from aiokafka.admin import AIOKafkaAdminClient, RecordsToDelete
from aiokafka.protocol.group import LeaveGroupRequest

from deploy.embedded.testing import Running
from shared.event import Envelope
from shared.relay import KafkaProducer
from shared.settings import Settings
from shared.testing.log import MemoryLog, MemoryMember, MemoryProducer

PARTITIONS = 4
TOO_LARGE = 2_500_000
"""More bytes than the producer lets one record have."""
Revoke = Callable[[set[TopicPartition]], Awaitable[None]]
Headers = Sequence[tuple[str, bytes]]


async def lets_go(places: set[TopicPartition]) -> None:
    return None


async def until(fact: Callable[[], Awaitable[bool]], within: float = 60.0) -> None:
    async with asyncio.timeout(within):
        while not await fact():
            await asyncio.sleep(0.01)


class Fake:
    """One topic of a MemoryLog. What would be too large for Kafka is lost here by fate."""

    def __init__(self) -> None:
        self.topic, self.log, self.away = "t", MemoryLog(PARTITIONS), False
        self.log.add_topic(self.topic)
        self._producer = MemoryProducer(self.log, lambda source: self.topic)

    async def send(self, envelopes: Sequence[Envelope]) -> list[bool]:
        lost = iter([self.away or len(envelope.data) > TOO_LARGE for envelope in envelopes])
        self.log.fate = lambda: "lost" if next(lost) else "kept"
        return await self._producer.send(envelopes)

    def another(self) -> "Fake":
        return self

    async def append(self, key: bytes, value: bytes | None, headers: Headers) -> None:
        self.log.append(self.topic, key, value, headers)

    async def join(self, group: str, revoke: Revoke = lets_go, deaf: bool = False) -> MemoryMember:
        return await self.log.group(group, [self.topic]).join(revoke)

    async def leave(self, group: str, member: MemoryMember) -> None:
        self.log.groups[group].evict(member)

    async def expire(self, group: str, member: MemoryMember) -> None:
        self.log.groups[group].evict(member)

    async def committed(self, group: str) -> dict[TopicPartition, int]:
        return dict(self.log.groups[group].committed)

    async def cut(self, place: TopicPartition, before: int) -> None:
        self.log.cut(place, before)

    def go_away(self) -> None:
        self.away = True

    def come_back(self) -> None:
        self.away = False


class Listener(ConsumerRebalanceListener):  # type: ignore[misc]
    def __init__(self, revoke: Revoke) -> None:
        self._revoke = revoke

    async def on_partitions_revoked(self, revoked: set[TopicPartition]) -> None:
        await self._revoke(revoked)

    async def on_partitions_assigned(self, assigned: set[TopicPartition]) -> None:
        return None


class Member(AIOKafkaConsumer):  # type: ignore[misc]
    """A client with the two calls that FastStream makes of its own: a batch, and back to where it began."""

    async def poll(self, most: int) -> tuple[Any, ...]:
        found = await self.getmany(timeout_ms=200, max_records=most)
        return tuple(record for batch in found.values() for record in batch)

    def rewind(self, records: Iterable[Any]) -> None:
        for record in reversed(tuple(records)):
            place = TopicPartition(record.topic, record.partition)
            if place in self.assignment():
                self.seek(place, record.offset)


class Real:
    """The topic of a namespace of its own on the running broker."""

    def __init__(self, chosen: Settings, running: Running) -> None:
        self.topic, self._chosen, self._running = chosen.topic("inspection"), chosen, running
        self._producers: list[KafkaProducer] = []
        self._producer = self.another()
        self.groups: dict[str, list[Member]] = {}
        self._gone: list[Member] = []

    async def close(self) -> None:
        for producer in self._producers:
            await producer.stop()
        for member in (*(member for group in self.groups.values() for member in group), *self._gone):
            await member.stop()

    async def send(self, envelopes: Sequence[Envelope]) -> list[bool]:
        return await self._producer.send(envelopes)

    def another(self) -> KafkaProducer:
        """The producer of a process that has just been started."""
        self._producers.append(KafkaProducer(self._chosen.kafka, "contract", lambda source: self.topic))
        return self._producers[-1]

    async def append(self, key: bytes, value: bytes | None, headers: Headers) -> None:
        producer = AIOKafkaProducer(bootstrap_servers=self._chosen.kafka)
        await producer.start()
        try:
            await producer.send_and_wait(self.topic, value, key=key, headers=headers)
        finally:
            await producer.stop()

    async def join(self, group: str, revoke: Revoke = lets_go, deaf: bool = False) -> Member:
        """Returns once the partitions are dealt. A deaf one has no heartbeat: nobody tells it anything."""
        member = Member(
            bootstrap_servers=self._chosen.kafka,
            group_id=self._chosen.group(group),
            auto_offset_reset="earliest",
            enable_auto_commit=False,
            heartbeat_interval_ms=600_000 if deaf else 300,
            session_timeout_ms=1_200_000 if deaf else 20_000,
            rebalance_timeout_ms=60_000,
            fetch_max_wait_ms=200,
        )
        member.subscribe([self.topic], listener=Listener(revoke))
        self.groups.setdefault(group, []).append(member)
        await member.start()
        await self._dealt(group)
        return member

    async def leave(self, group: str, member: Member) -> None:
        self.groups[group].remove(member)
        await member.stop()
        await self._dealt(group)

    async def expire(self, group: str, member: Member) -> None:
        """The broker drops it from the group, as after its session, and it does not know."""
        self.groups[group].remove(member)
        self._gone.append(member)
        known = member._coordinator
        answer = await known._send_req(LeaveGroupRequest(known.group_id, known.member_id))
        assert answer.error_code == 0
        await self._dealt(group)

    async def committed(self, group: str) -> dict[TopicPartition, int]:
        async with self._admin() as admin:
            found = await admin.list_consumer_group_offsets(self._chosen.group(group))
        return {place: kept.offset for place, kept in found.items() if kept.offset >= 0}

    async def cut(self, place: TopicPartition, before: int) -> None:
        async with self._admin() as admin:
            await admin.delete_records({place: RecordsToDelete(before)})

    def go_away(self) -> None:
        self._running.kill_kafka()

    def come_back(self) -> None:
        self._running.restart_kafka()

    async def _dealt(self, group: str) -> None:
        members = self.groups[group]

        async def shared() -> bool:
            return all(len(member.assignment()) * len(members) == PARTITIONS for member in members)

        await until(shared)

    @contextlib.asynccontextmanager
    async def _admin(self) -> AsyncIterator[AIOKafkaAdminClient]:
        admin = AIOKafkaAdminClient(bootstrap_servers=self._chosen.kafka)
        await admin.start()
        try:
            yield admin
        finally:
            await admin.close()


Log = Fake | Real
