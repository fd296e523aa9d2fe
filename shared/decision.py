"""What a rule returns, and the three errors that are raised on purpose."""

from dataclasses import dataclass
from typing import Any, Generic, Self, TypeVar

from pydantic import BaseModel, ConfigDict

from shared.event import Event


class State(BaseModel):
    """A state, or a part of one. Fields of a newer release are kept, so that old code never erases
    them; a state is never changed, only followed by another (`but`)."""

    model_config = ConfigDict(frozen=True, extra="allow")

    def but(self, **changes: Any) -> Self:
        return self.model_copy(update=changes)


S = TypeVar("S", bound=State)


@dataclass(frozen=True, slots=True)
class Decision(Generic[S]):
    """The state that follows and the events that say so, in order. A state of None erases: the
    document stays as a tombstone that remembers its causes and its numbers."""

    state: S | None
    events: tuple[Event, ...] = ()


class Refusal(Exception):
    """An error raised on purpose. `status` is its HTTP status; `more` joins the problem+json."""

    status = 500
    title = "refused"

    def __init__(self, detail: str, **more: Any) -> None:
        super().__init__(detail)
        self.detail = detail
        self.more = more


class Rejected(Refusal):
    """The rules do not allow it now."""

    status = 409
    title = "rejected"


class Missing(Refusal):
    """There is no such thing, or none that the asker may see."""

    status = 404
    title = "missing"


class Busy(Refusal):
    """Not now: the store is away, its answer was unclear, or a race was lost too often. The same
    cause may safely come again."""

    status = 503
    title = "busy"
