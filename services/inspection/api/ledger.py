"""The hazard ledger: pages, counts, one hazard's whole history, and the official table as CSV."""

import csv
import io
from collections.abc import AsyncIterator
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Response
from fastapi.responses import StreamingResponse
from pydantic import BaseModel

from services.inspection.api.columns import COLUMNS, row
from services.inspection.api.shown import HazardShown, shown
from services.inspection.api.words import Code, Staff
from services.inspection.domain.hazard import OPEN, Hazard, Stage
from services.inspection.domain.words import stamp
from services.inspection.store import hazards
from shared.desk import Page
from shared.events.inspection import Level
from shared.http import After, Limit, Look, View
from shared.places import Atlas

router = APIRouter(tags=["hazard ledger"])
STAGES: tuple[Stage, ...] = (*OPEN, "closed", "merged", "dismissed")
LEVELS: tuple[Level, ...] = ("I", "II", "III")
MOST_COUNTED = 1_000_000
ROWS_AT_ONCE = 200
Order = Literal["due", "found", "-found"]


def asked(
    look: Look,
    stage: Stage | None = None,
    level: Level | None = None,
    overdue: bool | None = None,
    code: Code | None = None,
    owner: Staff | None = None,
    listed: bool | None = None,
) -> dict[str, Any]:
    """The filter that page and table share."""
    named = {"stage": stage, "level": level, "code": code, "owner": owner, "listed": listed}
    where: dict[str, Any] = {f"keys.{name}": value for name, value in named.items() if value is not None}
    if overdue is not None:
        where["keys.due"] = {"$lt" if overdue else "$gte": stamp(look.now)}
    return where


Asked = Annotated[dict[str, Any], Depends(asked)]


class LedgerPage(BaseModel):
    items: list[HazardShown]
    next: str | None


class Counts(BaseModel):
    """Hazards by stage; of those that are open by level; how many are overdue, and listed."""

    area: str
    stages: dict[Stage, int]
    open_by_level: dict[Level, int]
    overdue: int
    listed: int


@router.get("/hazards", response_model_exclude={"items": {"__all__": {"history", "sightings", "absorbed"}}})
async def page_hazards(
    look: Look, where: Asked, order: Order = "due", limit: Limit = 50, after: After = None
) -> LedgerPage:
    """By due: what runs against a date first, then the rest. By time found: the oldest or the newest first."""
    page = await _page(look, where, order, after, limit)
    return LedgerPage(items=[shown(each, look.now) for each in _states(page)], next=page.next)


@router.get("/hazards/counts")
async def count_hazards(look: Look) -> Counts:
    async def count(**keys: Any) -> int:
        return await look.count(hazards, {f"keys.{name}": value for name, value in keys.items()}, MOST_COUNTED)

    return Counts(
        area=look.area,
        stages={stage: await count(stage=stage) for stage in STAGES},
        open_by_level={level: await count(level=level, stage={"$in": list(OPEN)}) for level in LEVELS},
        overdue=await count(due={"$lt": stamp(look.now)}),
        listed=await count(listed=True),
    )


@router.get("/hazards.csv", response_class=StreamingResponse)
async def table(look: Look, where: Asked, order: Order = "due") -> StreamingResponse:
    """隐患整改台账, as a spreadsheet reads it: UTF-8 with its mark, nothing taken for a formula."""
    first = await _page(look, where, order, None, ROWS_AT_ONCE)
    name = f'attachment; filename="hazards-{look.area.replace(":", "-")}.csv"'
    lines = _lines(look, where, order, first)
    return StreamingResponse(lines, media_type="text/csv; charset=utf-8", headers={"Content-Disposition": name})


@router.get("/hazards/{hazard_id}")
async def read_hazard(hazard_id: str, look: Look, response: Response) -> HazardShown:
    """With every step since it was found."""
    return shown(await look.get(hazards, hazard_id, response), look.now)


async def _page(look: View, where: dict[str, Any], order: Order, after: str | None, limit: int) -> Page:
    way, name = ("-", order[1:]) if order.startswith("-") else ("", order)
    return await look.page(hazards, where, f"{way}keys.{name}", after, limit)


def _states(page: Page) -> list[Hazard]:
    return [Hazard.model_validate(found["state"]) for found in page.items]


async def _lines(look: View, where: dict[str, Any], order: Order, page: Page) -> AsyncIterator[str]:
    """Page by page, so that a table of any length takes the memory of one."""
    atlas = Atlas(look.desk)
    yield "\ufeff" + _written([list(COLUMNS)])
    while True:
        yield _written([await row(hazard, look.now, atlas) for hazard in _states(page)])
        if page.next is None:
            return
        page = await _page(look, where, order, page.next, ROWS_AT_ONCE)


def _written(rows: list[list[str]]) -> str:
    text = io.StringIO()
    csv.writer(text).writerows([[_harmless(cell) for cell in cells] for cells in rows])
    return text.getvalue()


def _harmless(cell: str) -> str:
    """A spreadsheet takes what begins so for a formula; with a quotation mark before it, for text."""
    return f"'{cell}" if cell.startswith(("=", "+", "-", "@", "\t", "\r")) else cell
