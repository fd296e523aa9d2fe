"""`python -m deploy.sample OUTDIR` writes the sample city: areas, households, residents, workers."""

import csv
import shutil
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from random import Random

from deploy.sample import staff
from deploy.sample.homes import Home, a_home
from deploy.sample.people import Person, Registrar
from deploy.sample.places import COMMUNITIES, GRIDS, VILLAGE, Community
from deploy.sample.stories import STORIES

SEED = 20260202
HOUSEHOLD_HEADER = ("户编号", "区划代码", "楼栋", "详细地址")
RESIDENT_HEADER = ("居民编号", "户编号", "姓名", "电话", "身份证号", "出生年份", "照护类别", "起始日期")
AREAS = Path(__file__).with_name("areas.csv")


def write(folder: Path) -> dict[str, int]:
    """Writes the four tables and returns how many rows each has."""
    folder.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(AREAS, folder / AREAS.name)
    rng = Random(SEED)
    homes = list(_homes(rng))
    tables: dict[str, tuple[Sequence[str], list[tuple[str, ...]]]] = {
        "households.csv": (HOUSEHOLD_HEADER, [household for household, _ in homes]),
        "residents.csv": (RESIDENT_HEADER, list(_residents(homes))),
        "workers.csv": (staff.HEADER, list(staff.rows(rng))),
    }
    for name, (header, rows) in tables.items():
        _write(folder / name, header, rows)
    return {name: len(rows) for name, (_, rows) in tables.items()}


def _homes(rng: Random) -> Iterator[tuple[tuple[str, ...], Home]]:
    for community in COMMUNITIES:
        stories = STORIES.get(community.code, ())
        for number in range(1, community.homes + 1):
            people = stories[number - 1] if number <= len(stories) else a_home(rng, community.code == VILLAGE)
            yield _household(rng, community, number), people


def _household(rng: Random, community: Community, number: int) -> tuple[str, ...]:
    compound = rng.choice(community.compounds)
    grid = GRIDS[(number - 1) % len(GRIDS)]
    if community.code == VILLAGE:
        label = f"{compound}{number}号"
        address = f"{community.name}{label}"
    else:
        label = f"{compound}{rng.randint(1, 18)}号楼"
        address = f"{community.name}{label}{rng.randint(1, 4)}单元{rng.randint(1, 7)}0{rng.randint(1, 4)}室"
    return f"H{community.code[3:]}-{number:04d}", community.code + grid, label, address


def _residents(homes: Iterable[tuple[tuple[str, ...], Home]]) -> Iterator[tuple[str, ...]]:
    registrar = Registrar()
    for household, people in homes:
        for number, person in enumerate(people, start=1):
            yield _resident(registrar, household, number, person)


def _resident(registrar: Registrar, household: tuple[str, ...], number: int, person: Person) -> tuple[str, ...]:
    key, area = household[0], household[1]
    return (
        f"R{key[1:]}-{number}",
        key,
        person.name,
        registrar.phone() if person.phone else "",
        registrar.identity(person, area[:6]),
        str(person.born.year),
        "、".join(person.care),
        person.since.isoformat() if person.since else "",
    )


def _write(path: Path, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """With a byte order mark, so that Excel reads it as UTF-8."""
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(header)
        writer.writerows(rows)


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit("say where to: python -m deploy.sample OUTDIR")
    for name, count in write(Path(sys.argv[1])).items():
        print(f"{name}: {count} rows (synthetic)")
