"""What inspection states: what was seen at a door, and what became of every hazard."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.event import Event

Level = Literal["I", "II", "III"]
Disposition = Literal["fixed", "ordered", "open"]
"""Fixed on the spot, ordered at once (an order follows), or left open."""


class _Inspection(Event):
    source: ClassVar[str] = "inspection"


class HazardSeen(BaseModel):
    """A hazard of a visit, in short: enough to begin it where a crash left it out. Ids and facts only."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    hazard_id: str
    code: str
    level: Level
    place: str = ""
    """Masked; safe to show."""
    disposition: Disposition = "open"
    owner: str | None = None
    due_at: datetime | None = None
    evidence: str | None = None
    """The reference of a photo or a paper; None when a reason was given instead."""
    reopens: str | None = None
    """The hazard of the same place and code, closed not long ago, that this finding opens again."""


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
    """The ids under which they stand in the ledger."""
    arrived_at: datetime
    left_at: datetime
    late: bool = False
    zones: list[str] = []
    found: list[HazardSeen] = []


class VisitFailed(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    by: str
    outcome: Literal["no_answer", "refused", "away"]
    arrived_at: datetime | None = None
    late: bool = False
    zones: list[str] = []
    hazards: list[str] = []
    found: list[HazardSeen] = []


class VisitCorrected(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    residents: list[str] = []
    findings: list[str] = []
    reason: str
    """One of few words: mistaken, incomplete, other; the text is sealed with the visit."""
    by: str
    checklists: list[str] = []
    zones: list[str] = []


class VisitVoided(_Inspection):
    visit_id: str
    household_id: str
    area: str
    day: str
    due_ids: list[str] = []
    reason: str
    """One of few words: mistaken, duplicate, wrong-household, other; the text is sealed with the visit."""
    by: str
    zones: list[str] = []


class _Hazard(_Inspection):
    hazard_id: str
    area: str
    level: Level
    code: str
    """A code of the hazard list, GAS-01 … SAF-09."""
    household_id: str | None = None
    zones: list[str] = []


class HazardFound(_Hazard):
    place: str = ""
    """Masked; safe to show."""
    disposition: Disposition = "open"
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
    by: str = ""


class HazardExtended(_Hazard):
    owner: str
    due_at: datetime
    original_due_at: datetime
    round: int = 1
    extensions: int
    by: str = ""


class HazardRectified(_Hazard):
    by: str
    round: int = 1
    evidence: str | None = None
    on_time: bool = True
    """Before the original due."""


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
    round: int = 0
    """How many rounds it took; 0 when it was fixed on the spot."""


class HazardDismissed(_Hazard):
    reason: str
    """One of few words: not-a-hazard, out-of-scope, not-found-again, other."""
    by: str


class HazardMerged(_Hazard):
    into: str
    by: str = ""
    found_by: str = ""


class HazardReopened(_Hazard):
    by: str
    place: str = ""
    disposition: Disposition = "open"
    times: int = 1
    """How often it has been opened again by now."""
    round: int = 0
    """The last round before; an order begins the next one."""
    recurred: bool = False
    """Found again at the same place, rather than opened again by a person's judgement."""
    visit_id: str | None = None


class HazardHandedOver(_Hazard):
    unit: str
    reference: str
    by: str
    round: int = 0


class HazardListed(_Hazard):
    by: list[str]


class HazardDelisted(_Hazard):
    by: list[str]
