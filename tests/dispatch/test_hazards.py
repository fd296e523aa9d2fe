"""Each row of the table of what a hazard's facts open and close."""

from datetime import timedelta

from services.dispatch.domain import oversight, work
from shared.decision import Rejected
from shared.events.dispatch import TaskAssigned, TaskCancelled, TaskChanged, TaskDone, TaskOpened
from shared.testing.scenario import START
from tests.dispatch.city import (
    ARRANGE,
    COMMUNITY,
    FOLLOW_UP,
    ILL,
    LATER,
    RECHECK,
    RECTIFY,
    SOON,
    City,
    closed,
    dismissed,
    extended,
    found,
    handed_over,
    merged,
    ordered,
    reassigned,
    recheck_failed,
    rectified,
    reopened,
)


def test_an_open_hazard_is_to_be_arranged_by_the_communitys_lead():
    city = City()
    city.when(found(level="I", code="GAS-06")).then(TaskOpened)
    arrange = city.task(ARRANGE)
    assert (arrange.stage, arrange.urgency, arrange.area) == ("open", "red", COMMUNITY)
    assert city.said[0].for_lead
    assert arrange.title == "待派责任人 GAS-06（I级） 3号楼"
    assert arrange.due_at == START + timedelta(hours=2)


def test_a_hazard_heard_twice_opens_one_task():
    City().given(found()).when(found()).then()


def test_a_hazard_fixed_on_the_spot_opens_nothing():
    city = City().given(found(disposition="fixed"), closed(2, "fixed-on-the-spot"))
    assert city.unfinished() == {}
    assert city.said == []


def test_level_ii_is_yellow_and_level_iii_blue():
    city = City().given(found())
    assert city.task(ARRANGE).urgency == "yellow"
    assert City().given(found(level="III")).task(ARRANGE).urgency == "blue"


def test_an_order_closes_arrange_and_gives_rectify_to_the_owner():
    city = City().given(found())
    city.when(ordered()).then(TaskDone, TaskOpened, TaskAssigned)
    rectify = city.task(RECTIFY)
    assert (rectify.stage, rectify.worker, rectify.due_at) == ("assigned", "O1", SOON)


def test_a_hazard_ordered_at_once_needs_no_arranging():
    city = City().given(found(disposition="ordered"), ordered())
    assert city.unfinished() == {"rectify": "O1"}


def test_reassigned_it_moves_to_the_new_owner():
    city = City().given(found(), ordered())
    city.when(reassigned(3)).then(TaskAssigned)
    assert city.unfinished() == {"rectify": "O2"}


def test_extended_it_shows_the_new_due_and_keeps_the_original():
    city = City().given(found(), ordered())
    city.when(extended(3)).then(TaskChanged)
    rectify = city.task(RECTIFY)
    assert (rectify.due_at, rectify.original_due_at) == (LATER, SOON)
    assert rectify.worker == "O1"


def test_an_extension_leaves_the_work_where_it_is():
    city = City().with_workers("O1")
    city.given(found(), ordered())
    city.do(RECTIFY, work.accept, worker=city.worker("O1")).do(RECTIFY, work.start, worker="O1")
    city.when(extended(3))
    assert city.task(RECTIFY).stage == "in_progress"


def test_rectified_it_is_to_be_rechecked_by_somebody_else():
    city = City().with_workers("O1", "W8")
    city.given(found(), ordered())
    city.when(rectified(3)).then(TaskDone, TaskOpened)
    assert city.unfinished() == {"recheck": ""}
    city.claims("O1", RECHECK).refuses(Rejected, "somebody else must recheck")
    city.do(RECHECK, work.assign, to=city.worker("O1"), by="D1").refuses(Rejected, "somebody else must recheck")
    offered = [city.worker("W8"), city.worker("O1")]
    city.do(RECHECK, work.offer, to=offered, until=SOON, by="D1").refuses(Rejected, "somebody else must recheck")
    city.claims("W8", RECHECK)
    assert city.unfinished() == {"recheck": "W8"}
    moved = {"worker": "W8", "to": city.worker("O1"), "by": "D1", "reason": ILL}
    city.do(RECHECK, work.hand_over, **moved).refuses(Rejected, "somebody else must recheck")


def test_a_failed_recheck_opens_the_next_round():
    city = City().given(found(), ordered(), rectified(3))
    city.when(recheck_failed(4)).then(TaskDone, TaskOpened, TaskAssigned)
    assert city.unfinished() == {"rectify": "O1"}
    assert (city.task(RECTIFY).round, city.task(RECTIFY).due_at) == (2, LATER)


def test_a_passed_recheck_ends_it():
    city = City().given(found(), ordered(), rectified(3), recheck_failed(4), rectified(5, round=2))
    city.when(closed(6)).then(TaskDone)
    assert city.unfinished() == {}


def test_handed_over_it_is_followed_up_and_comes_back_as_an_order_or_a_recheck():
    city = City().given(found(), ordered())
    city.when(handed_over(3)).then(TaskCancelled, TaskOpened)
    assert city.unfinished() == {"follow-up": ""}
    assert City().given(found(), ordered(), handed_over(3), ordered(4)).unfinished() == {"rectify": "O1"}
    assert City().given(found(), ordered(), handed_over(3), rectified(4)).unfinished() == {"recheck": ""}


def test_reopened_it_is_to_be_arranged_again():
    city = City().given(found(), ordered(), rectified(3), closed(4))
    city.when(reopened(5)).then(TaskOpened)
    assert city.unfinished() == {"arrange": ""}
    assert city.task(FOLLOW_UP).stage == "unopened"


def test_reopened_and_fixed_at_once_it_needs_nobody():
    city = City().given(found(), ordered(), rectified(3), closed(4))
    city.when(reopened(5, disposition="fixed"), closed(6, "fixed-on-the-spot")).then()


def test_merged_or_dismissed_it_ends_whatever_is_open():
    for ending in (merged, dismissed):
        city = City().given(found())
        city.when(ending(2)).then(TaskCancelled)
        assert city.unfinished() == {}


def test_a_late_fact_does_not_disturb_what_a_later_one_decided():
    city = City().given(found(), ordered(), rectified(3))
    city.forgetful().when(reassigned(2)).then()
    city.forgetful().when(found(), ordered()).then()
    assert city.unfinished() == {"recheck": ""}


def test_a_cancelled_rectification_comes_back_with_the_next_fact():
    city = City().given(found(), ordered())
    city.do(RECTIFY, oversight.cancel, reason=ILL, by="D1")
    assert city.unfinished() == {}
    city.when(extended(3))
    assert city.unfinished() == {"rectify": "O1"}
