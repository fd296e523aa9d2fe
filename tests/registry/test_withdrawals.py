"""What is due is withdrawn when its reason ends, and due again when it comes back."""

from services.registry.domain import residents as people
from services.registry.domain import rounds as rules
from services.registry.domain.targets import Target, told
from services.registry.store import households
from shared.events.registry import FactRecorded, ResidentMoved, ResidentUpdated, VisitDue, VisitWithdrawn
from tests.registry.city import OTHER, City
from tests.registry.test_visits import voided


def test_what_is_due_is_withdrawn_when_the_person_moves_and_due_at_the_new_home():
    city = City()
    old, new = city.home("1"), city.home("2", OTHER)
    wang = city.person("wang", old, "C11")
    city.settle()
    city.moves(wang, new).then(ResidentMoved, VisitWithdrawn, VisitDue)
    _, withdrawn, due = city.fresh
    assert (withdrawn.household_id, withdrawn.reason) == (old, "moved")
    assert (due.household_id, due.area) == (new, OTHER)
    assert city.due_at(old) == []


def test_away_means_that_nobody_comes_until_the_person_is_back():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.of(wang, people.record, "away", city.today).then(FactRecorded, ResidentUpdated, VisitWithdrawn)
    assert city.fresh[-1].reason == "away"
    assert city.until("2026-02-10", 9).calls() == []
    city.of(wang, people.end, "away", city.today)
    assert [due.day for due in city.calls()] == ["2026-02-10"]
    assert city.ledger(home, wang) == {"2026-02-02": "withdrawn", "2026-02-10": "open"}


def test_one_of_two_dues_is_withdrawn_and_the_other_stays():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C11")
    city.person("liu", home, "C10")
    city.settle()
    city.of(wang, people.record, "away", city.today)
    [withdrawn] = [event for event in city.fresh if isinstance(event, VisitWithdrawn)]
    assert withdrawn.due_ids == ["due-plan-resident-wang-1-weekly-2026-02-02"]
    assert city.due_at(home) == ["due-plan-resident-liu-1-daily-2026-02-02"]


def test_a_quarterly_household_sleeps_between_its_visits():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C08")
    city.settle()
    city.visit(home, wang)
    city.settle()
    assert city.state(households, home).look_at.isoformat() == "2026-03-31T16:05:00+00:00"


def test_a_target_that_was_kept_voided_and_moves_away_is_withdrawn_in_the_end():
    city = City()
    home, other = city.home("1"), city.home("2", OTHER)
    wang = city.person("wang", home, "C08")
    city.settle()
    city.visit(home, wang)
    drive = city.draft("C08")
    city.round(drive, rules.start)
    visit = city.visit(home, wang, dues=[])
    assert city.marks(drive) == {home: "visited"}
    city.inspection(voided(visit, city), sequence=2)
    city.moves(wang, other)
    assert city.marks(drive) == {home: "withdrawn"}


def test_a_households_older_word_about_a_target_changes_nothing():
    target = Target(id="target-1", round="round-1", household="household-1", area=OTHER, label="1号楼")
    newer = told(target, None, 9).state
    assert told(newer, "kept", 5).state == newer
