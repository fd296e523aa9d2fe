"""Quiet hours: routine waits till morning, red does not."""

from datetime import datetime, timedelta

import pytest
from pydantic import ValidationError

from services.notification.domain.timing import Quiet
from shared.calendar import ZONE, at_time
from tests.notification.facts import COMMUNITY, MORNING, NIGHT, City, escalated, found, overdue, urged, worker
from tests.notification.gateway import Log


def at_night(log: Log) -> City:
    city = City(log.gateway("sms"), at=NIGHT).given(worker("L0001", lead=True), worker("W0001"))
    return city.reachable("L0001", sms="13800000009").reachable("W0001", sms="13800000001")


def test_a_red_alarm_wakes_the_lead_at_night(log: Log) -> None:
    city = at_night(log).tells(found("I", at=NIGHT))
    city.sends()
    assert log.sent("sms") == ["13800000009"]
    assert city.only("L0001").title.startswith("【紧急】")


def test_routine_waits_till_morning_and_lies_in_the_inbox_at_once(log: Log) -> None:
    city = at_night(log).tells(urged("W0001").model_copy(update={"at": NIGHT}))
    assert city.sends() == 0
    message = city.only("W0001")
    assert (message.stage, message.send_at) == ("queued", MORNING)
    city.passes(hours=8, minutes=29)
    assert city.sends() == 0
    city.passes(minutes=1)
    assert city.sends() == 1
    assert city.only("W0001").stage == "sent"


def test_a_retry_that_falls_into_quiet_hours_waits_too(log: Log) -> None:
    log.next.append("500")
    city = City(log.gateway("sms"), at=NIGHT - timedelta(minutes=90, seconds=10)).reachable("W0001", sms="13800000001")
    city.tells(urged("W0001").model_copy(update={"at": city.clock.now()}))
    assert city.sends() == 1
    city.passes(seconds=30)
    assert city.sends() == 0
    assert city.only("W0001").send_at == MORNING


def test_ones_own_quiet_hours_count(log: Log) -> None:
    city = at_night(log).quiet("W0001", "23:30", "06:00")
    city.tells(urged("W0001").model_copy(update={"at": NIGHT}))
    assert city.sends() == 1


def test_the_evening_escalation_of_a_missed_daily_visit_is_not_quiet(log: Log) -> None:
    evening = at_time("2026-02-02", 20)
    city = City(log.gateway("sms"), at=evening).given(worker("L0001", lead=True)).reachable("L0001", sms="13800000009")
    city.tells(escalated(COMMUNITY, urgency="yellow", to="lead", at=evening))
    assert city.sends() == 1


def test_the_routine_of_a_level_one_hazards_work_is_red_too(log: Log) -> None:
    city = at_night(log).tells(overdue("W0001", urgency="red", at=NIGHT))
    assert city.sends() == 1


@pytest.mark.parametrize(
    ("since", "until", "clock", "ends"),
    [
        ("21:30", "07:30", "21:29", None),
        ("21:30", "07:30", "21:30", "2026-02-03 07:30"),
        ("21:30", "07:30", "23:59", "2026-02-03 07:30"),
        ("21:30", "07:30", "00:00", "2026-02-02 07:30"),
        ("21:30", "07:30", "07:29", "2026-02-02 07:30"),
        ("21:30", "07:30", "07:30", None),
        ("12:00", "14:00", "13:00", "2026-02-02 14:00"),
        ("12:00", "14:00", "14:00", None),
        ("08:00", "08:00", "08:00", None),
        ("21:30", "00:00", "22:00", "2026-02-03 00:00"),
    ],
)
def test_quiet_hours_end_when_they_should(since: str, until: str, clock: str, ends: str | None) -> None:
    now = datetime.fromisoformat(f"2026-02-02T{clock}").replace(tzinfo=ZONE)
    found = Quiet(since=since, until=until).ends(now)
    assert (f"{found.astimezone(ZONE):%Y-%m-%d %H:%M}" if found else None) == ends


def test_nobody_is_quiet_for_longer_than_fourteen_hours() -> None:
    with pytest.raises(ValidationError, match="at most 14 hours"):
        Quiet(since="18:00", until="09:00")
