"""A visit in one submit: the six points, the dues it keeps, what it found; corrected or voided later."""

from datetime import timedelta
from typing import Any

import pytest

from services.inspection.store import hazards, visits
from shared.events.inspection import (
    HazardClosed,
    HazardFound,
    HazardOrdered,
    VisitCompleted,
    VisitCorrected,
    VisitFailed,
    VisitVoided,
)
from shared.testing.client import Client
from shared.testing.scenario import START, Scenario
from tests.inspection.door import (
    CHECKED,
    ELSEWHERE,
    FIXED,
    HOME,
    ORDER,
    TODAY,
    community,
    due,
    later,
    served,
    visit,
    withdrawn,
)


def worker(scenario: Scenario, id: str = "W0001", **more: Any) -> Client:
    return served(scenario).as_(id, "grid_worker", **more)


def test_one_submit_tells_who_for_whom_where_when_and_what_was_done() -> None:
    scenario = community(due("due-1", tier="weekly"))
    answer = worker(scenario).post("/visits", visit(findings=[{"code": "SUP-FOOD", "note": "米缸空了"}]))
    assert answer.status_code == 201, answer.text
    said = scenario.said[-1]
    assert isinstance(said, VisitCompleted)
    assert (said.by, said.household_id, said.residents) == ("W0001", HOME, ["resident-wang"])
    assert said.arrived_at == START - timedelta(minutes=20)
    assert said.left_at == START - timedelta(minutes=1)
    assert (said.day, said.due_ids, said.late) == (TODAY, ["due-1"], False)
    assert said.findings == ["SUP-FOOD"]


def test_what_was_written_about_people_is_sealed_and_the_place_is_masked() -> None:
    scenario = community()
    answer = worker(scenario).post("/visits", visit(findings=[{"code": "SUP-FOOD", "note": "米缸空了"}]))
    stored = repr(scenario.books["visits"].rows)
    for secret in ("米缸空了", "501", "看了灶台"):
        assert secret not in answer.text
        assert secret not in stored
    assert answer.json()["account"]["place"] == "3号楼2单元***室"


def test_what_was_found_stands_in_the_ledger_at_once() -> None:
    scenario = community()
    found = [
        {"code": "GAS-01", "place": "厨房", "fixed": FIXED},
        {"code": "HEA-02", "order": ORDER},
        {"code": "GAS-06", "detail": "有气味"},
    ]
    answer = worker(scenario).post("/visits", visit(hazards=found)).json()
    kinds = [type(event) for event in scenario.said]
    assert kinds == [VisitCompleted, HazardFound, HazardClosed, HazardFound, HazardOrdered, HazardFound]
    ids = [seen["hazard_id"] for seen in answer["hazards"]]
    assert ids == [f"{answer['id']}-h{n}" for n in (1, 2, 3)]
    stages = [scenario.state(hazards, id).stage for id in ids]
    assert stages == ["closed", "ordered", "found"]
    assert [scenario.state(hazards, id).level for id in ids] == ["II", "II", "I"]
    assert scenario.state(hazards, ids[0]).place == "3号楼 厨房"


def test_the_same_submit_twice_is_one_visit() -> None:
    scenario = community()
    body = visit(hazards=[{"code": "GAS-01", "order": ORDER}])
    first = worker(scenario).post("/visits", body, key="k1")
    said = len(scenario.said)
    scenario.clock.moment += timedelta(days=5)
    again = worker(scenario).post("/visits", body, key="k1")
    assert again.status_code == 201, again.text
    assert again.headers["Idempotency-Replayed"] == "true"
    assert again.json()["id"] == first.json()["id"]
    assert len(scenario.said) == said
    other = worker(scenario).post("/visits", visit(hazards=[{"code": "GAS-01"}, {"code": "GAS-02"}]), key="k1")
    assert other.status_code == 422
    assert len(scenario.all(hazards)) == 1


