"""Dispatch as its clients see it: the queue, the race, the refusals, the one who falls ill."""

import json
from datetime import timedelta
from functools import partial

import pytest

from services.dispatch.api import actions, queue, sheet
from services.dispatch.api import workers as people
from services.dispatch.store import tasks
from shared.testing.client import Client, Served
from shared.testing.scenario import START
from tests.dispatch.city import (
    ARRANGE,
    COMMUNITY,
    ELSEWHERE,
    HAZARD,
    RECTIFY,
    STREET,
    VISIT,
    City,
    areas,
    due,
    found,
    ordered,
    rectified,
)

ROUTERS = [queue.router, actions.router, sheet.router, people.router]


class House:
    """A city with its service in front of it, a dispatcher D1, and two workers of the community."""

    def __init__(self) -> None:
        self.city = City()
        self.city.given(areas())
        self.served = Served("dispatch", self.city, ROUTERS)
        self.dispatcher = self.served.as_("D1", "dispatcher", "community_head", scopes=(STREET,))
        for number, name in (("W1", "李明华"), ("W2", "王小红")):
            enlisted = self.dispatcher.post("/workers", {"number": number, "name": name, "area": COMMUNITY})
            assert enlisted.status_code == 201, enlisted.text

    def worker(self, number: str) -> Client:
        return self.served.as_(number, "grid_worker", scopes=(COMMUNITY,))

    def hazards(self, number: int) -> list[str]:
        """That many open hazards, levels in turn; the ids of their tasks."""
        for n in range(number):
            told = found(level=("III", "II", "I")[n % 3], hazard_id=f"hazard-{n + 10}", at=START + timedelta(minutes=n))
            self.city.given(told)
        return [item["id"] for item in self.dispatcher.get("/tasks", limit=200).json()["items"]]


@pytest.fixture
def house() -> House:
    return House()


def test_two_workers_claim_one_task_and_the_loser_learns_who_has_it(house: House):
    house.city.given(found())
    won = house.worker("W1").post(f"/tasks/{ARRANGE}/claim")
    assert (won.status_code, won.json()["worker"], won.json()["stage"]) == (200, "W1", "accepted")
    lost = house.worker("W2").post(f"/tasks/{ARRANGE}/claim")
    assert lost.status_code == 409
    assert lost.headers["content-type"] == "application/problem+json"
    assert (lost.json()["holder"], lost.json()["holder_label"]) == ("W1", "李*")
    assert lost.json()["detail"] == "W1 has it (李*)"


def test_the_same_claim_sent_again_is_one_claim(house: House):
    house.city.given(found())
    first = house.worker("W1").post(f"/tasks/{ARRANGE}/claim", key="k")
    again = house.worker("W1").post(f"/tasks/{ARRANGE}/claim", key="k")
    assert first.json()["steps"] == again.json()["steps"]
    assert again.headers["Idempotency-Replayed"] == "true"


def test_a_task_goes_through_all_hands(house: House):
    house.city.given(found())
    task, w1, w2, d1 = f"/tasks/{ARRANGE}", house.worker("W1"), house.worker("W2"), house.dispatcher
    until = (START + timedelta(minutes=15)).isoformat()
    assert d1.post(f"{task}/offer", {"to": ["W1", "W2"], "until": until}).json()["invited"] == ["W1", "W2"]
    assert w1.post(f"{task}/decline", {"reason": "overloaded"}).json()["invited"] == ["W2"]
    assert w2.post(f"{task}/accept").json()["worker"] == "W2"
    assert w2.post(f"{task}/start").json()["stage"] == "in_progress"
    tomorrow = (START + timedelta(days=1)).isoformat()
    assert w2.post(f"{task}/suspend", {"reason": "weather", "until": tomorrow}).json()["suspended_until"]
    assert w2.post(f"{task}/resume").json()["stage"] == "in_progress"
    assert w2.post(f"{task}/return", {"reason": "王大爷住院了"}).json()["bounces"] == 1
    assert d1.post(f"{task}/assign", {"to": "W1"}).json()["stage"] == "assigned"
    assert d1.post(f"{task}/urge").json()["urges"] == 1
    assert d1.post(f"{task}/comments", {"text": "王大爷住院了"}).json()["comments"] == 1
    assert d1.get(f"{task}/comments").json()[0]["text"] == "王大爷住院了"
    moved = d1.post(f"{task}/transfer", {"to_area": ELSEWHERE, "reason": "wrong-area"})
    assert (moved.json()["area"], moved.json()["zones"]) == (ELSEWHERE, ["z:lake"])
    assert d1.get(task).status_code == 404


