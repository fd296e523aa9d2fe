"""The registry over HTTP: what it takes, what it shows (masks only), and to whom."""

import json

import pytest

from tests.registry.city import COMMUNITY, GRID, OTHER
from tests.registry.office import IDENTITY


def test_a_resident_is_shown_masked_and_kept_sealed(office):
    home = office.home()
    shown = office.person(home)
    assert (shown["label"], shown["phone"], shown["identity"]) == (
        "王*",
        "138****5521",
        f"420***********{IDENTITY[-4:]}",
    )
    assert shown["birth_year"] == 1948
    kept = json.dumps([b.rows for b in office.city.books.values()], default=str)
    said = " ".join(event.model_dump_json() for event in office.city.said)
    answers = "".join(
        office.clerk.get(path).text
        for path in ("/households", "/residents", f"/households/{home}", "/plans", "/ledger")
    )
    for secret in ("王建国", "13812345521", IDENTITY, "501室"):
        assert secret not in kept + said + answers


def test_a_resident_is_found_by_the_exact_number_and_only_in_ones_own_area(office):
    person = office.person(office.home())
    found = office.clerk.post("/residents/find", {"identity": IDENTITY.lower()})
    assert [each["id"] for each in found.json()["items"]] == [person["id"]]
    assert office.neighbour.post("/residents/find", {"identity": IDENTITY}).json()["items"] == []


def test_what_lies_elsewhere_looks_like_what_is_not_there(office):
    home = office.home()
    person = office.person(home, care=["C10"])
    plan = person["plan"]["id"]
    assert office.neighbour.get(f"/households/{home}").status_code == 404
    assert office.neighbour.get(f"/residents/{person['id']}").status_code == 404
    assert office.neighbour.get("/households", area=COMMUNITY).status_code == 404
    assert office.neighbour.post("/residents", {"household_id": home, "name": "甲"}).status_code == 404
    assert office.neighbour.post(f"/residents/{person['id']}/care", {"category": "C06"}).status_code == 404
    assert office.neighbour.post(f"/plans/{plan}/close", {"reason": "x"}).status_code == 404
    assert office.neighbour.post("/households", {"area": GRID, "label": "3号楼"}).status_code == 404
    assert office.neighbour.get("/households").json()["items"] == []
    assert office.neighbour.get("/ledger").json()["items"] == []
    assert [each["id"] for each in office.street.get("/households").json()["items"]] == [home]


@pytest.mark.parametrize(
    ("path", "body", "status"),
    [
        ("/households", {"area": "420303004999", "label": "1号楼"}, 404),
        ("/households", {"area": "420303004", "label": "1号楼"}, 422),
        ("/households", {"area": GRID, "label": ""}, 422),
        ("/households", {"area": GRID, "label": "1号楼", "by": "W0009"}, 422),
        ("/residents", {"household_id": "household-nowhere", "name": "甲"}, 404),
        ("/residents", {"household_id": "HOME", "name": "甲", "phone": "12"}, 422),
        ("/residents", {"household_id": "HOME", "name": "甲", "identity": "420303194803120010"}, 422),
        ("/residents", {"household_id": "HOME", "name": "甲", "care": ["C99"]}, 422),
        ("/residents/PERSON/care", {"category": "C16"}, 422),
        ("/residents/PERSON/care", {"category": "C10", "since": "2027-01-01"}, 409),
        ("/residents/PERSON/care", {"category": "C10", "since": "2026-02-30"}, 422),
        ("/residents/PERSON/care/C06/end", {"reason": "over"}, 409),
        ("/residents/PERSON/facts", {"fact": "married"}, 422),
        ("/residents/PERSON/facts/away/end", {}, 409),
        ("/residents/PERSON/move", {"household_id": "HOME"}, 409),
        ("/residents/PERSON/move", {"household_id": "household-nowhere"}, 404),
        ("/plans/plan-nothing-1/resume", {}, 404),
        ("/rounds", {"area": COMMUNITY, "name": "敲门", "ends": "2026-01-31"}, 422),
        ("/rounds", {"area": COMMUNITY, "name": "敲门", "ends": "2027-01-31"}, 422),
        ("/rounds", {"area": "420303009", "name": "敲门", "ends": "2026-02-08"}, 404),
        ("/rounds", {"area": COMMUNITY, "name": "敲门", "ends": "2026-02-08", "categories": ["x"]}, 422),
        ("/rounds/round-nothing/start", {}, 404),
    ],
)
def test_bad_input_gets_a_clear_answer_and_changes_nothing(office, path, body, status):
    home = office.home()
    person = office.person(home)["id"]
    before = json.dumps([book.rows for book in office.city.books.values()], default=str)
    body = {key: home if value == "HOME" else value for key, value in body.items()}
    answer = office.clerk.post(path.replace("PERSON", person), body)
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    assert json.dumps([book.rows for book in office.city.books.values()], default=str) == before


