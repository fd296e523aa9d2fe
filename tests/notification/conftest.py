"""The local gateway, one for each test that sends."""

from collections.abc import Iterator

import pytest

from tests.notification.gateway import Log, running


@pytest.fixture
def log() -> Iterator[Log]:
    with running() as found:
        yield found