def test_free_words_never_leave_the_task_in_the_clear(house: House):
    house.city.given(found())
    house.worker("W1").post(f"/tasks/{ARRANGE}/claim")
    house.worker("W1").post(f"/tasks/{ARRANGE}/return", {"reason": "王大爷住院了"})
    house.dispatcher.post(f"/tasks/{ARRANGE}/comments", {"text": "王大爷住院了"})
    assert house.city.said[-2].reason == "other"
    assert "王大爷" not in "".join(event.model_dump_json() for event in house.city.said)
    assert "王大爷" not in str(house.city.books["tasks"].rows[ARRANGE])
    assert "王大爷" not in house.dispatcher.get(f"/tasks/{ARRANGE}").text
    assert "明华" not in str(house.city.books["workers"].rows)


@pytest.mark.parametrize(
    ("path", "body", "status", "words"),
    [
        ("assign", {"to": "W9"}, 404, "no worker-W9"),
        ("assign", {"to": "W1", "by": "X"}, 422, "does not fit"),
        ("offer", {"to": ["W1"], "until": "2020-01-01T00:00:00Z"}, 409, "in the future"),
        ("offer", {"to": [], "until": "2026-02-02T12:00:00Z"}, 422, "does not fit"),
        ("transfer", {"to_area": "420303999999", "reason": "wrong-area"}, 404, "no such area"),
        ("start", {}, 409, "not D1's"),
        ("claim", {}, 409, "not enlisted"),
        ("complete", {"outcome": "safe"}, 409, "POST /hazards"),
        ("suspend", {"reason": "weather", "until": "2026-02-05T00:00:00Z"}, 409, "cannot be suspended"),
        ("reopen", {"reason": "not-solved"}, 409, "its hazard decides"),
        ("return", {}, 422, "does not fit"),
    ],
)
def test_what_is_not_allowed_is_said_and_changes_nothing(house: House, path, body, status, words):
    house.city.given(found())
    before = house.dispatcher.get(f"/tasks/{ARRANGE}").json()
    answer = house.dispatcher.post(f"/tasks/{ARRANGE}/{path}", body)
    assert (answer.status_code, words in answer.json()["detail"]) == (status, True), answer.text
    assert house.dispatcher.get(f"/tasks/{ARRANGE}").json() == before


def test_a_write_names_its_cause(house: House):
    house.city.given(found())
    bare = house.dispatcher._sent("POST", f"/tasks/{ARRANGE}/urge", headers=house.dispatcher.headers)
    assert bare.status_code == 400
    stale = house.dispatcher.post(f"/tasks/{ARRANGE}/urge", If_Match='"7"')
    assert stale.status_code == 409


def test_another_areas_task_looks_like_none(house: House):
    house.city.given(found())
    stranger = house.served.as_("D2", scopes=(ELSEWHERE,))
    none, foreign = stranger.get("/tasks/task-none"), stranger.get(f"/tasks/{ARRANGE}")
    assert (none.status_code, foreign.status_code) == (404, 404)
    assert foreign.json()["detail"] == f"no {ARRANGE}"
    assert stranger.post(f"/tasks/{ARRANGE}/urge").status_code == 404
    assert stranger.get("/tasks").json()["items"] == []
    assert stranger.get("/tasks", area=COMMUNITY).status_code == 404


def test_a_fact_that_came_before_its_task_is_nobodys_to_see(house: House):
    house.city.given(ordered())
    assert house.dispatcher.get(f"/tasks/{ARRANGE}").status_code == 404
    assert [item["id"] for item in house.dispatcher.get("/tasks", subject=HAZARD).json()["items"]] == [RECTIFY]


