"""Care plans open, change and close by themselves."""

import pytest

from services.registry.domain import residents as people
from services.registry.domain.codes import tier_of
from services.registry.store import residents
from shared.decision import Rejected
from shared.events.registry import (
    CarePlanChanged,
    CarePlanClosed,
    CarePlanOpened,
    CarePlanPaused,
    CarePlanResumed,
    CareTagged,
    CareUntagged,
    FactRecorded,
    ResidentUpdated,
    VisitDue,
    VisitWithdrawn,
)
from tests.registry.city import City


@pytest.mark.parametrize(
    ("categories", "old", "tier"),
    [
        ({"C10", "C06"}, False, "daily"),
        ({"C01"}, True, "weekly"),
        ({"C02", "C03"}, False, "weekly"),
        ({"C01"}, False, "quarterly"),
        ({"C03"}, True, "quarterly"),
        ({"C11"}, False, "weekly"),
        ({"C14", "C07"}, False, "weekly"),
        ({"C07"}, False, "monthly"),
        ({"C12"}, False, "monthly"),
        ({"C13", "C06"}, False, "monthly"),
        ({"C08"}, False, "quarterly"),
        (set(), True, None),
    ],
)
def test_how_often_somebody_is_looked_in_on_follows_from_the_categories(categories, old, tier):
    assert tier_of(categories, old) == tier


def test_a_category_opens_a_plan_and_its_visit_is_due():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home)
    city.settle()
    city.of(wang, people.tag, "C11", "2026-02-01", "manual")
    city.then(CareTagged, CarePlanOpened, ResidentUpdated, VisitDue)
    [due] = city.calls()
    assert (due.tier, due.day, due.residents) == ("weekly", "2026-02-02", [wang])
    assert due.due_at.isoformat() == "2026-02-08T12:00:00+00:00", "by Sunday 20:00 in Shiyan"
    assert due.label == "1号楼 w*"


def test_another_category_changes_the_plan_and_the_last_one_gone_closes_it():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C06")
    city.settle()
    city.of(wang, people.tag, "C07", city.today, "manual").then(
        CareTagged, CarePlanChanged, ResidentUpdated, VisitDue, VisitWithdrawn
    )
    city.of(wang, people.untag, "C07", "over").then(
        CareUntagged, CarePlanChanged, ResidentUpdated, VisitDue, VisitWithdrawn
    )
    city.of(wang, people.untag, "C06", "over").then(CareUntagged, CarePlanClosed, ResidentUpdated, VisitWithdrawn)
    assert city.state(residents, wang).plan.stage == "closed"


def test_a_new_category_after_the_plan_was_closed_opens_a_new_plan():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C06")
    city.settle()
    city.of(wang, people.untag, "C06", "over")
    city.of(wang, people.tag, "C08", city.today, "manual")
    assert city.state(residents, wang).plan.id == "plan-resident-wang-2"


def test_a_plan_closed_by_hand_stays_closed_until_the_categories_ask_for_another_tier():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C06")
    city.settle()
    city.of(wang, people.close, "plan-resident-wang-1", "declined").then(
        CarePlanClosed, ResidentUpdated, VisitWithdrawn
    )
    city.of(wang, people.tag, "C08", city.today, "manual").then(CareTagged, ResidentUpdated)
    city.of(wang, people.tag, "C14", city.today, "manual")
    assert city.state(residents, wang).plan.tier == "weekly"


def test_a_paused_plan_calls_for_nobody_and_resumes_by_itself_on_the_day():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.of(wang, people.pause, "plan-resident-wang-1", "2026-02-05", "with family").then(
        CarePlanPaused, ResidentUpdated, VisitWithdrawn
    )
    assert city.until("2026-02-04", 12).calls() == []
    city.until("2026-02-05", 1)
    assert CarePlanResumed in [type(event) for event in city.fresh]
    assert [due.day for due in city.calls()] == ["2026-02-05"]
    assert city.ledger(home, wang) == {"2026-02-02": "withdrawn", "2026-02-05": "open"}


def test_whoever_needs_more_than_before_is_not_left_paused():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C06")
    city.settle()
    city.of(wang, people.pause, "plan-resident-wang-1", "2026-03-01", "with family")
    city.of(wang, people.tag, "C11", city.today, "manual")
    assert city.state(residents, wang).plan.stage == "active"


def test_a_lone_resident_who_turns_eighty_is_visited_weekly_from_that_year_on():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C01", born=1947)
    city.settle()
    assert city.state(residents, wang).plan.tier == "quarterly"
    city.until("2027-01-01", 8)
    assert city.state(residents, wang).plan.tier == "weekly"


def test_a_death_closes_the_plan_and_takes_the_visits_back():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.of(wang, people.record, "deceased", city.today).then(
        FactRecorded, CarePlanClosed, ResidentUpdated, VisitWithdrawn
    )
    assert city.fresh[-1].reason == "deceased"


def test_what_is_so_already_or_lies_ahead_is_refused():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.of(wang, people.tag, "C10", city.today, "manual").refuses(Rejected, "applies already")
    city.of(wang, people.tag, "C11", "2026-03-01", "manual").refuses(Rejected, "has come")
    city.of(wang, people.record, "away", "2026-03-01").refuses(Rejected, "ahead")
    city.of(wang, people.end, "away", city.today).refuses(Rejected, "not recorded")
    city.of(wang, people.pause, "plan-resident-wang-1", city.today, "x").refuses(Rejected, "a day to come")
    city.of(wang, people.resume, "plan-resident-wang-1").refuses(Rejected, "not paused")
    city.of(wang, people.close, "plan-resident-wang-7", "x").refuses(Rejected, "closed")
