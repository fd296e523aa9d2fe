"""From a fact to the words of a message, and the lint that finds what could not be said.

Only the fields in SHOWN are ever shown: ids, masked labels, codes, numbers, times.
"""

from collections.abc import Iterable, Mapping
from string import Formatter

from services.notification.domain.audience import NEEDS
from services.notification.domain.rules import RULES, STALE, Rule
from services.notification.domain.templates import TEMPLATES
from services.notification.domain.timing import LONGEST_QUIET
from services.notification.domain.words import said
from shared.event import Event

SHOWN = frozenset(
    {"task_id", "hazard_id", "round_id", "kind", "urgency", "clock", "level", "code", "place", "disposition"}
    | {"origin", "title", "day", "round", "bounces", "extensions", "targets"}
    | {"ends", "due_at", "original_due_at", "until", "at"}
)
ALWAYS = frozenset({"community", "what"})
"""The place's name, and what it is about: the masked title, the hazard's name or the kind of work."""


def facts(event: Event) -> dict[str, str]:
    """What templates may say of this fact; `community` is added where the place's name is known."""
    words = {name: said(name, value) for name, value in event if name in SHOWN}
    words["what"] = words.get("title") or words.get("code") or words.get("kind") or ""
    return words


def about(event: Event) -> str:
    """The id of what the fact is about."""
    ids = (getattr(event, name, "") for name in ("task_id", "hazard_id", "round_id"))
    return next((str(id) for id in ids if id), "")


def render(template: str, words: Mapping[str, str], red: bool) -> tuple[str, str]:
    """Title and body. Raises KeyError for what is missing: `lint` has found it before."""
    title, body = TEMPLATES[template]
    return ("【紧急】" if red else "") + title.format_map(words), body.format_map(words)


def lint(rules: Iterable[Rule] = RULES, templates: Mapping[str, tuple[str, str]] = TEMPLATES) -> list[str]:
    """What is wrong with rules and texts, in plain words; empty when all is well."""
    rules = list(rules)
    names = [rule.name for rule in rules]
    wrong = [f"{name}: two rules have this name" for name in {name for name in names if names.count(name) > 1}]
    for rule in rules:
        wrong += [f"{rule.name}: {problem}" for problem in _problems(rule, templates)]
    unused = templates.keys() - {rule.template for rule in rules}
    wrong += [f"template {name}: no rule uses it" for name in sorted(unused)]
    if STALE[False] <= LONGEST_QUIET:
        wrong.append("a routine message would be stale before the longest quiet hours end")
    return wrong


def _problems(rule: Rule, templates: Mapping[str, tuple[str, str]]) -> list[str]:
    fields = rule.event.model_fields.keys()
    wrong = []
    if NEEDS[rule.audience] not in fields:
        wrong.append(f"{rule.event.type()} has no {NEEDS[rule.audience]}, so it has no {rule.audience}")
    if "area" not in fields:
        wrong.append(f"{rule.event.type()} has no area")
    if "inbox" in rule.channels or len(set(rule.channels)) < len(rule.channels):
        wrong.append("channels come after the inbox, each once")
    wrong += [f"{rule.event.type()} has no {name}" for name in {*rule.where, *rule.unless} - {*fields, "caused_by"}]
    if rule.template not in templates:
        return [*wrong, f"there is no template {rule.template}"]
    return wrong + _unsayable(rule, templates[rule.template])


def _unsayable(rule: Rule, texts: tuple[str, str]) -> list[str]:
    wanted = {name for text in texts for _, name, _, _ in Formatter().parse(text) if name is not None}
    sayable = (rule.event.model_fields.keys() & SHOWN) | ALWAYS
    return [f"{rule.template} says {{{name}}}, which {rule.event.type()} cannot show" for name in wanted - sayable]