def test_the_same_external_key_twice_is_a_refusal_that_names_it(office):
    home = office.home(external="H-1")
    again = office.clerk.post("/households", {"area": GRID, "label": "4号楼", "external": "H-1"})
    assert (again.status_code, again.json()["key"]) == (409, "external key")
    assert "H-1" in again.json()["detail"]
    office.person(home, external="R-1")
    again = office.clerk.post("/residents", {"household_id": home, "name": "乙", "external": "R-1"})
    assert (again.status_code, again.json()["key"]) == (409, "external key")


def test_the_same_key_again_answers_as_before(office):
    body = {"area": GRID, "label": "3号楼"}
    first, second = (office.clerk.post("/households", body, key="k1") for _ in range(2))
    assert first.json() == second.json()
    assert second.headers["Idempotency-Replayed"] == "true"
    assert len(office.clerk.get("/households").json()["items"]) == 1


def test_households_are_listed_in_the_order_of_their_numbers_page_by_page(office):
    for number in (10, 3, 1, 21):
        office.home(label=f"{number}号楼")
    first = office.clerk.get("/households", limit=3).json()
    rest = office.clerk.get("/households", limit=3, after=first["next"]).json()
    assert [each["label"] for each in first["items"] + rest["items"]] == ["1号楼", "3号楼", "10号楼", "21号楼"]
    assert rest["next"] is None


def test_a_household_is_changed_and_its_people_follow(office):
    home = office.home()
    person = office.person(home)
    answer = office.clerk.post(f"/households/{home}/change", {"area": COMMUNITY + "009", "label": "5号楼"})
    assert (answer.json()["area"], answer.json()["label"]) == (COMMUNITY + "009", "5号楼")
    office.city.settle()
    assert office.clerk.get(f"/residents/{person['id']}").json()["area"] == COMMUNITY + "009"


def test_what_is_known_of_a_resident_changes_field_by_field(office):
    person = office.person(office.home())
    changed = office.clerk.post(f"/residents/{person['id']}/update", {"phone": "13900000001"}).json()
    assert (changed["label"], changed["phone"], changed["birth_year"]) == ("王*", "139****0001", 1948)


