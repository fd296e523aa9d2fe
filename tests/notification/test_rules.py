"""The rules and texts as data: complete, sayable, and saying nothing that must not be said."""

from dataclasses import replace
from typing import Any

import pytest

from services.notification.domain import rules, text
from services.notification.domain.rules import RULES, Rule
from services.notification.domain.templates import TEMPLATES
from services.notification.handlers import on
from shared.events.dispatch import TaskCommented, TaskUrged
from shared.events.registry import HouseholdRegistered, VisitDue
from tests.notification.examples import SECRET, example
from tests.notification.facts import City, assigned, caused, ordered


def test_rules_and_texts_fit_together() -> None:
    assert text.lint() == []


@pytest.mark.parametrize("rule", RULES, ids=lambda rule: rule.name)
def test_every_rule_can_say_what_its_fact_brings(rule: Rule) -> None:
    fact = example(rule.event)
    title, body = text.render(rule.template, {**text.facts(fact), "community": "周家沟社区"}, red=False)
    assert text.about(fact) in body
    assert "{" not in title + body
    assert SECRET not in title + body
    for number in ("W0001", "P0001", "P0002", "D0001"):
        assert number not in title + body


URGED = next(rule for rule in RULES if rule.event is TaskUrged)


@pytest.mark.parametrize(
    ("change", "words"),
    [
        ({"template": "no-such"}, "there is no template no-such"),
        ({"template": "hazard-found"}, "which task-urged cannot show"),
        ({"audience": "owner"}, "task-urged has no owner"),
        ({"channels": ("inbox", "sms")}, "channels come after the inbox"),
        ({"channels": ("sms", "sms")}, "channels come after the inbox"),
        ({"where": {"colour": ("red",)}}, "task-urged has no colour"),
        ({"name": "escalated"}, "two rules have this name"),
        ({"event": TaskCommented, "audience": "invited"}, "task-commented has no to"),
        ({"event": HouseholdRegistered, "audience": "escalated-to"}, "household-registered has no to_area"),
    ],
)
def test_lint_finds_a_rule_that_could_not_be_followed(change: dict[str, Any], words: str) -> None:
    broken = [rule for rule in RULES if rule is not URGED] + [replace(URGED, **change)]
    assert any(words in problem for problem in text.lint(broken))


@pytest.mark.parametrize("field", ["by", "worker", "subject_id", "reason", "unit", "no_such_field"])
def test_lint_finds_a_text_that_shows_what_it_must_not(field: str) -> None:
    broken = {**TEMPLATES, "task-urged": ("催办", f"{{{field}}}")}
    assert any(f"says {{{field}}}" in problem for problem in text.lint(templates=broken))


def test_lint_finds_a_text_that_no_rule_uses() -> None:
    assert "template spare: no rule uses it" in text.lint(templates={**TEMPLATES, "spare": ("a", "b")})


def test_visits_that_are_due_are_not_told_one_by_one() -> None:
    assert VisitDue.type() not in on.types


def test_the_owner_of_a_hazard_is_told_once_although_a_task_follows() -> None:
    city = City()
    follows = assigned("P0001", kind="rectify")
    city.tells(ordered("P0001")).hear([caused(follows, by="inspection/hazard-9#2")]).passes(seconds=0)
    assert city.only("P0001").rule == "ordered-to-owner"


def test_a_rectification_handed_on_by_hand_is_told_all_the_same() -> None:
    city = City()
    city.hear([caused(assigned("W0002", kind="rectify"), by="http/D0001/POST/1")]).passes(seconds=0)
    assert city.only("W0002").rule == "assigned-to-worker"


def test_words_are_those_of_the_place() -> None:
    message = City().tells(assigned()).only("W0001")
    assert (message.title, message.body) == (
        "新任务：走访",
        "周家沟社区：3号楼 王*已派给您（蓝色），请及时接单处理。编号 task-7",
    )


def test_an_unknown_place_is_called_by_its_code() -> None:
    message = City().tells(assigned(area="420304001001", queue="420304001001")).only("W0001")
    assert message.body.startswith("420304001001：")


def test_times_are_the_citys() -> None:
    message = City().tells(ordered()).only("P0001")
    assert "期限 2月5日 09:00" in message.body
    assert "燃气软管老化" in message.body


@pytest.mark.parametrize(("weight", "red"), [("as the work", True), ("routine", False)])
def test_the_class_follows_the_work_unless_the_rule_says_otherwise(weight: Any, red: bool) -> None:
    assert rules.red(replace(URGED, weight=weight), assigned(urgency="red")) is red
