"""What inspection states: what was seen at a door, and what became of every hazard."""

from datetime import datetime
from typing import ClassVar, Literal

from shared.event import Event

Level = Literal["I", "II", "III"]


class _Inspection(Event):
    source: ClassVar[str] = "inspection"


class VisitCompleted(_Inspection):
    """A door opened. Every due of that household and day is kept by it."""

    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    by: str
    residents: list[str] = []
    """Who was seen."""
    findings: list[str] = []
    checklists: list[str] = []
    hazards: list[str] = []
    arrived_at: datetime
    left_at: datetime
    late: bool = False


class VisitFailed(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    by: str
    outcome: Literal["no_answer", "refused", "away"]


class VisitCorrected(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    residents: list[str] = []
    findings: list[str] = []
    reason: str
    by: str


class VisitVoided(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    reason: str
    by: str


class _Hazard(_Inspection):
    hazard_id: str
    area: str
    level: Level
    code: str
    """A code of the hazard list, GAS-01 … SAF-09."""
    household_id: str | None = None
    zones: list[str] = []


class HazardFound(_Hazard):
    """`disposition`: fixed on the spot, ordered at once (an order follows), or still open."""

    place: str = ""
    """Masked; safe to show."""
    disposition: Literal["fixed", "ordered", "open"] = "open"
    by: str
    origin: Literal["visit", "hotline", "property", "passer-by", "inspection"] = "visit"
    visit_id: str | None = None


class HazardOrdered(_Hazard):
    owner: str
    due_at: datetime
    round: int = 1
    by: str


class HazardReassigned(_Hazard):
    owner: str
    from_owner: str
    due_at: datetime
    round: int = 1


class HazardExtended(_Hazard):
    owner: str
    due_at: datetime
    original_due_at: datetime
    round: int = 1
    extensions: int


class HazardRectified(_Hazard):
    by: str
    round: int = 1


class HazardRecheckFailed(_Hazard):
    by: str
    owner: str
    due_at: datetime
    round: int
    """The round that now begins."""


class HazardClosed(_Hazard):
    by: str
    how: Literal["fixed-on-the-spot", "recheck-passed"]
    evidence: bool = False
    on_time: bool = True


class HazardDismissed(_Hazard):
    reason: str
    by: str


class HazardMerged(_Hazard):
    into: str


class HazardReopened(_Hazard):
    by: str
    place: str = ""


class HazardHandedOver(_Hazard):
    unit: str
    reference: str
    by: str


class HazardListed(_Hazard):
    by: list[str]


class HazardDelisted(_Hazard):
    by: list[str]
