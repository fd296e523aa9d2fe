"""A worker as a request or a row of a table tells it, made ready for the rule: sealed, marked, its place known."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

from pydantic import Field

from services.dispatch.api.people import StaffNumber
from services.dispatch.domain import workers as domain
from services.dispatch.domain.workers import Worker, worker_of
from services.dispatch.store import workers
from shared.http import Body, Command
from shared.places import Place
from shared.privacy import mask_name
from shared.store import Change

Grid = Annotated[
    str, Field(pattern=r"^(\d{12})?\d{3}$", description="three digits within the community, or all fifteen")
]
Skill = Annotated[str, Field(min_length=1, max_length=40)]


class Facts(Body):
    """What is known of a worker. `on_duty` left out: as it was, or on duty for a new one."""

    name: Annotated[str, Field(min_length=1, max_length=200)]
    area: Annotated[str, Field(pattern=r"^\d{4,15}$")]
    grids: Annotated[list[Grid], Field(max_length=50)] = []
    skills: Annotated[list[Skill], Field(max_length=50)] = []
    lead: bool = False
    on_duty: bool | None = None


class Enlist(Facts):
    number: StaffNumber


async def known(wish: Command, number: str, facts: Facts, find: Callable[[str], Awaitable[Place]]) -> Worker:
    """Raises Missing for an area that does not exist or that the actor does not see."""
    place = await find(wish.within(facts.area))
    grids = [grid if len(grid) > 3 else place.code[:12] + grid for grid in facts.grids]
    return Worker(
        number=number,
        name=wish.seals.seal(facts.name),
        name_mark=wish.seals.blind(facts.name),
        label=mask_name(facts.name),
        area=place.code,
        grids=tuple(dict.fromkeys(grids)),
        skills=tuple(dict.fromkeys(facts.skills)),
        lead=facts.lead,
    )


def enlisting(wanted: Worker, on_duty: bool | None, wish: Command) -> Change:
    rule = partial(domain.enlist, wanted, on_duty, wish.now)
    return workers.begin_or_change(worker_of(wanted.number), rule)
