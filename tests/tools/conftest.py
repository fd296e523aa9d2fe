"""Tools in a data directory of their own, with nothing running but what a test starts."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from deploy.tools import where
from tests.tools.town import Town, stand_still


@pytest.fixture(autouse=True)
def data(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    for name in ("TOKEN", "AS", "KAFKA", "MONGO", "NUANXIN_PORTS", "NUANXIN_ENVIRONMENT"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("NUANXIN_DATA", str(tmp_path))
    where.chosen.cache_clear()
    stand_still(tmp_path)
    yield tmp_path
    where.chosen.cache_clear()


@pytest.fixture
def town() -> Town:
    return Town()