def test_the_queue_by_urgency_page_by_page(house: House):
    house.hazards(7)
    seen, after = [], None
    while True:
        asked = {"limit": 3, **({"after": after} if after else {})}
        page = house.dispatcher.get("/tasks", **asked).json()
        seen += page["items"]
        after = page["next"]
        if after is None:
            break
    assert [item["urgency"] for item in seen] == ["red"] * 2 + ["yellow"] * 2 + ["blue"] * 3
    assert len({item["id"] for item in seen}) == 7
    by_due = house.dispatcher.get("/tasks", sort="due").json()["items"]
    assert [item["due_at"] for item in by_due] == sorted(item["due_at"] for item in by_due)


def test_the_queue_by_area_stage_kind_and_worker(house: House):
    ids = house.hazards(3)
    house.city.given(due())
    house.worker("W1").post(f"/tasks/{ids[0]}/claim")
    look = house.dispatcher.get

    def listed(**asked: str) -> set[str]:
        return {item["id"] for item in look("/tasks", **asked).json()["items"]}

    assert listed() == {*ids, VISIT}
    assert listed(area=COMMUNITY) == {*ids, VISIT}
    assert listed(kind="visit") == {VISIT}
    assert listed(stage="accepted") == {ids[0]}
    assert listed(worker="W1") == listed(kind="arrange", stage="accepted") == {ids[0]}
    assert listed(worker="W1", kind="visit") == listed(stage="done") == set()
    house.city.given(ordered(hazard_id="hazard-12"))
    assert listed(stage="done") == listed(stage="done", kind="arrange") == {ids[0]}
    assert listed(worker="W1") == set()
    assert listed(worker="W1", stage="done") == {ids[0]}
    assert {item["id"] for item in look("/workers/W1/tasks", stage="done").json()["items"]} == {ids[0]}


def test_the_counts_agree_with_the_queue(house: House):
    ids = house.hazards(6)
    house.worker("W1").post(f"/tasks/{ids[0]}/claim")
    counts = house.dispatcher.get("/tasks/counts", area=COMMUNITY).json()
    assert (counts["unfinished"], counts["stages"]["open"], counts["stages"]["accepted"]) == (6, 5, 1)
    assert (counts["kinds"]["arrange"], counts["kinds"]["visit"]) == (6, 0)
    assert counts["urgencies"] == {"red": 2, "yellow": 2, "blue": 2}
    assert (counts["overdue"], counts["at_risk"]) == (0, 0)
    house.city.passes(minutes=100)
    counts = house.dispatcher.get("/tasks/counts").json()
    assert (counts["overdue"], counts["at_risk"]) == (0, 2)
    house.city.passes(minutes=22)
    counts = house.dispatcher.get("/tasks/counts").json()
    rows = house.dispatcher.get("/tasks").json()["items"]
    assert counts["overdue"] == sum(row["overdue"] for row in rows) == 1
    assert counts["at_risk"] == sum(row["at_risk"] for row in rows) == 1


def test_everything_of_one_who_falls_ill_is_moved_with_a_result_for_each(house: House):
    ids = house.hazards(4)
    for id in ids:
        house.worker("W1").post(f"/tasks/{id}/claim")
    house.city.given(found(), ordered(owner="W1"), rectified(3, by="W2"))
    house.worker("W1").post(f"/tasks/{ids[0]}/start")
    house.dispatcher.post(f"/tasks/{_recheck(house)}/assign", {"to": "W1"})
    moved = house.dispatcher.post("/workers/W1/reassign", {"to": "W2", "reason": "ill"}, key="k").json()
    refused = moved["results"].pop(_recheck(house))
    assert "somebody else must recheck" in refused
    assert moved["results"] == dict.fromkeys(ids, "ok")
    held = house.dispatcher.get("/workers/W2/tasks").json()["items"]
    assert {item["id"] for item in held} == set(ids)
    assert {item["stage"] for item in held} == {"assigned"}
    assert house.dispatcher.get("/workers/W1").json()["on_duty"] is False
    again = house.dispatcher.post("/workers/W1/reassign", {"to": "W2", "reason": "ill"}, key="k").json()
    assert set(again["results"]) == {*ids, _recheck(house)}
    back = house.dispatcher.post("/workers/W1/reassign", {"reason": "ill"}).json()
    assert back["results"] == {_recheck(house): "ok"}