def test_a_crash_between_the_visit_and_its_hazards_leaves_none_out() -> None:
    scenario = community()
    body = visit(hazards=[{"code": "GAS-01", "order": ORDER, "detail": "老化"}, {"code": "ELE-01"}])

    async def down(call: str) -> None:
        if call == "write":
            raise RuntimeError("crashed")

    calm = scenario.books["hazards"].trouble
    scenario.books["hazards"].trouble = down
    assert worker(scenario).post("/visits", body, key="k1").status_code == 500
    scenario.books["hazards"].trouble = calm
    completed = scenario.said[-1]
    assert isinstance(completed, VisitCompleted)
    assert scenario.all(hazards) == []
    scenario.when(completed).then(HazardFound, HazardOrdered, HazardFound)
    again = worker(scenario).post("/visits", body, key="k1")
    assert again.status_code == 201, again.text
    assert len(scenario.all(hazards)) == 2
    begun = scenario.state(hazards, completed.found[0].hazard_id)
    assert (begun.stage, begun.owner, begun.detail is not None) == ("ordered", "W0002", True)


def test_nobody_at_the_door_is_a_failed_visit_that_may_still_find_something() -> None:
    scenario = community(due("due-1"))
    body = {"household_id": HOME, "outcome": "no_answer", "where": {"label": "3号楼"}, "arrived_at": later(minutes=-5)}
    answer = worker(scenario).post("/visits", {**body, "hazards": [{"code": "FIR-01"}]})
    assert answer.status_code == 201, answer.text
    failed, found = scenario.said[-2:]
    assert isinstance(failed, VisitFailed)
    assert (failed.outcome, failed.due_ids, failed.hazards) == ("no_answer", ["due-1"], [f"{failed.visit_id}-h1"])
    assert isinstance(found, HazardFound)
    refused = worker(scenario).post("/visits", {**body, "residents": ["resident-wang"]})
    assert (refused.status_code, "nobody was seen" in refused.text) == (422, True)


def test_a_second_visit_of_the_same_day_is_another_record() -> None:
    scenario = community(due("due-1", tier="weekly"))
    first = worker(scenario).post("/visits", visit()).json()
    second = worker(scenario, "W0002").post("/visits", visit()).json()
    assert first["id"] != second["id"]
    assert len(scenario.all(visits)) == 2


def test_a_daily_due_is_kept_only_with_its_three_checks() -> None:
    scenario = community(due("due-1"))
    answer = worker(scenario).post("/visits", visit(answers=CHECKED[:2]))
    assert answer.status_code == 422
    assert answer.json()["missing"] == ["daily/company"]
    assert scenario.all(visits) == []
    assert worker(scenario).post("/visits", visit(answers=CHECKED)).status_code == 201


def test_without_a_daily_due_no_check_is_required() -> None:
    scenario = community(due("due-1"), withdrawn("due-1"))
    assert worker(scenario).post("/visits", visit()).json()["due_ids"] == []


@pytest.mark.parametrize(
    "answer",
    [
        {"checklist": "gas", "item": "no-such-item", "answer": "ok"},
        {"checklist": "no-such-list", "item": "hose", "answer": "ok"},
        {"checklist": "gas", "item": "hose", "answer": "perhaps"},
    ],
)
def test_an_answer_to_what_is_not_asked_is_refused(answer: dict[str, str]) -> None:
    scenario = community()
    assert worker(scenario).post("/visits", visit(answers=[answer])).status_code == 422
    assert scenario.all(visits) == []


@pytest.mark.parametrize(
    ("wrong", "status", "words"),
    [
        ({"hazards": [{"code": "GAS-99"}]}, 422, "GAS-99 is not in the list"),
        ({"hazards": [{"code": "GAS-06", "level": "III"}]}, 422, "always of level I"),
        ({"hazards": [{"code": "GAS-01", "fixed": {}}]}, 422, "evidence, or a reason"),
        ({"hazards": [{"code": "GAS-01", "fixed": FIXED, "order": ORDER}]}, 422, "not both"),
        ({"hazards": [{"code": "GAS-01", "order": {"owner": "W0002"}}]}, 422, "due_at"),
        ({"hazards": [{"code": "GAS-01", "order": {"due_at": later(days=1)}}]}, 422, "owner"),
        ({"hazards": [{"code": "GAS-01", "order": {**ORDER, "due_at": later(days=-1)}}]}, 409, "not in the past"),
        ({"findings": [{"code": "SUP-GOLD"}]}, 422, "list of findings"),
        ({"residents": []}, 422, "residents who were seen"),
        ({"done": None}, 422, "what was done"),
        ({"where": {}}, 422, "name the place"),
        ({"where": {"lat": 32.6}}, 422, "a lat and a lon"),
        ({"left_at": later(hours=-3)}, 422, "before they arrive"),
        ({"left_at": later(hours=3)}, 409, "lies ahead"),
        ({"day": "2026-02-31"}, 422, "day"),
        ({"day": "0001-01-01"}, 422, "no such day"),
        ({"arrived_at": "0001-01-01T00:00:00+08:00"}, 422, "no such time"),
        ({"left_at": "9999-12-31T23:59:59-08:00"}, 422, "no such time"),
        ({"day": "2026-03-01"}, 409, "has not come yet"),
        ({"household_id": "household-nobody"}, 404, "no household household-nobody"),
        ({"by": "W0009"}, 422, "by"),
    ],
)
def test_a_submit_that_cannot_be_right_changes_nothing(wrong: dict[str, Any], status: int, words: str) -> None:
    scenario = community()
    answer = worker(scenario).post("/visits", visit(**wrong))
    assert (answer.status_code, words in answer.text) == (status, True), answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert scenario.all(visits) == []
    assert scenario.all(hazards) == []


