"""Hazards over HTTP: reported without a visit, taken round their loop, refused in plain words."""

from typing import Any

import pytest

from services.inspection.store import hazards
from shared.events.inspection import HazardFound
from tests.inspection.door import DONE, ELSEWHERE, HOME, ORDER, community, later, report, served


def test_a_hotline_call_is_in_the_ledger_at_once_with_the_caller_sealed() -> None:
    scenario = community()
    body = report(reporter="李先生 13800000000", detail="堆满纸箱", code="FIR-03")
    answer = served(scenario).as_("W0001").post("/hazards", body)
    assert answer.status_code == 201, answer.text
    found = answer.json()
    assert (found["stage"], found["level"], found["zones"]) == ("found", "I", ["z:winter"])
    stored = repr(scenario.books["hazards"].rows)
    for secret in ("李先生", "13800000000", "堆满纸箱"):
        assert secret not in answer.text
        assert secret not in stored
    said = scenario.said[-1]
    assert isinstance(said, HazardFound)
    assert (said.origin, said.place, said.by) == ("hotline", "3号楼2单元楼道", "W0001")


def test_at_a_household_the_area_is_the_households() -> None:
    scenario = community()
    body = {"household_id": HOME, "origin": "property", "code": "WAT-01"}
    found = served(scenario).as_("W0001").post("/hazards", body).json()
    assert (found["household_id"], found["place"]) == (HOME, "3号楼")


@pytest.mark.parametrize(
    ("body", "status", "words"),
    [
        (report(area="420303002999"), 404, "no such area"),
        (report(area="999999002999"), 404, "no such area"),
        (report(area="42030"), 404, "no such area"),
        (report(area="420303"), 422, "name the community"),
        (report(code="GAS-99"), 422, "not in the list"),
        (report(origin="rumour"), 422, "origin"),
        (report(place=None), 422, "name the place"),
        (report(household_id=HOME), 422, "one of them"),
        (report(fixed={}), 422, "evidence, or a reason"),
        (report(order={**ORDER, "due_at": later(days=-1)}), 409, "not in the past"),
        (report(order={**ORDER, "due_at": "2026-02-09T10:00:00"}), 422, "timezone"),
        (report(order={**ORDER, "owner": "老王 的 儿子"}), 422, "owner"),
        (report(surprise=1), 422, "surprise"),
    ],
)
def test_a_report_that_cannot_be_right_changes_nothing(body: dict[str, Any], status: int, words: str) -> None:
    scenario = community()
    answer = served(scenario).as_("W0001").post("/hazards", body)
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert scenario.all(hazards) == []


def test_another_area_looks_like_one_that_does_not_exist() -> None:
    scenario = community()
    client = served(scenario).as_("W0001", scopes=("420303002",))
    foreign = client.post("/hazards", report(area="420303003002"))
    unknown = client.post("/hazards", report(area="420303003999"))
    assert (foreign.status_code, foreign.json()) == (404, unknown.json())
    at_home = client.post("/hazards", {"household_id": ELSEWHERE, "origin": "property", "code": "WAT-01"})
    assert at_home.status_code == 404


def test_the_whole_loop_and_its_history() -> None:
    scenario = community()
    lead, worker, other = (served(scenario).as_(id) for id in ("L0001", "W0002", "W0003"))
    id = lead.post("/hazards", report()).json()["id"]
    assert lead.post(f"/hazards/{id}/order", {"owner": "W0002"}).status_code == 422
    assert lead.post(f"/hazards/{id}/order", ORDER).status_code == 200
    assert lead.post(f"/hazards/{id}/extend", {"due_at": later(days=4), "reason": "等配件"}).status_code == 200
    assert lead.post(f"/hazards/{id}/reassign", {"owner": "W0004"}).status_code == 200
    assert worker.post(f"/hazards/{id}/rectify", {"done": "清走了"}).status_code == 422
    assert worker.post(f"/hazards/{id}/rectify", DONE).status_code == 200
    refused = worker.post(f"/hazards/{id}/recheck", {"passed": True})
    assert (refused.status_code, "does not recheck" in refused.text) == (409, True)
    assert other.post(f"/hazards/{id}/recheck", {"passed": False}).status_code == 422
    assert other.post(f"/hazards/{id}/recheck", {"passed": False, "due_at": later(days=6)}).status_code == 200
    body = {"unit": "物业公司", "reference": "case-7"}
    assert lead.post(f"/hazards/{id}/hand-over", body).status_code == 200
    assert lead.post(f"/hazards/{id}/hand-back", {"outcome": "rectified", **ORDER}).status_code == 422
    assert lead.post(f"/hazards/{id}/hand-back", {"outcome": "rectified", **DONE}).status_code == 200
    assert other.post(f"/hazards/{id}/recheck", {"passed": True, "note": "好了"}).status_code == 200
    assert other.post(f"/hazards/{id}/reopen", {"note": "又堆上了"}).status_code == 200
    assert lead.post(f"/hazards/{id}/reopen", {"note": "又堆上了"}).status_code == 409
    shown = lead.get(f"/hazards/{id}").json()
    assert [step["what"].removeprefix("hazard-") for step in shown["history"]] == [
        "found",
        "ordered",
        "extended",
        "reassigned",
        "rectified",
        "recheck-failed",
        "handed-over",
        "rectified",
        "closed",
        "reopened",
    ]
    assert [step["by"] for step in shown["history"]][4:6] == ["W0002", "W0003"]
    assert [step["round"] for step in shown["history"]] == [0, 1, 1, 1, 1, 2, 2, 3, 3, 3]
    assert {step["note"] for step in shown["history"]} == {None, "***"}


