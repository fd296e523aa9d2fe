"""What each command of a hazard's loop must bring: an order both owner and due, a rectification its evidence."""

from typing import Annotated, Literal

from pydantic import Field, model_validator

from services.inspection.api.findings import HazardSeenBody
from services.inspection.api.words import Id, Label, Moment, Reference, Staff, Text
from shared.http import Body


class ReportHazard(HazardSeenBody):
    """At a household, or in an area at a place."""

    origin: Literal["hotline", "property", "passer-by", "inspection"]
    area: Annotated[str, Field(pattern=r"^\d{4,15}$")] | None = None
    household_id: Id | None = None
    reporter: Annotated[Text | None, Field(description="who called, and how to reach them; sealed")] = None

    @model_validator(mode="after")
    def _somewhere(self) -> "ReportHazard":
        if (self.area is None) == (self.household_id is None):
            raise ValueError("name the area, or the household: one of them")
        if self.area is not None and self.place is None:
            raise ValueError("name the place within the area")
        return self


class Reassign(Body):
    owner: Staff


class Extend(Body):
    due_at: Moment
    reason: Text


class Rectify(Body):
    done: Text
    evidence: Reference


class Recheck(Body):
    """What failed gets another round: a new due, and the same owner unless another is named."""

    passed: bool
    note: Text | None = None
    evidence: Reference | None = None
    due_at: Moment | None = None
    owner: Staff | None = None

    @model_validator(mode="after")
    def _due_when_failed(self) -> "Recheck":
        if not self.passed and self.due_at is None:
            raise ValueError("a failed recheck names the due of the next round")
        if self.passed and (self.due_at or self.owner):
            raise ValueError("a passed recheck ends it: there is no next due or owner")
        return self


class HandOver(Body):
    unit: Label
    reference: Reference


class HandBack(Body):
    """`rectified` with what was done and evidence, or `ordered` with an owner and a due."""

    outcome: Literal["rectified", "ordered"]
    done: Text | None = None
    evidence: Reference | None = None
    owner: Staff | None = None
    due_at: Moment | None = None

    @model_validator(mode="after")
    def _whole(self) -> "HandBack":
        done, anew = (self.done, self.evidence), (self.owner, self.due_at)
        needed, other = (done, anew) if self.outcome == "rectified" else (anew, done)
        if None in needed or other != (None, None):
            raise ValueError("rectified takes done and evidence; ordered takes owner and due_at")
        return self


class Dismiss(Body):
    reason: Literal["not-a-hazard", "out-of-scope", "not-found-again", "other"]
    note: Text | None = None


class Merge(Body):
    into: Id


class Reopen(Body):
    note: Text


class Agree(Body):
    """Nothing to add: who agrees is whoever sends it."""
