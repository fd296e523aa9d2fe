"""Door-knock rounds: targets frozen, visits due, coverage counted once a household, the rest taken back."""

from datetime import timedelta

import pytest

from services.registry.domain import rounds as rules
from services.registry.store import counted, round_targets, rounds
from shared.events.registry import RoundStarted, VisitWithdrawn
from shared.testing.scenario import run
from tests.registry.city import OTHER, City
from tests.registry.test_visits import failed, voided


def street(city: City) -> list[str]:
    """Four homes: two with somebody who lives alone, one without anybody, one elsewhere."""
    homes = [city.home("1"), city.home("2"), city.home("3"), city.home("4", OTHER)]
    city.person("wang", homes[0], "C01")
    city.person("liu", homes[1], "C01")
    city.person("chen", homes[3], "C01")
    city.settle()
    for home in homes:
        city.visit(home)
    city.until("2026-02-03", 9)
    return homes


def test_a_round_freezes_its_targets_over_area_and_category_and_calls_for_each():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    started = next(event for event in city.fresh if isinstance(event, RoundStarted))
    assert (started.targets, started.ends, started.categories) == (2, "2026-02-08", ["C01"])
    assert sorted(due.household_id for due in city.calls()) == homes[:2]
    for due in city.calls():
        assert due.due_ids == [f"target-{drive}-{due.household_id}"]
        assert due.due_at.isoformat() == "2026-02-08T12:00:00+00:00"
        assert (due.tier, due.checklists) == ("round", ["heating"])


def test_a_round_without_categories_is_for_every_household():
    city = City()
    homes = street(city)
    drive = city.draft()
    city.round(drive, rules.start)
    assert sorted(city.marks(drive)) == homes[:3]


def test_whoever_comes_after_the_start_is_no_target():
    city = City()
    street(city)
    drive = city.draft("C01")
    city.does(rounds.change(drive, lambda known: rules.start(known, city.clock.now())))
    city.clock.moment += timedelta(seconds=1)
    city.person("late", city.home("5"), "C01")
    city.settle()
    assert sorted(city.marks(drive)) == ["household-1", "household-2"]


def test_two_people_of_one_household_are_one_target():
    city = City()
    home = city.home("1")
    wang, liu = city.person("wang", home, "C06"), city.person("liu", home, "C06")
    city.settle()
    drive = city.draft("C06")
    city.round(drive, rules.start)
    [target] = city.all(round_targets)
    assert target.residents == (liu, wang)


def test_the_freezing_goes_on_in_chunks_until_none_is_left(monkeypatch):
    monkeypatch.setattr("services.registry.store.drives.CHUNK", 3)
    city = City()
    for number in range(10):
        city.person(f"p{number}", city.home(f"{number}"), "C06")
    city.person("second", "household-0", "C06")
    city.settle()
    drive = city.draft("C06")
    city.round(drive, rules.start)
    assert len(city.marks(drive)) == 10
    assert city.state(rounds, drive).targets == 10
    assert next(t for t in city.all(round_targets) if t.household == "household-0").residents == (
        "resident-p0",
        "resident-second",
    )
    city.round(drive, rules.finish)
    assert all(target.over for target in city.all(round_targets))
    assert len([event for event in city.fresh if isinstance(event, VisitWithdrawn)]) == 10


def test_a_crash_in_the_middle_of_a_chunk_freezes_the_same_targets():
    city = City()
    for number in range(5):
        city.person(f"p{number}", city.home(f"{number}"), "C06")
    city.settle()
    drive = city.draft("C06")
    calls = 0

    async def trouble(call: str) -> None:
        nonlocal calls
        if call == "write one":
            calls += 1
            if calls == 3:
                raise ConnectionError("killed")

    city.books["targets"].trouble = trouble
    with pytest.raises(ConnectionError):
        city.round(drive, rules.start)
    assert len(city.all(round_targets)) == 2
    city.settle()
    assert len(city.marks(drive)) == 5
    assert city.state(rounds, drive).targets == 5


def test_a_visit_covers_the_target_and_heard_twice_it_counts_once():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    visit = city.visit(homes[0])
    city.forgetful().inspection(visit)
    assert city.marks(drive) == {homes[0]: "visited", homes[1]: "open"}
    assert run(counted(city.desk, drive)).visited == 1
    city.until("2026-02-03", 11)
    assert city.state(rounds, drive).visited == 1
    heard = city.books["rounds"].rows[drive]["heard"]
    assert not any("visit" in entry["id"] for entry in heard), "a round hears no visit itself"


def test_two_visits_to_one_household_cover_one_target():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    target = f"target-{drive}-{homes[0]}"
    city.visit(homes[0], dues=[target])
    city.visit(homes[0], dues=[target])
    assert run(counted(city.desk, drive)).visited == 1


def test_a_visit_for_another_reason_covers_the_target_too():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.until("2026-02-04", 10)
    city.visit(homes[0], dues=[])
    assert city.marks(drive)[homes[0]] == "visited"
    assert [event.reason for event in city.fresh if isinstance(event, VisitWithdrawn)] == ["kept"]


def test_a_household_visited_this_morning_is_called_for_tomorrow():
    city = City()
    homes = street(city)
    city.visit(homes[0])
    drive = city.draft("C01")
    city.round(drive, rules.start)
    assert [due.household_id for due in city.calls()] == [homes[1]]
    assert city.marks(drive)[homes[0]] == "open", "that visit was none of the round"
    city.until("2026-02-04", 1)
    assert [due.household_id for due in city.calls()] == [homes[0]]


def test_a_voided_visit_uncovers_the_target():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    visit = city.visit(homes[0])
    city.until("2026-02-04", 10)
    unnamed = city.visit(homes[1], dues=[])
    assert set(city.marks(drive).values()) == {"visited"}
    city.inspection(voided(visit, city), sequence=2)
    city.inspection(voided(unnamed, city), sequence=2)
    assert set(city.marks(drive).values()) == {"open"}
    assert sorted(city.due_at(homes[0]) + city.due_at(homes[1])) == [f"target-{drive}-{home}" for home in homes[:2]]


def test_a_failed_visit_covers_nothing_and_is_shown():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.inspection(failed(homes[0], city, "refused"))
    assert city.marks(drive)[homes[0]] == "open"
    assert city.state(round_targets, f"target-{drive}-{homes[0]}").sights[0].outcome == "refused"


def test_a_round_and_a_plan_on_one_day_are_one_visit():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    drive = city.draft("C10")
    city.round(drive, rules.start)
    [due] = city.calls()
    assert due.due_ids == [f"due-plan-{wang}-1-daily-2026-02-02", f"target-{drive}-{home}"]
    city.visit(home, wang)
    assert city.marks(drive) == {home: "visited"}
    assert city.ledger(home, wang) == {"2026-02-02": "kept"}
