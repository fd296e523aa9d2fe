"""The hazard ledger: paged, counted, and as the official table."""

import csv
import io
from typing import Any

import pytest

from services.inspection.store import hazards
from shared.testing.client import Client
from shared.testing.scenario import Scenario
from tests.inspection.door import AREA, DONE, FIXED, OTHER, community, later, report, served


def ledger() -> tuple[Scenario, Client]:
    """Three ordered, due in three, one and two days; one found; one fixed; one in another community."""
    scenario = community()
    client = served(scenario).as_("L0001")
    bodies = [report(place=f"{n}号楼楼道", order={"owner": "W0002", "due_at": later(days=n)}) for n in (3, 1, 2)]
    bodies += [report(place="门口", code="FIR-03"), report(place="水井", code="WAT-01", fixed=FIXED)]
    for body in [*bodies, report(area=OTHER, place="后院")]:
        assert client.post("/hazards", body).status_code == 201
        scenario.clock.moment = scenario.clock.moment.replace(microsecond=scenario.clock.moment.microsecond + 1000)
    return scenario, client


def places(answer: Any) -> list[str]:
    assert answer.status_code == 200, answer.text
    return [item["place"] for item in answer.json()["items"]]


def test_by_due_what_runs_against_a_date_comes_first() -> None:
    _, client = ledger()
    found = places(client.get("/hazards", area=AREA))
    assert found[:3] == ["1号楼楼道", "2号楼楼道", "3号楼楼道"]
    assert set(found[3:]) == {"门口", "水井"}


def test_by_time_found_either_way() -> None:
    _, client = ledger()
    oldest = places(client.get("/hazards", area="4203", order="found"))
    assert oldest == ["3号楼楼道", "1号楼楼道", "2号楼楼道", "门口", "水井", "后院"]
    assert places(client.get("/hazards", area="4203", order="-found")) == oldest[::-1]


@pytest.mark.parametrize("order", ["due", "found", "-found"])
def test_pages_join_without_a_gap_or_a_double(order: str) -> None:
    _, client = ledger()
    seen: list[str] = []
    after: dict[str, str] = {}
    while True:
        page = client.get("/hazards", order=order, limit=2, **after).json()
        seen += [item["id"] for item in page["items"]]
        if page["next"] is None:
            break
        after = {"after": page["next"]}
    assert len(seen) == len(set(seen)) == 6


def test_filtered_by_area_zone_stage_level_code_owner_and_overdue() -> None:
    scenario, client = ledger()
    assert places(client.get("/hazards", area=OTHER)) == ["后院"]
    zone = served(scenario).as_("Z0001", scopes=("z:winter",))
    assert len(places(zone.get("/hazards", area="z:winter"))) == 5
    assert places(client.get("/hazards", stage="closed")) == ["水井"]
    assert places(client.get("/hazards", level="I")) == ["门口"]
    assert places(client.get("/hazards", code="WAT-01")) == ["水井"]
    assert len(places(client.get("/hazards", owner="W0002"))) == 3
    assert places(client.get("/hazards", overdue=True)) == []
    scenario.passes(days=2, hours=1)
    assert places(client.get("/hazards", overdue=True)) == ["1号楼楼道", "2号楼楼道"]
    assert len(places(client.get("/hazards", overdue=False))) == 4
    assert all(item["overdue"] for item in client.get("/hazards", overdue=True).json()["items"])
    assert places(client.get("/hazards", overdue=True, order="-found", limit=1)) == ["2号楼楼道"]


def test_the_ledger_shows_nothing_outside_the_area() -> None:
    scenario, _ = ledger()
    stranger = served(scenario).as_("W0009", scopes=("420303003",))
    assert places(stranger.get("/hazards")) == ["后院"]
    for path in ("/hazards", "/hazards.csv", "/hazards/counts"):
        assert stranger.get(path, area="420303002").status_code == 404


def test_a_rectified_hazard_is_not_overdue() -> None:
    scenario, client = ledger()
    id = client.get("/hazards", area=AREA).json()["items"][0]["id"]
    client.post(f"/hazards/{id}/rectify", DONE)
    scenario.passes(days=9)
    assert id not in [item["id"] for item in client.get("/hazards", overdue=True).json()["items"]]
    assert client.get(f"/hazards/{id}").json()["overdue"] is False


def test_counted_by_stage_and_level() -> None:
    scenario, client = ledger()
    scenario.passes(days=2, hours=1)
    counts = client.get("/hazards/counts", area=AREA).json()
    assert counts["stages"]["ordered"] == 3
    assert counts["stages"]["closed"] == 1
    assert counts["open_by_level"] == {"I": 1, "II": 3, "III": 0}
    assert (counts["overdue"], counts["listed"]) == (2, 0)


def rows(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))


def test_the_official_table_has_the_same_rows_with_chinese_columns() -> None:
    scenario, client = ledger()
    scenario.passes(days=1, hours=1)
    answer = client.get("/hazards.csv", area=AREA)
    assert answer.status_code == 200
    assert answer.content.startswith(b"\xef\xbb\xbf")
    found = rows(answer.content.decode("utf-8-sig"))
    assert [row["编号"] for row in found] == [i["id"] for i in client.get("/hazards", area=AREA).json()["items"]]
    first = found[0]
    assert {
        "社区": "周家沟社区",
        "地点": "1号楼楼道",
        "隐患类别": "FIR-01 楼道堆物",
        "发现人": "L0001",
        "责任人": "W0002",
        "整改期限": "2026-02-03 09:00",
        "原期限": "2026-02-03 09:00",
        "整改情况": "未整改",
        "状态": "整改中",
        "轮次": "1",
        "是否逾期": "是",
    }.items() <= first.items()
    assert [row["整改情况"] for row in found if row["状态"] == "已闭环"] == ["当场整改 (photo-1)"]
    assert len(rows(client.get("/hazards.csv", area=AREA, stage="found").content.decode("utf-8-sig"))) == 1


def test_nothing_in_the_table_is_taken_for_a_formula() -> None:
    scenario = community()
    client = served(scenario).as_("L0001")
    for sign in "=+-@":
        assert client.post("/hazards", report(place=f'{sign}HYPERLINK("x")')).status_code == 201
    found = rows(client.get("/hazards.csv").content.decode("utf-8-sig"))
    assert sorted(row["地点"] for row in found) == sorted(f'\'{sign}HYPERLINK("x")' for sign in "=+-@")


def test_a_long_table_is_read_page_by_page() -> None:
    scenario = community()
    client = served(scenario).as_("L0001")
    for number in range(7):
        client.post("/hazards", report(place=f"{number}号楼"))
    book = scenario.books[hazards.name]
    first = next(iter(book.rows.values()))
    for number in range(500):
        id = f"hazard-{number:04}"
        book.rows[id] = {
            **first,
            "_id": id,
            "state": {**first["state"], "id": id},
            "keys": {**first["keys"], "due": f"9999|{id}"},
        }
    sizes: list[int] = []
    find = book.find

    async def finding(where: Any, order: str, after: Any = None, limit: int = 50) -> Any:
        found = await find(where, order, after, limit)
        sizes.append(len(found))
        return found

    book.find = finding
    assert len(rows(client.get("/hazards.csv").content.decode("utf-8-sig"))) == 507
    assert len(sizes) == 3
    assert max(sizes) <= 201
