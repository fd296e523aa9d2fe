"""What people do with a task, and what they may not."""

from datetime import timedelta

from services.dispatch.domain import oversight, work
from services.dispatch.domain.work import Reason
from services.dispatch.store import tasks
from shared.decision import Rejected
from shared.events.dispatch import (
    TaskAccepted,
    TaskAssigned,
    TaskCommented,
    TaskDeclined,
    TaskOffered,
    TaskReturned,
    TaskStarted,
    TaskTransferred,
    TaskUrged,
)
from shared.testing.scenario import START
from tests.dispatch.city import ARRANGE, COMMUNITY, ELSEWHERE, ILL, STREET, City, found, ordered


def queued(*numbers: str) -> City:
    return City().with_workers(*numbers).given(found())


def test_the_first_to_claim_has_it_and_the_other_learns_who():
    city = queued("W1", "W2")
    city.claims("W1", ARRANGE).then(TaskAccepted)
    city.claims("W2", ARRANGE)
    assert city.refused.more == {"holder": "W1"}
    city.refuses(Rejected, "W1 has it")
    city.claims("W1", ARRANGE).then()


def test_assigned_accepted_started():
    city = queued("W1", "W2")
    city.do(ARRANGE, work.assign, to=city.worker("W1"), by="D1").then(TaskAssigned)
    city.do(ARRANGE, work.start, worker="W1").refuses(Rejected, "accept it first")
    city.do(ARRANGE, work.accept, worker=city.worker("W2")).refuses(Rejected, "W1 has it")
    city.do(ARRANGE, work.accept, worker=city.worker("W1")).then(TaskAccepted)
    city.do(ARRANGE, work.start, worker="W2").refuses(Rejected, "not W2's")
    city.do(ARRANGE, work.start, worker="W1").then(TaskStarted)
    city.do(ARRANGE, work.assign, to=city.worker("W2"), by="D1").refuses(Rejected, "returned first")
    assert [step.what for step in city.task(ARRANGE).steps] == ["opened", "assigned", "accepted", "started"]


def test_off_duty_or_of_elsewhere_nobody_is_given_a_task():
    city = queued("W1").with_workers("W2", on_duty=False).with_workers("W3", area=ELSEWHERE)
    city.do(ARRANGE, work.assign, to=city.worker("W2"), by="D1").refuses(Rejected, "off duty")
    city.claims("W2", ARRANGE).refuses(Rejected, "off duty")
    city.do(ARRANGE, work.assign, to=city.worker("W3"), by="D1").refuses(Rejected, "transfer the task first")


def test_offered_to_several_the_first_to_accept_has_it():
    city = queued("W1", "W2", "W3")
    to = [city.worker("W1"), city.worker("W2")]
    city.do(ARRANGE, work.offer, to=to, until=START, by="D1").refuses(Rejected, "in the future")
    city.do(ARRANGE, work.offer, to=to, until=START + timedelta(minutes=15), by="D1").then(TaskOffered)
    city.claims("W3", ARRANGE).refuses(Rejected, "offered to others")
    city.do(ARRANGE, work.accept, worker=city.worker("W2")).then(TaskAccepted)
    city.do(ARRANGE, work.accept, worker=city.worker("W1")).refuses(Rejected, "W2 has it")


def test_declined_by_all_who_were_asked_it_is_open_again():
    city = queued("W1", "W2")
    to = [city.worker("W1"), city.worker("W2")]
    city.do(ARRANGE, work.offer, to=to, until=START + timedelta(minutes=15), by="D1")
    city.do(ARRANGE, work.decline, worker="W1", reason=ILL).then(TaskDeclined)
    assert (city.task(ARRANGE).stage, city.task(ARRANGE).invited) == ("offered", ("W2",))
    city.do(ARRANGE, work.decline, worker="W2", reason=ILL).then(TaskDeclined)
    assert city.task(ARRANGE).stage == "open"
    city.do(ARRANGE, work.decline, worker="W2", reason=ILL).refuses(Rejected, "nobody asked you")


def test_the_third_bounce_goes_to_the_queue_of_the_street():
    city = queued("W1").with_workers("S1", area=STREET)
    for bounce in (1, 2, 3):
        city.claims("W1", ARRANGE)
        city.do(ARRANGE, work.hand_back, worker="W1", reason=Reason("not-my-skill")).then(TaskReturned)
        assert city.fresh[0].bounces == bounce
    assert (city.task(ARRANGE).queue, city.task(ARRANGE).area) == (STREET, COMMUNITY)
    city.claims("W1", ARRANGE).refuses(Rejected, f"queue of {STREET}")
    city.claims("S1", ARRANGE).then(TaskAccepted)


def test_returned_the_next_one_has_time_to_accept():
    city = queued("W1")
    city.claims("W1", ARRANGE)
    city.passes(minutes=60)
    city.do(ARRANGE, work.hand_back, worker="W1", reason=ILL)
    accept = city.task(ARRANGE).clocks[0]
    assert (accept.name, accept.due_at, accept.ended_at) == ("accept", START + timedelta(minutes=90), None)


def test_transferred_it_leaves_the_area():
    city = queued("W1")
    moved = {"to_area": ELSEWHERE, "zones": ("z:lake",), "by": "D1", "reason": Reason("wrong-area")}
    city.do(ARRANGE, oversight.transfer, **moved).then(TaskTransferred)
    assert (city.fresh[0].area, city.fresh[0].to_area) == (COMMUNITY, ELSEWHERE)
    scopes = city.books["tasks"].rows[ARRANGE]["scopes"]
    assert COMMUNITY not in scopes
    assert {ELSEWHERE, "z:lake"} <= set(scopes)
    city.do(ARRANGE, oversight.transfer, **moved).refuses(Rejected, "there already")


def test_urged_and_commented_it_stays_where_it_is():
    city = queued("W1")
    city.do(ARRANGE, oversight.urge, by="D1").then(TaskUrged)
    city.do(ARRANGE, oversight.comment, by="D1", text="sealed:k1:x").then(TaskCommented)
    assert (city.task(ARRANGE).stage, city.task(ARRANGE).urges, len(city.task(ARRANGE).comments)) == ("open", 1, 1)


def test_what_has_a_record_elsewhere_is_not_completed_here():
    city = queued("W1")
    city.do(ARRANGE, oversight.complete, by="W1", reason=Reason("safe"))
    assert "POST /hazards" in city.refused.more["record"]
    city.refuses(Rejected, "is not completed here")


def test_what_is_finished_stays_so():
    city = queued("W1").given(ordered())
    city.claims("W1", ARRANGE).refuses(Rejected, "done already")
    city.do(ARRANGE, oversight.urge, by="D1").refuses(Rejected, "done already")
    city.do(ARRANGE, oversight.reopen, by="D1", reason=ILL).refuses(Rejected, "its hazard decides")


def test_the_history_keeps_the_newest_hundred_steps():
    city = queued("W1")
    for _ in range(120):
        city.do(ARRANGE, oversight.urge, by="D1")
    steps = city.task(ARRANGE).steps
    assert (len(steps), steps[0].what) == (100, "urged")


def test_nobody_acts_in_an_area_they_do_not_see():
    city = queued("W1")
    change = tasks.change(ARRANGE, lambda task: oversight.urge(task, "D1", START))
    city.does(change, scopes=(ELSEWHERE,))
    assert city.refused.status == 404
