"""The words of a fact as people here say them: codes to Chinese, times in the city's zone."""

from collections.abc import Mapping
from datetime import datetime

from shared.calendar import ZONE

LABELS: Mapping[str, Mapping[str, str]] = {
    "kind": {
        "visit": "走访",
        "welfare-check": "安全核实",
        "arrange": "派定责任人",
        "rectify": "隐患整改",
        "recheck": "整改复查",
        "follow-up": "移交跟进",
    },
    "urgency": {"red": "红色", "yellow": "黄色", "blue": "蓝色"},
    "clock": {"accept": "接单", "act": "到场处置", "resolve": "办结"},
    "level": {"I": "一级（立即）", "II": "二级（限期）", "III": "三级（提示）"},
    "disposition": {"fixed": "已当场整改", "ordered": "已限期整改", "open": "待派责任人"},
    "origin": {
        "visit": "入户走访",
        "hotline": "热线",
        "property": "物业",
        "passer-by": "群众",
        "inspection": "专项排查",
    },
    "code": {
        "GAS-01": "燃气软管老化",
        "GAS-02": "燃气私接私改",
        "GAS-03": "直排式热水器",
        "GAS-04": "热水器烟道",
        "GAS-05": "双气源",
        "GAS-06": "燃气泄漏",
        "GAS-07": "燃气具超期",
        "ELE-01": "电气线路老化",
        "ELE-02": "电线私拉乱接",
        "ELE-03": "用电超负荷",
        "ELE-04": "电动车入户充电",
        "HEA-01": "煤炭炉无通风",
        "HEA-02": "取暖器近可燃物",
        "HEA-03": "电热毯老化",
        "COX-01": "一氧化碳风险",
        "FIR-01": "楼道堆物",
        "FIR-02": "消防设施缺损",
        "FIR-03": "消防通道堵塞",
        "FIR-04": "阳台厨房可燃物",
        "WAT-01": "漏水冻管",
        "STR-01": "房屋结构隐患",
        "PUB-01": "井盖隐患",
        "FRD-01": "疑似诈骗",
        "SAF-09": "其他隐患",
    },
}


def said(field: str, value: object) -> str:
    """One field of a fact in words; a code that has none stands for itself."""
    if isinstance(value, datetime):
        local = value.astimezone(ZONE)
        return f"{local.month}月{local.day}日 {local:%H:%M}"
    if isinstance(value, (list, tuple)):
        return "、".join(said(field, each) for each in value)
    text = "" if value is None else str(value)
    return LABELS.get(field, {}).get(text, text)
