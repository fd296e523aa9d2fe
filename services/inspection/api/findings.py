"""How a hazard is put into words by whoever saw it, at a door or elsewhere."""

from typing import Annotated

from pydantic import Field, model_validator

from services.inspection.api.words import Code, Label, Moment, Reference, Staff, Text, sealed
from services.inspection.domain import codes
from services.inspection.domain.seen import Seen
from services.inspection.domain.words import masked
from shared.events.inspection import Disposition, Level
from shared.http import Body, Command


class Fixed(Body):
    """Fixed on the spot: with evidence, or with a reason why there is none."""

    evidence: Reference | None = None
    reason: Text | None = None

    @model_validator(mode="after")
    def _shown(self) -> "Fixed":
        if self.evidence is None and self.reason is None:
            raise ValueError("fixed on the spot needs evidence, or a reason why there is none")
        return self


class Order(Body):
    """Somebody's, until a time: both."""

    owner: Staff
    due_at: Moment


class HazardSeenBody(Body):
    """`level` is the list's when it is left out; neither `fixed` nor `order`: left open."""

    code: Code
    level: Level | None = None
    place: Annotated[Label | None, Field(description="厨房, 3号楼2单元楼道")] = None
    detail: Text | None = None
    fixed: Fixed | None = None
    order: Order | None = None

    @model_validator(mode="after")
    def _one_way(self) -> "HazardSeenBody":
        if self.fixed is not None and self.order is not None:
            raise ValueError("a hazard is fixed on the spot or ordered, not both")
        return self

    @property
    def disposition(self) -> Disposition:
        return "fixed" if self.fixed else "ordered" if self.order else "open"

    def seen(self, wish: Command, hazard_id: str, spot: str, label: str = "") -> Seen:
        """Raises Unfit for a code that is not in the list. `label` names the home it was found in."""
        fixed, order = self.fixed, self.order
        return Seen(
            hazard_id=hazard_id,
            code=self.code,
            level=codes.level_of(self.code, self.level),
            place=" ".join(filter(None, (label, masked(self.place or "")))),
            exact=sealed(wish, self.place),
            detail=sealed(wish, self.detail),
            disposition=self.disposition,
            owner=order.owner if order else None,
            due_at=order.due_at if order else None,
            evidence=fixed.evidence if fixed else None,
            reason=sealed(wish, fixed.reason) if fixed else None,
            spot=spot,
        )