def test_a_household_of_another_area_looks_like_one_that_does_not_exist() -> None:
    scenario = community()
    here = worker(scenario, scopes=("420303002",))
    foreign = here.post("/visits", visit(household_id=ELSEWHERE)).json()
    missing = here.post("/visits", visit(household_id="household-nobody")).json()
    assert {**foreign, "detail": foreign["detail"].replace(ELSEWHERE, "household-nobody")} == missing


def test_a_correction_keeps_the_original() -> None:
    scenario = community()
    id = worker(scenario).post("/visits", visit()).json()["id"]
    account = {key: value for key, value in visit().items() if key not in ("household_id", "outcome")}
    body = {**account, "residents": ["resident-wang", "resident-liu"], "reason": "incomplete", "note": "漏了一人"}
    answer = worker(scenario, "W0002").post(f"/visits/{id}/correct", body)
    assert answer.status_code == 200, answer.text
    said = scenario.said[-1]
    assert isinstance(said, VisitCorrected)
    assert (said.residents, said.by, said.reason) == (["resident-liu", "resident-wang"][::-1], "W0002", "incomplete")
    kept = worker(scenario).get(f"/visits/{id}").json()["versions"]
    assert [version["account"]["residents"] for version in kept] == [["resident-wang"]]
    for _ in range(9):
        assert worker(scenario).post(f"/visits/{id}/correct", body).status_code == 200
    assert worker(scenario).post(f"/visits/{id}/correct", body).status_code == 409


def test_a_voided_visit_stays_to_be_read_and_is_not_changed_any_more() -> None:
    scenario = community()
    id = worker(scenario).post("/visits", visit()).json()["id"]
    answer = worker(scenario).post(f"/visits/{id}/void", {"reason": "wrong-household"})
    assert answer.status_code == 200
    assert isinstance(scenario.said[-1], VisitVoided)
    kept = worker(scenario).get(f"/visits/{id}").json()
    assert (kept["void"]["reason"], kept["account"]["residents"]) == ("wrong-household", ["resident-wang"])
    assert worker(scenario).post(f"/visits/{id}/void", {"reason": "other"}).status_code == 409
    account = {key: value for key, value in visit().items() if key not in ("household_id", "outcome")}
    assert worker(scenario).post(f"/visits/{id}/correct", {**account, "reason": "other"}).status_code == 409


def test_visits_are_paged_by_area_day_worker_and_outcome() -> None:
    scenario = community()
    for number in range(5):
        body = visit(arrived_at=later(minutes=-60 + number), left_at=later(minutes=-10))
        worker(scenario, f"W000{number % 2}").post("/visits", body)
    worker(scenario).post("/visits", visit(household_id=ELSEWHERE))
    looking = worker(scenario)
    first = looking.get("/visits", area="420303002", limit=3).json()
    rest = looking.get("/visits", area="420303002", limit=3, after=first["next"]).json()
    arrivals = [item["account"]["arrived_at"] for page in (first, rest) for item in page["items"]]
    assert len(arrivals) == 5
    assert arrivals == sorted(arrivals, reverse=True)
    assert rest["next"] is None
    assert len(looking.get("/visits", worker="W0000").json()["items"]) == 3
    assert looking.get("/visits", day="2026-02-01").json()["items"] == []
    assert len(looking.get("/visits", outcome="completed", household_id=ELSEWHERE).json()["items"]) == 1
    assert looking.get("/visits", area="420304").status_code == 200
    assert worker(scenario, scopes=("420303002",)).get("/visits", area="420303003").status_code == 404