def test_dismissed_merged_and_listed_over_http() -> None:
    scenario = community()
    lead, second = (served(scenario).as_(id) for id in ("L0001", "L0002"))
    first = lead.post("/hazards", report(code="FIR-03")).json()["id"]
    scenario.passes(minutes=1)
    later_one = lead.post("/hazards", report(code="FIR-03")).json()["id"]
    assert lead.post(f"/hazards/{later_one}/merge", {"into": "hazard-none"}).status_code == 404
    merged = lead.post(f"/hazards/{later_one}/merge", {"into": first})
    assert (merged.status_code, merged.json()["into"]) == (200, first)
    assert lead.post(f"/hazards/{first}/list").json()["proposal"]["by"] == "L0001"
    assert lead.post(f"/hazards/{first}/list").status_code == 409
    assert second.post(f"/hazards/{first}/list").json()["listed"] is True
    assert lead.post(f"/hazards/{first}/dismiss", {"reason": "not-a-hazard"}).status_code == 409
    assert second.post(f"/hazards/{first}/dismiss", {"reason": "because"}).status_code == 422
    assert second.post(f"/hazards/{first}/dismiss", {"reason": "not-a-hazard"}).json()["stage"] == "dismissed"


def test_a_hazard_of_another_area_is_not_there() -> None:
    scenario = community()
    id = served(scenario).as_("W0001").post("/hazards", report()).json()["id"]
    stranger = served(scenario).as_("W0009", scopes=("420303003",))
    for foreign, missing in (
        (stranger.get(f"/hazards/{id}"), stranger.get("/hazards/hazard-none")),
        (stranger.post(f"/hazards/{id}/order", ORDER), stranger.post("/hazards/hazard-none/order", ORDER)),
    ):
        assert (foreign.status_code, missing.status_code) == (404, 404)
        assert foreign.json()["detail"].replace(id, "hazard-none") == missing.json()["detail"]


def test_a_stale_version_is_told_what_is_so_now() -> None:
    scenario = community()
    client = served(scenario).as_("W0001")
    first = client.post("/hazards", report())
    id, version = first.json()["id"], first.headers["ETag"]
    assert client.post(f"/hazards/{id}/order", ORDER, If_Match=version).status_code == 200
    stale = client.post(f"/hazards/{id}/rectify", DONE, If_Match=version)
    assert (stale.status_code, stale.json()["current"]["stage"]) == (409, "ordered")
    assert stale.json()["current"]["exact"] == "***"


def test_the_lists_that_forms_are_made_of() -> None:
    client = served(community()).as_("W0001")
    lists = {each["id"]: each for each in client.get("/checklists").json()["items"]}
    assert set(lists) == {"heating", "gas", "electric", "daily", "fire", "campaign"}
    assert [item["label"] for item in lists["daily"]["items"] if item["required"]] == ["身体状况", "水电燃气", "陪聊"]
    assert [item["label"] for item in lists["fire"]["items"]] == ["清走道", "清阳台", "清厨房", "关火", "关电", "关气"]
    codes = client.get("/codes").json()
    always = {each["code"] for each in codes["hazards"] if each["level"] == "I"}
    assert always == {"GAS-03", "GAS-06", "ELE-04", "HEA-01", "FIR-03"}
    assert len(codes["hazards"]) == 24
    known = {each["code"] for each in codes["hazards"]}
    suggested = {item["hazard"] for each in lists.values() for item in each["items"] if item["hazard"]}
    assert suggested <= known
