"""Whom a fact reaches."""

from datetime import timedelta

from services.notification.store import messages, notices
from shared.events.dispatch import ShiftEnded, TaskOffered, TaskTransferred, WorkerChanged
from shared.events.registry import RoundStarted
from shared.testing.scenario import START, Told
from tests.notification.facts import (
    COMMUNITY,
    COUNTY,
    OTHER,
    STREET,
    City,
    _task,
    assigned,
    escalated,
    found,
    on_duty,
    ordered,
    overdue,
    urged,
    worker,
)


def test_the_worker_of_a_task_is_told() -> None:
    assert City().tells(assigned("W0001")).everyone() == ["W0001"]


def test_everyone_a_task_is_offered_to_is_told() -> None:
    offer = TaskOffered(**_task("blue", to=["W0001", "W0002"], until=START + timedelta(hours=1)))
    assert City().tells(offer).everyone() == ["W0001", "W0002"]


def test_in_a_community_its_leads_are_told_and_nobody_of_another_one() -> None:
    city = City().given(worker("W0001"), worker("L0001", lead=True), worker("L0002", OTHER, lead=True))
    city.tells(overdue(worker=None))
    assert city.everyone() == ["L0001"]


def test_a_hazard_of_level_one_reaches_lead_and_street() -> None:
    city = City().given(worker("L0001", lead=True), worker("S0001", STREET), worker("C0001", COUNTY))
    city.tells(found("I", by="W0001"))
    assert city.everyone() == ["L0001", "S0001"]


def test_a_hazard_of_level_two_reaches_nobody_before_it_is_ordered() -> None:
    city = City().given(worker("L0001", lead=True))
    assert city.tells(found("II", by="W0001")).everyone() == []
    assert city.tells(ordered("P0001")).everyone() == ["P0001"]


def test_an_escalation_reaches_the_people_of_its_area() -> None:
    city = City().given(worker("L0001", lead=True), worker("S0001", STREET), worker("S0002", STREET, lead=True))
    assert city.tells(escalated(STREET)).everyone() == ["S0001", "S0002"]


def test_an_alarm_for_a_place_without_people_goes_to_the_next_wider_one() -> None:
    city = City().given(worker("W0001"), worker("C0001", COUNTY))
    assert city.tells(escalated(COMMUNITY, to="lead")).everyone() == ["C0001"]


def test_routine_prefers_those_on_duty_and_red_takes_everyone() -> None:
    staff = [worker("S0001", STREET), worker("S0002", STREET), on_duty("S0002", STREET)]
    assert City().given(*staff).tells(escalated(STREET, urgency="blue")).everyone() == ["S0002"]
    assert City().given(*staff).tells(escalated(STREET, urgency="red")).everyone() == ["S0001", "S0002"]


def test_routine_takes_everyone_when_nobody_is_on_duty() -> None:
    ended = Told(ShiftEnded(worker="S0002", area=STREET, at=START), subject="worker-S0002", sequence=3)
    staff = [worker("S0001", STREET), worker("S0002", STREET), on_duty("S0002", STREET), ended]
    assert City().given(*staff).tells(escalated(STREET, urgency="blue")).everyone() == ["S0001", "S0002"]


def test_who_did_it_is_not_told() -> None:
    city = City().given(worker("L0001", lead=True), worker("S0001", STREET))
    city.tells(found("I", by="L0001"))
    assert city.everyone() == ["S0001"]
    assert City().tells(urged("W0001", by="W0001")).everyone() == []


def test_an_urged_task_without_a_worker_is_the_leads() -> None:
    assert City().given(worker("L0001", lead=True)).tells(urged(None)).everyone() == ["L0001"]


def test_a_transferred_task_is_told_where_it_goes() -> None:
    moved = TaskTransferred(**_task("blue", to_area=OTHER, reason="wrong-area"))
    city = City().given(worker("L0001", lead=True), worker("L0002", OTHER, lead=True))
    assert city.tells(moved).everyone() == ["L0002"]


def test_a_task_that_bounced_to_the_street_is_told_there() -> None:
    city = City().given(worker("L0001", lead=True), worker("S0001", STREET))
    assert city.tells(overdue(None, queue=STREET)).everyone() == ["S0001"]


def test_one_person_concerned_by_two_rules_of_one_fact_is_told_once() -> None:
    city = City().given(worker("S0001", STREET)).tells(found("I"))
    assert city.only("S0001").rule in ("level-one-to-lead", "level-one-to-street")
    assert len(city.all(notices)) == 2


def test_a_worker_who_moved_is_told_for_the_new_place_only() -> None:
    moved = WorkerChanged(worker="L0001", area=OTHER, label="李*", lead=True, at=START)
    city = City().given(worker("L0001", lead=True), worker("L0002", lead=True))
    city.given(Told(moved, subject="worker-L0001", sequence=2))
    assert city.tells(overdue(None)).everyone() == ["L0002"]


def test_a_late_word_about_a_worker_changes_nothing() -> None:
    moved = WorkerChanged(worker="L0001", area=OTHER, label="李*", lead=True, at=START)
    city = City().given(Told(moved, subject="worker-L0001", sequence=2), worker("L0001", lead=True, sequence=1))
    assert city.tells(overdue(None, area=OTHER, queue=OTHER)).everyone() == ["L0001"]


def test_four_hundred_and_fifty_people_are_told_in_chunks_each_once() -> None:
    city = City().given(*[worker(f"C{number:04}", COUNTY) for number in range(450)])
    city.tells(escalated(COUNTY, to="county"))
    assert len(city.all(messages)) == 200
    city.passes(seconds=1).passes(seconds=1)
    assert len(set(city.everyone())) == len(city.everyone()) == 450
    (notice,) = city.all(notices)
    assert (notice.stage, notice.told) == ("resolved", 450)
    assert city.passes(hours=1).fresh == []


def test_where_nobody_is_found_it_looks_again_and_finds_who_came_late() -> None:
    city = City().tells(escalated(STREET))
    assert city.everyone() == []
    city.given(worker("S0001", STREET)).passes(seconds=30)
    assert city.everyone() == ["S0001"]


def test_where_nobody_comes_that_stays_visible() -> None:
    city = City().tells(escalated(STREET))
    for _ in range(20):
        city.passes(minutes=10)
    (notice,) = city.all(notices)
    assert notice.stage == "nobody"
    assert notice.looks > 3
    assert city.everyone() == []


def test_the_leads_hear_of_a_round_in_their_inbox() -> None:
    started = RoundStarted(round_id="round-3", area=COMMUNITY, name="腊月", targets=40, ends="2026-02-10", at=START)
    city = City().given(worker("L0001", lead=True)).tells(started)
    assert city.only("L0001").stage == "sent"
    assert "腊月" not in city.only("L0001").body
