"""Whatever order facts come in, how often, and however much is forgotten: the same tasks are open.

A history is made by walking the true state machine of hazards and doors; then it is heard repeated
and shuffled, as parking and redriving may do.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.dispatch.store import tasks
from shared.testing.scenario import START, Told
from tests.dispatch.city import (
    City,
    closed,
    completed,
    dismissed,
    due,
    extended,
    failed,
    found,
    handed_over,
    merged,
    ordered,
    reassigned,
    recheck_failed,
    rectified,
    reopened,
    voided,
    withdrawn,
)

Open = dict[tuple[str, str], tuple[Any, ...]]
OWNERS = st.sampled_from(["O1", "O2", "O3"])
DAYS = st.integers(1, 6).map(lambda days: START + timedelta(days=days))


def left_open(city: City) -> Open:
    """What is unfinished, with all that the facts decide about it."""
    return {
        (task.kind, task.subject): (task.round, task.worker, task.owner, task.due_ids, task.urgency, _due(task))
        for task in city.all(tasks)
        if task.unfinished
    }


def _due(task: Any) -> Any:
    return task.due_at if task.kind in ("visit", "rectify") else None


@dataclass(frozen=True)
class Life:
    """A hazard between two facts."""

    number: int
    round: int = 0
    owner: str = "O1"
    due_at: datetime = START

    @property
    def given_to(self) -> dict[str, Any]:
        return {"owner": self.owner, "round": self.round, "due_at": self.due_at}


Step = tuple[Callable[[Life], Told], str]
STEPS: dict[str, dict[str, Step]] = {
    "found": {
        "order": (lambda life: ordered(life.number, **life.given_to), "ordered"),
        "merge": (lambda life: merged(life.number), "merged"),
        "dismiss": (lambda life: dismissed(life.number), "dismissed"),
        "hand over": (lambda life: handed_over(life.number), "handed over"),
        "fix": (lambda life: closed(life.number, "fixed-on-the-spot"), "closed"),
    },
    "ordered": {
        "reassign": (lambda life: reassigned(life.number, **life.given_to), "ordered"),
        "extend": (lambda life: extended(life.number, **life.given_to), "ordered"),
        "rectify": (lambda life: rectified(life.number, life.owner, round=life.round), "rectified"),
        "hand over": (lambda life: handed_over(life.number), "handed over"),
    },
    "rectified": {
        "fail": (lambda life: recheck_failed(life.number, **life.given_to), "ordered"),
        "pass": (lambda life: closed(life.number), "closed"),
        "hand over": (lambda life: handed_over(life.number), "handed over"),
    },
    "handed over": {
        "order": (lambda life: ordered(life.number, **life.given_to), "ordered"),
        "rectify": (lambda life: rectified(life.number, life.owner, round=life.round), "rectified"),
    },
    "closed": {"reopen": (lambda life: reopened(life.number), "found")},
    "merged": {},
    "dismissed": {},
}


@st.composite
def hazard_histories(draw: st.DrawFn) -> list[Told]:
    """A life of one hazard, as inspection's states allow it."""
    fixed = draw(st.booleans())
    history = [found(disposition="fixed"), closed(2, "fixed-on-the-spot")] if fixed else [found()]
    stage, life = ("closed" if fixed else "found"), Life(len(history))
    for _ in range(draw(st.integers(0, 12))):
        if not STEPS[stage]:
            break
        name = draw(st.sampled_from(sorted(STEPS[stage])))
        life = replace(life, number=life.number + 1)
        if name in ("order", "fail"):
            life = replace(life, round=life.round + 1, owner=draw(OWNERS), due_at=draw(DAYS))
        if name == "reassign":
            life = replace(life, owner=draw(OWNERS))
        if name == "extend":
            life = replace(life, due_at=life.due_at + timedelta(days=1))
        tell, stage = STEPS[stage][name]
        history.append(tell(life))
    return history


@st.composite
def door_histories(draw: st.DrawFn) -> list[Told]:
    """A day at one door: dues told and withdrawn by the registry, visits recorded and voided. A visit
    that ended the task is voided together with the registry calling for it again, as it does."""
    number, visits, history = 0, 0, []
    for _ in range(draw(st.integers(1, 8))):
        step = draw(st.sampled_from(["due", "due", "withdraw", "knock", "knock", "meet", "refuse", "void"]))
        moment = START + timedelta(hours=draw(st.integers(0, 11)), minutes=visits)
        ids = draw(st.lists(st.sampled_from(["due-a", "due-b"]), min_size=1, max_size=2, unique=True))
        if step == "due":
            number += 1
            history.append(due(number, *ids, tier=draw(st.sampled_from(["daily", "round"])), due_at=draw(DAYS)))
        elif step == "withdraw" and number:
            number += 1
            reason = draw(st.sampled_from(["paused", "away", "round-over", "kept"]))
            history.append(withdrawn(number, *ids, reason=reason))
        elif step == "void" and visits:
            number += 1
            history.append(voided(f"visit-{draw(st.integers(1, visits))}", moment))
            history.append(due(number, *ids, again=ids, due_at=draw(DAYS)))
        elif step in ("knock", "meet", "refuse"):
            visits += 1
            visit = f"visit-{visits}"
            outcome = {"knock": "no_answer", "refuse": "refused"}.get(step)
            history.append(failed(visit, moment, outcome) if outcome else completed(visit, moment))
    return history


@st.composite
def retold(draw: st.DrawFn, histories: st.SearchStrategy[list[Told]]) -> tuple[list[Told], list[tuple[Told, bool]]]:
    """The history, and the same facts repeated, shuffled, and with memory cut at some of them."""
    history = draw(histories)
    repeated = history + draw(st.lists(st.sampled_from(history), max_size=len(history))) if history else []
    shuffled = draw(st.permutations(repeated))
    return history, [(told, draw(st.booleans())) for told in shuffled]


def in_order(history: list[Told]) -> Open:
    city = City()
    for told in history:
        city.when(told).echo()
    return left_open(city)


def as_it_came(heard: list[tuple[Told, bool]]) -> Open:
    city = City()
    for told, forgets in heard:
        city.when(told).echo()
        if forgets:
            city.forgetful()
    return left_open(city)


@settings(max_examples=80, deadline=None)
@given(retold(hazard_histories()))
def test_a_hazards_facts_in_any_order_leave_the_same_tasks_open(told):
    history, heard = told
    assert as_it_came(heard) == in_order(history)


@settings(max_examples=100, deadline=None)
@given(retold(door_histories()))
def test_a_doors_facts_in_any_order_leave_the_same_tasks_open(told):
    history, heard = told
    assert as_it_came(heard) == in_order(history)


@settings(max_examples=50, deadline=None)
@given(retold(door_histories()), st.randoms(use_true_random=False))
def test_dispatchs_own_facts_may_come_in_any_order_too(told, chance):
    history, heard = told
    city, own = City(), []
    for fact, _ in heard:
        city.when(fact)
        own += city.own()
    chance.shuffle(own)
    for envelope in own + own[:3]:
        city.forgetful().hear([envelope])
        own_again = city.own()
        city.hear(own_again)
    assert left_open(city) == in_order(history)


@settings(max_examples=30, deadline=None)
@given(hazard_histories())
def test_one_batch_or_one_by_one_is_the_same(history):
    city = City()
    city.when(*history).echo()
    assert left_open(city) == in_order(history)
