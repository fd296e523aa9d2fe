"""What a task is: work that someone must do for a household or about a hazard, by a certain time."""

from collections.abc import Callable
from datetime import datetime
from typing import Any, Literal, cast

from services.dispatch.domain.policies import ClassOf
from shared.decision import Decision, State
from shared.event import Event
from shared.events.dispatch import Clock as ClockName
from shared.events.dispatch import Kind, Urgency, _Task
from shared.ids import derived
from shared.privacy import Sealed

Stage = Literal["unopened", "open", "offered", "assigned", "accepted", "in_progress", "suspended", "done", "cancelled"]
UNFINISHED: tuple[Stage, ...] = ("open", "offered", "assigned", "accepted", "in_progress", "suspended")
FINISHED: tuple[Stage, ...] = ("done", "cancelled")
HELD: tuple[Stage, ...] = ("assigned", "accepted", "in_progress", "suspended")
"""Somebody's own. `unopened` remembers facts that came before the task they are about."""
HAZARD_KINDS: tuple[Kind, ...] = ("arrange", "rectify", "recheck", "follow-up")
MOST_STEPS = 100
MOST_COMMENTS = 50


class Clock(State):
    """`warn_at`, `due_at` and `levels` are its alarms in order; `told` of them have been given."""

    name: ClockName
    started_at: datetime
    warn_at: datetime
    due_at: datetime
    levels: tuple[datetime, ...] = ()
    told: int = 0
    ended_at: datetime | None = None


class Pause(State):
    reason: str
    since: datetime
    until: datetime
    back_to: Stage


class Step(State):
    """One line of a task's history; `note` is what was said in free words."""

    at: datetime
    what: str
    by: str | None = None
    note: Sealed | None = None


class Comment(State):
    at: datetime
    by: str
    text: Sealed


class Due(State):
    """A due that the visit will keep, as one of the registry's documents last told it."""

    id: str
    subject: str
    sequence: int
    due_at: datetime | None = None
    tier: str = ""
    label: str = ""
    withdrawn: str | None = None
    again: bool = False
    """Told once more after it had been withdrawn, or kept by a visit that was voided."""


class Attempt(State):
    """A visit that was recorded. One that is `aside` was overruled by reopening the task by hand; of a
    voided one the outcome may not be known yet."""

    visit_id: str
    outcome: Literal["", "completed", "no_answer", "refused", "away"]
    at: datetime
    by: str
    aside: bool = False
    voided: bool = False


class Task(State):
    """`area` is where the subject is, `queue` whose people must see to it. `seen` is the number of the
    newest fact about the subject: older ones change nothing. `owner` is who the hazard's ledger names.
    Of a visit: `dues` as told, `due_ids` of them to keep, `attempts` as recorded, `ladder` of them
    answered by a pause, `gave_up` when the last pause ended, `checking` once a welfare check was called for."""

    id: str
    kind: Kind
    subject: str
    area: str
    queue: str
    zones: tuple[str, ...] = ()
    title: str = ""
    urgency: Urgency = "blue"
    policy: ClassOf = "blue"
    stage: Stage = "unopened"
    day: str = ""
    round: int = 1
    worker: str | None = None
    owner: str | None = None
    barred: tuple[str, ...] = ()
    invited: tuple[str, ...] = ()
    offer_until: datetime | None = None
    pause: Pause | None = None
    opened_at: datetime | None = None
    due_at: datetime | None = None
    original_due_at: datetime | None = None
    finished_at: datetime | None = None
    outcome: str = ""
    bounces: int = 0
    urges: int = 0
    clocks: tuple[Clock, ...] = ()
    seen: int = 0
    dues: tuple[Due, ...] = ()
    due_ids: tuple[str, ...] = ()
    attempts: tuple[Attempt, ...] = ()
    ladder: int = 0
    gave_up: bool = False
    checking: bool = False
    steps: tuple[Step, ...] = ()
    comments: tuple[Comment, ...] = ()

    @property
    def unfinished(self) -> bool:
        return self.stage in UNFINISHED

    @property
    def for_lead(self) -> bool:
        return self.kind == "arrange"


def about_hazard(kind: Kind, hazard_id: str) -> str:
    """One task of each kind for a hazard: its later rounds open it again."""
    return derived("task", kind, hazard_id)


def visit_of(household_id: str, day: str) -> str:
    return derived("task", "visit", household_id, day)


def check_of(household_id: str, day: str) -> str:
    return derived("task", "welfare-check", household_id, day)


def say(task: Task, event: type[_Task], at: datetime, **more: Any) -> Event:
    return event(
        task_id=task.id,
        area=task.area,
        kind=task.kind,
        urgency=task.urgency,
        subject_id=task.subject,
        worker=task.worker,
        zones=list(task.zones),
        title=task.title,
        queue=task.queue,
        round=task.round,
        day=task.day,
        at=at,
        **more,
    )


def says(task: Task, event: type[_Task], at: datetime, by: str | None = None, **more: Any) -> Decision[Task]:
    """`event` happened to `task`: a line in its history, and the fact for the world. `note` is for the
    history only; `by` goes into the event where the event has it."""
    note = more.pop("note", None)
    step = Step(at=at, what=event.type().removeprefix("task-"), by=by, note=note)
    named = {"by": by} if by is not None and "by" in event.model_fields else {}
    return Decision(task.but(steps=(*task.steps, step)[-MOST_STEPS:]), (say(task, event, at, **named, **more),))


def follow(first: Decision[Task], *rules: Callable[[Task], Decision[Task]]) -> Decision[Task]:
    """The decision that all of these make, each on what the one before it left."""
    for rule in rules:
        decision = rule(left_by(first))
        first = Decision(decision.state, (*first.events, *decision.events))
    return first


def left_by(decision: Decision[Task]) -> Task:
    """No rule of ours erases a task."""
    return cast(Task, decision.state)
