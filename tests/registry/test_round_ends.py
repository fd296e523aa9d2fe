"""How rounds end: finished, cancelled, or by themselves; what nobody has done is taken back."""

from services.registry.domain import residents as people
from services.registry.domain import rounds as rules
from services.registry.store import counted, households, residents, rounds
from shared.decision import Rejected
from shared.events.registry import RoundCancelled, RoundFinished, VisitDue, VisitWithdrawn
from shared.testing.scenario import run
from tests.registry.city import City
from tests.registry.test_rounds import street


def test_a_target_who_moves_away_is_withdrawn_and_stays_in_the_denominator():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.moves("resident-wang", homes[3])
    assert city.marks(drive) == {homes[0]: "withdrawn", homes[1]: "open"}
    counts = run(counted(city.desk, drive))
    assert (counts.targets, counts.visited, counts.withdrawn) == (2, 0, 1)


def test_a_round_that_is_finished_takes_back_what_nobody_has_done():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.visit(homes[0])
    city.round(drive, rules.finish)
    finished = next(event for event in city.fresh if isinstance(event, RoundFinished))
    assert (finished.targets, finished.visited) == (2, 1)
    [withdrawn] = [event for event in city.fresh if isinstance(event, VisitWithdrawn)]
    assert (withdrawn.household_id, withdrawn.reason) == (homes[1], "round-over")
    assert city.marks(drive)[homes[1]] == "open", "uncovered, and listed so"
    assert city.due_at(homes[1]) == []


def test_a_round_ends_by_itself_after_its_last_day_and_counts_what_was_recorded_late():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.until("2026-02-09", 2)
    assert city.state(rounds, drive).stage == "finished"
    city.visit(homes[0], day="2026-02-07", dues=[f"target-{drive}-{homes[0]}"])
    city.until("2026-02-20", 2)
    done = city.state(rounds, drive)
    assert (done.targets, done.visited, done.next_at) == (2, 1, None)


def test_a_cancelled_round_calls_for_nobody():
    city = City()
    homes = street(city)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    city.round(drive, rules.cancel, "storm")
    kinds = [type(event) for event in city.fresh]
    assert kinds.count(VisitWithdrawn) == 2
    assert kinds.count(RoundCancelled) == 1
    assert city.due_at(homes[0]) == city.due_at(homes[1]) == []


def test_a_draft_that_is_cancelled_is_done_with():
    city = City()
    drive = city.draft("C01")
    city.round(drive, rules.cancel, "rain").then(RoundCancelled)
    city.round(drive, rules.start).refuses(Rejected, "cancelled")


def test_a_round_starts_once_and_not_after_its_last_day():
    city = City()
    drive = city.draft("C01", ends="2026-02-03")
    late = city.draft("C01", ends="2026-02-03")
    city.round(drive, rules.finish).refuses(Rejected, "draft")
    city.round(drive, rules.start)
    city.round(drive, rules.start).refuses(Rejected, "running")
    city.until("2026-02-05")
    city.round(late, rules.start).refuses(Rejected, "has passed")


def test_whoever_is_away_when_the_round_starts_is_no_target():
    city = City()
    homes = street(city)
    city.of("resident-wang", people.record, "away", city.today)
    drive = city.draft("C01")
    city.round(drive, rules.start)
    assert city.marks(drive) == {homes[1]: "open"}


def test_nothing_that_is_heard_of_a_round_says_a_name():
    city = City()
    street(city)
    city.round(city.draft("C01"), rules.start)
    assert all("sealed" not in event.model_dump_json() for event in city.said)
    assert all(type(event) is not VisitDue or event.label for event in city.said)
    assert len(city.all(households)) == 4
    assert len(city.all(residents)) == 3
