"""Clocks: computed once, rung once a level, stopped by progress, moved by a pause."""

from datetime import datetime, timedelta

from services.dispatch.domain import oversight, upkeep, work
from services.dispatch.domain.work import Reason
from shared.decision import Rejected
from shared.events.dispatch import (
    TaskAtRisk,
    TaskEscalated,
    TaskOfferLapsed,
    TaskOverdue,
    TaskResumed,
)
from shared.testing.scenario import START
from tests.dispatch.city import (
    ARRANGE,
    COMMUNITY,
    ILL,
    RECTIFY,
    STREET,
    VISIT,
    City,
    at,
    completed,
    due,
    extended,
    failed,
    found,
    ordered,
)


def clock(city: City, id: str, name: str):
    return next(clock for clock in city.task(id).clocks if clock.name == name)


def escalations(city: City) -> list[tuple[str, int, str, str]]:
    return [(e.clock, e.level, e.to, e.to_area) for e in city.fresh if isinstance(e, TaskEscalated)]


def test_red_yellow_and_blue_have_their_times():
    red, yellow, blue = (City().given(found(level=level)) for level in ("I", "II", "III"))
    for city, accept, act, resolve in (
        (red, timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2)),
        (yellow, timedelta(minutes=30), timedelta(hours=4), timedelta(hours=24)),
        (blue, timedelta(hours=4), timedelta(hours=24) - timedelta(minutes=0), timedelta(hours=72)),
    ):
        assert clock(city, ARRANGE, "accept").due_at == START + accept
        assert clock(city, ARRANGE, "act").due_at == START + act
        assert clock(city, ARRANGE, "resolve").due_at == START + resolve


def test_blue_runs_in_working_hours_only():
    friday = datetime.fromisoformat("2026-02-06T16:30:00+08:00")
    city = City(at=friday).given(found(level="III", at=friday))
    assert clock(city, ARRANGE, "accept").due_at == datetime.fromisoformat("2026-02-09T11:30:00+08:00")
    assert clock(city, ARRANGE, "act").due_at == datetime.fromisoformat("2026-02-09T16:30:00+08:00")


def test_a_red_task_that_nobody_accepts_climbs_to_the_city():
    city = City().given(found(level="I"))
    city.passes(minutes=4).then(TaskAtRisk)
    city.passes(minutes=1).then(TaskOverdue)
    city.passes(minutes=5)
    assert escalations(city) == [("accept", 1, "lead", COMMUNITY)]
    city.passes(minutes=10)
    assert escalations(city) == [("accept", 2, "street", STREET)]
    city.passes(minutes=15)
    assert ("accept", 3, "city", "4203") in escalations(city)


def test_all_levels_that_are_due_are_told_at_once_and_never_again():
    city = City().given(found(level="I"))
    city.passes(hours=12)
    levels = escalations(city)
    assert len(levels) == len(set(levels)) == 9
    assert sum(isinstance(event, TaskOverdue) for event in city.fresh) == 3
    assert not any(isinstance(event, TaskAtRisk) for event in city.fresh)
    city.passes(days=3).then()


def test_accepting_stops_one_clock_and_starting_the_next():
    city = City().with_workers("W1").given(found(level="I"))
    city.claims("W1", ARRANGE)
    city.passes(minutes=20).then()
    city.do(ARRANGE, work.start, worker="W1")
    city.passes(minutes=60).then()
    city.passes(minutes=20).then(TaskAtRisk)
    assert city.fresh[0].clock == "resolve"


def test_an_ordered_hazards_due_is_the_owners_not_the_classs():
    city = City().given(found(), ordered())
    assert clock(city, RECTIFY, "resolve").due_at == city.task(RECTIFY).due_at == START + timedelta(days=2)


def test_an_extension_warns_and_escalates_anew():
    city = City().given(found(), ordered())
    city.passes(days=2, hours=1)
    assert ("resolve", 1, "lead", COMMUNITY) in escalations(city)
    city.when(extended(3))
    city.passes(hours=1)
    assert not [event for event in city.fresh if event.clock == "resolve"]
    city.passes(days=3)
    assert ("resolve", 1, "lead", COMMUNITY) in escalations(city)


def test_a_daily_visit_warns_at_six_and_escalates_that_evening():
    city = City().given(due())
    city.passes(hours=8).then()
    city.passes(hours=1).then(TaskAtRisk)
    city.passes(hours=2).then(TaskOverdue, TaskEscalated)
    assert escalations(city) == [("resolve", 1, "lead", COMMUNITY)]
    city.passes(hours=1)
    assert escalations(city) == [("resolve", 2, "street", STREET)]
    city.passes(days=2).then()


def test_a_daily_visit_made_is_silent():
    city = City().given(due()).given(completed())
    city.passes(days=2).then()


def test_the_evening_does_not_wait_for_a_door_that_stays_shut():
    city = City(at=at(17, 30)).given(due()).given(failed("visit-1", at(17, 30)))
    city.passes(minutes=30).then(TaskAtRisk)
    city.passes(hours=2)
    assert escalations(city) == [("resolve", 1, "lead", COMMUNITY)]


def resting() -> City:
    city = City().with_workers("W1").given(found())
    city.claims("W1", ARRANGE)
    until = START + timedelta(hours=30)
    return city.do(ARRANGE, oversight.suspend, reason=Reason("waiting-for-parts"), until=until, by="W1")


def test_a_pause_moves_the_deadlines_and_wakes_by_itself():
    city = resting()
    assert city.task(ARRANGE).due_at == START + timedelta(hours=54)
    city.passes(hours=29).then()
    city.passes(hours=1).then(TaskResumed)
    assert city.task(ARRANGE).stage == "accepted"
    city.passes(hours=24)
    assert any(isinstance(event, TaskOverdue) and event.clock == "resolve" for event in city.fresh)


def test_resumed_early_the_deadlines_come_back():
    city = resting()
    city.passes(hours=10)
    city.do(ARRANGE, oversight.resume, by="W1").then(TaskResumed)
    assert city.task(ARRANGE).due_at == START + timedelta(hours=34)
    city.do(ARRANGE, oversight.resume, by="W1").refuses(Rejected, "not suspended")


def test_a_task_rests_until_a_time_in_the_future():
    city = City().with_workers("W1").given(found())
    rest = {"reason": ILL, "by": "W1"}
    city.do(ARRANGE, oversight.suspend, until=START + timedelta(hours=1), **rest).refuses(Rejected, "cannot be")
    city.claims("W1", ARRANGE)
    city.do(ARRANGE, oversight.suspend, until=START, **rest).refuses(Rejected, "in the future")


def test_an_offer_lapses_by_itself():
    city = City().with_workers("W1", "W2").given(found())
    to = [city.worker("W1"), city.worker("W2")]
    city.do(ARRANGE, work.offer, to=to, until=START + timedelta(minutes=10), by="D1")
    city.passes(minutes=10).then(TaskOfferLapsed)
    assert (city.task(ARRANGE).stage, city.task(ARRANGE).invited) == ("open", ())


def test_what_is_finished_never_wakes():
    city = City().given(due()).given(completed())
    assert upkeep.wake(city.task(VISIT)) is None
