"""A visit due, kept, withdrawn, or a door that stays shut."""

from datetime import timedelta

from services.dispatch.domain import oversight, work
from services.dispatch.domain.work import Reason
from shared.decision import Rejected
from shared.events.dispatch import (
    TaskCancelled,
    TaskChanged,
    TaskDone,
    TaskOpened,
    TaskReopened,
    TaskResumed,
    TaskSuspended,
)
from shared.testing.scenario import START
from tests.dispatch.city import (
    CHECK,
    DAY,
    EVENING,
    ILL,
    VISIT,
    City,
    at,
    completed,
    due,
    failed,
    voided,
    withdrawn,
)


def test_a_due_visit_is_in_the_queue_of_the_community():
    city = City()
    city.when(due()).then(TaskOpened)
    visit = city.task(VISIT)
    assert (visit.stage, visit.urgency, visit.policy, visit.due_at) == ("open", "yellow", "daily", EVENING)
    assert (visit.title, visit.day, visit.due_ids) == ("3号楼 王*", DAY, ("due-a",))


def test_a_second_due_of_the_day_joins_and_the_tighter_one_counts():
    later = START + timedelta(days=9)
    city = City().given(due(1, "due-r", tier="round", due_at=later))
    assert (city.task(VISIT).urgency, city.task(VISIT).due_at) == ("blue", later)
    city.when(due(2, "due-a")).then(TaskChanged)
    visit = city.task(VISIT)
    assert (visit.due_ids, visit.urgency, visit.due_at) == (("due-a", "due-r"), "yellow", EVENING)


def test_withdrawn_it_is_cancelled_when_no_due_remains():
    city = City().given(due(1, "due-a", "due-r"))
    city.when(withdrawn(2, "due-a")).then(TaskChanged)
    city.when(withdrawn(3, "due-r")).then(TaskCancelled)
    assert city.unfinished() == {}


def test_withdrawn_and_due_again_it_is_open_again():
    city = City().given(due(1), withdrawn(2))
    city.when(due(3)).then(TaskOpened)
    city.forgetful().when(withdrawn(2)).then()
    assert city.unfinished() == {"visit": ""}


def test_a_completed_visit_closes_the_task():
    city = City().given(due())
    city.when(completed()).then(TaskDone)
    assert city.task(VISIT).outcome == "completed"


def test_a_visit_that_comes_before_its_due_leaves_nothing_open():
    city = City().given(completed())
    city.when(due()).then()
    assert city.unfinished() == {}


def test_refused_or_away_closes_it():
    for outcome in ("refused", "away"):
        city = City().given(due())
        city.when(failed("visit-1", START, outcome)).then(TaskDone)
        assert city.task(VISIT).outcome == outcome


def test_nobody_answers_it_rests_two_hours_then_until_six_then_somebody_must_check():
    city = City().given(due())
    city.when(failed("visit-1", START)).then(TaskSuspended)
    assert city.task(VISIT).pause.until == START + timedelta(hours=2)
    city.passes(hours=2).then(TaskResumed)
    city.when(failed("visit-2", city.clock.now())).then(TaskSuspended)
    assert city.task(VISIT).pause.until == at(18)
    city.passes(hours=7).then(TaskCancelled)
    city.echo().then(TaskCancelled, TaskOpened)
    check = city.task(CHECK)
    assert city.unfinished() == {"welfare-check": ""}
    assert (check.urgency, check.title, check.due_at) == ("red", "失联核查 3号楼 王*", at(20))
    city.forgetful().when(failed("visit-2", START), due()).then()


def test_nobody_answers_a_third_time_somebody_must_check_at_once():
    city = City().given(due()).given(*(failed(f"visit-{n}", START + timedelta(hours=n)) for n in (1, 2)))
    city.when(failed("visit-3", START + timedelta(hours=3))).then(TaskCancelled)
    assert city.echo().unfinished() == {"welfare-check": ""}


