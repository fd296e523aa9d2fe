"""The whole platform, supervised, on free ports and in a folder of its own; two processes of dispatch."""

import os
from collections.abc import Iterator

import pytest
from rich.console import Console

from deploy.demo import city
from deploy.demo.talk import Talk
from deploy.embedded.testing import Platform, platform
from shared.access import Actor
from shared.settings import settings


@pytest.fixture(scope="session")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Platform]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("NUANXIN_REPLICAS", "dispatch=2")
        with platform(tmp_path_factory.mktemp("city")) as found:
            for name, value in found.plan.env.items():
                patch.setenv(name, value)
            settings.cache_clear()
            yield found
    settings.cache_clear()


@pytest.fixture(scope="session")
def admin(running: Platform) -> Talk:
    """The city's operator, in a city that has been loaded."""
    talk = Talk(Actor("O0001", ("operator", "admin"), ("4203",)))
    city.load(talk, running.plan.data / "sample", Console(quiet=True))
    return talk


@pytest.fixture(scope="session")
def env(running: Platform, admin: Talk) -> dict[str, str]:
    """What a command line needs to find this platform."""
    return {**os.environ, **running.plan.env}
