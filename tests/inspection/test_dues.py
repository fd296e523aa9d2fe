"""Which dues a visit keeps: those of its day, those that still run, or those that the worker names."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.inspection.domain.due import Dues, document
from services.inspection.store import dues
from shared.events.inspection import VisitCompleted
from shared.events.registry import VisitWithdrawn
from shared.testing.scenario import START, Scenario, Told
from tests.inspection.door import CHECKED, HOME, TODAY, community, due, later, served, visit, withdrawn


def completed(scenario: Scenario, **more: object) -> VisitCompleted:
    answer = served(scenario).as_("W0001").post("/visits", visit(**more))
    assert answer.status_code == 201, answer.text
    said = scenario.said[-1]
    assert isinstance(said, VisitCompleted)
    return said


def test_every_due_of_the_day_is_kept() -> None:
    said = completed(community(due("due-1", "due-2", tier="weekly")))
    assert said.due_ids == ["due-1", "due-2"]


def test_what_was_withdrawn_is_not_kept_though_it_was_heard_first() -> None:
    scenario = community(withdrawn("due-1", sequence=3), due("due-1", "due-2", tier="weekly", sequence=2))
    assert completed(scenario).due_ids == ["due-2"]


def test_a_due_that_stands_again_is_kept() -> None:
    scenario = community(due("due-1", tier="weekly", sequence=2), withdrawn("due-1", sequence=3))
    scenario.given(due("due-1", tier="weekly", sequence=4))
    assert completed(scenario).due_ids == ["due-1"]


def test_a_weekly_due_called_for_on_monday_is_kept_on_wednesday_under_its_own_day() -> None:
    scenario = community(due("due-1", tier="weekly", until="2026-02-08"))
    scenario.clock.moment += timedelta(days=2)
    said = completed(scenario, arrived_at=later(days=2, minutes=-20), left_at=later(days=2, minutes=-1))
    assert (said.day, said.due_ids, said.late) == (TODAY, ["due-1"], False)
    again = completed(scenario, arrived_at=later(days=2, minutes=-10), left_at=later(days=2, minutes=-1))
    assert (again.day, again.due_ids) == ("2026-02-04", [])


def test_the_due_of_the_day_goes_before_one_that_still_runs() -> None:
    scenario = community(due("due-1", tier="weekly", until="2026-02-08"))
    scenario.given(due("due-2", day="2026-02-03", sequence=3))
    scenario.clock.moment += timedelta(days=1)
    times = {"arrived_at": later(days=1, minutes=-20), "left_at": later(days=1, minutes=-1)}
    said = completed(scenario, answers=CHECKED, **times)
    assert (said.day, said.due_ids) == ("2026-02-03", ["due-2"])


def test_a_visit_after_its_due_day_is_accepted_and_recorded_late() -> None:
    scenario = community(due("due-1"))
    scenario.clock.moment += timedelta(days=1)
    times = {"arrived_at": later(days=1, minutes=-20), "left_at": later(days=1, minutes=-1)}
    unnamed = completed(scenario, **times)
    assert (unnamed.day, unnamed.due_ids, unnamed.late) == ("2026-02-03", [], False)
    by_day = completed(scenario, answers=CHECKED, day=TODAY, **times)
    assert (by_day.day, by_day.due_ids, by_day.late) == (TODAY, ["due-1"], True)
    by_id = completed(scenario, answers=CHECKED, due_ids=["due-1"], **times)
    assert (by_id.day, by_id.due_ids, by_id.late) == (TODAY, ["due-1"], True)


def test_a_visit_that_was_made_in_time_and_sent_a_day_later_is_not_late() -> None:
    scenario = community(due("due-1"))
    scenario.clock.moment += timedelta(days=1)
    said = completed(scenario, answers=CHECKED)
    assert (said.day, said.due_ids, said.late) == (TODAY, ["due-1"], False)


def test_in_the_evening_the_day_is_still_the_same_day() -> None:
    scenario = community(due("due-1"))
    scenario.clock.moment += timedelta(hours=13)
    times = {"arrived_at": later(hours=12, minutes=30), "left_at": later(hours=12, minutes=50)}
    said = completed(scenario, answers=CHECKED, **times)
    assert (said.day, said.due_ids, said.late) == (TODAY, ["due-1"], False)


def test_dues_that_the_registry_has_not_told_of_yet_are_taken_at_the_workers_word() -> None:
    assert completed(community(), due_ids=["due-9"]).due_ids == ["due-9"]


WORDS = st.lists(
    st.tuples(st.sets(st.sampled_from(["due-1", "due-2", "due-3"]), min_size=1), st.booleans()), min_size=1, max_size=6
)


@given(WORDS, st.randoms(use_true_random=False))
def test_words_about_dues_in_any_order_and_any_number_add_up_to_the_same(words: list, random: object) -> None:
    told = [
        due(*sorted(ids), tier="weekly", sequence=number) if stands else withdrawn(*sorted(ids), sequence=number)
        for number, (ids, stands) in enumerate(words, 2)
    ]
    straight = community(*told)
    shuffled = [*told, *told]
    random.shuffle(shuffled)
    other = community()
    for each in shuffled:
        other.given(each).forgetful()
    id = document(HOME, TODAY)
    assert _plain(other.state(dues, id)) == _plain(straight.state(dues, id))


def _plain(known: Dues) -> object:
    return known.model_dump()


def test_a_withdrawal_of_a_due_never_heard_of_is_kept_for_when_it_comes() -> None:
    event = VisitWithdrawn(household_id=HOME, area="420303002002", day=TODAY, due_ids=["d"], reason="moved", at=START)
    scenario = community(Told(event, HOME, 9))
    assert not scenario.state(dues, document(HOME, TODAY)).told[0].stands
