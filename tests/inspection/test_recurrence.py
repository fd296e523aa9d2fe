"""The same place and kind within thirty days of its closing: the old hazard is open again, no new one."""

from datetime import timedelta
from functools import partial
from typing import Any

from services.inspection.domain import found
from services.inspection.domain.seen import Act, Seen, Sight
from services.inspection.store import hazards
from shared.events.inspection import HazardClosed, HazardFound, HazardOrdered, HazardReopened, VisitCompleted
from shared.testing.scenario import Scenario
from tests.inspection.door import AREA, DONE, FIXED, HOME, NEIGHBOUR, later, report, served, visit
from tests.inspection.door import community as told


def visited(scenario: Scenario, *what: dict[str, Any], home: str = HOME, by: str = "W0001") -> list[str]:
    """The ids under which what was found stands in the ledger."""
    answer = served(scenario).as_(by).post("/visits", visit(household_id=home, hazards=list(what)))
    assert answer.status_code == 201, answer.text
    return [seen["reopens"] or seen["hazard_id"] for seen in answer.json()["hazards"]]


def after_a_fix(code: str = "GAS-01", days: float = 10) -> tuple[Scenario, str]:
    scenario = told()
    [old] = visited(scenario, {"code": code, "fixed": FIXED})
    scenario.passes(days=days)
    return scenario, old


def test_found_again_at_the_same_door_it_is_the_same_hazard() -> None:
    scenario, old = after_a_fix()
    assert visited(scenario, {"code": "GAS-01"}, by="W0002") == [old]
    completed, reopened = scenario.said[-2:]
    assert isinstance(completed, VisitCompleted)
    assert isinstance(reopened, HazardReopened)
    assert (completed.hazards, completed.found[0].reopens) == ([old], old)
    assert (reopened.hazard_id, reopened.recurred, reopened.by) == (old, True, "W0002")
    known = scenario.state(hazards, old)
    assert (known.stage, known.reopened, known.finders) == ("found", 1, ("W0001", "W0002"))
    assert len(scenario.all(hazards)) == 1


def test_found_again_and_dealt_with_at_once() -> None:
    scenario, old = after_a_fix()
    order = {"owner": "W0002", "due_at": later(days=20)}
    assert visited(scenario, {"code": "GAS-01", "order": order}) == [old]
    assert [type(event) for event in scenario.said[-2:]] == [HazardReopened, HazardOrdered]
    scenario, old = after_a_fix()
    visited(scenario, {"code": "GAS-01", "fixed": FIXED})
    assert [type(event) for event in scenario.said[-2:]] == [HazardReopened, HazardClosed]


def test_another_code_another_door_or_a_month_later_is_a_new_hazard() -> None:
    scenario, old = after_a_fix()
    assert visited(scenario, {"code": "GAS-02"}) != [old]
    assert visited(scenario, {"code": "GAS-01"}, home=NEIGHBOUR) != [old]
    scenario, old = after_a_fix(days=30.01)
    assert visited(scenario, {"code": "GAS-01"}) != [old]


def test_two_of_a_kind_in_one_visit_are_the_old_one_and_a_new_one() -> None:
    scenario, old = after_a_fix()
    first, second = visited(scenario, {"code": "GAS-01", "place": "厨房"}, {"code": "GAS-01", "place": "浴室"})
    assert first == old
    assert second != old
    assert scenario.state(hazards, second).stage == "found"


def test_what_recurs_more_gravely_is_graver() -> None:
    scenario, old = after_a_fix()
    visited(scenario, {"code": "GAS-01", "level": "I"})
    assert scenario.state(hazards, old).level == "I"


def test_told_again_by_our_own_event_it_is_not_opened_twice() -> None:
    scenario, old = after_a_fix()
    visited(scenario, {"code": "GAS-01", "fixed": FIXED})
    completed = next(e for e in reversed(scenario.said) if isinstance(e, VisitCompleted))
    scenario.clock.moment += timedelta(minutes=1)
    scenario.forgetful().when(completed).then()
    assert scenario.state(hazards, old).reopened == 1
    assert scenario.state(hazards, old).stage == "closed"


def test_a_crash_before_the_old_one_is_open_again_is_made_good() -> None:
    scenario, old = after_a_fix()
    calm = scenario.books["hazards"].trouble

    async def down(call: str) -> None:
        if call == "write":
            raise RuntimeError("crashed")

    scenario.books["hazards"].trouble = down
    body = visit(hazards=[{"code": "GAS-01"}])
    assert served(scenario).as_("W0001").post("/visits", body, key="k").status_code == 500
    scenario.books["hazards"].trouble = calm
    scenario.when(scenario.said[-1]).then(HazardReopened)
    assert served(scenario).as_("W0001").post("/visits", body, key="k").status_code == 201
    assert scenario.state(hazards, old).reopened == 1
    assert len(scenario.all(hazards)) == 1


