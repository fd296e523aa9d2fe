"""The small types of which requests are made: ids, texts, times, places."""

from datetime import UTC, date, datetime
from typing import Annotated

from pydantic import AfterValidator, AwareDatetime, Field, model_validator

from services.inspection.domain.seen import Act
from services.inspection.domain.words import masked
from shared.clock import whole_ms
from shared.http import Body, Command

YEARS = range(2000, 2100)
"""What lies outside is a slip of the pen, and no calendar of ours knows it."""


def _moment(at: datetime) -> datetime:
    if at.year not in YEARS:
        raise ValueError("no such time here")
    return whole_ms(at.astimezone(UTC))


def _day(text: str) -> str:
    if date.fromisoformat(text).year not in YEARS:
        raise ValueError("no such day here")
    return text


Staff = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$", description="a staff number")]
Id = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,119}$")]
Reference = Annotated[
    str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:/#-]{0,199}$", description="of a photo, a paper, a case")
]
Text = Annotated[str, Field(min_length=1, max_length=500)]
"""Free text: sealed before anything is decided."""
Label = Annotated[str, Field(min_length=1, max_length=60)]
Day = Annotated[str, Field(pattern=r"^\d{4}-\d{2}-\d{2}$", examples=["2026-02-02"]), AfterValidator(_day)]
Code = Annotated[str, Field(pattern=r"^[A-Z]{3,6}-[A-Z0-9]{1,20}$", examples=["GAS-01"])]
Moment = Annotated[AwareDatetime, AfterValidator(_moment)]


class Where(Body):
    """By an area's or building's name, or by coordinates, or both."""

    label: Label | None = None
    lat: Annotated[float, Field(ge=-90, le=90)] | None = None
    lon: Annotated[float, Field(ge=-180, le=180)] | None = None

    @model_validator(mode="after")
    def _somewhere(self) -> "Where":
        if (self.lat is None) != (self.lon is None):
            raise ValueError("coordinates are a lat and a lon")
        if self.label is None and self.lat is None:
            raise ValueError("name the place: a label, or lat and lon")
        return self

    @property
    def exact(self) -> str:
        return (
            f"{self.label or ''}|{self.lat if self.lat is not None else ''},{self.lon if self.lon is not None else ''}"
        )

    @property
    def shown(self) -> str:
        """Masked: coordinates are not shown."""
        return masked(self.label) if self.label else "坐标定位"


def act(wish: Command) -> Act:
    return Act(by=wish.actor.id, at=wish.now)


def sealed(wish: Command, text: str | None) -> str | None:
    return wish.seals.seal(text) if text else None
