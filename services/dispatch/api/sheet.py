"""The table of workers that a street keeps in Excel, and what a row of it becomes."""

import re

from fastapi import APIRouter, Request, Response

from services.dispatch.api.enlisting import Facts, enlisting, known
from services.dispatch.api.people import STAFF_NUMBER
from services.dispatch.domain.workers import worker_of
from services.dispatch.store import workers
from shared.decision import Missing
from shared.http import Wish
from shared.imports import Import, take
from shared.places import Atlas
from shared.store import Change
from shared.tables import Column, Row, Sheet, Unfit
from shared.tables.cells import many_of, plain, several, text, yes_no
from shared.tables.codes import any_area_code, grid

router = APIRouter(tags=["workers"])
SKILLS = {
    "visit": "入户走访",
    "gas": "燃气",
    "electric": "电气",
    "heating": "取暖",
    "nursing": "护理",
    "counselling": "心理疏导",
}


def _staff_number(cell: object) -> str:
    number = plain(cell)
    if not re.fullmatch(STAFF_NUMBER, number):
        raise Unfit("is no staff number: up to 40 letters, digits and hyphens")
    return number


SHEET = Sheet(
    (
        Column("number", "工号", parse=_staff_number, required=True),
        Column("name", "姓名", parse=text, required=True),
        Column("area", "区域代码", ("社区代码",), parse=any_area_code, required=True),
        Column("grids", "网格", parse=several(grid)),
        Column("skills", "技能", parse=many_of(SKILLS)),
        Column("lead", "是否网格长", ("网格长",), parse=yes_no),
        Column("on_duty", "在岗", parse=yes_no),
    )
)


def _facts(row: Row) -> Facts:
    return Facts(
        name=row["name"],
        area=row["area"],
        grids=list(row["grids"] or ()),
        skills=list(row["skills"] or ()),
        lead=bool(row["lead"]),
        on_duty=row["on_duty"],
    )


@router.post("/workers/import")
async def import_workers(request: Request, wish: Wish, dry_run: bool = False) -> Response:
    """CSV or XLSX; all rows or none are taken; the same file again changes nothing."""
    atlas = Atlas(wish.desk)

    async def change(row: Row, fingerprint: str) -> Change:
        wanted = await known(wish, row["number"], _facts(row), atlas.find)
        return enlisting(wanted.but(fingerprint=fingerprint), row["on_duty"], wish)

    async def check(row: Row) -> None:
        if not wish.actor.sees(row["area"]):
            raise Unfit("no such area", "area")
        try:
            await atlas.find(row["area"])
        except Missing as error:
            raise Unfit(error.detail, "area") from error

    how = Import(SHEET, "number", workers, lambda row: worker_of(row["number"]), change, check)
    return await take(request, wish, how, dry_run)
