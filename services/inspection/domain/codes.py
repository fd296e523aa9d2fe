"""The code lists of hazards and findings, and how they are named in Chinese."""

import re
from dataclasses import dataclass

from services.inspection.domain.unfit import Unfit
from shared.events.inspection import Level


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of hazard. `always`: its level is never lowered."""

    name: str
    level: Level = "II"
    always: bool = False


def _at_once(name: str) -> Kind:
    return Kind(name, "I", always=True)


HAZARDS: dict[str, Kind] = {
    "GAS-01": Kind("软管老化"),
    "GAS-02": Kind("私接私改"),
    "GAS-03": _at_once("直排热水器"),
    "GAS-04": Kind("烟道不畅"),
    "GAS-05": Kind("双气源"),
    "GAS-06": _at_once("燃气泄漏"),
    "GAS-07": Kind("超期使用"),
    "ELE-01": Kind("线路老化"),
    "ELE-02": Kind("私拉乱接"),
    "ELE-03": Kind("超负荷用电"),
    "ELE-04": _at_once("电动车入户充电"),
    "HEA-01": _at_once("煤炭炉无通风"),
    "HEA-02": Kind("取暖器近可燃物"),
    "HEA-03": Kind("电热毯老化"),
    "COX-01": Kind("一氧化碳中毒风险"),
    "FIR-01": Kind("楼道堆物"),
    "FIR-02": Kind("消防设施缺损"),
    "FIR-03": _at_once("消防通道堵塞"),
    "FIR-04": Kind("阳台厨房可燃物"),
    "WAT-01": Kind("漏水冻管"),
    "STR-01": Kind("房屋结构"),
    "PUB-01": Kind("井盖缺损"),
    "FRD-01": Kind("疑似诈骗"),
    "SAF-09": Kind("其他隐患"),
}

LEVELS: dict[Level, str] = {"I": "Ⅰ级 立即", "II": "Ⅱ级 限期", "III": "Ⅲ级 提示"}
_SEVERITY: dict[Level, int] = {"I": 1, "II": 2, "III": 3}

FINDINGS: dict[str, str] = {
    "SUP-CLOTH": "御寒衣物短缺",
    "SUP-FOOD": "存粮短缺",
    "SUP-MED": "药品短缺",
    "POLICY-Q": "政策咨询",
}
FAMILIES: dict[str, str] = {"HLTH": "健康", "UTIL": "水电燃气", "MOOD": "情绪"}
"""Families whose members a city names itself: HLTH-FALL, UTIL-HEAT."""
_FAMILY = re.compile(rf"^({'|'.join(FAMILIES)})-[A-Z0-9]{{1,20}}$")


def level_of(code: str, wanted: Level | None) -> Level:
    """The level of a hazard of this code: the finder's word, or the list's. Raises Unfit."""
    kind = HAZARDS.get(code)
    if kind is None:
        raise Unfit(f"{code} is not in the list of hazards")
    if wanted is None:
        return kind.level
    if kind.always and _SEVERITY[wanted] > _SEVERITY[kind.level]:
        raise Unfit(f"{code} is always of level {kind.level}")
    return wanted


def check_finding(code: str) -> None:
    """Raises Unfit for what is no finding's code."""
    if code not in FINDINGS and not _FAMILY.match(code):
        raise Unfit(f"{code} is not in the list of findings")
