"""The sending loop: two of them side by side, and a stop that lets a call in the air be recorded."""

import asyncio
import json
from pathlib import Path

import pytest

from services.notification.sending import run
from services.notification.store import messages
from shared.settings import Settings
from shared.testing.scenario import TestClock
from shared.testing.scenario import run as wait
from tests.notification.facts import City, assigned
from tests.notification.gateway import Log


class Turning(TestClock):
    """Gives the others their turn instead of sleeping."""

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(0)


def _settings(folder: Path, urls: dict[str, str]) -> Settings:
    file = folder / "urls.json"
    file.write_text(json.dumps(urls))
    return Settings.model_validate({"apprise_urls_file": file, "data": folder})


def _city() -> City:
    city = City()
    for number in range(1, 13):
        city.reachable(f"W{number:04}", sms=f"138000{number:05}").tells(assigned(f"W{number:04}"))
    city.desk.clock = Turning(city.clock.moment)
    return city


async def _until(done: object, tasks: list[asyncio.Task[None]]) -> None:
    while not done():  # type: ignore[operator]
        for task in tasks:
            if task.done():
                task.result()
        await asyncio.sleep(0.001)


def test_two_loops_send_everything_once_and_stop(log: Log, tmp_path: Path) -> None:
    city = _city()
    settings = _settings(tmp_path, {"sms": f"json://127.0.0.1:{log.port}/sms/{{address}}?+X-Message={{message}}"})

    async def both() -> None:
        tasks = [asyncio.create_task(run(city.desk, city.seals, settings)) for _ in range(2)]
        await _until(lambda: all(message.stage == "sent" for message in city.all(messages)), tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    wait(asyncio.wait_for(both(), 20))
    assert len(log.calls) == len({id for _, _, id in log.calls}) == 12


def test_a_stop_lets_the_calls_in_the_air_end_and_records_them(log: Log, tmp_path: Path) -> None:
    city = _city()
    log.always = "hang"
    settings = _settings(tmp_path, {"sms": f"json://127.0.0.1:{log.port}/sms/{{address}}"})

    async def stopped() -> None:
        task = asyncio.create_task(run(city.desk, city.seals, settings))
        await _until(lambda: len(log.calls) == 12, [task])
        task.cancel()
        for _ in range(50):
            await asyncio.sleep(0)
        assert not task.done(), "it waits for what is in the air"
        log.released.set()
        await asyncio.gather(task, return_exceptions=True)

    wait(asyncio.wait_for(stopped(), 20))
    assert {message.stage for message in city.all(messages)} == {"unknown"}


def test_a_file_that_cannot_be_used_ends_the_process_and_says_why(tmp_path: Path) -> None:
    city = City()
    with pytest.raises(SystemExit, match="'pigeon' is no channel"):
        wait(run(city.desk, city.seals, _settings(tmp_path, {"pigeon": "json://h/{address}"})))
