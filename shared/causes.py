"""The words between who wants something and the document: a cause, what it asks, what became of it."""

from dataclasses import dataclass
from datetime import datetime

from shared.decision import Refusal, Rejected, State
from shared.store import Change


@dataclass(frozen=True, slots=True)
class Cause:
    """Why something changes: `source/id`, so that no two can collide. `durable` causes (events,
    wakes) have their no-ops and refusals remembered too; a request's refusal may become a yes later."""

    id: str
    trace: str
    durable: bool = True
    digest: str | None = None
    actor: str | None = None


@dataclass(frozen=True, slots=True)
class Guard:
    """What must still be so when the change is decided: checked after `heard`, inside the loop."""

    version: int | None = None
    scopes: tuple[str, ...] | None = None
    wake_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Ask:
    cause: Cause
    change: Change
    guard: Guard = Guard()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one cause on one document."""

    state: State | None
    version: int
    repeated: bool = False
    refused: Refusal | None = None
    early: bool = False


class Poison(Exception):
    """A rule broke on a cause: not refused, broken. The rest of the batch goes on without it."""

    def __init__(self, cause: Cause, error: Exception) -> None:
        super().__init__(f"{cause.id}: {error!r}")
        self.cause = cause
        self.error = error


class Unlike(Rejected):
    """The same key with another body."""

    status = 422
    title = "key used for another request"