def test_care_facts_plans_and_the_ledger_in_one_afternoon(office):
    home = office.home()
    li = office.person(home, name="李大爷", identity=None, phone=None)["id"]
    zhao = office.person(home, name="赵奶奶", identity=None, phone=None)["id"]
    office.clerk.post(f"/residents/{li}/facts", {"fact": "hospitalised", "since": "2026-02-01"})
    office.city.settle()
    assert office.clerk.get(f"/residents/{zhao}").json()["care"] == ["C10"]
    [plan] = office.clerk.get("/plans", tier="daily").json()["items"]
    assert (plan["resident"], plan["label"], plan["stage"]) == (zhao, "赵*", "active")
    [due] = office.clerk.get(f"/households/{home}").json()["dues"]
    assert (due["tier"], due["residents"], due["told"]) == ("daily", [zhao], True)
    office.city.visit(home, zhao)
    [entry] = office.clerk.get("/ledger").json()["items"]
    assert (entry["label"], entry["open"], entry["kept"], entry["missed"]) == ("赵*", True, 1, 0)
    assert entry["days"] == [{"day": "2026-02-02", "mark": "kept", "reason": None, "visit": "visit-1", "outcome": None}]
    assert entry["last_seen"] == office.clerk.get(f"/residents/{zhao}").json()["last_seen"] == "2026-02-02"
    paused = office.clerk.post(f"/plans/{plan['id']}/pause", {"until": "2026-02-10", "reason": "with-family"})
    assert paused.json()["stage"] == "paused"
    assert office.clerk.post(f"/plans/{plan['id']}/resume").json()["stage"] == "active"
    office.clerk.post(f"/residents/{li}/facts/hospitalised/end", {})
    office.city.settle()
    assert office.clerk.get("/plans").json()["items"] == []
    [entry] = office.clerk.get("/ledger").json()["items"]
    assert (entry["open"], entry["kept"]) == (False, 1)


def test_a_move_takes_along_when_the_person_was_last_seen(office):
    old, new = office.home(label="1号楼"), office.home(label="2号楼")
    person = office.person(old)["id"]
    office.city.visit(old, person)
    moved = office.clerk.post(f"/residents/{person}/move", {"household_id": new}).json()
    assert (moved["household"], moved["last_seen"]) == (new, "2026-02-02")


def test_nobody_is_moved_out_of_sight(office):
    far = office.home(office.neighbour, area=OTHER)
    person = office.person(office.home())["id"]
    assert office.clerk.post(f"/residents/{person}/move", {"household_id": far}).status_code == 404
    assert office.street.post(f"/residents/{person}/move", {"household_id": far}).status_code == 200


def test_a_round_for_the_whole_city_is_drafted_county_by_county(office):
    city = office.served.as_("W0004", "operator", scopes=("4203",))
    answer = city.post("/rounds", {"area": "4203", "name": "敲门", "ends": "2026-02-08"})
    assert (answer.status_code, "each county" in answer.json()["detail"]) == (422, True)


def test_a_round_is_drafted_started_covered_and_finished(office):
    home, other = office.home(label="1号楼"), office.home(label="2号楼")
    office.person(home, care=["C01"])
    office.person(other, care=["C01"], identity=None)
    draft = {
        "area": COMMUNITY,
        "name": "取暖入户排查",
        "ends": "2026-02-08",
        "categories": ["C01"],
        "checklists": ["heating"],
    }
    round_id = office.clerk.post("/rounds", draft).json()["id"]
    assert office.clerk.get(f"/rounds/{round_id}/coverage").json()["coverage"] is None
    assert office.clerk.post(f"/rounds/{round_id}/start").json()["stage"] == "running"
    office.city.settle()
    office.city.visit(home)
    cover = office.clerk.get(f"/rounds/{round_id}/coverage").json()
    assert (cover["frozen"], cover["targets"], cover["visited"], cover["open"], cover["coverage"]) == (
        True,
        2,
        1,
        1,
        0.5,
    )
    [uncovered] = office.clerk.get(f"/rounds/{round_id}/targets", mark="open").json()["items"]
    assert (uncovered["household"], uncovered["label"]) == (other, "2号楼")
    assert office.clerk.post(f"/rounds/{round_id}/finish").json()["stage"] == "finished"
    office.city.settle()
    assert [each["id"] for each in office.clerk.get("/rounds", stage="finished").json()["items"]] == [round_id]
    assert office.neighbour.get(f"/rounds/{round_id}").status_code == 404
    assert office.neighbour.get(f"/rounds/{round_id}/targets").json()["items"] == []
    again = office.clerk.post(f"/rounds/{round_id}/cancel", {"reason": "storm"})
    assert again.status_code == 409
