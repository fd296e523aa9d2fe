"""How long each class of work may take and who is told when it takes longer. Data only: the numbers
are defaults of ours (P), and changing one never moves a deadline that already runs."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from shared.calendar import after_working
from shared.events.dispatch import Audience, Urgency

ClassOf = Literal["red", "yellow", "blue", "daily", "visit"]


@dataclass(frozen=True)
class Span:
    """A length of time; `working` counts the city's working hours only (nine a day)."""

    hours: float
    working: bool = False

    def after(self, moment: datetime) -> datetime:
        return after_working(moment, self.hours) if self.working else moment + timedelta(hours=self.hours)

    def part(self, share: float) -> "Span":
        return Span(self.hours * share, self.working)


def minutes(number: float) -> Span:
    return Span(number / 60)


def hours(number: float) -> Span:
    return Span(number)


def working_hours(number: float) -> Span:
    return Span(number, working=True)


@dataclass(frozen=True)
class Rung:
    """`to` is told `after` the clock was breached."""

    after: Span
    to: Audience


@dataclass(frozen=True)
class Policy:
    """Three clocks, all from the opening: accept ends at accepted, act at in_progress, resolve at done.
    None: no such clock. A due that the subject brings with it is the resolve clock's. `warn` is how
    long before a due it is at risk; None: when three quarters of the time are gone. `pauses`: whether
    suspending the task stops its clocks; a calendar day does not wait."""

    accept: Span | None
    act: Span | None
    resolve: Span | None
    ladder: tuple[Rung, ...]
    warn: Span | None = None
    pauses: bool = True


WARN_SHARE = 0.75

POLICIES: dict[ClassOf, Policy] = {
    "red": Policy(
        accept=minutes(5),
        act=minutes(30),
        resolve=hours(2),
        ladder=(Rung(minutes(5), "lead"), Rung(minutes(15), "street"), Rung(minutes(30), "city")),
    ),
    "yellow": Policy(
        accept=minutes(30),
        act=hours(4),
        resolve=hours(24),
        ladder=(Rung(hours(1), "lead"), Rung(hours(4), "street"), Rung(hours(24), "county")),
    ),
    "blue": Policy(
        accept=working_hours(4),
        act=working_hours(9),
        resolve=hours(72),
        ladder=(Rung(working_hours(1), "lead"), Rung(working_hours(4), "street"), Rung(working_hours(24), "county")),
    ),
    "daily": Policy(
        accept=None,
        act=None,
        resolve=None,
        ladder=(Rung(hours(0), "lead"), Rung(hours(1), "street")),
        warn=hours(2),
        pauses=False,
    ),
    "visit": Policy(
        accept=None,
        act=None,
        resolve=None,
        ladder=(Rung(working_hours(1), "lead"), Rung(working_hours(4), "street"), Rung(working_hours(24), "county")),
        pauses=False,
    ),
}

LEVELS: dict[str, Urgency] = {"I": "red", "II": "yellow", "III": "blue"}
"""A hazard's level is its class."""

NO_ANSWER_PAUSE = timedelta(hours=2)
NO_ANSWER_EVENING = 18
"""Nobody opens: again in two hours, then at 18:00 of the day, then somebody must check."""

MOST_BOUNCES = 3
"""Returned so often, a task goes to the queue of the street."""

REOPEN_WITHIN = timedelta(hours=72)
LONGEST_PAUSE = timedelta(days=90)
LONGEST_OFFER = timedelta(days=2)
