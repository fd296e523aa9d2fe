"""How a message fares: sent, refused, tried again, passed to the next channel, failed, unknown, expired."""

import asyncio
from datetime import timedelta
from functools import partial

import pytest

from services.notification.domain import message as rules
from services.notification.sending import sender as sending
from services.notification.sending.sender import Sender
from services.notification.store import messages, notices
from shared.events.notification import MessageAcknowledged, MessageFailed, MessageQueued, MessageSent
from shared.store import Change
from shared.testing.scenario import START, run
from tests.notification.facts import COMMUNITY, City, assigned, escalated, found, urged, worker
from tests.notification.gateway import Log

APP, PHONE = "device-1", "13800000001"


@pytest.fixture
def city(log: Log) -> City:
    return City(log.gateway("app", "sms")).reachable("W0001", app=APP, sms=PHONE)


def test_a_message_goes_out_by_the_first_channel_and_lies_in_the_inbox(city: City, log: Log) -> None:
    city.tells(assigned()).then(MessageQueued)
    assert city.sends() == 1
    assert log.calls == [("app", APP, city.only("W0001").id)]
    assert (city.only("W0001").stage, city.only("W0001").channel) == ("sent", "app")
    assert city.balanced()


def test_the_gateway_is_told_no_more_than_the_masked_text(city: City, log: Log) -> None:
    city.tells(assigned())
    city.sends()
    assert "\\u738b*" in log.bodies[0]
    assert "W0001" not in log.bodies[0]


def test_what_was_sent_is_not_sent_again(city: City, log: Log) -> None:
    city.tells(assigned())
    assert [city.sends(), city.sends()] == [1, 0]
    city.passes(hours=30)
    assert city.sends() == 0
    assert len(log.calls) == 1


def test_the_same_fact_twice_is_one_message(city: City, log: Log) -> None:
    fact = assigned()
    city.tells(fact, fact).tells(fact).forgetful().tells(fact)
    city.sends()
    assert len(city.all(messages)) == len(log.calls) == 1


def test_a_refusal_is_tried_again_with_growing_pauses_then_on_the_next_channel_then_failed(
    city: City, log: Log
) -> None:
    log.always = "500"
    city.tells(assigned())
    for pause in (0, 30, 120, 600, 0, 30, 120, 600):
        city.passes(seconds=pause - 1 if pause else 0)
        if pause:
            assert city.sends() == 0, "not before its time"
            city.passes(seconds=1)
        before = len(log.calls)
        _one(city)
        assert len(log.calls) == before + 1
    assert (len(log.sent("app")), len(log.sent("sms"))) == (4, 4)
    message = city.only("W0001")
    assert (message.stage, message.state, message.reason) == ("failed", "failed", "refused by the gateway (500)")
    assert [a.outcome for a in message.attempts] == ["refused"] * 8
    last = city.said[-1]
    assert isinstance(last, MessageFailed)
    assert last.for_good
    assert city.balanced()
    city.passes(hours=30)
    assert city.sends() == 0


def _one(city: City) -> None:
    (claimed,) = run(city.sender.claim(16))
    run(city.sender.perform(claimed))


def test_after_one_refusal_the_second_try_may_go_through(city: City, log: Log) -> None:
    log.next.append("500")
    city.tells(assigned())
    city.sends()
    assert city.only("W0001").stage == "queued"
    city.passes(seconds=30)
    city.sends()
    assert city.only("W0001").stage == "sent"
    assert len(log.calls) == 2


def test_two_senders_at_once_never_call_twice(log: Log) -> None:
    people = [f"W{number:04}" for number in range(1, 31)]
    city = City(log.gateway("sms"))
    for number, person in enumerate(people):
        city.reachable(person, sms=f"138000{number:05}").tells(assigned(person))
    book = city.books[messages.name]

    async def others_turn(call: str) -> None:
        await asyncio.sleep(0)

    book.trouble = others_turn

    async def both() -> list[int]:
        senders = [Sender(city.desk, city.seals, log.gateways[0]) for _ in range(3)]
        return list(await asyncio.gather(*(each.send_due() for each in senders)))

    assert sum(run(both())) == 30
    assert len(log.calls) == len({id for _, _, id in log.calls}) == 30
    assert {message.stage for message in city.all(messages)} == {"sent"}


def test_red_goes_before_routine_and_keeps_places_free(city: City, log: Log) -> None:
    for _ in range(20):
        city.reachable("W0002", sms="13800000002").tells(assigned("W0002", title=f"{_}号楼"))
    assert len(run(city.sender.claim(sending.AT_ONCE))) == sending.AT_ONCE - sending.FOR_RED
    city.tells(assigned(urgency="red"))
    (first, *_) = run(city.sender.claim(sending.FOR_RED))
    assert first.message.red


