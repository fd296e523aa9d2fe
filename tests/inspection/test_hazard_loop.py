"""The loop of a hazard, edge by edge: what the law of its states allows, and what it refuses."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from services.inspection.domain import found, judged, loop
from services.inspection.domain.hazard import Hazard
from services.inspection.domain.seen import Act, Seen, Sight
from services.inspection.store import hazards
from shared.decision import Rejected
from shared.events.inspection import (
    HazardClosed,
    HazardDelisted,
    HazardDismissed,
    HazardExtended,
    HazardFound,
    HazardHandedOver,
    HazardListed,
    HazardMerged,
    HazardOrdered,
    HazardReassigned,
    HazardRecheckFailed,
    HazardRectified,
    HazardReopened,
)
from shared.testing.scenario import START, Scenario
from tests.inspection.door import AREA, OTHER, community

H = "hazard-1"
DAY = timedelta(days=1)


class Ledger:
    """One hazard and what people do to it, in the words of the trade."""

    def __init__(self, level: str = "II", **seen: Any) -> None:
        self.scenario = community()
        self.find(H, level=level, **seen)

    def find(self, id: str, by: str = "W0001", area: str = AREA, **more: Any) -> Scenario:
        seen = Seen(**{"hazard_id": id, "code": "GAS-01", "level": "II", "place": "厨房", "spot": id, **more})
        sight = Sight(area=area, origin="inspection", act=self.act(by))
        return self.scenario.does(hazards.begin_or_change(id, partial(found.reported, seen, sight, None)))

    def act(self, by: str) -> Act:
        return Act(by=by, at=self.scenario.clock.now())

    def does(self, rule: Any, *facts: Any, by: str = "L0001", id: str = H) -> Scenario:
        return self.scenario.does(hazards.change(id, partial(rule, *facts, self.act(by))))

    def order(self, owner: str = "W0002", days: float = 3) -> Scenario:
        return self.does(loop.order, owner, self.scenario.clock.now() + days * DAY)

    def rectify(self, by: str = "W0002") -> Scenario:
        return self.does(loop.rectify, "sealed:done", "photo-1", by=by)

    def passes(self, by: str = "W0003") -> Scenario:
        return self.does(loop.recheck_passed, None, None, by=by)

    def fails(self, by: str = "W0003", days: float = 2, owner: str | None = None) -> Scenario:
        return self.does(loop.recheck_failed, self.scenario.clock.now() + days * DAY, owner, None, by=by)

    def extend(self, days: float) -> Scenario:
        return self.does(loop.extend, START + days * DAY, "sealed:why")

    def hand_over(self) -> Scenario:
        return self.does(loop.hand_over, "燃气公司", "case-7")

    def now(self, id: str = H) -> Hazard:
        return self.scenario.state(hazards, id)


def closed() -> Ledger:
    ledger = Ledger()
    ledger.order()
    ledger.rectify()
    ledger.passes()
    return ledger


def test_found_ordered_rectified_rechecked_closed() -> None:
    ledger = Ledger()
    ledger.order().then(HazardOrdered)
    assert (ledger.now().owner, ledger.now().round) == ("W0002", 1)
    ledger.rectify().then(HazardRectified)
    said = ledger.passes().then(HazardClosed).fresh[0]
    assert (said.how, said.on_time, said.evidence, said.round) == ("recheck-passed", True, True, 1)
    whats = [step.what for step in ledger.now().history]
    assert whats == ["hazard-found", "hazard-ordered", "hazard-rectified", "hazard-closed"]
    assert [step.by for step in ledger.now().history] == ["W0001", "L0001", "W0002", "W0003"]


def test_the_rectifier_does_not_recheck_and_a_colleague_does() -> None:
    ledger = Ledger()
    ledger.order()
    ledger.rectify(by="W0005")
    ledger.passes(by="W0005").refuses(Rejected, "rectified")
    ledger.fails(by="W0005").refuses(Rejected, "rectified")
    ledger.passes(by="W0002").then(HazardClosed)


def test_a_failed_recheck_begins_another_round_with_its_own_rectifier() -> None:
    ledger = Ledger()
    ledger.order()
    ledger.rectify(by="W0002")
    ledger.fails(by="W0003").then(HazardRecheckFailed)
    now = ledger.now()
    assert (now.stage, now.round, now.owner, now.rectified_by) == ("ordered", 2, "W0002", None)
    assert now.original_due_at == START + 3 * DAY
    ledger.rectify(by="W0003")
    ledger.passes(by="W0002").then(HazardClosed)


def test_extended_twice_at_most_and_the_original_due_is_kept() -> None:
    ledger = Ledger()
    ledger.order(days=3)
    ledger.extend(days=4).then(HazardExtended)
    said = ledger.extend(days=5).then(HazardExtended).fresh[0]
    assert (said.original_due_at, said.due_at) == (START + 3 * DAY, START + 5 * DAY)
    ledger.extend(days=6).refuses(Rejected, "twice")
    ledger.rectify()
    ledger.fails()
    ledger.extend(days=7).then(HazardExtended)


def test_an_extension_ends_later_than_what_it_extends() -> None:
    ledger = Ledger()
    ledger.order(days=3)
    ledger.extend(days=2).refuses(Rejected, "later")


def test_a_due_lies_ahead() -> None:
    ledger = Ledger()
    ledger.order(days=0).refuses(Rejected, "not in the past")
    ledger.order(days=-1).refuses(Rejected, "not in the past")
    ledger.order()
    ledger.rectify()
    ledger.fails(days=-1).refuses(Rejected, "not in the past")


def test_closed_after_the_original_due_is_not_on_time_though_it_was_extended() -> None:
    ledger = Ledger()
    ledger.order(days=3)
    ledger.extend(days=9)
    ledger.scenario.passes(days=5)
    said = ledger.rectify().fresh[0]
    assert said.on_time is False
    assert ledger.passes().fresh[0].on_time is False


def test_a_new_owner_is_another_one() -> None:
    ledger = Ledger()
    ledger.order(owner="W0002")
    ledger.does(loop.reassign, "W0002").refuses(Rejected, "already")
    said = ledger.does(loop.reassign, "W0004").then(HazardReassigned).fresh[0]
    assert (said.from_owner, said.owner) == ("W0002", "W0004")


def test_handed_over_and_back_as_done_begins_a_round_that_another_person_rechecks() -> None:
    ledger = Ledger()
    ledger.order()
    ledger.hand_over().then(HazardHandedOver)
    ledger.does(loop.handed_back_done, "sealed:done", "photo-3", by="W0004").then(HazardRectified)
    assert (ledger.now().stage, ledger.now().round) == ("rectified", 2)
    ledger.passes(by="W0004").refuses(Rejected)
    ledger.passes(by="W0002").then(HazardClosed)


def test_handed_over_and_back_undone_needs_an_owner_and_a_due_again() -> None:
    ledger = Ledger()
    ledger.hand_over()
    ledger.does(loop.handed_back_undone, "W0002", START - DAY).refuses(Rejected, "not in the past")
    ledger.does(loop.handed_back_undone, "W0002", START + DAY).then(HazardOrdered)
    assert ledger.now().round == 1


def test_a_finder_does_not_dismiss_what_they_found() -> None:
    ledger = Ledger()
    ledger.does(judged.dismiss, "not-a-hazard", None, by="W0001").refuses(Rejected, "found it")
    ledger.does(judged.dismiss, "not-a-hazard", None, by="L0001").then(HazardDismissed)


def test_merged_into_one_of_the_same_area_that_was_found_before() -> None:
    ledger = Ledger()
    ledger.scenario.passes(minutes=1)
    ledger.find("hazard-2", by="W0007")
    ledger.find("hazard-3", area=OTHER)
    first, second, third = (ledger.now(f"hazard-{n}") for n in (1, 2, 3))
    ledger.does(judged.merge, first).refuses(Rejected, "itself")
    ledger.does(judged.merge, second).refuses(Rejected, "found later")
    ledger.does(judged.merge, first, id="hazard-3").refuses(Rejected, "same area")
    assert third.area == OTHER
    merged = ledger.does(judged.merge, first, id="hazard-2").then(HazardMerged).fresh[0]
    assert ledger.now("hazard-2").into == H
    ledger.scenario.when(merged)
    assert ledger.now().absorbed == ("hazard-2",)
    ledger.does(judged.dismiss, "not-a-hazard", None, by="W0007").refuses(Rejected, "found it")


def test_nothing_is_merged_into_what_is_over() -> None:
    ledger = Ledger()
    ledger.scenario.passes(minutes=1)
    ledger.find("hazard-2")
    ledger.does(judged.dismiss, "other", None)
    ledger.does(judged.merge, ledger.now(), id="hazard-2").refuses(Rejected, "dismissed")


def test_reopened_within_thirty_days_of_its_closing() -> None:
    ledger = closed()
    ledger.scenario.passes(days=30)
    said = ledger.does(found.reopen, "sealed:again", by="W0009").then(HazardReopened).fresh[0]
    assert (said.times, said.round, said.recurred) == (1, 1, False)
    assert ledger.now().stage == "found"
    ledger.does(judged.dismiss, "not-a-hazard", None, by="W0009").refuses(Rejected, "found it")
    ledger.order()
    assert ledger.now().round == 2
    assert ledger.now().original_due_at == START + 33 * DAY


def test_not_reopened_after_thirty_days() -> None:
    ledger = closed()
    ledger.scenario.passes(days=30, seconds=1)
    ledger.does(found.reopen, "sealed:again").refuses(Rejected, "30 days")


def test_listed_by_two_people_and_delisted_by_two() -> None:
    ledger = Ledger(level="I")
    ledger.does(judged.list_, by="S0001").then()
    assert not ledger.now().listed
    ledger.does(judged.list_, by="S0001").refuses(Rejected, "second person")
    said = ledger.does(judged.list_, by="S0002").then(HazardListed).fresh[0]
    assert said.by == ["S0001", "S0002"]
    ledger.does(judged.list_, by="S0003").refuses(Rejected, "already")
    ledger.does(judged.delist, by="S0001").then()
    ledger.does(judged.delist, by="S0001").refuses(Rejected, "second person")
    ledger.does(judged.delist, by="S0002").then(HazardDelisted)
    ledger.does(judged.delist, by="S0002").refuses(Rejected, "not listed")


def test_only_level_one_is_listed() -> None:
    Ledger(level="II").does(judged.list_).refuses(Rejected, "level I")


@pytest.mark.parametrize("evidence", [None, "photo-1"])
def test_fixed_on_the_spot_is_closed_with_evidence_or_a_reason(evidence: str | None) -> None:
    seen = {"disposition": "fixed", "evidence": evidence, "reason": None if evidence else "sealed:no camera"}
    ledger = Ledger(**seen)
    said = ledger.scenario.fresh
    assert [type(event) for event in said] == [HazardFound, HazardClosed]
    assert (said[1].how, said[1].evidence) == ("fixed-on-the-spot", bool(evidence))


def test_fixed_on_the_spot_with_neither_is_refused() -> None:
    ledger = Ledger()
    ledger.find("hazard-2", disposition="fixed").refuses(Rejected, "evidence, or a reason")


def test_the_rounds_of_a_hazard_are_bounded() -> None:
    ledger = Ledger()
    ledger.order()
    for _ in range(19):
        ledger.rectify()
        ledger.fails().then(HazardRecheckFailed)
    ledger.rectify()
    ledger.fails().refuses(Rejected, "hand it over")
    ledger.hand_over().then(HazardHandedOver)


COMMANDS = {
    "order": lambda ledger: ledger.order(),
    "reassign": lambda ledger: ledger.does(loop.reassign, "W0008"),
    "extend": lambda ledger: ledger.extend(days=20),
    "rectify": lambda ledger: ledger.rectify(),
    "pass": lambda ledger: ledger.passes(),
    "fail": lambda ledger: ledger.fails(),
    "hand over": lambda ledger: ledger.hand_over(),
    "back done": lambda ledger: ledger.does(loop.handed_back_done, "sealed:done", "photo-3"),
    "back undone": lambda ledger: ledger.does(loop.handed_back_undone, "W0002", START + 9 * DAY),
    "dismiss": lambda ledger: ledger.does(judged.dismiss, "other", None),
    "merge": lambda ledger: ledger.does(judged.merge, ledger.now().but(id="hazard-0")),
    "reopen": lambda ledger: ledger.does(found.reopen, "sealed:again"),
}
WAYS_TO = {
    "found": [],
    "ordered": ["order"],
    "rectified": ["order", "rectify"],
    "handed_over": ["order", "hand over"],
    "closed": ["order", "rectify", "pass"],
    "dismissed": ["dismiss"],
}
ALLOWED = {
    "found": {"order", "hand over", "dismiss", "merge"},
    "ordered": {"reassign", "extend", "rectify", "hand over"},
    "rectified": {"pass", "fail", "hand over"},
    "handed_over": {"back done", "back undone"},
    "closed": {"reopen"},
    "dismissed": set(),
}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("stage", WAYS_TO)
def test_every_edge_of_the_loop_is_legal_or_refused_without_a_trace(stage: str, command: str) -> None:
    ledger = Ledger()
    for way in WAYS_TO[stage]:
        COMMANDS[way](ledger)
    before = ledger.now()
    assert before.stage == stage
    scenario = COMMANDS[command](ledger)
    if command in ALLOWED[stage]:
        assert scenario.refused is None
        assert len(scenario.fresh) == 1
    elif command == "merge":
        scenario.refuses(Rejected)
    else:
        scenario.refuses(Rejected, f"is {stage} cannot be")
        assert ledger.now() == before
