"""What every log must do: the fake one and Kafka, with the clients that we use, are held to the same."""

import asyncio
from collections import defaultdict
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import pytest
from aiokafka import TopicPartition
from aiokafka.errors import CommitFailedError, IllegalStateError

from shared.event import Envelope
from tests.contract.logs import PARTITIONS, TOO_LARGE, until

NOW = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)


def fact(subject: str, sequence: int = 1, data: bytes | None = None) -> Envelope:
    said = data if data is not None else f"{subject}#{sequence}".encode()
    return Envelope(f"{subject}#{sequence}", "t", "inspection", subject, sequence, "c", NOW, "00-test", said)


def facts(subject: str, first: int, last: int) -> list[Envelope]:
    return [fact(subject, sequence) for sequence in range(first, last + 1)]


def said(subject: str, first: int, last: int) -> list[bytes]:
    return [envelope.data for envelope in facts(subject, first, last)]


def values(records: Sequence[Any]) -> list[bytes | None]:
    return [record.value for record in records]


def place(record: Any) -> TopicPartition:
    return TopicPartition(record.topic, record.partition)


async def read(member: Any, many: int) -> list[Any]:
    """At least so many, in the order in which they come."""
    found: list[Any] = []

    async def enough() -> bool:
        found.extend(await member.poll(500))
        return len(found) >= many

    await until(enough)
    return found


async def lag(member: Any) -> int:
    places = member.assignment()
    ends = await member.end_offsets(places)
    return sum([ends[place] - (await member.committed(place) or 0) for place in places])


async def test_what_is_said_under_one_key_comes_in_order_and_in_one_partition(log: Any) -> None:
    subjects = [f"task-{n}" for n in range(12)]
    mixed = [fact(subject, sequence) for sequence in range(1, 6) for subject in subjects]
    assert await log.send(mixed[:30]) == [True] * 30
    assert await log.send(mixed[30:]) == [True] * 30
    heard, places = defaultdict(list), defaultdict(set)
    for record in await read(await log.join("g"), 60):
        heard[record.key.decode()].append(record.value)
        places[record.key.decode()].add(place(record))
    assert heard == {subject: said(subject, 1, 5) for subject in subjects}
    assert all(len(found) == 1 for found in places.values())
    assert len(set.union(*places.values())) > 1


async def test_each_answer_is_that_of_its_own_record(log: Any) -> None:
    huge = fact("b", data=b"x" * (TOO_LARGE + 1))
    assert await log.send([fact("a"), huge, fact("c")]) == [True, False, True]
    assert sorted(values(await read(await log.join("g"), 2))) == [b"a#1", b"c#1"]


async def test_key_value_and_headers_come_back_as_the_bytes_they_were(log: Any) -> None:
    headers = [
        ("ce_type", b"\xff\xfe"),
        ("\u7c7b", "\u6696\u5fc3".encode()),
        ("twice", b"1"),
        ("twice", b""),
        ("", b"x"),
    ]
    await log.append(b"\xff\x00k", b"\x00\xff", headers)
    await log.append(b"\xff\x00k", None, [])
    await log.append(b"\xff\x00k", b"", ())
    first, second, third = await read(await log.join("g"), 3)
    assert (first.key, first.value, list(first.headers)) == (b"\xff\x00k", b"\x00\xff", headers)
    assert (second.key, second.value, list(second.headers)) == (b"\xff\x00k", None, [])
    assert third.value == b""
    assert [record.offset for record in (first, second, third)] == [0, 1, 2]


async def test_an_envelope_comes_back_as_it_was_sent(log: Any) -> None:
    await log.send([fact("a", 7)])
    (record,) = await read(await log.join("g"), 1)
    assert Envelope.read(record.headers, record.value) == fact("a", 7)


async def test_a_group_reads_from_the_beginning_first_and_two_groups_each_get_everything(log: Any) -> None:
    await log.send(facts("a", 1, 3))
    first, second = await log.join("g"), await log.join("h")
    await log.send(facts("a", 4, 5))
    assert values(await read(first, 5)) == said("a", 1, 5)
    await first.commit()
    assert values(await read(second, 5)) == said("a", 1, 5)


