"""Kafka and the store as programs: they start, answer, stop, and keep what they have acknowledged."""

from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from aiokafka import AIOKafkaConsumer, AIOKafkaProducer
from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from pymongo import MongoClient

from deploy.embedded import places, probes, store
from deploy.embedded.testing import Running, engines, wait_until

PROGRAMS = [engine for engine in store.ENGINES if places.program(engine)]


@pytest.fixture(scope="module", params=PROGRAMS)
def running(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with engines(tmp_path_factory.mktemp(request.param), request.param) as started:
        yield started


async def say(running: Running, topic: str, text: bytes) -> None:
    """One record, acknowledged by all replicas."""
    admin = AIOKafkaAdminClient(bootstrap_servers=running.kafka)
    await admin.start()
    await admin.create_topics([NewTopic(topic, num_partitions=1, replication_factor=1)])
    await admin.close()
    producer = AIOKafkaProducer(bootstrap_servers=running.kafka, acks="all")
    await producer.start()
    await producer.send_and_wait(topic, text)
    await producer.stop()


async def heard(running: Running, topic: str) -> bytes | None:
    consumer = AIOKafkaConsumer(topic, bootstrap_servers=running.kafka, auto_offset_reset="earliest")
    await consumer.start()
    try:
        value: bytes | None = (await consumer.getone()).value
        return value
    finally:
        await consumer.stop()


def test_both_engines_answer(running: Running) -> None:
    assert probes.broker(running.broker.port) == ""
    assert probes.primary(running.mongo) == ""


async def test_an_acknowledged_record_outlives_kill_9_of_the_broker(running: Running) -> None:
    await say(running, "kept", b"visit-7")
    running.kill_kafka()
    assert probes.broker(running.broker.port)
    running.restart_kafka()
    assert await heard(running, "kept") == b"visit-7"


async def test_a_record_outlives_a_clean_restart(running: Running) -> None:
    await say(running, "calm", b"visit-8")
    running.restart_kafka()
    assert await heard(running, "calm") == b"visit-8"


def test_an_acknowledged_document_outlives_kill_9_of_the_store(running: Running) -> None:
    with MongoClient[dict[str, object]](running.mongo) as client:
        client.city.tasks.insert_one({"_id": "task-7"})
    running.kill_store()
    assert probes.primary(running.mongo)
    running.restart_store()
    with MongoClient[dict[str, object]](running.mongo) as client:
        assert client.city.tasks.find_one({"_id": "task-7"})


def test_a_frozen_broker_is_alive_and_silent(running: Running) -> None:
    with running.frozen("kafka"):
        assert running.broker.alive
        assert probes.broker(running.broker.port, within=0.3)
    wait_until(lambda: not probes.broker(running.broker.port), 10, "the broker to answer again")


def test_nothing_is_left_at_the_end(tmp_path: Path) -> None:
    with engines(tmp_path) as started:
        pids = list(started.pids.values())
    assert not any(psutil.pid_exists(pid) for pid in pids)
