"""The sample city is the same everywhere, clearly synthetic, and what the services' own imports take."""

import csv
import json
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

from deploy.sample.__main__ import write
from deploy.sample.places import COMMUNITIES
from services.dispatch.api.sheet import SHEET as WORKERS
from services.dispatch.api.sheet import router as workers_router
from services.dispatch.store import workers
from services.registry import api as registry_api
from services.registry.areas.api import router as areas_router
from services.registry.areas.store import areas, zones
from services.registry.imports import HOUSEHOLDS, RESIDENTS
from services.registry.store import households, residents
from shared import places
from shared.tables import Row, Sheet
from shared.tables.codes import identity
from shared.tables.reading import rows
from shared.testing.client import Client, Served
from shared.testing.scenario import Scenario

AREAS = {line.split(",")[0]: line.split(",")[1] for line in Path("deploy/sample/areas.csv").read_text().splitlines()}


@pytest.fixture(scope="module")
def city(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("sample")
    write(folder)
    return folder


def read(city: Path, name: str, sheet: Sheet) -> list[Row]:
    with (city / name).open("rb") as file:
        return list(rows(file, sheet))


def raw(city: Path, name: str) -> list[dict[str, Any]]:
    with (city / name).open(encoding="utf-8-sig", newline="") as file:
        return list(csv.DictReader(file))


@pytest.mark.parametrize(
    ("name", "sheet"), [("households.csv", HOUSEHOLDS), ("residents.csv", RESIDENTS), ("workers.csv", WORKERS)]
)
def test_every_row_is_what_the_import_takes(city: Path, name: str, sheet: Sheet) -> None:
    found = read(city, name, sheet)
    assert [error for row in found for error in row.errors] == []
    key = sheet.columns[0].field
    assert len({row[key] for row in found}) == len(found)


def test_it_is_the_same_city_every_time(city: Path, tmp_path: Path) -> None:
    write(tmp_path)
    for path in city.iterdir():
        assert path.read_bytes() == (tmp_path / path.name).read_bytes()


def test_it_has_the_size_that_was_promised(city: Path) -> None:
    assert 1_200 <= len(raw(city, "households.csv")) <= 1_500
    assert len(raw(city, "workers.csv")) <= 60
    lines = (city / "areas.csv").read_text().splitlines()
    assert len(lines) == 2_118


def test_people_live_in_the_places_of_the_article(city: Path) -> None:
    homes = Counter(row["area"][:12] for row in read(city, "households.csv", HOUSEHOLDS))
    assert len(homes) == 16
    for community in COMMUNITIES:
        assert AREAS[community.code].startswith(community.name[:-2]), community
        assert homes[community.code] == community.homes


def test_nobody_could_be_a_real_person(city: Path) -> None:
    people = raw(city, "residents.csv")
    assert all(identity(person["身份证号"])[:3] == "990" for person in people)
    phones = [person["电话"] for person in people if person["电话"]]
    assert all(phone.startswith("154") for phone in phones)
    assert len(set(phones)) == len(phones)
    assert len({person["身份证号"] for person in people}) == len(people)
    assert all(person["身份证号"][6:10] == person["出生年份"] for person in people)


def test_care_is_as_common_as_in_a_city(city: Path) -> None:
    people = read(city, "residents.csv", RESIDENTS)
    held = Counter(code for row in people for code in row["care"] or ())
    share = {code: count / len(people) for code, count in held.items()}
    assert 0.03 < share["C01"] < 0.07
    assert 0.04 < share["C03"] < 0.09
    assert 0.015 < share["C06"] < 0.05
    assert set(held) == {f"C{n:02d}" for n in range(1, 16)} - {"C10"}  # C10 comes of a fact, not of a table
    assert all(bool(row["care"]) == (row["since"] is not None) for row in people)


def test_each_community_has_a_lead_and_grid_workers_on_duty(city: Path) -> None:
    staff = read(city, "workers.csv", WORKERS)
    for community in COMMUNITIES:
        there = [row for row in staff if row["area"] == community.code]
        assert [row["lead"] for row in there].count(True) == 1
        assert sum(row["on_duty"] and not row["lead"] for row in there) >= 1
    assert {len(row["area"]) for row in staff} == {4, 6, 9, 12}
    numbers = {row["number"] for row in staff}
    assert {"W0001", "H0001", "S0001", "C0001", "O0001", "D0001"} <= numbers


def test_the_stories_stand_first(city: Path) -> None:
    people = {row["external"]: row for row in read(city, "residents.csv", RESIDENTS)}
    wang = people["R303002002-0001-1"]
    assert (wang["name"], wang["care"]) == ("王大爷", ("C01", "C03"))
    assert "R303002002-0001-2" not in people
    assert {people[f"R303004001-0001-{n}"]["household"] for n in (1, 2)} == {"H303004001-0001"}
    honoured = [row for key, row in people.items() if key.startswith("R303004204") and "C03" in (row["care"] or ())]
    assert len(honoured) >= 10


def test_it_says_of_itself_that_it_is_synthetic() -> None:
    assert "synthetic" in Path("deploy/sample/README.md").read_text()


def test_it_is_imported_through_the_services_own_routes(city: Path) -> None:
    registry = Scenario(None, areas, zones, households, residents)
    operator = Served("registry", registry, [areas_router, *registry_api.routers]).as_("O0001", "operator")
    paths = {route.path for router in registry_api.routers for route in router.routes}  # type: ignore[attr-defined]
    assert _last(_send(operator, "/areas/import", (city / "areas.csv").read_bytes()))["new"] == 2_117
    for what in ("households", "residents"):
        (path,) = [path for path in paths if what in path and "import" in path]
        table, rows = _of_one_community(city / f"{what}.csv")
        last = _last(_send(operator, path, table))
        assert (last["new"], last["refused"]) == (rows, [])
        assert _last(_send(operator, path, table))["unchanged"] == rows

    dispatch = Scenario(None, places.places, workers)
    dispatch.books["places"].rows = registry.books["places"].rows
    operator = Served("dispatch", dispatch, [workers_router]).as_("O0001", "operator")
    assert _last(_send(operator, "/workers/import", (city / "workers.csv").read_bytes()))["new"] == 59


def _of_one_community(file: Path) -> tuple[bytes, int]:
    header, *lines = file.read_text("utf-8-sig").splitlines()
    own = [line for line in lines if line[1:].startswith("303002002-")]
    return "\n".join([header, *own]).encode(), len(own)


def _send(client: Client, path: str, table: bytes) -> Any:
    return client.post(path, table, content_type="text/csv")


def _last(answer: Any) -> dict[str, Any]:
    assert answer.status_code == 200, answer.text
    last: dict[str, Any] = json.loads(answer.text.splitlines()[-1])
    return last