async def test_what_was_not_committed_comes_again_and_what_was_does_not(log: Any) -> None:
    await log.send(facts("a", 1, 3))
    gone = await log.join("g")
    await read(gone, 3)
    await gone.commit()
    await log.send(facts("a", 4, 5))
    assert values(await read(gone, 2)) == said("a", 4, 5)
    await log.leave("g", gone)
    await log.send(facts("a", 6, 6))
    assert values(await read(await log.join("g"), 3)) == said("a", 4, 6)


async def test_a_part_of_a_batch_may_be_committed(log: Any) -> None:
    await log.send(facts("a", 1, 5))
    gone = await log.join("g")
    records = await read(gone, 5)
    await gone.commit({place(records[0]): 2})
    await log.leave("g", gone)
    assert values(await read(await log.join("g"), 3)) == said("a", 3, 5)


async def test_a_batch_that_was_rewound_comes_again_in_place_and_in_order(log: Any) -> None:
    await log.send([*facts("a", 1, 3), *facts("b", 1, 3)])
    member = await log.join("g")
    records = await read(member, 6)
    member.rewind(records)
    again = await read(member, 6)
    for key in (b"a", b"b"):
        assert [record for record in values(again) if record.startswith(key)] == said(key.decode(), 1, 3)
    assert len(again) == 6


async def test_a_poll_brings_no_more_than_was_asked_for(log: Any) -> None:
    await log.send([fact(f"task-{n}") for n in range(20)])
    member = await log.join("g")
    found: list[bytes | None] = []

    async def enough() -> bool:
        batch = await member.poll(3)
        assert len(batch) <= 3
        found.extend(values(batch))
        return len(found) >= 20

    await until(enough)
    assert len(set(found)) == len(found) == 20


async def test_two_members_share_the_partitions_and_one_that_leaves_hands_its_own_over(log: Any) -> None:
    asked: list[set[TopicPartition]] = []

    async def revoke(places: set[TopicPartition]) -> None:
        asked.append(set(places))

    first = await log.join("g", revoke)
    every = {TopicPartition(log.topic, partition) for partition in range(PARTITIONS)}
    assert first.assignment() == every
    second = await log.join("g")
    assert every in asked
    assert first.assignment() | second.assignment() == every
    assert len(first.assignment()) == len(second.assignment()) == PARTITIONS // 2
    subjects = [f"task-{n}" for n in range(20)]
    await log.send([fact(subject) for subject in subjects])
    theirs = {record.key for record in await _all_between(first, second, 20) if place(record) in second.assignment()}
    await first.commit()
    await log.leave("g", second)
    assert first.assignment() == every
    assert {record.key for record in await read(first, len(theirs))} == theirs


async def _all_between(first: Any, second: Any, many: int) -> list[Any]:
    """Each record by the one that holds its partition."""
    found: list[Any] = []

    async def enough() -> bool:
        for member in (first, second):
            records = await member.poll(500)
            assert {place(record) for record in records} <= member.assignment()
            found.extend(records)
        return len(found) >= many

    await until(enough)
    return found


async def test_what_is_in_hand_while_a_member_joins_comes_again_unless_it_was_committed(log: Any) -> None:
    await log.send([fact(f"task-{n}") for n in range(20)])
    first = await log.join("g")
    held = await read(first, 20)
    kept = place(held[0])
    await first.commit({kept: 1 + max(record.offset for record in held if place(record) == kept)})
    second = await log.join("g")
    open_still = [record.key for record in held if place(record) != kept]
    again = await _all_between(first, second, len(open_still))
    assert sorted(record.key for record in again) == sorted(open_still)


async def test_a_member_commits_what_it_holds_and_nothing_else(log: Any) -> None:
    await log.send([fact(f"task-{n}") for n in range(20)])
    first, second = await log.join("g"), await log.join("g")
    other = min(second.assignment())
    with pytest.raises(IllegalStateError):
        await first.commit({other: 1})
    assert other not in await log.committed("g")


