"""`python -m tests.faults [--quick]`: kills real processes under load, and counts what was lost. Nothing may be."""

import argparse
import asyncio
import json
import logging
import os
import shutil
import signal
import sys
import tempfile
import time
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from deploy.embedded import store
from deploy.embedded.testing import Platform
from shared import calendar, clock
from shared.settings import Settings
from tests.bench.ground import hardware
from tests.faults import ground, log, report, schedule, setup
from tests.faults.gateway import gateway
from tests.faults.ground import City, Wanted
from tests.faults.report import SETTLE_WITHIN, Outcome
from tests.faults.schedule import Plant
from tests.faults.trial import Step, Trial, in_turn

console = Console()
BEGAN = time.monotonic()


def say(words: str) -> None:
    console.print(f"[dim]{time.monotonic() - BEGAN:6.1f}[/] {escape(words)}", highlight=False)


def working_morning(file: Path) -> None:
    """The domain's clock at the next 09:30 in the city: no quiet hours, and long enough until they come."""
    today = datetime.now(calendar.ZONE)
    morning = today.replace(hour=9, minute=30, second=0, microsecond=0)
    morning += timedelta(days=1) if morning < today else timedelta()
    clock.shift(file, forward=morning - today)


def key_of(city: City) -> bytes:
    return Settings.model_validate({"data": city.folder}).token_key()


def main_run(standing: Platform, folder: Path, quick: bool) -> tuple[Trial, float | None, dict[str, object]]:
    home, sent = folder / "main", folder / "gateway.log"
    with gateway(sent) as url:
        urls = folder / "apprise.json"
        urls.write_text(json.dumps({"sms": url}))
        wanted = Wanted(schedule.REPLICAS, peer=True, env={"NUANXIN_APPRISE_URLS_FILE": str(urls)})
        asyncio.run(log.make_topic(standing.kafka, "faults.peer"))
        with ground.city(standing, home, "faults", wanted) as city:
            city.services.wait_well()
            say("all services are well")
            working_morning(city.clock_file)
            town = setup.set_up(city, key_of(city))
            goal, rate = (1_500, 45.0) if quick else (20_000, 60.0)
            trial = Trial(city, town, goal, rate, 24, True, say, gateway=sent)
            steps = schedule.QUICK if quick else schedule.FULL
            settled = asyncio.run(under_load(trial, steps, SETTLE_WITHIN, not quick))
            say(f"quiet after {settled:.1f} s" if settled is not None else "not quiet")
            return trial, settled, trial.verdict(peer=True)


async def under_load(trial: Trial, steps: Sequence[Step], within: float, one_by_one: bool) -> float | None:
    operator = asyncio.create_task(trial.operate())
    with trial.load():
        await in_turn(trial, steps, one_by_one)
    settled = await trial.settle(within)
    operator.cancel()
    return settled


def plant(standing: Platform, folder: Path, planted: Plant, goal: int) -> dict[str, object]:
    """A short trial of hazards only, with the bug in every process."""
    namespace = f"plant-{planted.bug}"
    wanted = Wanted({"dispatch": 2, "inspection": 1}, bug=planted.bug)
    with ground.city(standing, folder / namespace, namespace, wanted) as city:
        asyncio.run(setup.state_areas(city.kafka, city.topics["registry"]))
        city.services.wait_well()
        town = setup.set_up_hazards_only(city, key_of(city))
        trial = Trial(city, town, goal, 60.0, 12, False, lambda words: None, measured=False)
        asyncio.run(under_load(trial, planted.steps, 20.0, False))
        verdict = trial.verdict()
    say(f"planted {planted.bug}: {report.found(verdict)} found")
    return verdict


def run(folder: Path, quick: bool) -> Outcome:
    with ground.engines(folder / "engines") as standing:
        say("the engines stand")
        trial, settled, verdict = main_run(standing, folder, quick)
        program = store.choose(standing.plan.engine)
        outcome = Outcome(
            form="quick" if quick else "full",
            hardware=hardware(),
            engine=f"Apache Kafka, {program}",
            verdict=verdict,
            recoveries=trial.recoveries,
            settled=settled,
        )
        for planted in schedule.PLANTS[:1] if quick else schedule.PLANTS:
            outcome.planted[planted.bug] = plant(standing, folder, planted, 200)
        if not quick:
            outcome.sound = plant(standing, folder, schedule.SOUND, 300)
    outcome.seconds = time.monotonic() - BEGAN
    return outcome


def main() -> int:
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--quick", action="store_true", help="the short form, also by QUICK=1")
    parser.add_argument("--keep", action="store_true", help="leave data, logs and acknowledgements behind")
    given = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that what was started is ended
    logging.disable(logging.ERROR)  # clients tell of every broker that was killed
    quick = given.quick or bool(os.environ.get("QUICK"))
    folder = Path(tempfile.mkdtemp(prefix="nuanxin-faults-"))
    console.print(f"{'quick' if quick else 'full'} form, in {folder}; {hardware()}")
    outcome = run(folder, quick)
    report.write(outcome)
    report.show(outcome, console)
    failures = outcome.failures
    console.print(f"{'[red]failed[/]: ' + '; '.join(failures) if failures else 'nothing lost, nothing doubled'}")
    console.print(f"written to {report.REPORT}")
    if not (given.keep or failures):
        shutil.rmtree(folder, ignore_errors=True)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
