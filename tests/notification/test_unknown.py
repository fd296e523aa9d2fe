"""When nobody knows whether a call was made: routine stays unknown, red is sent again; and who may record."""

import pytest

from services.notification.domain import message as rules
from services.notification.domain.message import Answer
from services.notification.store import messages
from shared.decision import Rejected
from shared.events.notification import MessageQueued, MessageUnknown
from shared.testing.scenario import run
from tests.notification.facts import City, assigned
from tests.notification.gateway import Log, Reply

APP, PHONE = "device-1", "13800000001"


@pytest.fixture
def city(log: Log) -> City:
    return City(log.gateway("app", "sms")).reachable("W0001", app=APP, sms=PHONE)


def test_a_routine_message_without_an_answer_is_unknown_and_never_sent_again(log: Log) -> None:
    log.always = "hang"
    city = City(log.gateway("app", "sms", call_seconds=0.3)).reachable("W0001", app=APP, sms=PHONE)
    city.tells(assigned())
    city.sends()
    assert city.only("W0001").stage == "unknown"
    city.passes(hours=30)
    assert city.sends() == 0
    assert len(log.calls) == 1
    assert city.balanced()


def test_a_red_message_without_an_answer_is_sent_again(log: Log) -> None:
    log.next.append("cut")
    city = City(log.gateway("app", "sms")).reachable("W0001", app=APP, sms=PHONE)
    city.tells(assigned(urgency="red")).passes(seconds=0)
    city.sends()
    assert [type(e) for e in city.said] == [MessageQueued, MessageUnknown]
    city.passes(seconds=10)
    city.sends()
    assert city.only("W0001").stage == "sent"
    assert len(log.calls) == 2
    assert city.balanced()


def test_a_red_message_that_never_gets_an_answer_ends_unknown_and_not_failed(log: Log) -> None:
    log.next.append("cut")
    log.always = "500"
    city = City(log.gateway("sms")).reachable("W0001", sms=PHONE).tells(assigned(urgency="red"))
    for _ in range(5):
        city.sends()
        city.passes(minutes=3)
    assert city.only("W0001").stage == "unknown"
    assert city.balanced()


class Killed(Exception):
    """The process is gone."""


def _dies_after_the_call(city: City) -> None:
    """kill -9 between the call and its record: the store never hears of the result."""

    async def trouble(call: str) -> None:
        if call == "read":
            raise Killed

    (claimed,) = run(city.sender.claim(16))
    city.books[messages.name].trouble = trouble
    with pytest.raises(Killed):
        run(city.sender.perform(claimed))
    city.books[messages.name].trouble = _no_trouble


async def _no_trouble(call: str) -> None:
    return None


def test_a_crash_between_call_and_record_leaves_a_routine_message_unknown(city: City, log: Log) -> None:
    city.tells(assigned())
    _dies_after_the_call(city)
    assert city.only("W0001").stage == "sending"
    assert city.sends() == 0, "the lease still runs"
    city.passes(seconds=30)
    assert city.sends() == 0
    message = city.only("W0001")
    assert (message.stage, message.reason) == ("unknown", "the sender vanished")
    assert len(log.calls) == 1
    assert city.balanced()


def test_a_crash_between_call_and_record_sends_a_red_message_again(city: City, log: Log) -> None:
    city.tells(assigned(urgency="red"))
    _dies_after_the_call(city)
    city.passes(seconds=30)
    city.sends()
    city.passes(seconds=10)
    city.sends()
    assert city.only("W0001").stage == "sent"
    assert len(log.calls) == 2
    assert city.balanced()


def test_a_result_that_comes_after_the_lease_is_not_taken(city: City, log: Log) -> None:
    city.tells(assigned())
    (late,) = run(city.sender.claim(16))
    city.passes(seconds=31)
    run(city.sender.recover())
    run(city.sender.perform(late))
    assert city.only("W0001").stage == "unknown"
    assert log.calls == [], "the lease is looked at just before the call"


def test_a_call_that_was_never_made_is_no_attempt(city: City, log: Log) -> None:
    city.tells(assigned())
    (slow,) = run(city.sender.claim(16))
    city.passes(seconds=27)
    answer = run(city.sender.perform(slow))
    assert answer.outcome == "not-called"
    message = city.only("W0001")
    assert (message.stage, message.attempts, message.tries) == ("queued", (), 0)
    assert city.sends() == 1
    assert len(log.calls) == 1


def test_a_late_result_is_not_taken_for_that_of_the_next_attempt(city: City, log: Log) -> None:
    city.tells(assigned(urgency="red"))
    (late,) = run(city.sender.claim(16))
    city.passes(seconds=31)
    run(city.sender.recover())
    city.passes(seconds=10)
    (again,) = run(city.sender.claim(16))
    run(city.sender._record(late, Answer(outcome="sent")))
    assert city.only("W0001").stage == "sending"
    run(city.sender.perform(again))
    assert [a.outcome for a in city.only("W0001").attempts] == ["unclear", "sent"]


def test_a_lease_that_runs_is_not_over(city: City) -> None:
    city.tells(assigned())
    (claimed,) = run(city.sender.claim(16))
    with pytest.raises(Rejected, match="still sending"):
        rules.lease_over(city.clock.real(), city.clock.now(), claimed.message)


@pytest.mark.parametrize(("reply", "stage"), [("500", "failed"), ("cut", "unknown")])
def test_what_was_tried_before_it_grew_too_old_is_not_called_expired(log: Log, reply: Reply, stage: str) -> None:
    log.always = reply
    city = City(log.gateway("sms")).reachable("W0001", sms=PHONE).tells(assigned(urgency="red"))
    city.sends()
    city.passes(hours=2, minutes=1)
    assert city.only("W0001").stage == stage
    assert city.balanced()
