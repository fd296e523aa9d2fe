"""The rules are shown on the simulation's small domain: orders, the work on them, a ledger."""

from collections.abc import Iterator

import pytest

from tests.simulation.events import spoken


@pytest.fixture(autouse=True)
def _spoken() -> Iterator[None]:
    with spoken():
        yield
