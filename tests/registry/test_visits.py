"""What a visit keeps: one household, one day, one visit, however often and whenever it is heard."""

from services.registry.domain import residents as people
from services.registry.domain.homes import Visit, last_seen
from services.registry.domain.households import visited
from services.registry.store import households
from shared.events.inspection import VisitCorrected, VisitFailed, VisitVoided
from shared.events.registry import VisitDue, VisitWithdrawn
from tests.registry.city import COMMUNITY, City


def voided(visit, city: City) -> VisitVoided:
    return VisitVoided(
        visit_id=visit.visit_id,
        household_id=visit.household_id,
        area=COMMUNITY,
        day=visit.day,
        due_ids=visit.due_ids,
        reason="wrong house",
        by="W0001",
        at=city.clock.now(),
    )


def failed(home: str, city: City, outcome: str) -> VisitFailed:
    return VisitFailed(
        visit_id=f"visit-{outcome}",
        household_id=home,
        area=COMMUNITY,
        day=city.today,
        due_ids=city.due_at(home),
        by="W0001",
        outcome=outcome,
        at=city.clock.now(),
    )


def test_two_dues_of_one_household_and_day_are_one_visit():
    city = City()
    home = city.home("1")
    wang, liu = city.person("wang", home, "C11"), city.person("liu", home, "C10")
    city.settle()
    [due] = city.calls()
    assert due.residents == [liu, wang]
    assert len(due.due_ids) == 2
    assert due.tier == "daily"
    city.visit(home, wang, liu)
    assert city.due_at(home) == []
    assert city.fresh == [], "the visit has said it all"


def test_a_later_due_of_the_same_day_joins_the_open_one():
    city = City()
    home = city.home("1")
    city.person("wang", home, "C11")
    city.settle()
    liu = city.person("liu", home)
    city.settle()
    city.of(liu, people.tag, "C10", city.today, "manual")
    [due] = city.calls()
    assert len(due.due_ids) == 2
    assert due.due_at.isoformat() == "2026-02-02T12:00:00+00:00", "the earlier of the two"


def test_a_weekly_visit_may_be_made_on_any_day_of_the_week():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C11")
    city.settle()
    city.until("2026-02-05", 10)
    visit = city.visit(home, wang)
    city.then(VisitWithdrawn)
    assert (city.fresh[0].reason, city.fresh[0].day) == ("kept", "2026-02-02"), "Monday's task is not needed any more"
    assert visit.due_ids == ["due-plan-resident-wang-1-weekly-2026-02-02"]
    assert [due.day for due in city.until("2026-02-09", 12).calls()] == ["2026-02-09"]


def test_a_visit_that_names_nothing_keeps_what_is_due_that_day():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.visit(home, wang, dues=[])
    assert city.ledger(home, wang) == {"2026-02-02": "kept"}


def test_a_visit_recorded_days_later_still_keeps_its_day():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.until("2026-02-05", 9)
    city.visit(home, wang, day="2026-02-03", dues=["due-plan-resident-wang-1-daily-2026-02-03"])
    assert city.ledger(home, wang) == {
        "2026-02-02": "missed",
        "2026-02-03": "kept",
        "2026-02-04": "missed",
        "2026-02-05": "open",
    }


def test_a_day_made_up_for_on_the_next_is_late_not_kept():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.until("2026-02-03", 9)
    today = "due-plan-resident-wang-1-daily-2026-02-03"
    city.visit(home, wang, dues=["due-plan-resident-wang-1-daily-2026-02-02", today])
    assert city.ledger(home, wang) == {"2026-02-02": "late", "2026-02-03": "kept"}


def test_a_failed_visit_keeps_nothing():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.inspection(failed(home, city, "no_answer"))
    assert city.ledger(home, wang) == {"2026-02-02": "open"}
    city.until("2026-02-03", 0, 5)
    assert city.ledger(home, wang) == {"2026-02-02": "missed", "2026-02-03": "open"}
    assert last_seen(city.state(households, home)) is None


def test_a_voided_visit_leaves_its_dues_open_again():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    visit = city.visit(home, wang)
    city.inspection(voided(visit, city), sequence=2).then(VisitDue)
    assert city.fresh[0].again == visit.due_ids
    assert city.ledger(home, wang) == {"2026-02-02": "open"}
    assert last_seen(city.state(households, home), wang) is None


def test_a_repeat_of_a_visit_behind_its_voiding_changes_nothing():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    visit = city.visit(home, wang)
    city.inspection(voided(visit, city), sequence=2)
    city.forgetful().inspection(visit, sequence=1)
    assert city.ledger(home, wang) == {"2026-02-02": "open"}


def test_a_correction_says_who_was_really_seen():
    city = City()
    home = city.home("1")
    wang, liu = city.person("wang", home, "C10"), city.person("liu", home)
    city.settle()
    visit = city.visit(home, wang, liu)
    fields = visit.model_dump(include={"visit_id", "household_id", "area", "day", "due_ids", "by"})
    corrected = VisitCorrected(**fields, residents=[wang], reason="mistaken", at=city.clock.now())
    city.inspection(corrected, sequence=2)
    home_now = city.state(households, home)
    assert last_seen(home_now, wang) == "2026-02-02"
    assert last_seen(home_now, liu) is None


def test_a_correction_that_comes_before_its_visit_leaves_the_same_behind():
    city = City()
    home = city.state(households, city.home("1"))
    visit = Visit(id="visit-1", seq=1, day="2026-02-02", at=city.clock.now(), residents=("li", "zhao"))
    corrected = Visit(id="visit-1", seq=2, day="2026-02-02", residents=("li",))
    ends = [
        visited(visited(home, first, city.clock.now()).state, second, city.clock.now()).state
        for first, second in ((visit, corrected), (corrected, visit))
    ]
    assert ends[0] == ends[1]
    assert ends[0].visits == (corrected.but(at=visit.at),)


def test_last_seen_only_moves_forward():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C10")
    city.settle()
    city.until("2026-02-06", 9)
    city.visit(home, wang)
    city.visit(home, wang, day="2026-02-03", dues=[])
    assert last_seen(city.state(households, home), wang) == "2026-02-06"


def test_when_somebody_was_last_seen_outlives_the_visit_itself():
    city = City()
    home = city.home("1")
    wang = city.person("wang", home, "C11")
    city.settle()
    city.visit(home, wang)
    city.until("2026-09-30", 1)
    home_now = city.state(households, home)
    assert home_now.visits == ()
    assert last_seen(home_now) == last_seen(home_now, wang) == "2026-02-02"
