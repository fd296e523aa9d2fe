"""The checklists that ship: what to look at and what to ask, item by item, and which answers there are.

Data of a city, in its own words. Ids are for ever; labels may change.
"""

from collections.abc import Iterable, Sequence
from typing import Protocol

from services.inspection.domain.unfit import Unfit
from shared.decision import State

DAILY = "daily"


class Choice(State):
    """`wrong`: this answer is one that somebody should look at."""

    value: str
    label: str
    wrong: bool = False


class Item(State):
    """One thing to check. A required one must be answered when the visit keeps a due of its checklist."""

    id: str
    label: str
    choices: tuple[Choice, ...]
    required: bool = False
    hazard: str | None = None
    """The code that a wrong answer suggests."""


class Checklist(State):
    id: str
    label: str
    items: tuple[Item, ...]


class Given(Protocol):
    """An answer, as the rules here see it."""

    @property
    def checklist(self) -> str: ...
    @property
    def item(self) -> str: ...
    @property
    def answer(self) -> str: ...


SOUND = (Choice(value="ok", label="正常"), Choice(value="bad", label="有隐患", wrong=True))
SOUND_OR_NONE = (*SOUND, Choice(value="none", label="无此项"))
DONE = (Choice(value="yes", label="是"), Choice(value="no", label="否"))


def _look(id: str, label: str, hazard: str) -> Item:
    return Item(id=id, label=label, choices=SOUND_OR_NONE, hazard=hazard)


def _did(id: str, label: str) -> Item:
    return Item(id=id, label=label, choices=DONE)


HEATING = Checklist(
    id="heating",
    label="取暖安全",
    items=(
        _look("stove-ventilation", "煤炭炉通风、烟道畅通", "HEA-01"),
        _look("heater-distance", "取暖器远离可燃物", "HEA-02"),
        _look("blanket", "电热毯完好", "HEA-03"),
        _look("carbon-monoxide", "一氧化碳报警器、通风意识", "COX-01"),
        _did("handbook", "已发放安全手册"),
    ),
)
GAS = Checklist(
    id="gas",
    label="燃气安全",
    items=(
        _look("hose", "软管未老化、未超期", "GAS-01"),
        _look("alteration", "无私接私改", "GAS-02"),
        _look("water-heater", "非直排热水器", "GAS-03"),
        _look("flue", "烟道完好", "GAS-04"),
        _look("two-sources", "无双气源", "GAS-05"),
        _look("leak", "无泄漏(查漏液)", "GAS-06"),
    ),
)
ELECTRIC = Checklist(
    id="electric",
    label="用电安全",
    items=(
        _look("wiring", "线路未老化", "ELE-01"),
        _look("improvised", "无私拉乱接", "ELE-02"),
        _look("overload", "无超负荷", "ELE-03"),
        _look("bicycle", "电动车未入户充电", "ELE-04"),
    ),
)
DAILY_CHECKS = Checklist(
    id=DAILY,
    label="每日三查",
    items=(
        Item(
            id="body",
            label="身体状况",
            required=True,
            choices=(
                Choice(value="well", label="良好"),
                Choice(value="unwell", label="不适", wrong=True),
                Choice(value="urgent", label="需就医", wrong=True),
            ),
        ),
        Item(id="utilities", label="水电燃气", required=True, choices=SOUND),
        Item(
            id="company",
            label="陪聊",
            required=True,
            choices=(
                Choice(value="yes", label="已陪聊"),
                Choice(value="low", label="情绪低落", wrong=True),
                Choice(value="declined", label="本人不愿"),
            ),
        ),
    ),
)
FIRE = Checklist(
    id="fire",
    label="三清三关",
    items=(
        _look("clear-corridor", "清走道", "FIR-01"),
        _look("clear-balcony", "清阳台", "FIR-04"),
        _look("clear-kitchen", "清厨房", "FIR-04"),
        Item(id="shut-fire", label="关火", choices=SOUND),
        Item(id="shut-power", label="关电", choices=SOUND),
        Item(id="shut-gas", label="关气", choices=SOUND),
    ),
)
CAMPAIGN = Checklist(
    id="campaign",
    label="宣传事项",
    items=(
        _did("co-ventilation", "取暖通风要点"),
        _did("co-signs", "一氧化碳中毒识别"),
        _did("co-first-aid", "中毒自救互救"),
        _did("fire-escape", "高层火灾逃生"),
        _did("fraud-cases", "诈骗典型案例"),
        Item(
            id="fraud-app",
            label="国家反诈中心App",
            choices=(
                Choice(value="installed", label="已安装"),
                Choice(value="agreed", label="同意安装"),
                Choice(value="offered", label="已介绍"),
                Choice(value="declined", label="不愿安装"),
                Choice(value="no-phone", label="无智能手机"),
            ),
        ),
    ),
)

CHECKLISTS: dict[str, Checklist] = {each.id: each for each in (HEATING, GAS, ELECTRIC, DAILY_CHECKS, FIRE, CAMPAIGN)}


def check(answers: Sequence[Given]) -> None:
    """Raises Unfit for an unknown checklist, item or answer, and for an item answered twice."""
    seen: set[tuple[str, str]] = set()
    for given in answers:
        named = f"{given.checklist}/{given.item}"
        item = _item(given.checklist, given.item)
        if given.answer not in {choice.value for choice in item.choices}:
            offered = ", ".join(choice.value for choice in item.choices)
            raise Unfit(f"{named} is answered by one of: {offered}")
        if (given.checklist, given.item) in seen:
            raise Unfit(f"{named} is answered twice")
        seen.add((given.checklist, given.item))


def _item(checklist: str, item: str) -> Item:
    found = CHECKLISTS.get(checklist)
    if found is None:
        raise Unfit(f"there is no checklist {checklist}")
    for each in found.items:
        if each.id == item:
            return each
    raise Unfit(f"the checklist {checklist} has no item {item}")


def check_complete(answers: Sequence[Given], checklists: Iterable[str]) -> None:
    """Raises Unfit when a required item of one of these checklists is not answered."""
    answered = {(given.checklist, given.item) for given in answers}
    missing = [
        f"{name}/{item.id}"
        for name in sorted(set(checklists) & CHECKLISTS.keys())
        for item in CHECKLISTS[name].items
        if item.required and (name, item.id) not in answered
    ]
    if missing:
        raise Unfit(f"must be answered: {', '.join(missing)}", missing=missing)
