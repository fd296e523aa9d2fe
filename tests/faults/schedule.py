"""What is done to the city and when, in the full form and in the quick one; and the planted bugs' trials.

Names are the supervisor's: `dispatch-2` is a second replica.
"""

import asyncio
from dataclasses import dataclass

from tests.faults.trial import Step, Trial

REPLICAS = {"registry": 1, "dispatch": 2, "inspection": 2, "notification": 1}
EVERYBODY = ("registry", "dispatch", "dispatch-2", "inspection", "inspection-2", "notification")
FROZEN_FOR = 16.0
"""Past a session of ten seconds."""


def kill(*names: str) -> Step:
    return lambda trial: trial.kill(*names)


def end(*names: str) -> Step:
    return lambda trial: trial.kill(*names, how="SIGTERM")


def freeze(name: str, seconds: float = FROZEN_FOR) -> Step:
    return lambda trial: trial.freeze(name, seconds)


def away(name: str, seconds: float = 5.0) -> Step:
    return lambda trial: trial.away(name, seconds)


def after(seconds: float, step: Step) -> Step:
    async def later(trial: Trial) -> None:
        await asyncio.sleep(seconds)
        await step(trial)

    return later


def stranger(service: str, seconds: float = 5.0) -> Step:
    async def step(trial: Trial) -> None:
        trial.log(f"a stranger joins the group of {service} for {seconds:.0f} s")
        await trial.harm.stranger(service, seconds)

    return step


def twins(service: str, most: int, newest: bool = True) -> Step:
    async def step(trial: Trial) -> None:
        trial.log(f"{most} records of {service} once more, the {'newest' if newest else 'oldest'}")
        await trial.harm.twins(service, most, newest)

    return step


def lies(poison: int, unknown: int, in_a_row: bool = False) -> Step:
    """On the topics of two services, while they are spoken on."""

    async def step(trial: Trial) -> None:
        trial.log(f"{poison} records of poison{' in a row' if in_a_row else ''}, {unknown} of an unknown type")
        for service in ("inspection", "dispatch"):
            await trial.harm.poison(service, poison // 2, in_a_row)
            await trial.harm.unknown(service, unknown // 2)

    return step


def jump(minutes: float) -> Step:
    async def step(trial: Trial) -> None:
        trial.log(f"the development clock jumps {minutes:.0f} min: alarms ring")
        await trial.harm.jump(minutes)

    return step


def both(*steps: Step) -> Step:
    async def together(trial: Trial) -> None:
        await asyncio.gather(*(step(trial) for step in steps))

    return together


FULL: tuple[Step, ...] = (
    kill("dispatch"),
    both(kill("inspection"), lies(6, 6)),
    kill("notification"),
    both(kill("registry"), twins("inspection", 300)),
    end("dispatch-2"),
    kill("kafka"),
    freeze("dispatch-2"),
    kill("store"),
    both(stranger("dispatch"), stranger("notification")),
    end("inspection"),
    both(kill("inspection-2"), jump(6)),
    both(kill("dispatch-2"), kill("notification")),
    freeze("inspection-2"),
    both(kill("kafka"), kill("dispatch")),
    both(kill("store"), kill("inspection")),
    both(lies(120, 60), twins("dispatch", 300)),
    end("notification", "registry"),
    kill(*EVERYBODY),
    both(twins("inspection", 600, newest=False), kill("dispatch")),
    both(lies(240, 0, in_a_row=True), jump(10)),
    away("store"),
    away("kafka"),
    both(kill("kafka"), kill("store")),
)

QUICK: tuple[Step, ...] = (
    both(kill("dispatch", "inspection-2"), twins("inspection", 100)),
    both(freeze("dispatch-2"), kill("notification"), kill("registry"), lies(8, 8)),
    both(kill("kafka"), jump(6)),
    kill("store"),
    both(end("inspection"), stranger("notification", 3)),
)


@dataclass(frozen=True)
class Plant:
    """A bug, and the faults under which it shows."""

    bug: str
    steps: tuple[Step, ...]


EVERY_KIND: tuple[Step, ...] = (
    kill("dispatch"),
    both(kill("dispatch-2", "inspection"), twins("inspection", 60)),
    both(away("store"), lies(6, 4)),
    kill("dispatch", "dispatch-2"),
)

SOUND = Plant("none", EVERY_KIND)
"""The harness against itself: without a bug, with the same windows held open, nothing may be found."""

BACKLOG = both(freeze("dispatch", 5), freeze("dispatch-2", 5), after(3, away("store", 9)))
"""The store goes while there is much to hear."""

PLANTS: tuple[Plant, ...] = (
    Plant("commit-before-write", (kill("dispatch", "dispatch-2"), kill("dispatch"), kill("dispatch-2"))),
    Plant("no-version-guard", (twins("inspection", 60),)),
    Plant("acknowledge-on-error", (BACKLOG,)),
    Plant("strike-all", (kill("dispatch", "dispatch-2"), kill("inspection"))),
    Plant("strike-before-send", (kill("dispatch", "inspection"), kill("dispatch-2", "inspection"))),
    Plant("unclear-is-well", (away("store"),)),
    Plant("no-parking", (lies(6, 4),)),
)
