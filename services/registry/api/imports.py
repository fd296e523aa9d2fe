"""Tables in over HTTP: households and residents from CSV or XLSX, with a dry run."""

from fastapi import APIRouter, Request, Response

from services.registry.imports import households_table, residents_table
from shared.http import Wish
from shared.imports import take

router = APIRouter(prefix="/imports", tags=["imports"])


@router.post("/households")
async def households(request: Request, wish: Wish, dry_run: bool = False) -> Response:
    """The body is the file. Columns: 户编号, 区划代码, 楼栋, 详细地址."""
    return await take(request, wish, households_table(wish), dry_run)


@router.post("/residents")
async def residents(request: Request, wish: Wish, dry_run: bool = False) -> Response:
    """Columns: 居民编号, 户编号, 姓名, 电话, 身份证号, 出生年份, 照护类别 (several, separated by 、), 认定日期."""
    return await take(request, wish, residents_table(wish), dry_run)
