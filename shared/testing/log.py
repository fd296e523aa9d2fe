"""A log in memory with Kafka's ways: partitions by key, groups and their offsets, redelivery, zombies.

`trouble` is awaited at every step of a call and may raise or never come back; `fate` says what becomes
of each record that a producer sends. Members carry aiokafka's names, so that `shared.consume` can look
at them as at the real client.
"""

from collections.abc import Awaitable, Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Literal
from zlib import crc32

from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from shared.event import Envelope
from shared.testing.memory import Trouble, untroubled

Fate = Literal["kept", "lost", "unclear"]
Revoke = Callable[[set[TopicPartition]], Awaitable[None]]


@dataclass(frozen=True, slots=True)
class Logged:
    """One record as a client gives it; `timestamp` in milliseconds."""

    topic: str
    partition: int
    offset: int
    key: bytes | None
    value: bytes | None
    headers: tuple[tuple[str, bytes], ...]
    timestamp: int


class MemoryLog:
    """All topics. `begins` is moved up by `cut`, as retention does."""

    def __init__(self, partitions: int = 12) -> None:
        self.partitions = partitions
        self.records: dict[TopicPartition, list[Logged]] = {}
        self.begins: dict[TopicPartition, int] = {}
        self.groups: dict[str, MemoryGroup] = {}
        self.trouble: Trouble = untroubled
        self.fate: Callable[[], Fate] = lambda: "kept"
        self.milliseconds: Callable[[], int] = lambda: 0

    def add_topic(self, name: str) -> None:
        for partition in range(self.partitions):
            self.records.setdefault(TopicPartition(name, partition), [])

    def place(self, topic: str, key: bytes) -> TopicPartition:
        return TopicPartition(topic, crc32(key) % self.partitions)

    def append(self, topic: str, key: bytes, value: bytes | None, headers: Iterable[tuple[str, bytes]]) -> Logged:
        place = self.place(topic, key)
        kept = self.records.setdefault(place, [])
        record = Logged(topic, place.partition, len(kept), key, value, tuple(headers), self.milliseconds())
        kept.append(record)
        return record

    def cut(self, place: TopicPartition, before: int) -> None:
        """Retention: what lies before that offset can no longer be read."""
        self.begins[place] = max(before, self.begins.get(place, 0))

    def group(self, name: str, topics: Sequence[str] = ()) -> "MemoryGroup":
        for topic in topics:
            self.add_topic(topic)
        return self.groups.setdefault(name, MemoryGroup(self, topics))


class MemoryProducer:
    """The relay's producer. Like an idempotent one: what follows a lost record on its partition in the
    same call is lost too, so that the order holds."""

    def __init__(self, log: MemoryLog, topic: Callable[[str], str]) -> None:
        self._log, self._topic = log, topic

    async def send(self, envelopes: Sequence[Envelope]) -> list[bool]:
        await self._log.trouble("send")
        answers = []
        lost: set[TopicPartition] = set()
        for envelope in envelopes:
            topic, key = self._topic(envelope.source), envelope.subject.encode()
            place = self._log.place(topic, key)
            fate: Fate = "lost" if place in lost else self._log.fate()
            if fate == "lost":
                lost.add(place)
            else:
                self._log.append(topic, key, envelope.data, envelope.headers())
            answers.append(fate == "kept")
        await self._log.trouble("sent")
        return answers


class MemoryGroup:
    """A consumer group: who holds which partitions, and how far they have been read."""

    def __init__(self, log: MemoryLog, topics: Sequence[str]) -> None:
        self.log, self._topics = log, topics
        self.committed: dict[TopicPartition, int] = {}
        self.members: list[MemoryMember] = []

    async def join(self, revoke: Revoke) -> "MemoryMember":
        member = MemoryMember(self, revoke)
        await self.rebalance(joining=[member])
        return member

    async def rebalance(self, joining: Sequence["MemoryMember"] = ()) -> None:
        """Asks every member to let go first. A member that was evicted meanwhile gets nothing."""
        for member in list(self.members):
            member.moving = True
            await member.revoke(member.assignment())
        self.members.extend(member for member in joining if not member.gone)
        self.deal()

    def evict(self, member: "MemoryMember") -> None:
        """Past its session: it is not asked, its partitions move, and it may not know for long."""
        member.gone = True
        if member in self.members:
            self.members.remove(member)
            self.deal()

    def deal(self) -> None:
        """Every partition to a member, to be read on from what was committed; pauses are forgotten."""
        for member in self.members:
            member.positions, member.paused, member.moving = {}, set(), False
        places = sorted(place for place in self.log.records if place.topic in self._topics)
        for number, place in enumerate(places if self.members else ()):
            start = self.committed.get(place, self.log.begins.get(place, 0))
            self.members[number % len(self.members)].positions[place] = start

    def behind(self) -> int:
        places = (place for place in self.log.records if place.topic in self._topics)
        return sum(len(self.log.records[place]) - self.committed.get(place, 0) for place in places)


class MemoryMember:
    """One consumer of a group. Gone, it reads on what others now hold, until it commits or finds nothing."""

    def __init__(self, group: MemoryGroup, revoke: Revoke) -> None:
        self._group, self.revoke = group, revoke
        self.positions: dict[TopicPartition, int] = {}
        self.paused: set[TopicPartition] = set()
        self.gone = self.moving = False

    async def poll(self, most: int) -> tuple[Logged, ...]:
        """What comes next, at most so many. Raises CommitFailedError when it hears that it is no member."""
        log = self._group.log
        await log.trouble("poll")
        found: list[Logged] = []
        for place in [] if self.moving else sorted(self.positions.keys() - self.paused):
            start = max(self.positions[place], log.begins.get(place, 0))
            taken = log.records[place][start : start + most - len(found)]
            found.extend(taken)
            self.positions[place] = start + len(taken)
        if self.gone and not found:
            raise CommitFailedError("the group goes on without this member")
        return tuple(found)

    async def commit(self, offsets: dict[TopicPartition, int] | None = None) -> None:
        """The current positions, or the given. Raises CommitFailedError when it is no member any more."""
        positions = dict(self.positions if offsets is None else offsets)
        self._held(positions)
        await self._group.log.trouble("commit")
        if self.gone:
            raise CommitFailedError("the group goes on without this member")
        mine = {place: offset for place, offset in positions.items() if place in self.positions}
        self._group.committed.update(mine)
        await self._group.log.trouble("committed")

    def rewind(self, records: Iterable[Logged]) -> None:
        """To the first of these on every partition that is still held: a batch that was not acknowledged."""
        firsts: dict[TopicPartition, int] = {}
        for record in records:
            firsts.setdefault(TopicPartition(record.topic, record.partition), record.offset)
        self.positions.update({place: offset for place, offset in firsts.items() if place in self.positions})

    async def committed(self, place: TopicPartition) -> int | None:
        return self._group.committed.get(place)

    async def beginning_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: self._group.log.begins.get(place, 0) for place in places}

    async def end_offsets(self, places: Iterable[TopicPartition]) -> dict[TopicPartition, int]:
        return {place: len(self._group.log.records[place]) for place in places}

    def assignment(self) -> set[TopicPartition]:
        return set(self.positions)

    def pause(self, *places: TopicPartition) -> None:
        self.paused |= self._held(places)

    def resume(self, *places: TopicPartition) -> None:
        self.paused -= self._held(places)

    def _held(self, places: Iterable[TopicPartition]) -> set[TopicPartition]:
        if not set(places) <= self.positions.keys():
            raise IllegalStateError("not assigned")
        return set(places)
