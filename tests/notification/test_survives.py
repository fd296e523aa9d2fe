"""Whatever is repeated, reordered or forgotten, everybody is told the same, once."""

from contextlib import suppress
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from services.notification.store import messages, notices, recipients
from shared.event import Event
from shared.events.dispatch import ShiftEnded, ShiftStarted, WorkerChanged
from shared.testing.scenario import START, Told
from tests.notification.facts import (
    COMMUNITY,
    OTHER,
    STREET,
    City,
    areas,
    assigned,
    escalated,
    found,
    ordered,
    overdue,
    urged,
    worker,
)


def _worker(number: str, fact: Event, sequence: int) -> Told:
    return Told(fact, subject=f"worker-{number}", sequence=sequence)


PEOPLE = [
    worker("L0001", lead=True),
    _worker("L0001", ShiftStarted(worker="L0001", area=COMMUNITY, at=START), 2),
    _worker("L0001", ShiftEnded(worker="L0001", area=COMMUNITY, at=START), 3),
    worker("S0001", STREET),
    _worker("S0001", ShiftStarted(worker="S0001", area=STREET, at=START), 2),
    worker("L0002", lead=True),
    _worker("L0002", WorkerChanged(worker="L0002", area=OTHER, label="李*", lead=True, at=START), 2),
]
FACTS = [assigned(), assigned("W0002", urgency="red"), urged(None), overdue(None), found("I"), escalated(), ordered()]
OFTEN = settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def _outcome(city: City) -> dict[str, Any]:
    """What stands, without when it was written and what was heard."""
    people = {r.id: (r.area, r.lead, r.on_duty, r.known_by, r.duty_by) for r in city.all(recipients)}
    told = {m.id: (m.recipient, m.title, m.body, m.red, m.stage, m.channels) for m in city.all(messages)}
    return {"people": people, "told": told, "notices": {n.id: n.stage for n in city.all(notices)}}


def _settled(city: City) -> dict[str, Any]:
    for _ in range(3):
        city.passes(seconds=30)
    city.sends()
    return _outcome(city)


PLAIN = _settled(City().given(*PEOPLE).given(*FACTS))


@OFTEN
@given(st.data())
def test_words_about_people_may_come_in_any_order_and_often(data: st.DataObject) -> None:
    doubled = data.draw(st.permutations([*PEOPLE, *data.draw(st.lists(st.sampled_from(PEOPLE), max_size=6))]))
    city = City()
    for told in doubled:
        city.given(told)
        if data.draw(st.booleans()):
            city.forgetful()
    assert _settled(city.given(*FACTS)) == PLAIN


@OFTEN
@given(st.data())
def test_facts_may_come_in_any_order_and_often_and_be_forgotten(data: st.DataObject) -> None:
    doubled = data.draw(st.permutations([*FACTS, *data.draw(st.lists(st.sampled_from(FACTS), max_size=6))]))
    city = City().given(*PEOPLE)
    for fact in doubled:
        city.given(fact)
        if data.draw(st.booleans()):
            city.passes(seconds=1)
        if data.draw(st.booleans()):
            city.forgetful()
        if data.draw(st.booleans()):
            city.given(areas())
    assert _settled(city) == PLAIN
    ids = [message.message_id for message in city.said if message.type() == "message-queued"]
    assert len(ids) == len(set(ids)) == len(PLAIN["told"])


@OFTEN
@given(st.data())
def test_a_notice_that_crashes_on_the_way_tells_everybody_once(data: st.DataObject) -> None:
    """The errand's writes stop at a random step, several times; the alarm comes again."""
    city = City().given(*PEOPLE).given(*FACTS)
    for _ in range(data.draw(st.integers(1, 4))):
        left = data.draw(st.integers(0, 12))
        steps = {"left": left}

        async def trouble(call: str, steps: dict[str, int] = steps) -> None:
            steps["left"] -= 1
            if steps["left"] < 0:
                raise ConnectionResetError

        for book in city.books.values():
            book.trouble = trouble
        with suppress(ConnectionResetError):
            city.passes(seconds=0)
        for book in city.books.values():
            book.trouble = _none
    assert _settled(city) == PLAIN


async def _none(call: str) -> None:
    return None
