"""Who is told of what: event × audience × channels × template, as data to be read.

Every message lies in the recipient's inbox; `channels` are tried after one another besides. The class
of most follows the work: red or level I overrides quiet hours, everything else is routine. `visit-due`
is told to nobody: dispatch opens a task for it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Literal

from services.notification.domain.audience import Audience
from shared.event import Event
from shared.events import dispatch as d
from shared.events import inspection as i
from shared.events import registry as r
from shared.events.notification import Channel

LOUD: tuple[Channel, ...] = ("app", "sms")
SILENT: tuple[Channel, ...] = ()
"""The inbox alone."""

STALE = {True: timedelta(hours=2), False: timedelta(hours=24)}
"""How old a fact (red, routine) may be and still be told: a replay sends nothing old."""

Weight = Literal["as the work", "routine"]
Filter = Mapping[str, tuple[Any, ...]]


@dataclass(frozen=True)
class Rule:
    """`where`: each named field must have one of the values; `unless`: not when all named fields do.
    `caused_by` may be named there too: the service whose fact led to this one, or `http`."""

    name: str
    event: type[Event]
    audience: Audience
    template: str
    channels: tuple[Channel, ...] = LOUD
    weight: Weight = "as the work"
    where: Filter = field(default_factory=dict)
    unless: Filter = field(default_factory=dict)


ROUTINE = ("yellow", "blue")
BY_HAZARD: Filter = {"kind": ("rectify",), "caused_by": ("inspection",)}
"""The owner of a hazard hears it from the hazard's own fact, with its level and date."""

RULES: tuple[Rule, ...] = (
    Rule("assigned-to-worker", d.TaskAssigned, "worker", "task-assigned", unless=BY_HAZARD),
    Rule("offered-to-invited", d.TaskOffered, "invited", "task-offered"),
    Rule("returned-to-lead", d.TaskReturned, "lead", "task-returned", SILENT, "routine"),
    Rule("transferred-to-place", d.TaskTransferred, "new-place", "task-transferred"),
    Rule("urged-to-worker", d.TaskUrged, "worker-or-lead", "task-urged"),
    Rule("at-risk-to-worker", d.TaskAtRisk, "worker-or-lead", "task-at-risk", SILENT),
    Rule("overdue-to-worker", d.TaskOverdue, "worker-or-lead", "task-overdue"),
    Rule("escalated", d.TaskEscalated, "escalated-to", "task-escalated"),
    Rule("cancelled-to-worker", d.TaskCancelled, "worker", "task-cancelled", SILENT, "routine"),
    Rule("reopened-to-lead", d.TaskReopened, "lead", "task-reopened", SILENT, "routine"),
    Rule("arrange-to-lead", d.TaskOpened, "lead", "task-to-arrange", where={"kind": ("arrange",), "urgency": ROUTINE}),
    Rule("check-to-lead", d.TaskOpened, "lead", "check-needed", where={"kind": ("welfare-check",)}),
    Rule("level-one-to-lead", i.HazardFound, "lead", "hazard-found", where={"level": ("I",)}),
    Rule("level-one-to-street", i.HazardFound, "street", "hazard-found", where={"level": ("I",)}),
    Rule("level-one-again-to-lead", i.HazardReopened, "lead", "hazard-reopened", where={"level": ("I",)}),
    Rule("ordered-to-owner", i.HazardOrdered, "owner", "hazard-ordered"),
    Rule("reassigned-to-owner", i.HazardReassigned, "owner", "hazard-taken-over"),
    Rule("reassigned-to-former", i.HazardReassigned, "former-owner", "hazard-given-over", SILENT, "routine"),
    Rule("extended-to-owner", i.HazardExtended, "owner", "hazard-extended", SILENT, "routine"),
    Rule("recheck-failed-to-owner", i.HazardRecheckFailed, "owner", "hazard-recheck-failed"),
    Rule("listed-to-lead", i.HazardListed, "lead", "hazard-listed", weight="routine"),
    Rule("listed-to-street", i.HazardListed, "street", "hazard-listed", weight="routine"),
    Rule("listed-to-county", i.HazardListed, "county", "hazard-listed", SILENT, "routine"),
    Rule("delisted-to-lead", i.HazardDelisted, "lead", "hazard-delisted", SILENT, "routine"),
    Rule("round-to-lead", r.RoundStarted, "lead", "round-started", SILENT),
)


def named(name: str) -> Rule | None:
    return next((rule for rule in RULES if rule.name == name), None)


def applying(event: Event, caused_by: str) -> list[Rule]:
    """The rules that this fact calls on, in the order in which they are written."""
    said = {**dict(event), "caused_by": caused_by}
    return [rule for rule in RULES if type(event) is rule.event and _holds(rule, said)]


def _holds(rule: Rule, said: Mapping[str, Any]) -> bool:
    asked = all(said[name] in values for name, values in rule.where.items())
    barred = bool(rule.unless) and all(said[name] in values for name, values in rule.unless.items())
    return asked and not barred


def red(rule: Rule, event: Event) -> bool:
    """Life or property: red work, or a hazard of level I."""
    if rule.weight == "routine":
        return False
    return getattr(event, "urgency", None) == "red" or getattr(event, "level", None) == "I"