def test_taken_up_before_the_evening_it_is_not_given_up():
    city = City().with_workers("W1").given(due())
    city.given(*(failed(f"visit-{n}", START + timedelta(minutes=n)) for n in (1, 2)))
    city.do(VISIT, oversight.resume, by="D1").claims("W1", VISIT)
    city.passes(hours=10)
    assert city.echo().unfinished() == {"visit": "W1"}


def test_a_second_knock_in_the_evening_is_the_last_one():
    city = City(at=at(18, 30)).given(due()).given(failed("visit-1", at(17)))
    city.when(failed("visit-2", at(18, 30)))
    assert city.echo().unfinished() == {"welfare-check": ""}


def test_the_same_knock_heard_again_is_not_a_second_one():
    city = City().given(due()).given(failed("visit-1", START))
    city.forgetful().when(failed("visit-1", START)).then()


def shut_door() -> City:
    city = City().given(due())
    city.given(*(failed(f"visit-{n}", START + timedelta(minutes=n)) for n in (1, 2, 3)))
    city.echo()
    assert city.unfinished() == {"welfare-check": ""}
    return city


def test_met_after_all_the_check_has_lost_its_reason():
    city = shut_door()
    city.when(completed("visit-4"))
    assert city.echo().unfinished() == {}


def test_known_to_be_away_the_check_has_lost_its_reason():
    city = shut_door()
    city.when(withdrawn(2, reason="away"))
    assert city.echo().unfinished() == {}


def test_the_rounds_end_does_not_call_off_a_check():
    city = shut_door()
    city.when(withdrawn(2, reason="round-over"))
    assert city.echo().unfinished() == {"welfare-check": ""}


def test_a_check_is_completed_here_because_it_has_no_record_elsewhere():
    city = shut_door()
    city.do(CHECK, oversight.complete, by="W1", reason=Reason("safe")).then(TaskDone)
    city.do(VISIT, oversight.complete, by="W1", reason=Reason("safe")).refuses(Rejected, "record the visit")


def test_a_voided_visit_opens_again_when_the_registry_calls_for_it():
    city = City().given(due()).given(completed())
    city.when(voided("visit-1")).then()
    city.when(due(2, again=["due-a"])).then(TaskReopened)
    city.when(completed("visit-2")).then(TaskDone)


def test_a_voided_knock_calls_off_the_check():
    city = shut_door()
    city.when(voided("visit-3"))
    assert city.echo().unfinished() == {"visit": ""}


def test_cancelled_by_hand_only_a_new_due_opens_it():
    city = City().given(due())
    city.do(VISIT, oversight.cancel, reason=ILL, by="D1").then(TaskCancelled)
    city.forgetful().when(due()).then()
    city.when(due(2)).then(TaskOpened)


def test_reopened_by_hand_within_three_days_only():
    city = City().given(due()).given(completed())
    city.do(VISIT, oversight.reopen, reason=ILL, by="D1").then(TaskReopened)
    city.forgetful().when(completed()).then()
    city.when(completed("visit-2")).then(TaskDone)
    city.passes(hours=73)
    city.do(VISIT, oversight.reopen, reason=ILL, by="D1").refuses(Rejected, "more than 72 hours")


def test_a_transferred_visit_is_closed_where_it_went():
    city = City().given(due())
    moved = {"to_area": "420303003002", "zones": (), "by": "D1", "reason": ILL}
    city.do(VISIT, oversight.transfer, **moved)
    city.when(completed()).then(TaskDone)
    assert city.task(VISIT).area == "420303003002"


def test_a_rested_visit_may_be_taken_up_early():
    city = City().with_workers("W1").given(due())
    city.claims("W1", VISIT).given(failed("visit-1", START))
    city.do(VISIT, oversight.resume, by="W1").then(TaskResumed)
    city.do(VISIT, work.start, worker="W1")
    assert city.task(VISIT).stage == "in_progress"
