"""What dispatch states: who is on duty, and how far the work is."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.event import Event

Kind = Literal["visit", "welfare-check", "arrange", "rectify", "recheck", "follow-up"]
Urgency = Literal["red", "yellow", "blue"]
Clock = Literal["accept", "act", "resolve"]


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


class TaskOpened(_Task):
    due_at: datetime
    title: str = ""
    """Masked; safe to show."""


class TaskOffered(_Task):
    to: list[str]
    until: datetime


class TaskDeclined(_Task):
    reason: str


class TaskOfferLapsed(_Task):
    pass


class TaskAssigned(_Task):
    by: str | None = None


class TaskAccepted(_Task):
    pass


class TaskStarted(_Task):
    pass


class TaskReturned(_Task):
    reason: str
    bounces: int


class TaskTransferred(_Task):
    to_area: str
    reason: str


class TaskSuspended(_Task):
    reason: str
    until: datetime


class TaskResumed(_Task):
    pass


class TaskDone(_Task):
    pass


class TaskCancelled(_Task):
    reason: str


class TaskReopened(_Task):
    reason: str


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
    to: Literal["lead", "street", "county", "city"]
    to_area: str
    """The area whose people are told: the community, its street, its county, the city."""
