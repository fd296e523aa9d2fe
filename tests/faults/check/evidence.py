"""What is looked at: the load's file, every topic from its beginning, every store, the gateway's log."""

import asyncio
import hashlib
import json
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from aiokafka import AIOKafkaConsumer
from aiokafka.admin import AIOKafkaAdminClient
from bson.codec_options import CodecOptions
from pymongo import MongoClient

Row = dict[str, Any]


@dataclass(frozen=True, slots=True)
class Fact:
    """One event, as it was said first."""

    service: str
    id: str
    type: str
    subject: str
    sequence: int
    cause: str
    body: Row


@dataclass
class Said:
    """The topics. `repeats` were said again with the same id; `strange` is what breaks the numbering."""

    facts: list[Fact] = field(default_factory=list)
    repeats: int = 0
    records: int = 0
    strange: list[str] = field(default_factory=list)

    def of(self, *types: str) -> list[Fact]:
        return [fact for fact in self.facts if fact.type in types]


@dataclass
class Evidence:
    """`docs` are the kernel's documents by service and collection; `lag` what each group has yet to hear."""

    now: datetime
    acks: list[Row]
    injected: list[Row]
    said: Said
    docs: dict[tuple[str, str], list[Row]]
    parked: list[Row]
    lag: dict[str, int]
    sent: Counter[str]
    peer_tasks: set[str]
    peer_told: Counter[str]

    def acknowledged(self) -> list[Row]:
        return [row for row in self.acks if row["what"] == "ack"]

    def states(self, service: str, collection: str) -> Iterator[Row]:
        return (doc["state"] for doc in self.docs.get((service, collection), ()) if doc["state"] is not None)


def lines(path: str) -> list[Row]:
    return [json.loads(line) for line in Path(path).read_text().splitlines()]


async def gathered(asked: Row) -> Evidence:
    injected = lines(asked["injected"])
    records = {service: await read(asked["kafka"], topic) for service, topic in asked["topics"].items()}
    lag = await heard(asked["kafka"], asked["groups"])
    with closing(MongoClient[Row](asked["mongo"])) as client:
        databases = {service: client[f"{asked['namespace']}_{service}"] for service in asked["groups"]}
        docs = {place: rows for service, base in databases.items() for place, rows in documents(service, base)}
        parked = [row for base in databases.values() for row in base["parked"].find({})]
        peer = {row["_id"] for row in client[f"{asked['namespace']}_peer"]["tasks"].find({}, {"_id": 1})}
    told = await read(asked["kafka"], asked["peer"]) if asked["peer"] else []
    return Evidence(
        now=datetime.fromisoformat(asked["now"]).astimezone(UTC),
        acks=lines(asked["acks"]),
        injected=injected,
        said=understood(records, injected),
        docs=docs,
        parked=parked,
        lag=lag,
        sent=Counter(Path(asked["gateway"]).read_text().split()) if asked["gateway"] else Counter(),
        peer_tasks=peer,
        peer_told=Counter(json.loads(raw.value)["subject_id"] for raw in told),
    )


async def read(kafka: str, topic: str) -> list[Any]:
    """Every record from the beginning to where the topic ends now."""
    consumer = AIOKafkaConsumer(
        topic, bootstrap_servers=kafka, auto_offset_reset="earliest", enable_auto_commit=False, max_poll_records=5000
    )
    await consumer.start()
    found: list[Any] = []
    try:
        while not (places := consumer.assignment()):
            await asyncio.sleep(0.05)
        ends = await consumer.end_offsets(list(places))
        while any([await consumer.position(place) < end for place, end in ends.items()]):
            for raws in (await consumer.getmany(timeout_ms=500)).values():
                found += raws
    finally:
        await consumer.stop()
    return found


async def heard(kafka: str, groups: dict[str, str]) -> dict[str, int]:
    """What each service has yet to acknowledge of the topics that it hears, by the broker's word."""
    admin = AIOKafkaAdminClient(bootstrap_servers=kafka)
    consumer = AIOKafkaConsumer(bootstrap_servers=kafka)
    await admin.start()
    await consumer.start()
    lag = {}
    try:
        for service, group in groups.items():
            read_to = await admin.list_consumer_group_offsets(group)
            ends = await consumer.end_offsets(list(read_to))
            lag[service] = sum(ends[place] - meta.offset for place, meta in read_to.items())
    finally:
        await consumer.stop()
        await admin.close()
    return lag


def documents(service: str, base: Any) -> Iterator[tuple[tuple[str, str], list[Row]]]:
    zoned: CodecOptions[Row] = CodecOptions(tz_aware=True, tzinfo=UTC)
    for name in base.list_collection_names():
        if name not in ("parked", "control"):
            rows = list(base.get_collection(name, codec_options=zoned).find({}))
            yield (service, name), [row for row in rows if "seq" in row]


def understood(records: dict[str, list[Any]], injected: list[Row]) -> Said:
    """Each event once, as it was said first; what was injected is left out, but its twins are repeats."""
    kinds = {(row["topic"], row["partition"], row["offset"]): row["kind"] for row in injected}
    said = Said()
    first: dict[str, tuple[str, str, int, str]] = {}
    for service, raws in records.items():
        for raw in sorted(raws, key=lambda raw: raw.timestamp):
            said.records += 1
            kind = kinds.get((raw.topic, raw.partition, raw.offset))
            if kind in ("poison", "unknown"):
                continue
            head = {name: value.decode() for name, value in raw.headers}
            id, subject, number = head["ce_id"], head["ce_subject"], int(head["ce_sequence"])
            mark = (head["ce_type"], subject, number, hashlib.sha256(raw.value).hexdigest())
            if id in first:
                said.repeats += 1
                if kind is None and mark != first[id]:
                    said.strange.append(f"{id} was said with two different contents")
                continue
            first[id] = mark
            if id != f"{subject}#{number}":
                said.strange.append(f"{id} is number {number} of {subject}")
            body = json.loads(raw.value)
            said.facts.append(Fact(service, id, head["ce_type"], subject, number, head["ce_causationid"], body))
    return said
