"""What somebody saw, did and said at one moment: the facts that begin a hazard or bring it back."""

from datetime import datetime
from typing import Literal

from shared.decision import State
from shared.events.inspection import Disposition, Level
from shared.privacy import Sealed

Origin = Literal["visit", "hotline", "property", "passer-by", "inspection"]


class Seen(State):
    """What somebody saw, and what they did about it at once. `spot` names place and kind; `reopens` is
    the hazard there that was closed not long ago."""

    hazard_id: str
    code: str
    level: Level
    place: str
    exact: Sealed | None = None
    detail: Sealed | None = None
    disposition: Disposition = "open"
    owner: str | None = None
    due_at: datetime | None = None
    evidence: str | None = None
    reason: Sealed | None = None
    spot: str
    reopens: str | None = None

    @property
    def ledger_id(self) -> str:
        """The id under which it stands in the ledger."""
        return self.reopens or self.hazard_id


class Act(State):
    """Who does something, and when."""

    by: str
    at: datetime


class Sight(State):
    """Where it was seen, by whom and when."""

    area: str
    zones: tuple[str, ...] = ()
    household_id: str | None = None
    visit_id: str | None = None
    origin: Origin
    act: Act


class Sighting(State):
    """It was seen again: `id` is the one it would have got as a hazard of its own."""

    id: str
    at: datetime
    by: str
    origin: Origin
    detail: Sealed | None = None
