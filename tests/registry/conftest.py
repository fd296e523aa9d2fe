"""What the tests over HTTP start from."""

import pytest

from tests.registry.office import Office


@pytest.fixture
def office() -> Office:
    return Office()
