"""`python -m tests.faults.load PLAN`: works until the goal is reached and the harness says that it is over."""

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path

from deploy.embedded.child import follow_parent
from shared.clock import Clock
from shared.settings import Settings
from tests.faults.load.stories import Stories
from tests.faults.load.teller import Over, Plan, Teller
from tests.faults.setup import Town


async def work(plan: Plan) -> None:
    teller = Teller(plan, Settings().token_key())
    stories = Stories(teller, Town.read(Path(plan.town)), Clock(Path(plan.clock)))
    days: list[Callable[[], Awaitable[None]]] = [stories.any] * plan.people
    if plan.whole:
        days += [stories.clerk, stories.reader]
    await asyncio.gather(*(_until_over(day) for day in days))


async def _until_over(day: Callable[[], Awaitable[None]]) -> None:
    try:
        while True:
            await day()
    except Over:
        return


if __name__ == "__main__":
    follow_parent(os.getppid())
    asyncio.run(work(Plan(**json.loads(Path(sys.argv[1]).read_text()))))
