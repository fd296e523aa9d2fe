"""The care categories and what each asks for: how often somebody must be looked in on."""

from collections.abc import Collection
from typing import Literal

from shared.events.registry import Tier

Category = Literal[
    "C01", "C02", "C03", "C04", "C05", "C06", "C07", "C08", "C09", "C10", "C11", "C12", "C13", "C14", "C15"
]
LEFT_ALONE: Category = "C10"
CARE: dict[str, str] = {
    "C01": "独居",
    "C02": "空巢",
    "C03": "高龄80+",
    "C04": "残疾",
    "C05": "困境家庭",
    "C06": "低保",
    "C07": "特困",
    "C08": "退役军人",
    "C09": "退役军人家属",
    "C10": "住院居民家中独居配偶",
    "C11": "失能失智",
    "C12": "困境/留守儿童",
    "C13": "计生特殊家庭",
    "C14": "重病慢病",
    "C15": "行动不便",
}
OLD_AGE = 80
RANK: dict[Tier, int] = {"daily": 0, "weekly": 1, "monthly": 2, "quarterly": 3, "round": 4}
"""The more often, the lower."""


def tier_of(categories: Collection[str], old: bool) -> Tier | None:
    """How often: `old` says whether the person is 80 or more (C03 says so too). None without a category."""
    held = set(categories)
    if "C10" in held:
        return "daily"
    if held & {"C11", "C14"} or (held & {"C01", "C02"} and (old or "C03" in held)):
        return "weekly"
    if held & {"C07", "C12", "C13"}:
        return "monthly"
    return "quarterly" if held else None
