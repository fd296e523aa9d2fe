"""The trace finds the first cause and every effect, across services and across deadlines."""

from datetime import UTC, datetime, timedelta

import pytest

from deploy.tools.chain import Index
from deploy.tools.log import Entry, entry
from deploy.tools.tree import MANY, plain, trees
from services.notification.domain.notice import notice_of
from shared.event import Envelope, Malformed

NOW = datetime(2026, 2, 2, 1, 0, tzinfo=UTC)
REQUEST = "http/D0001/POST /hazards/k1"


def heard(id: str, type: str, source: str, cause: str, after: float = 0) -> Entry:
    """An event as Kafka hands it over, `after` so many seconds."""
    subject, _, sequence = id.partition("#")
    time = NOW + timedelta(seconds=after)
    envelope = Envelope(id, type, source, subject, int(sequence), cause, time, "00-t", b"{}")
    return entry(envelope.headers(), int(time.timestamp() * 1000))


FOUND = heard("hazard-1#1", "hazard-found", "inspection", REQUEST)
ORDERED = heard("hazard-1#2", "hazard-ordered", "inspection", REQUEST)
OPENED = heard("task-1#1", "task-opened", "dispatch", "inspection/hazard-1#2", 0.038)
ASSIGNED = heard("task-1#2", "task-assigned", "dispatch", "inspection/hazard-1#2", 0.038)
OVERDUE = heard("task-1#3", "task-overdue", "dispatch", "wake/task-1/1770000000000", 7200)
NOTICE = notice_of("dispatch/task-1#3", "overdue-to-worker")
QUEUED = heard("message-1#1", "message-queued", "notification", f"wake/{NOTICE}/1770000007300", 7200.4)
SENT = heard("message-1#2", "message-sent", "notification", "send/message-1/token", 7201)
OTHER = heard("hazard-2#1", "hazard-found", "inspection", "http/D0001/POST /hazards/k2", 5)
ALL = [SENT, QUEUED, OVERDUE, ASSIGNED, OPENED, ORDERED, FOUND, OTHER]


def index(*entries: Entry, most: int = 1000) -> Index:
    made = Index(most)
    for each in entries:
        made.add(each)
    return made


@pytest.mark.parametrize("asked", ["hazard-1#2", "inspection/hazard-1#2", "task-1", "message-1#2", REQUEST])
def test_the_whole_story_is_found_from_any_of_its_parts(asked: str) -> None:
    lines = list(plain(trees(index(*ALL), asked)))
    shape = [(len(line) - len(line.lstrip())) // 2 for line in lines]
    types = [line.split()[0] for line in lines]
    assert list(zip(shape, types, strict=True)) == [
        (0, "request"),
        (1, "hazard-found"),
        (1, "hazard-ordered"),
        (2, "task-opened"),
        (2, "task-assigned"),
        (3, "task-overdue"),
        (4, "message-queued"),
        (5, "message-sent"),
    ]


def test_times_are_the_city_s_and_delays_follow_the_cause() -> None:
    lines = {line.split()[0]: line for line in plain(trees(index(*ALL), "hazard-1"))}
    assert "02-02 09:00:00.038  +38 ms" in lines["task-opened"]
    assert lines["task-overdue"].endswith("at its deadline")
    assert f"+400 ms by {NOTICE}" in lines["message-queued"]
    assert lines["message-sent"].endswith("+600 ms by send")


def test_what_was_said_twice_is_shown_once() -> None:
    assert len(list(plain(trees(index(FOUND, FOUND), "hazard-1")))) == 2


def test_a_document_with_two_causes_has_two_trees_the_oldest_first() -> None:
    again = heard("hazard-1#3", "hazard-rectified", "inspection", "http/W0002/POST /hazards/hazard-1/rectify/k", 60)
    roots = [str(tree.label) for tree in trees(index(again, FOUND), "hazard-1")]
    assert roots == ["request D0001 POST /hazards/k1", "request W0002 POST /hazards/hazard-1/rectify/k"]


def test_of_very_many_effects_some_are_shown_and_the_one_that_was_asked_for() -> None:
    crowd = [heard(f"task-{n}#1", "task-opened", "dispatch", "inspection/hazard-1#1", n) for n in range(300)]
    lines = list(plain(trees(index(FOUND, *crowd), "task-299")))
    assert any("task-299#1" in line for line in lines)
    assert f"… and {300 - MANY - 1} more" in lines[-1]


def test_only_so_many_are_held_and_the_oldest_go() -> None:
    small = index(*(heard(f"task-{n}#1", "task-opened", "dispatch", "x/y", n) for n in range(50)), most=20)
    assert (small.read, small.dropped) == (50, 30)
    assert trees(small, "task-3") == []
    assert len(trees(small, "task-49")) == 1


def test_an_event_whose_cause_is_not_held_is_its_own_beginning() -> None:
    assert [str(tree.label) for tree in trees(index(OPENED), "task-1")] == ["cause inspection/hazard-1#2"]


def test_nothing_is_found_for_what_there_is_not() -> None:
    assert trees(index(*ALL), "hazard-9") == []


def test_a_foreign_record_is_not_an_event() -> None:
    with pytest.raises(Malformed):
        entry([("x", b"y")], 0)
