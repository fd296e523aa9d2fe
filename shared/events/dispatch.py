"""What dispatch states: who is on duty, and how far the work is."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.event import Event

Kind = Literal["visit", "welfare-check", "arrange", "rectify", "recheck", "follow-up"]
Urgency = Literal["red", "yellow", "blue"]
Clock = Literal["accept", "act", "resolve"]
Audience = Literal["lead", "street", "county", "city"]


class _Dispatch(Event):
    source: ClassVar[str] = "dispatch"


class WorkerEnlisted(_Dispatch):
    worker: str
    """The staff number, the same that identity knows."""
    area: str
    label: str
    grids: list[str] = []
    skills: list[str] = []
    lead: bool = False


class WorkerChanged(_Dispatch):
    worker: str
    area: str
    label: str
    grids: list[str] = []
    skills: list[str] = []
    lead: bool = False


class ShiftStarted(_Dispatch):
    worker: str
    area: str


class ShiftEnded(_Dispatch):
    worker: str
    area: str
    reason: str = ""


class _Task(_Dispatch):
    task_id: str
    area: str
    kind: Kind
    urgency: Urgency
    subject_id: str
    """The document the work is about: a household or a hazard."""
    worker: str | None = None
    zones: list[str] = []
    title: str = ""
    """Masked; safe to show."""
    queue: str = ""
    """The area whose people must see to it: `area`, or its street after too many bounces."""
    round: int = 1
    """The round of a hazard's rectification."""
    day: str = ""
    """The calendar day of a visit and of its welfare check."""


class TaskOpened(_Task):
    """`due_at` is the end of the resolve clock. A task that is called for again (a hazard's next round)
    is opened again under the same id."""

    due_at: datetime
    due_ids: list[str] = []
    """What a visit will keep."""
    for_lead: bool = False
    """The community's lead must see to it."""


class TaskChanged(_Task):
    """Another due, another owner's deadline, another set of dues to keep; the stage is as it was."""

    due_at: datetime
    original_due_at: datetime | None = None
    due_ids: list[str] = []


class TaskOffered(_Task):
    to: list[str]
    until: datetime


class TaskDeclined(_Task):
    reason: str
    by: str = ""


class TaskOfferLapsed(_Task):
    pass


class TaskAssigned(_Task):
    by: str | None = None


class TaskAccepted(_Task):
    pass


class TaskStarted(_Task):
    pass


class TaskReturned(_Task):
    """`reason` is one of a short list, `other` when it was said in free words (those stay sealed)."""

    reason: str
    bounces: int
    by: str = ""


class TaskTransferred(_Task):
    to_area: str
    reason: str


class TaskSuspended(_Task):
    reason: str
    until: datetime


class TaskResumed(_Task):
    pass


class TaskDone(_Task):
    by: str = ""
    outcome: str = ""
    """What ended it: completed, refused, away, or the fact that was heard."""
    ends: str | None = None
    """Another task that this one had called for, and that has lost its reason now."""


class TaskCancelled(_Task):
    reason: str
    by: str = ""
    calls: Kind | None = None
    """Another task that must be opened now: nobody answered, so somebody must check."""
    ends: str | None = None


class TaskReopened(_Task):
    reason: str
    by: str = ""
    due_at: datetime | None = None
    due_ids: list[str] = []
    ends: str | None = None


class TaskUrged(_Task):
    by: str


class TaskCommented(_Task):
    by: str


class TaskAtRisk(_Task):
    clock: Clock
    due_at: datetime


class TaskOverdue(_Task):
    clock: Clock
    due_at: datetime


class TaskEscalated(_Task):
    clock: Clock
    level: int
    to: Audience
    to_area: str
    """The area whose people are told: the community, its street, its county, the city."""