async def test_a_zombie_may_read_on_but_its_commit_is_refused(log: Any) -> None:
    await log.send(facts("a", 1, 3))
    zombie = await log.join("g", deaf=True)
    records = await read(zombie, 3)
    await log.expire("g", zombie)
    heir = await log.join("g")
    assert values(await read(heir, 3)) == said("a", 1, 3)
    await heir.commit()
    await log.send(facts("a", 4, 5))
    assert values(await read(zombie, 2)) == said("a", 4, 5)
    with pytest.raises(CommitFailedError):
        await zombie.commit()
    assert (await log.committed("g"))[place(records[0])] == 3


async def test_a_pause_holds_until_it_is_ended_or_the_partitions_are_dealt_anew(log: Any) -> None:
    await log.send([fact(f"task-{n}") for n in range(20)])
    member = await log.join("g")
    where = {place(record): record.key.decode() for record in await read(member, 20)}
    await member.commit()
    (held, quiet), (_, loud), *_ = where.items()
    member.pause(held)
    await log.send([fact(quiet, 2), fact(loud, 2)])
    assert values(await read(member, 1)) == said(loud, 2, 2)
    member.resume(held)
    assert values(await read(member, 1)) == said(quiet, 2, 2)
    await member.commit()
    member.pause(held)
    await log.leave("g", await log.join("g"))
    await log.send([fact(quiet, 3)])
    assert values(await read(member, 1)) == said(quiet, 3, 3)


async def test_nobody_pauses_what_they_do_not_hold(log: Any) -> None:
    first, second = await log.join("g"), await log.join("g")
    with pytest.raises(IllegalStateError):
        first.pause(min(second.assignment()))


async def test_the_ends_minus_what_was_committed_is_the_lag(log: Any) -> None:
    member = await log.join("g")
    assert await lag(member) == 0
    await log.send([fact(f"task-{n}") for n in range(20)])
    assert await lag(member) == 20
    await read(member, 20)
    assert await lag(member) == 20
    await member.commit()
    assert await lag(member) == 0
    await log.send(facts("a", 1, 3))
    assert await lag(member) == 3


async def test_what_retention_cut_off_is_passed_over(log: Any) -> None:
    await log.send(facts("a", 1, 6))
    gone = await log.join("g")
    where = place((await read(gone, 6))[0])
    await gone.commit({where: 2})
    await log.leave("g", gone)
    await log.cut(where, 4)
    member = await log.join("g")
    assert (await member.beginning_offsets([where]))[where] == 4
    assert (await member.end_offsets([where]))[where] == 6
    assert await member.committed(where) == 2
    assert values(await read(member, 2)) == said("a", 5, 6)


async def test_while_the_log_is_away_nobody_is_told_yes_and_nothing_is_lost_when_it_is_back(log: Any) -> None:
    """A producer that never reached the log answers no; one that did may wait for it instead."""
    assert await log.send(facts("a", 1, 3)) == [True] * 3
    member = await log.join("g")
    assert values(await read(member, 3)) == said("a", 1, 3)
    await member.commit()
    log.go_away()
    try:
        standing, started = asyncio.create_task(log.send(facts("a", 4, 5))), log.another()
        assert await started.send(facts("b", 1, 2)) == [False] * 2
        assert not standing.done() or standing.result() == [False] * 2
    finally:
        await asyncio.to_thread(log.come_back)
    if not all(await asyncio.wait_for(standing, 60)):
        await until(lambda: _said(log, facts("a", 4, 5)))
    await until(lambda: _said(started, facts("b", 1, 2)))
    later = await read_all(member, {*said("a", 4, 5), *said("b", 1, 2)})
    everything = await read_all(await log.join("h"), {*said("a", 1, 5), *said("b", 1, 2)})
    assert [value for value in later if value.startswith(b"a")] == said("a", 4, 5)
    assert [value for value in everything if value.startswith(b"a")] == said("a", 1, 5)
    assert [value for value in everything if value.startswith(b"b")] == said("b", 1, 2)


async def _said(producer: Any, envelopes: Sequence[Envelope]) -> bool:
    return all(await producer.send(envelopes))


async def read_all(member: Any, wanted: set[bytes]) -> list[bytes]:
    """Each once, in the order of the first time that it comes: what is said again may come again."""
    found: dict[bytes, None] = {}

    async def all_there() -> bool:
        found.update(dict.fromkeys(record.value for record in await member.poll(500)))
        return found.keys() >= wanted

    await until(all_there)
    return list(found)
