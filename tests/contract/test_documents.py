"""What every document store must do: the fake, Motor and PyMongo's own client are held to the same."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

from shared.documents import Documents, RowsProtocol, Write

NOW = datetime(2026, 2, 2, 1, 0, 0, 123000, tzinfo=UTC)


def sets(version: int, **more: Any) -> dict[str, Any]:
    base = {"version": version, "seq": 0, "state": {"n": version}, "heard": [], "wake_at": None, "scopes": ["4203"]}
    return {**base, "keys": {}, **more}


def event(id: str, at: datetime = NOW) -> dict[str, Any]:
    return {"id": id, "at": at, "seq": 1, "type": "t", "cause": "c", "time": at, "trace": "x", "data": b"{}"}


async def test_what_is_written_is_read_at_once_with_its_times_and_bytes(book: Documents) -> None:
    assert await book.write([Write("a-1", 0, sets(1, wake_at=NOW), [event("a-1#1")])]) == []
    found = (await book.read(["a-1", "a-2"]))["a-1"]
    assert found["version"] == 1
    assert found["wake_at"] == NOW
    assert bytes(found["outbox"][0]["data"]) == b"{}"
    assert found["outbox"][0]["at"] == NOW


async def test_a_document_begun_twice_is_a_conflict_and_the_first_stands(book: Documents) -> None:
    await book.write([Write("a-1", 0, sets(1), [])])
    conflicts = await book.write([Write("a-1", 0, sets(1, state={"n": 99}), []), Write("a-2", 0, sets(1), [])])
    assert [conflict.id for conflict in conflicts] == ["a-1"]
    assert set(await book.read(["a-1", "a-2"])) == {"a-1", "a-2"}
    assert (await book.read(["a-1"]))["a-1"]["state"] == {"n": 1}


async def test_only_the_version_that_was_read_may_be_written(book: Documents) -> None:
    await book.write([Write("a-1", 0, sets(1), [])])
    assert await book.write([Write("a-1", 1, sets(2), [])]) == []
    conflicts = await book.write([Write("a-1", 1, sets(2, state={"n": 99}), [])])
    assert [conflict.id for conflict in conflicts] == ["a-1"]
    assert (await book.read(["a-1"]))["a-1"]["state"] == {"n": 2}


async def test_one_lost_race_in_a_bulk_leaves_the_others_written(book: Documents) -> None:
    await book.write([Write(f"a-{n}", 0, sets(1), []) for n in range(200)])
    await book.write([Write("a-77", 1, sets(2), [])])
    conflicts = await book.write([Write(f"a-{n}", 1, sets(2, seq=5), []) for n in range(200)])
    assert [conflict.id for conflict in conflicts] == ["a-77"]
    found = await book.read([f"a-{n}" for n in range(200)])
    assert sum(row["seq"] == 5 for row in found.values()) == 199


async def test_the_same_external_key_twice_is_a_conflict(book: Documents) -> None:
    await book.write([Write("a-1", 0, sets(1, keys={"external": "H-7"}), [])])
    conflicts = await book.write([Write("a-2", 0, sets(1, keys={"external": "H-7"}), [])])
    assert [conflict.id for conflict in conflicts] == ["a-2"]
    assert await book.read(["a-2"]) == {}


async def test_documents_without_an_external_key_do_not_collide(book: Documents) -> None:
    assert await book.write([Write(f"a-{n}", 0, sets(1), []) for n in range(3)]) == []


async def test_striking_takes_exactly_what_was_said(book: Documents) -> None:
    await book.write([Write("a-1", 0, sets(1), [event("a-1#1"), event("a-1#2")])])
    await book.write([Write("a-1", 1, sets(2), [event("a-1#3")])])
    await book.strike({"a-1": ["a-1#1", "a-1#3"]})
    assert [entry["id"] for entry in (await book.read(["a-1"]))["a-1"]["outbox"]] == ["a-1#2"]
    assert (await book.read(["a-1"]))["a-1"]["version"] == 2


async def test_the_sweep_finds_what_was_left_unsaid_the_oldest_first(book: Documents) -> None:
    await book.write([Write(f"a-{n}", 0, sets(1), [event(f"a-{n}#1", NOW + timedelta(seconds=-n))]) for n in range(4)])
    found = await book.unsaid(NOW - timedelta(seconds=1), 2)
    assert [row["_id"] for row in found] == ["a-3", "a-2"]
    assert await book.oldest_unsaid() == NOW - timedelta(seconds=3)
    assert await book.pending() == 4


async def test_alarms_that_are_due_are_found_and_others_not(book: Documents) -> None:
    await book.write([Write(f"a-{n}", 0, sets(1, wake_at=NOW + timedelta(seconds=n)), []) for n in (-1, 0, 1)])
    await book.write([Write("a-none", 0, sets(1), [])])
    assert [row["_id"] for row in await book.due(NOW, 10)] == ["a--1", "a-0"]


async def test_pages_keep_their_order_and_their_scope(book: Documents) -> None:
    for area in ("420303", "420304"):
        await book.write(
            [
                Write(
                    f"{area}-{n}",
                    0,
                    sets(1, scopes=["4203", area], keys={"stage": "open", "order": f"{n:02}-{area}"}),
                    [],
                )
                for n in range(5)
            ]
        )
    where = {"scopes": "420303", "keys.stage": "open"}
    first = await book.find(where, "keys.order", None, 3)
    rest = await book.find(where, "keys.order", first[-1]["keys"]["order"], 3)
    assert [row["_id"] for row in (*first, *rest)] == [f"420303-{n}" for n in range(5)]
    assert [row["_id"] for row in await book.find(where, "-keys.order", None, 2)] == ["420303-4", "420303-3"]
    assert await book.count({"scopes": "4203"}) == 10
    assert await book.count({"scopes": "420304", "keys.stage": {"$in": ["open", "done"]}}) == 5


async def test_many_at_once_on_one_document_each_count_once(book: Documents) -> None:
    await book.write([Write("a-1", 0, sets(1), [])])

    async def add() -> None:
        while True:
            version = (await book.read(["a-1"]))["a-1"]["version"]
            if not await book.write([Write("a-1", version, sets(version + 1), [])]):
                return

    await asyncio.gather(*(add() for _ in range(20)))
    assert (await book.read(["a-1"]))["a-1"]["version"] == 21


async def test_plain_rows_are_put_found_and_dropped(rows: RowsProtocol) -> None:
    for n in range(3):
        await rows.put({"_id": f"r-{n}", "reason": "early" if n else "broken", "next_at": NOW})
    await rows.put({"_id": "r-0", "reason": "early", "next_at": NOW + timedelta(hours=1)})
    assert [row["_id"] for row in await rows.find({"reason": "early", "next_at": {"$lte": NOW}})] == ["r-1", "r-2"]
    assert [row["_id"] for row in await rows.find({}, 1, "r-0")] == ["r-1"]
    assert await rows.count() == 3
    assert await rows.drop("r-1")
    assert not await rows.drop("r-1")
    assert await rows.get("r-1") is None
