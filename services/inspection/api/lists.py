"""The lists that a form is made of: checklists, codes of hazards and of findings."""

from fastapi import APIRouter
from pydantic import BaseModel

from services.inspection.domain.checklists import CHECKLISTS, Checklist
from services.inspection.domain.codes import FAMILIES, FINDINGS, HAZARDS
from shared.events.inspection import Level
from shared.http import Who

router = APIRouter(tags=["lists"])


class Checklists(BaseModel):
    items: list[Checklist]


class HazardCode(BaseModel):
    """`always`: its level is never lowered."""

    code: str
    name: str
    level: Level
    always: bool


class Codes(BaseModel):
    """A finding's code is one of `findings`, or of a family: HLTH-FALL."""

    hazards: list[HazardCode]
    findings: dict[str, str]
    families: dict[str, str]


@router.get("/checklists")
async def checklists(who: Who) -> Checklists:
    return Checklists(items=list(CHECKLISTS.values()))


@router.get("/codes")
async def codes(who: Who) -> Codes:
    listed = [HazardCode(code=c, name=k.name, level=k.level, always=k.always) for c, k in HAZARDS.items()]
    return Codes(hazards=listed, findings=FINDINGS, families=FAMILIES)
