"""What must follow from a hazard's facts, written down once more from the domain's own table.

Two hands wrote this table: this one never looked at the other's code.
"""

from collections import Counter
from collections.abc import Iterable

from tests.faults.check.evidence import Fact

KINDS = ("arrange", "rectify", "recheck", "follow-up")
OPENS = {
    "hazard-ordered": "rectify",
    "hazard-rectified": "recheck",
    "hazard-recheck-failed": "rectify",
    "hazard-handed-over": "follow-up",
}
DONE = {
    "hazard-ordered": ("arrange", "follow-up"),
    "hazard-rectified": ("rectify", "follow-up"),
    "hazard-recheck-failed": ("recheck",),
    "hazard-closed": KINDS,
}
CANCELLED = {
    "hazard-handed-over": ("arrange", "rectify", "recheck"),
    "hazard-merged": KINDS,
    "hazard-dismissed": KINDS,
}
STAGES = {
    "hazard-found": "found",
    "hazard-ordered": "ordered",
    "hazard-rectified": "rectified",
    "hazard-recheck-failed": "ordered",
    "hazard-closed": "closed",
    "hazard-dismissed": "dismissed",
    "hazard-merged": "merged",
    "hazard-handed-over": "handed_over",
    "hazard-reopened": "found",
}
ENDED = ("closed", "dismissed", "merged")
TOLD = {
    "hazard-ordered": ("ordered-to-owner",),
    "hazard-recheck-failed": ("recheck-failed-to-owner",),
    "hazard-reassigned": ("reassigned-to-owner", "reassigned-to-former"),
    "hazard-extended": ("extended-to-owner",),
}
TOLD_OF_LEVEL_I = {
    "hazard-found": ("level-one-to-lead", "level-one-to-street"),
    "hazard-reopened": ("level-one-again-to-lead",),
}

Effect = tuple[str, str, str]
"""The event that is the cause, the kind of task, what happened to it."""


def stage(facts: Iterable[Fact]) -> str:
    """Where the last of a hazard's facts leaves it."""
    told = [STAGES[fact.type] for fact in facts if fact.type in STAGES]
    return told[-1] if told else ""


def effects(facts: Iterable[Fact]) -> tuple[Counter[Effect], set[str]]:
    """Of one hazard's facts in their order: what each does to which task, and which are open at the end."""
    found: Counter[Effect] = Counter()
    standing: set[str] = set()
    for fact in facts:
        for ended, how in ((DONE, "task-done"), (CANCELLED, "task-cancelled")):
            for kind in ended.get(fact.type, ()):
                if kind in standing:
                    standing.discard(kind)
                    found[fact.id, kind, how] += 1
        opens = OPENS.get(fact.type)
        if fact.type in ("hazard-found", "hazard-reopened") and fact.body["disposition"] == "open":
            opens = "arrange"
        if opens:
            if opens in standing:
                found[fact.id, opens, "task-cancelled"] += 1
            standing.add(opens)
            found[fact.id, opens, "task-opened"] += 1
    return found, standing


def notices(fact: Fact) -> list[str]:
    """The rules by which somebody must be told of this."""
    rules = list(TOLD.get(fact.type, ()))
    if fact.body.get("level") == "I":
        rules += TOLD_OF_LEVEL_I.get(fact.type, ())
    if fact.type == "task-opened" and fact.body["kind"] == "arrange" and fact.body["urgency"] in ("yellow", "blue"):
        rules.append("arrange-to-lead")
    return rules
