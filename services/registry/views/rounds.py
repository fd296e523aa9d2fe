"""Rounds and their targets as lists and pages show them."""

from datetime import datetime

from pydantic import BaseModel

from services.registry.domain.rounds import Round
from services.registry.domain.targets import Target, mark, outcome


class RoundView(BaseModel):
    """`targets`, `visited` and `withdrawn` are as of the last folding; `coverage` counts them anew."""

    id: str
    area: str
    name: str
    categories: list[str]
    checklists: list[str]
    ends: str
    stage: str
    freezing: bool
    targets: int
    visited: int
    withdrawn: int
    by: str
    started_at: datetime | None
    ended_at: datetime | None
    reason: str


class TargetView(BaseModel):
    id: str
    household: str
    area: str
    label: str
    residents: list[str]
    mark: str
    reason: str | None
    outcome: str | None


def round_view(round: Round) -> RoundView:
    known = round.model_dump(include=RoundView.model_fields.keys() - {"freezing"})
    return RoundView(**known, freezing=round.work == "freezing")


def target_view(target: Target) -> TargetView:
    known = target.model_dump(include={"id", "household", "area", "label", "residents"})
    return TargetView(**known, mark=mark(target), reason=target.said, outcome=outcome(target))