def test_a_channel_that_is_not_configured_is_skipped_visibly(log: Log) -> None:
    city = City(log.gateway("sms")).reachable("W0001", app=APP, sms=PHONE).tells(assigned())
    city.sends()
    message = city.only("W0001")
    assert (message.stage, message.channel) == ("sent", "sms")
    assert [(a.channel, a.outcome, a.reason) for a in message.attempts] == [
        ("app", "skipped", "channel not configured"),
        ("sms", "sent", ""),
    ]


def test_without_any_channel_the_inbox_is_what_there_is() -> None:
    city = City().tells(assigned())
    assert city.sends() == 0
    message = city.only("W0001")
    assert (message.stage, message.channel, message.reason) == ("sent", "inbox", "channel not configured")
    assert city.balanced()


def test_what_the_recipient_turned_off_or_has_no_address_for_is_skipped(log: Log) -> None:
    city = City(log.gateway("app", "sms")).reachable("W0001", app=APP).off("W0001", "app").tells(assigned())
    city.sends()
    assert [a.reason for a in city.only("W0001").attempts] == ["turned off by the recipient", "no address"]
    assert log.calls == []


def test_an_address_whose_key_is_gone_is_as_none(city: City, log: Log) -> None:
    city.sender = Sender(city.desk, City().seals, log.gateways[0])
    city.tells(assigned())
    city.sends()
    assert {a.reason for a in city.only("W0001").attempts} == {"the address cannot be read any more"}


def test_a_message_too_old_to_be_of_use_is_not_sent(city: City, log: Log) -> None:
    city.tells(assigned(urgency="red")).passes(hours=2, minutes=1)
    assert city.sends() == 0
    assert (city.only("W0001").stage, city.only("W0001").reason) == ("expired", "expired")
    assert city.balanced()


def test_a_replay_sends_nothing_old(city: City, log: Log) -> None:
    city.passes(hours=25).tells(assigned(), found("I"), escalated())
    assert city.sends() == 0
    assert city.everyone() == []
    assert {notice.stage for notice in city.all(notices)} == {"expired"}


def test_an_acknowledged_message_is_not_tried_any_more(city: City, log: Log) -> None:
    log.always = "500"
    city.tells(assigned())
    city.sends()
    message = city.only("W0001")
    city.does(_known(city, message.id))
    city.then(MessageSent, MessageAcknowledged)
    city.passes(hours=1)
    assert city.sends() == 0
    assert city.only("W0001").state == "acknowledged"
    assert city.balanced()


def test_an_acknowledgement_while_it_is_being_sent_keeps_both(city: City, log: Log) -> None:
    log.always = "500"
    city.tells(assigned())
    (claimed,) = run(city.sender.claim(16))
    city.does(_known(city, claimed.message.id)).then(MessageAcknowledged)
    run(city.sender.perform(claimed))
    message = city.only("W0001")
    assert (message.state, message.stage, message.channel) == ("acknowledged", "sent", "inbox")
    assert city.balanced()


def _known(city: City, id: str) -> Change:
    return messages.change(id, partial(rules.acknowledge, city.clock.now()))


def test_the_gateways_log_and_the_messages_agree(log: Log) -> None:
    replies = ["ok", "500", "cut", "ok", "500", "500", "cut", "ok"] * 6
    log.next.extend(replies)  # type: ignore[arg-type]
    city = City(log.gateway("app", "sms"))
    for number in range(1, 21):
        person = f"W{number:04}"
        city.reachable(person, app=f"device-{number}", sms=f"138000{number:05}")
        city.tells(assigned(person, urgency="red" if number % 4 == 0 else "blue"))
    for _ in range(12):
        city.sends()
        city.passes(minutes=5)
    assert city.balanced()
    for message in city.all(messages):
        outcomes = [a.outcome for a in message.attempts]
        assert log.of(message.id) == len(outcomes), "every call is on record"
        if not message.red:
            assert sum(outcome in ("sent", "unclear") for outcome in outcomes) <= 1, "may have gone at most once"
        elif message.stage == "sent":
            assert "sent" in outcomes, "at least once"


def test_a_whole_community_is_told_and_everything_adds_up(log: Log) -> None:
    city = City(log.gateway("sms")).given(*[worker(f"L{n:04}", COMMUNITY, lead=True) for n in range(30)])
    for n in range(0, 30, 2):
        city.reachable(f"L{n:04}", sms=f"138000{n:05}")
    city.tells(found("I"), urged("W0001"))
    city.passes(seconds=1)
    city.sends()
    assert len(log.calls) == 15
    assert city.balanced()
    assert city.clock.now() - START < timedelta(minutes=1)
