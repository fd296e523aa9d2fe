"""Row 8: a spouse in hospital, an old person alone at home, and somebody there every day."""

from services.registry.domain import households as homes
from services.registry.domain import residents as people
from services.registry.domain.people import held
from services.registry.store import households, residents
from shared.decision import Rejected
from shared.events.registry import (
    CarePlanClosed,
    CarePlanOpened,
    CareTagged,
    CareUntagged,
    FactEnded,
    FactRecorded,
    HouseholdChanged,
    ResidentUpdated,
    VisitDue,
    VisitWithdrawn,
)
from tests.registry.city import OTHER, City


def couple(city: City) -> tuple[str, str, str]:
    home = city.home("8")
    husband, wife = city.person("li", home, born=1948), city.person("zhao", home, born=1950)
    city.settle()
    return home, husband, wife


def test_a_spouse_in_hospital_opens_a_daily_plan_for_the_one_at_home_by_itself():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband).then(
        FactRecorded, ResidentUpdated, HouseholdChanged, CareTagged, CarePlanOpened, ResidentUpdated, VisitDue
    )
    assert held(city.state(residents, wife)) == ["C10"]
    [due] = city.calls()
    assert (due.tier, due.day, due.residents, due.checklists) == ("daily", "2026-02-02", [wife], ["daily"])
    assert due.due_at.isoformat() == "2026-02-02T12:00:00+00:00", "20:00 in Shiyan"
    assert due.due_ids == city.due_at(home)


def test_a_visit_is_due_every_day_through_the_spring_festival_and_each_is_kept_or_missed():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband)
    missed = {"2026-02-06", "2026-02-17", "2026-02-20"}
    for day in [f"2026-02-{number:02d}" for number in range(2, 25)]:
        if day > "2026-02-02":
            city.until(day, 0, 5)
            assert [(due.day, due.due_at.isoformat()) for due in city.calls()] == [(day, f"{day}T12:00:00+00:00")]
        city.until(day, 15)
        if day not in missed:
            city.visit(home, wife)
    city.until("2026-02-25", 0, 5)
    ledger = city.ledger(home, wife)
    assert ledger.pop("2026-02-25") == "open"
    assert len(ledger) == 23
    assert {day for day, mark in ledger.items() if mark == "missed"} == missed
    assert {mark for day, mark in ledger.items() if day not in missed} == {"kept"}


def test_discharge_closes_the_daily_plan_and_takes_the_day_back():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband)
    city.until("2026-02-04", 10)
    city.discharge(husband).then(
        FactEnded, ResidentUpdated, HouseholdChanged, CareUntagged, CarePlanClosed, ResidentUpdated, VisitWithdrawn
    )
    assert (city.fresh[-1].reason, city.fresh[-1].day) == ("closed", "2026-02-04")
    assert city.until("2026-02-20", 12).calls() == []
    assert city.ledger(home, wife) == {"2026-02-02": "missed", "2026-02-03": "missed", "2026-02-04": "withdrawn"}


def test_a_second_stay_in_hospital_opens_another_plan():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband).discharge(husband)
    city.hospital(husband)
    assert city.state(residents, wife).plan.id == "plan-resident-zhao-2"
    assert len(city.due_at(home)) == 1


def test_nobody_is_left_alone_while_another_grown_up_is_at_home():
    city = City()
    home, husband, wife = couple(city)
    son = city.person("son", home, born=1975)
    city.settle()
    city.hospital(husband).then(FactRecorded, ResidentUpdated)
    city.of(son, people.record, "away", city.today)
    assert held(city.state(residents, wife)) == ["C10"]
    city.of(son, people.end, "away", city.today)
    assert held(city.state(residents, wife)) == []


def test_a_child_left_at_home_is_no_spouse():
    city = City()
    home = city.home("8")
    mother = city.person("li", home, born=1990)
    child = city.person("bao", home, born=2017)
    city.settle()
    city.hospital(mother)
    assert held(city.state(residents, child)) == []


def test_a_category_given_by_hand_stays_when_the_spouse_comes_home():
    city = City()
    _, husband, wife = couple(city)
    city.of(wife, people.tag, "C10", city.today, "manual")
    city.hospital(husband).discharge(husband)
    assert held(city.state(residents, wife)) == ["C10"]


def test_whoever_is_left_alone_and_moves_to_the_children_is_not_alone_any_more():
    city = City()
    home, husband, wife = couple(city)
    other = city.home("9", OTHER)
    city.hospital(husband)
    city.moves(wife, other)
    assert held(city.state(residents, wife)) == []
    assert city.due_at(home) == []
    assert city.state(households, home).left_alone is None
    withdrawn = [event for event in city.fresh if isinstance(event, VisitWithdrawn)]
    assert [(event.household_id, event.reason) for event in withdrawn] == [(home, "moved")]


def test_a_day_opened_after_eight_in_the_evening_begins_tomorrow():
    city = City()
    home, husband, wife = couple(city)
    city.until("2026-02-02", 21)
    city.hospital(husband)
    assert city.calls() == []
    city.until("2026-02-03", 0, 5)
    assert [due.day for due in city.calls()] == ["2026-02-03"]
    assert list(city.ledger(home, wife)) == ["2026-02-03"]


def test_days_on_which_the_registry_stood_still_are_missed_not_forgotten():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband)
    city.passes(days=4)
    assert city.ledger(home, wife) == {
        "2026-02-02": "missed",
        "2026-02-03": "missed",
        "2026-02-04": "missed",
        "2026-02-05": "missed",
        "2026-02-06": "open",
    }
    assert [due.day for due in city.calls()] == ["2026-02-06"], "nobody is sent to days that have passed"


def test_the_ledger_keeps_the_last_hundred_days():
    city = City()
    home, husband, wife = couple(city)
    city.hospital(husband)
    city.until("2026-06-30", 1)
    assert len(city.ledger(home, wife)) == 101
    assert min(city.ledger(home, wife)) == "2026-03-22"


def test_a_household_that_moves_to_another_grid_takes_its_people_along():
    city = City()
    home, husband, wife = couple(city)
    city.does(households.change(home, lambda h: homes.change(h, h.but(area=OTHER + "002"), city.clock.now()))).settle()
    assert city.state(residents, wife).area == OTHER + "002"
    assert city.state(residents, husband).area == OTHER + "002"


def test_nobody_moves_to_where_they_live():
    city = City()
    home, husband, _ = couple(city)
    city.moves(husband, home).refuses(Rejected, "already")


def test_a_resident_registered_while_the_home_changes_grid_ends_in_the_new_one():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home)
    city.does(households.change(home, lambda h: homes.change(h, h.but(area=OTHER), city.clock.now()))).settle()
    assert city.state(residents, wang).area == OTHER


def test_the_word_of_the_new_home_counts_however_little_it_has_said():
    city = City()
    old, husband, wife = couple(city)
    for _ in range(4):
        city.hospital(husband).discharge(husband)
    new = city.home("9", OTHER)
    city.moves(husband, new)
    city.moves(wife, new)
    assert old != new
    city.hospital(husband)
    assert held(city.state(residents, wife)) == ["C10"]
