"""Any sequence of commands, legal or not: a hazard stays in its declared states, and its history is
exactly what was said of it."""

from datetime import timedelta
from functools import partial
from typing import Any, get_args

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from services.inspection.domain import found, judged, loop
from services.inspection.domain.hazard import Hazard, Stage
from services.inspection.domain.seen import Act, Seen, Sight
from services.inspection.store import hazards
from shared.decision import Rejected
from tests.inspection.door import AREA, community

PEOPLE = st.sampled_from(["W0001", "W0002", "W0003"])
DAYS = st.integers(-1, 12)
H = "hazard-1"
EDGES: dict[str, set[str]] = {
    "found": {"found", "ordered", "closed", "handed_over", "merged", "dismissed"},
    "ordered": {"ordered", "rectified", "handed_over"},
    "rectified": {"rectified", "closed", "ordered", "handed_over"},
    "handed_over": {"handed_over", "rectified", "ordered"},
    "closed": {"closed", "found", "ordered"},
    "merged": {"merged"},
    "dismissed": {"dismissed"},
}
"""closed → ordered or closed: found again and dealt with at once, in one step."""


class AnyLife(RuleBasedStateMachine):
    @initialize(
        by=PEOPLE, level=st.sampled_from(["I", "II"]), disposition=st.sampled_from(["open", "fixed", "ordered"])
    )
    def found(self, by: str, level: str, disposition: str) -> None:
        self.scenario = community()
        self.said = len(self.scenario.said)
        self.number = 0
        self.before: Hazard | None = None
        rule = partial(found.reported, self.seen(H, disposition, level), self.sight(by), None)
        self.scenario.does(hazards.begin_or_change(H, rule))
        self.before = self.now()

    def seen(self, id: str, disposition: str, level: str = "II", reopens: str | None = None) -> Seen:
        return Seen.model_validate(
            {
                "hazard_id": id,
                "code": "GAS-01",
                "level": level,
                "place": "厨房",
                "spot": "s",
                "disposition": disposition,
                "owner": "W0002",
                "due_at": self.scenario.clock.now() + timedelta(days=2),
                "evidence": "photo-1",
                "reopens": reopens,
            }
        )

    def sight(self, by: str) -> Sight:
        return Sight(area=AREA, origin="visit", act=Act(by=by, at=self.scenario.clock.now()))

    def now(self) -> Hazard:
        return self.scenario.state(hazards, H)

    def does(self, by: str, change: Any, *facts: Any) -> None:
        self.before = self.now()
        act = Act(by=by, at=self.scenario.clock.now())
        scenario = self.scenario.does(hazards.change(H, partial(change, *facts, act)))
        if scenario.refused is not None:
            assert isinstance(scenario.refused, Rejected)
            assert self.now() == self.before

    @rule(by=PEOPLE, owner=PEOPLE, days=DAYS)
    def order(self, by: str, owner: str, days: int) -> None:
        self.does(by, loop.order, owner, self.scenario.clock.now() + timedelta(days=days))

    @rule(by=PEOPLE, owner=PEOPLE)
    def reassign(self, by: str, owner: str) -> None:
        self.does(by, loop.reassign, owner)

    @rule(by=PEOPLE, days=DAYS)
    def extend(self, by: str, days: int) -> None:
        self.does(by, loop.extend, self.scenario.clock.now() + timedelta(days=days), "sealed:why")

    @rule(by=PEOPLE)
    def rectify(self, by: str) -> None:
        self.does(by, loop.rectify, "sealed:done", "photo-2")

    @rule(by=PEOPLE)
    def recheck_passes(self, by: str) -> None:
        rectifier, stage = self.now().rectified_by, self.now().stage
        self.does(by, loop.recheck_passed, None, None)
        if stage == "rectified":
            assert (self.now().stage == "closed") == (by != rectifier)

    @rule(by=PEOPLE, days=DAYS, owner=st.none() | PEOPLE)
    def recheck_fails(self, by: str, days: int, owner: str | None) -> None:
        self.does(by, loop.recheck_failed, self.scenario.clock.now() + timedelta(days=days), owner, None)

    @rule(by=PEOPLE)
    def hand_over(self, by: str) -> None:
        self.does(by, loop.hand_over, "燃气公司", "case-1")

    @rule(by=PEOPLE)
    def back_done(self, by: str) -> None:
        self.does(by, loop.handed_back_done, "sealed:done", "photo-3")

    @rule(by=PEOPLE, owner=PEOPLE, days=DAYS)
    def back_undone(self, by: str, owner: str, days: int) -> None:
        self.does(by, loop.handed_back_undone, owner, self.scenario.clock.now() + timedelta(days=days))

    @rule(by=PEOPLE)
    def dismiss(self, by: str) -> None:
        finders = self.now().finders
        self.does(by, judged.dismiss, "other", None)
        assert self.now().stage != "dismissed" or by not in finders or self.before == self.now()

    @rule(by=PEOPLE)
    def reopen(self, by: str) -> None:
        self.does(by, found.reopen, "sealed:again")

    @rule(by=PEOPLE, disposition=st.sampled_from(["open", "fixed", "ordered"]))
    def recurs(self, by: str, disposition: str) -> None:
        self.before, self.number = self.now(), self.number + 1
        seen = self.seen(f"other-{self.number}", disposition, reopens=H)
        self.scenario.does(hazards.change(H, partial(found.recur, seen, self.sight(by))))
        assert self.scenario.refused is None

    @rule(by=PEOPLE, delisted=st.booleans())
    def list_or_delist(self, by: str, delisted: bool) -> None:
        self.does(by, judged.delist if delisted else judged.list_)

    @rule(hours=st.integers(0, 400))
    def time_passes(self, hours: int) -> None:
        self.before = self.now()
        self.scenario.passes(hours=hours)

    @invariant()
    def it_stays_in_its_declared_states_and_moves_along_its_edges(self) -> None:
        now = self.now()
        assert now.stage in get_args(Stage)
        assert self.before is not None
        assert now.stage in EDGES[self.before.stage]

    @invariant()
    def an_order_has_an_owner_and_a_due(self) -> None:
        now = self.now()
        if now.stage == "ordered":
            assert now.owner
            assert now.due_at
            assert now.original_due_at
            assert now.round >= 1
        assert now.extensions <= 2
        assert (now.stage == "closed") == (now.closed_at is not None)

    @invariant()
    def its_history_is_what_was_said(self) -> None:
        said = self.scenario.said[self.said :]
        assert [step.what for step in self.now().history] == [event.type() for event in said]
        assert [step.at for step in self.now().history] == [event.at for event in said]
        assert [step.round for step in self.now().history] == sorted(step.round for step in self.now().history)


AnyLife.TestCase.settings = settings(max_examples=60, stateful_step_count=40, deadline=None)
TestAnyLife = AnyLife.TestCase
