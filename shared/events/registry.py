"""What the registry states: who lives where, who needs care, and who must be visited when."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.event import Event

Tier = Literal["daily", "weekly", "monthly", "quarterly", "round"]
Fact = Literal["hospitalised", "away", "deceased"]
Withdrawal = Literal["paused", "closed", "moved", "deceased", "away", "round-over", "erased", "kept"]
"""Why nobody need come any more. `kept`: a visit that did not name the due has kept it."""


class _Registry(Event):
    source: ClassVar[str] = "registry"


class AreaNamed(BaseModel):
    """A place by its code: the legal name, the name people say, and the zones laid over it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    code: str
    name: str
    legal_name: str = ""
    zones: list[str] = []


class AreasDefined(_Registry):
    """The city, or one county with every area below it, as they now stand."""

    area: str
    areas: list[AreaNamed]


class HouseholdRegistered(_Registry):
    household_id: str
    area: str
    label: str
    """Masked: 3号楼."""
    zones: list[str] = []


class HouseholdChanged(_Registry):
    household_id: str
    area: str
    label: str
    zones: list[str] = []
    members: list[str] = []
    """Everyone who lives there, as the household knows them."""
    left_alone: str | None = None
    """The one who is at home while another is in hospital; None when there is no such one."""


class _Member(_Registry):
    """A resident as their household has to know them: enough to tell who must be visited, and when."""

    resident_id: str
    household_id: str
    area: str
    label: str = ""
    """Masked: 王*."""
    care: list[str] = []
    zones: list[str] = []
    plan_id: str | None = None
    tier: Tier | None = None
    paused: bool = False
    absent: Fact | None = None
    adult: bool = True
    since: str = ""
    """The calendar day from which plan, pause and absence have been so."""


class ResidentRegistered(_Member):
    pass


class ResidentUpdated(_Member):
    pass


class ResidentMoved(_Member):
    from_household_id: str
    from_area: str


class CareTagged(_Registry):
    resident_id: str
    household_id: str
    area: str
    category: str
    """C01 … C15."""
    since: str
    """A calendar day, ISO 8601."""
    origin: str


class CareUntagged(_Registry):
    resident_id: str
    household_id: str
    area: str
    category: str
    reason: str


class FactRecorded(_Registry):
    """Hospitalised, away, deceased: what changes how a person is looked after."""

    resident_id: str
    household_id: str
    area: str
    fact: Fact
    since: str


class FactEnded(_Registry):
    resident_id: str
    household_id: str
    area: str
    fact: Fact
    until: str


class CarePlanOpened(_Registry):
    plan_id: str
    resident_id: str
    household_id: str
    area: str
    tier: Tier
    reason: str


class CarePlanChanged(_Registry):
    plan_id: str
    area: str
    tier: Tier
    resident_id: str = ""
    household_id: str = ""


class CarePlanPaused(_Registry):
    plan_id: str
    area: str
    until: str | None = None
    resident_id: str = ""
    household_id: str = ""
    reason: str = ""


class CarePlanResumed(_Registry):
    plan_id: str
    area: str
    resident_id: str = ""
    household_id: str = ""


class CarePlanClosed(_Registry):
    plan_id: str
    area: str
    reason: str
    resident_id: str = ""
    household_id: str = ""


class VisitDue(_Registry):
    """One household must be visited within one calendar day. Every due of that day is named."""

    household_id: str
    area: str
    day: str
    """The calendar day (Asia/Shanghai), ISO 8601."""
    due_ids: list[str]
    tier: Tier
    label: str
    """Masked: 3号楼 王*."""
    residents: list[str] = []
    checklists: list[str] = []
    zones: list[str] = []
    due_at: datetime
    """The end of what is allowed: 20:00 of the day for daily care, the round's end for a round."""
    again: list[str] = []
    """Those of `due_ids` that had been withdrawn, or kept by a visit that was voided, and stand again."""


class VisitWithdrawn(_Registry):
    household_id: str
    area: str
    day: str
    """The day under which visit-due named these."""
    due_ids: list[str]
    """Not all of that day, perhaps: the others stay due."""
    reason: Withdrawal
    zones: list[str] = []


class RoundStarted(_Registry):
    round_id: str
    area: str
    name: str
    targets: int
    ends: str
    categories: list[str] = []
    checklists: list[str] = []
    zones: list[str] = []


class RoundFinished(_Registry):
    round_id: str
    area: str
    targets: int
    visited: int


class RoundCancelled(_Registry):
    round_id: str
    area: str
    reason: str
