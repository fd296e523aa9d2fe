"""Tables of households and residents over HTTP."""

import json
from typing import Any

import pytest

from services.registry.store import households, residents
from shared.testing.client import Client
from tests.registry.city import COMMUNITY, GRID
from tests.registry.office import IDENTITY

HOMES = f"户编号,区划代码,楼栋,详细地址\nH1,{GRID},1号楼,1号楼1单元101室\nH2,{GRID},2号楼,2号楼2单元202室\n"
PEOPLE = f"""居民编号,户编号,姓名,电话,身份证号,出生年份,照护类别,起始日期
R1,H1,李大爷,13800000001,{IDENTITY},,独居、C06,2025-11-01
R2,H2,赵奶奶,,,1950,,
"""


def send(client: Client, what: str, table: str, encoding: str = "utf-8", query: str = "") -> Any:
    return client.post(f"/imports/{what}{query}", table.encode(encoding), content_type="text/csv")


def counts(answer: Any) -> tuple[int, int, int, int]:
    assert answer.status_code == 200, answer.text
    last = json.loads(answer.text.strip().splitlines()[-1])
    return last["new"], last["changed"], last["unchanged"], last["refused_in_all"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gbk"])
def test_tables_of_households_and_residents_come_in_and_the_same_again_changes_nothing(office, encoding):
    assert counts(send(office.clerk, "households", HOMES, encoding)) == (2, 0, 0, 0)
    assert counts(send(office.clerk, "residents", PEOPLE, encoding)) == (2, 0, 0, 0)
    office.city.settle()
    said = len(office.city.said)
    assert counts(send(office.clerk, "households", HOMES, encoding)) == (0, 0, 2, 0)
    assert counts(send(office.clerk, "residents", PEOPLE, encoding)) == (0, 0, 2, 0)
    assert len(office.city.settle().said) == said
    [li, zhao] = sorted(office.city.all(residents), key=lambda each: each.external)
    assert [(care.category, care.since, care.origin) for care in li.care] == [
        ("C01", "2025-11-01", "import"),
        ("C06", "2025-11-01", "import"),
    ]
    assert (li.birth_year, zhao.birth_year, li.plan.tier) == (1948, 1950, "quarterly")


def test_a_row_that_has_changed_changes_its_resident_and_moves_them(office):
    send(office.clerk, "households", HOMES)
    send(office.clerk, "residents", PEOPLE)
    office.city.settle()
    changed = PEOPLE.replace("R1,H1,李大爷", "R1,H2,李大伯").replace("独居、C06", "C06 C11")
    assert counts(send(office.clerk, "residents", changed)) == (0, 1, 1, 0)
    office.city.settle()
    li = next(each for each in office.city.all(residents) if each.external == "R1")
    assert {care.category for care in li.care if care.until is None} == {"C06", "C11"}
    home = office.city.state(households, li.household)
    assert (home.external, [m.resident for m in home.members if m.here and m.tier == "weekly"]) == ("H2", [li.id])


def test_an_import_leaves_alone_what_was_tagged_by_hand(office):
    send(office.clerk, "households", HOMES)
    send(office.clerk, "residents", PEOPLE)
    li = next(each for each in office.city.all(residents) if each.external == "R1")
    office.clerk.post(f"/residents/{li.id}/care", {"category": "C14"})
    send(office.clerk, "residents", PEOPLE.replace("13800000001", "13800000002"))
    assert office.clerk.get(f"/residents/{li.id}").json()["care"] == ["C01", "C06", "C14"]


def test_errors_are_named_by_row_and_column_and_nothing_is_changed(office):
    send(office.clerk, "households", HOMES)
    bad = PEOPLE.replace("H2,赵奶奶", "H9,赵奶奶").replace("独居", "独身") + "R3,H1,,123,,1850,,2027-01-01\n"
    answer = send(office.clerk, "residents", bad)
    assert answer.status_code == 422
    found = {(each["row"], each["column"]) for each in answer.json()["errors"]}
    assert {(2, "照护类别"), (3, "户编号"), (4, "姓名"), (4, "电话"), (4, "出生年份")} <= found
    assert office.city.all(residents) == []


def test_a_table_of_another_area_is_refused(office):
    assert send(office.neighbour, "households", HOMES).status_code == 422
    send(office.clerk, "households", HOMES)
    assert send(office.neighbour, "residents", PEOPLE).status_code == 422
    worker = office.served.as_("W7", "grid_worker", scopes=(COMMUNITY,))
    assert send(worker, "households", HOMES).status_code == 403


def test_a_dry_run_says_what_would_become_of_each_row(office):
    answer = send(office.clerk, "households", HOMES, query="?dry_run=true")
    assert (answer.status_code, answer.json()["rows"], answer.json()["new"]) == (200, 2, 2)
    assert office.city.all(households) == []
