"""What the registry states: who lives where, who needs care, and who must be visited when."""

from datetime import datetime
from typing import ClassVar, Literal

from pydantic import BaseModel, ConfigDict

from shared.event import Event

Tier = Literal["daily", "weekly", "monthly", "quarterly", "round"]
Withdrawal = Literal["paused", "closed", "moved", "deceased", "away", "round-over", "erased"]


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


class HouseholdChanged(_Registry):
    household_id: str
    area: str
    label: str


class ResidentRegistered(_Registry):
    resident_id: str
    household_id: str
    area: str
    label: str
    """Masked: 王*."""
    care: list[str] = []


class ResidentUpdated(_Registry):
    resident_id: str
    household_id: str
    area: str
    label: str
    care: list[str] = []


class ResidentMoved(_Registry):
    resident_id: str
    household_id: str
    area: str
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
    fact: Literal["hospitalised", "away", "deceased"]
    since: str


class FactEnded(_Registry):
    resident_id: str
    household_id: str
    area: str
    fact: Literal["hospitalised", "away", "deceased"]
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


class CarePlanPaused(_Registry):
    plan_id: str
    area: str
    until: str | None = None


class CarePlanResumed(_Registry):
    plan_id: str
    area: str


class CarePlanClosed(_Registry):
    plan_id: str
    area: str
    reason: str


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


class VisitWithdrawn(_Registry):
    household_id: str
    area: str
    day: str
    due_ids: list[str]
    reason: Withdrawal


class RoundStarted(_Registry):
    round_id: str
    area: str
    name: str
    targets: int
    ends: str


class RoundFinished(_Registry):
    round_id: str
    area: str
    targets: int
    visited: int


class RoundCancelled(_Registry):
    round_id: str
    area: str
    reason: str