def _recheck(house: House) -> str:
    return house.dispatcher.get("/tasks", subject=HAZARD, kind="recheck").json()["items"][0]["id"]


def test_a_shift_starts_and_ends(house: House):
    assert house.worker("W1").post("/workers/W1/shift/end").json()["on_duty"] is False
    assert [row["number"] for row in house.dispatcher.get("/workers", on_duty=True).json()["items"]] == ["W2"]
    house.city.given(found())
    assert house.worker("W1").post(f"/tasks/{ARRANGE}/claim").status_code == 409
    assert house.worker("W1").post("/workers/W1/shift/start").json()["on_duty"] is True


def test_a_worker_is_enlisted_once_and_changed_by_put(house: House):
    again = house.dispatcher.post("/workers", {"number": "W1", "name": "李明华", "area": COMMUNITY})
    assert again.status_code == 409
    facts = {"name": "李明华", "area": COMMUNITY, "skills": ["gas"], "grids": ["001"]}
    changed = house.dispatcher.write("PUT", "/workers/W1", facts).json()
    assert (changed["skills"], changed["grids"]) == (["gas"], [f"{COMMUNITY}001"])
    assert [row["number"] for row in house.dispatcher.get("/workers", skill="gas").json()["items"]] == ["W1"]
    unknown = {"number": "W5", "name": "赵", "area": f"{STREET}999"}
    assert house.dispatcher.post("/workers", unknown).status_code == 404
    foreign = {"number": "W5", "name": "赵", "area": ELSEWHERE}
    assert house.dispatcher.post("/workers", foreign).status_code == 404


TABLE = "工号,姓名,区域代码,网格,技能,是否网格长,在岗\n"
ROWS = f"W7,周小明,{COMMUNITY},001、002,visit、gas,否,是\nW8,钱大海,{COMMUNITY},,护理,是,否\n"


def test_workers_come_from_a_table_and_the_same_table_changes_nothing(house: House):
    send = partial(house.dispatcher.write, "POST", Content_Type="text/csv")
    dry = send("/workers/import?dry_run=true", (TABLE + ROWS).encode("gb18030"))
    assert (dry.json()["rows"], dry.json()["new"]) == (2, 2)
    counts = json.loads(send("/workers/import", (TABLE + ROWS).encode()).text.splitlines()[-1])
    assert (counts["new"], counts["refused_in_all"]) == (2, 0)
    shown = house.dispatcher.get("/workers/W7").json()
    assert (shown["label"], shown["grids"]) == ("周*", [f"{COMMUNITY}001", f"{COMMUNITY}002"])
    assert house.dispatcher.get("/workers/W8").json()["on_duty"] is False
    again = json.loads(send("/workers/import", (TABLE + ROWS).encode()).text.splitlines()[-1])
    assert (again["new"], again["changed"], again["unchanged"]) == (0, 0, 2)


def test_a_wrong_row_is_named_and_nothing_is_taken(house: House):
    wrong = f"W7,周小明,420303999999,,,,\nW 8,钱大海,{COMMUNITY},,,,\n"
    answer = house.dispatcher.write("POST", "/workers/import", (TABLE + wrong).encode(), Content_Type="text/csv")
    assert answer.status_code == 422
    assert [(each["row"], each["column"]) for each in answer.json()["errors"]] == [(2, "区域代码"), (3, "工号")]
    assert house.dispatcher.get("/workers/W7").status_code == 404


def test_every_page_has_an_index_for_its_order():
    fields = {index.fields for index in tasks.indexes}
    for shelf in ("open", "stage", "work", "hand"):
        for order in ("by_urgency", "by_due"):
            assert ("scopes", f"keys.{shelf}", f"keys.{order}") in fields