def test_a_report_without_a_visit_recurs_by_its_exact_place() -> None:
    scenario = told()
    client = served(scenario).as_("W0001")
    old = client.post("/hazards", report(fixed={"reason": "已清走"})).json()["id"]
    scenario.passes(days=3)
    other = client.post("/hazards", report(place="3号楼1单元楼道")).json()
    assert other["id"] != old
    again = client.post("/hazards", report(), key="k1")
    assert (again.status_code, again.json()["id"], again.json()["stage"]) == (201, old, "found")
    replayed = client.post("/hazards", report(), key="k1")
    assert (replayed.json()["id"], replayed.headers["Idempotency-Replayed"]) == (old, "true")
    assert len(scenario.all(hazards)) == 2


def test_a_replayed_report_does_not_open_again_what_was_closed_since() -> None:
    scenario = told()
    client = served(scenario).as_("W0001")
    old = client.post("/hazards", report(fixed=FIXED)).json()["id"]
    scenario.passes(days=3)
    order = {"owner": "W0002", "due_at": later(days=9)}
    client.post("/hazards", report(order=order), key="k1")
    client.post(f"/hazards/{old}/rectify", DONE)
    served(scenario).as_("W0003").post(f"/hazards/{old}/recheck", {"passed": True})
    scenario.passes(days=1)
    said = len(scenario.said)
    assert client.post("/hazards", report(order=order), key="k1").json()["stage"] == "closed"
    assert len(scenario.said) == said


def test_a_new_report_is_one_hazard_however_often_it_is_sent() -> None:
    scenario = told()
    client = served(scenario).as_("W0001")
    first = client.post("/hazards", report(), key="k1").json()
    assert client.post("/hazards", report(), key="k1").json()["id"] == first["id"]
    assert client.post("/hazards", report(), key="k2").json()["id"] != first["id"]
    assert [type(event) for event in scenario.said] == [HazardFound, HazardFound]
    assert {event.area for event in scenario.said} == {AREA}


def sight(scenario: Scenario, by: str = "W0002") -> Sight:
    return Sight(area=AREA, household_id=HOME, origin="visit", act=Act(by=by, at=scenario.clock.now()))


def seen(id: str, old: str) -> Seen:
    return Seen(hazard_id=id, code="GAS-01", level="II", place="3号楼", spot="spot", reopens=old)


def test_a_finding_told_again_after_another_is_noted_once() -> None:
    scenario, old = after_a_fix()
    first, second = seen("visit-8-h1", old), seen("visit-9-h1", old)
    earlier = sight(scenario)
    for each in (first, second, first):
        scenario.does(hazards.change(old, partial(found.recur, each, earlier)))
    known = scenario.state(hazards, old)
    assert [sighting.id for sighting in known.sightings] == ["visit-8-h1", "visit-9-h1"]
    assert known.reopened == 1


def test_a_finding_from_before_the_closing_opens_nothing() -> None:
    scenario = told()
    before = sight(scenario)
    scenario.clock.moment += timedelta(minutes=1)
    [old] = visited(scenario, {"code": "GAS-01", "fixed": FIXED})
    scenario.does(hazards.change(old, partial(found.recur, seen("visit-8-h1", old), before))).then()
    assert scenario.state(hazards, old).stage == "closed"


def test_a_finding_decided_after_thirty_days_is_noted_and_opens_nothing() -> None:
    scenario, old = after_a_fix(days=30.01)
    scenario.does(hazards.change(old, partial(found.recur, seen("visit-8-h1", old), sight(scenario)))).then()
    assert len(scenario.state(hazards, old).sightings) == 1


def test_whoever_is_slower_adds_a_sighting_to_the_hazard_that_is_open_again() -> None:
    scenario, old = after_a_fix()
    scenario.does(hazards.change(old, partial(found.recur, seen("visit-8-h1", old), sight(scenario))))
    scenario.does(hazards.change(old, partial(found.recur, seen("visit-9-h1", old), sight(scenario, "W0004")))).then()
    known = scenario.state(hazards, old)
    assert (known.stage, known.reopened) == ("found", 1)
    assert known.finders == ("W0001", "W0002", "W0004")
