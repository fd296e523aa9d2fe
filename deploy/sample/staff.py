"""Sixty people at work: a lead and two grid workers a community, people of streets, counties and the city."""

from collections.abc import Iterator
from random import Random

from deploy.sample.people import somebody
from deploy.sample.places import COMMUNITIES, GRIDS, STREETS

HEADER = ("工号", "姓名", "区域代码", "网格", "技能", "是否网格长", "在岗")
SKILLS = ("gas", "electric", "heating", "nursing", "counselling")
STANDING = {
    "420303002002": "H0001",
    "420303002": "S0001",
    "420303": "C0001",
    "4203": "O0001",
}
"""Leads and offices whose staff numbers the tools know by heart (`make token AS=H0001`)."""


def rows(rng: Random) -> Iterator[tuple[str, ...]]:
    """W0001 works in 周家沟. The second grid worker of one community in six is off duty today."""
    numbers = (f"W{number:04d}" for number in range(1, 100))
    for place, community in enumerate(COMMUNITIES):
        yield _row(rng, next(numbers), community.code, GRIDS[:2])
        yield _row(rng, next(numbers), community.code, GRIDS[2:], on_duty=place % 6 != 5)
        yield _row(rng, STANDING.get(community.code) or next(numbers), community.code, lead=True)
    for code in (*STREETS, "420302", "420303", "4203"):
        yield _row(rng, STANDING.get(code) or next(numbers), code)
    yield _row(rng, "D0001", "420303")


def _row(
    rng: Random, number: str, code: str, grids: tuple[str, ...] = (), *, lead: bool = False, on_duty: bool = True
) -> tuple[str, ...]:
    skills = ("visit", *sorted(rng.sample(SKILLS, 2 if lead else rng.choice((1, 1, 2))), key=SKILLS.index))
    name = somebody(rng, (24, 54)).name
    return number, name, code, "、".join(grids), "、".join(skills), "是" if lead else "否", "是" if on_duty else "否"
