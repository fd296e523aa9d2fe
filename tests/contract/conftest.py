"""The real engines, started once for the whole suite, and every kind of documents and logs to hold to one contract."""

from collections.abc import AsyncIterator, Iterator
from typing import Any
from uuid import uuid4

import pytest
import pytest_asyncio

from deploy.embedded.testing import Running, engines
from shared import documents
from shared.documents import MongoDocuments, MongoRows
from shared.prepare import prepare_topics
from shared.settings import Settings
from shared.store import UNIVERSAL_INDEXES, Index
from shared.testing.memory import MemoryDocuments, MemoryRows
from tests.contract.logs import PARTITIONS, Fake, Real

INDEXES = (
    *UNIVERSAL_INDEXES,
    Index(("keys.external",), unique=True, refusal="external key"),
    Index(("scopes", "keys.stage", "keys.order")),
)


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    with engines(tmp_path_factory.mktemp("engines")) as found:
        yield found


@pytest.fixture
def chosen(running: Running) -> Settings:
    """Settings for the real engines, with topics, groups and databases that no other test uses."""
    return Settings.model_validate(
        {"KAFKA": running.kafka, "MONGO": running.mongo, "data": running.data, "namespace": f"t{uuid4().hex[:8]}"}
    )


@pytest_asyncio.fixture(params=["memory", "motor", "pymongo"])
async def book(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """One empty collection with the contract's indexes."""
    if request.param == "memory":
        yield MemoryDocuments(INDEXES)
        return
    running: Running = request.getfixturevalue("running")
    client = documents.connect(running.mongo, request.param)
    collection = documents.collection(client, f"contract_{uuid4().hex[:8]}", "things")
    await documents.prepare(collection, INDEXES)
    yield MongoDocuments(collection, "contract")
    closing = client.close()
    if closing is not None:
        await closing


@pytest_asyncio.fixture(params=["memory", "motor", "pymongo"])
async def rows(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    if request.param == "memory":
        yield MemoryRows()
        return
    running: Running = request.getfixturevalue("running")
    client = documents.connect(running.mongo, request.param)
    yield MongoRows(documents.collection(client, f"contract_{uuid4().hex[:8]}", "rows"))
    closing = client.close()
    if closing is not None:
        await closing


@pytest_asyncio.fixture(params=["memory", "kafka"])
async def log(request: pytest.FixtureRequest) -> AsyncIterator[Any]:
    """One empty topic, and the clients around it."""
    if request.param == "memory":
        yield Fake()
        return
    chosen: Settings = request.getfixturevalue("chosen").model_copy(update={"partitions": PARTITIONS})
    await prepare_topics(chosen)
    real = Real(chosen, request.getfixturevalue("running"))
    yield real
    await real.close()
