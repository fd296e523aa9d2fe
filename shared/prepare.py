"""Topics and indexes: declared where events and stores are, applied by `python -m shared.prepare`.

Idempotent: what stands is left as it is.
"""

import asyncio
import importlib
import logging

from aiokafka.admin import AIOKafkaAdminClient, NewTopic
from aiokafka.errors import TopicAlreadyExistsError, for_code

from shared import events
from shared.running import Blueprint, prepare_indexes
from shared.settings import Settings, settings
from shared.topology import SERVICES

TOPIC_CONFIG = {"retention.ms": "-1", "cleanup.policy": "delete", "min.insync.replicas": "1"}
"""Facts are kept for ever by default; a city that must forget sets retention on the topic."""
log = logging.getLogger("nuanxin.prepare")


async def prepare_topics(chosen: Settings) -> list[str]:
    """Creates what is missing and waits until the brokers show it. Returns the names."""
    names = [chosen.topic(source) for source in events.SOURCES]
    config = {**TOPIC_CONFIG, "min.insync.replicas": "2" if chosen.replication >= 3 else "1"}
    admin = AIOKafkaAdminClient(bootstrap_servers=chosen.kafka, client_id="nuanxin-prepare")
    await admin.start()
    try:
        there = set(await admin.list_topics())
        fresh = [
            NewTopic(n, chosen.partitions, chosen.replication, topic_configs=config) for n in names if n not in there
        ]
        answer = await admin.create_topics(fresh) if fresh else None
        for name, code, *_ in answer.topic_errors if answer is not None else []:
            error = for_code(code)
            if code and error is not TopicAlreadyExistsError:
                raise error(f"cannot create {name}")
        while any(found["error_code"] for found in await admin.describe_topics(names)):
            await asyncio.sleep(0.1)
    finally:
        await admin.close()
    return names


def blueprints() -> list[Blueprint]:
    return [importlib.import_module(f"services.{name}.main").app.state.blueprint for name in SERVICES]


async def prepare(chosen: Settings) -> None:
    for name in await prepare_topics(chosen):
        log.info("topic %s stands", name)
    for blueprint in blueprints():
        log.info("%s: %d indexes stand", blueprint.name, await prepare_indexes(blueprint, chosen))


if __name__ == "__main__":
    logging.basicConfig(level="INFO", format="%(message)s")
    asyncio.run(prepare(settings()))
