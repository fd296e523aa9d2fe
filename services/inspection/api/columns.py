"""The columns of the official hazard ledger, and one hazard as its row."""

from datetime import datetime

from services.inspection.domain.codes import HAZARDS, LEVELS
from services.inspection.domain.hazard import Hazard, Stage, overdue
from services.inspection.domain.seen import Origin
from shared.calendar import ZONE
from shared.decision import Missing
from shared.places import Atlas

COLUMNS = (
    "编号",
    "社区",
    "地点",
    "隐患类别",
    "级别",
    "发现时间",
    "发现人",
    "来源",
    "责任人",
    "整改期限",
    "原期限",
    "延期次数",
    "整改情况",
    "整改人",
    "整改时间",
    "复查人",
    "复查结果",
    "状态",
    "轮次",
    "是否逾期",
    "挂牌督办",
    "移交单位",
    "闭环时间",
)
STAGES: dict[Stage, str] = {
    "found": "待指派",
    "ordered": "整改中",
    "rectified": "待复查",
    "handed_over": "已移交",
    "closed": "已闭环",
    "merged": "已合并",
    "dismissed": "已排除",
}
ORIGINS: dict[Origin, str] = {
    "visit": "入户走访",
    "hotline": "热线",
    "property": "物业",
    "passer-by": "群众",
    "inspection": "巡查",
}


async def row(hazard: Hazard, now: datetime, atlas: Atlas) -> list[str]:
    """Texts about people are sealed: the table says whether there is evidence, not what was written."""
    kind = HAZARDS.get(hazard.code)
    return [
        hazard.id,
        await _named(hazard.area, atlas),
        hazard.place,
        f"{hazard.code} {kind.name}" if kind else hazard.code,
        LEVELS[hazard.level],
        _time(hazard.found_at),
        hazard.found_by,
        ORIGINS[hazard.origin],
        hazard.owner or "",
        _time(hazard.due_at),
        _time(hazard.original_due_at),
        str(hazard.extensions),
        _work(hazard),
        hazard.rectified_by or "",
        _time(hazard.rectified_at),
        hazard.rechecked_by or "",
        {None: "", True: "合格", False: "不合格"}[hazard.recheck_passed],
        STAGES[hazard.stage],
        str(hazard.round),
        "是" if overdue(hazard, now) else "否",
        "是" if hazard.listed else "否",
        hazard.unit or "",
        _time(hazard.closed_at),
    ]


async def _named(area: str, atlas: Atlas) -> str:
    try:
        return (await atlas.find(area)).name
    except Missing:
        return area


def _work(hazard: Hazard) -> str:
    if hazard.rectified_at is None:
        return "未整改"
    how = "当场整改" if hazard.closed_how == "fixed-on-the-spot" else "已整改"
    return f"{how} ({hazard.evidence})" if hazard.evidence else how


def _time(moment: datetime | None) -> str:
    return moment.astimezone(ZONE).strftime("%Y-%m-%d %H:%M") if moment else ""
