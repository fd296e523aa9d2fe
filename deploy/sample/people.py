"""Invented people: names from lists, identity numbers of a province that does not exist, phones that
nobody has."""

from dataclasses import dataclass
from datetime import date, timedelta
from random import Random

from shared.tables.codes import check_character

TODAY = date(2026, 2, 2)
"""The day on which the sample is true: ages are those of this day."""
FAMILY = "王李张刘陈杨黄赵周吴徐孙马朱胡郭何林罗高梁郑谢宋唐许韩冯邓曹彭曾肖田董潘袁蔡蒋余杜叶程魏苏吕丁沈"
MEN_THEN = ("守义", "德全", "国庆", "建国", "长林", "福生", "明德", "志远", "永昌", "春山", "学文", "占魁")
WOMEN_THEN = ("桂兰", "秀英", "玉珍", "凤霞", "素华", "淑芳", "兰英", "春梅", "金枝", "月娥", "翠莲", "惠芬")
MEN_NOW = ("浩然", "宇轩", "子墨", "俊杰", "晨阳", "一鸣", "志强", "文博", "海涛", "立新", "嘉诚", "明哲")
WOMEN_NOW = ("雨桐", "欣怡", "梓涵", "思琪", "静怡", "晓雯", "佳宁", "梦瑶", "婷婷", "丽娜", "若溪", "安然")


@dataclass(frozen=True)
class Person:
    """`care` are the categories the register knows; `since` is when they were entered."""

    name: str
    man: bool
    born: date
    care: tuple[str, ...] = ()
    since: date | None = None
    phone: bool = True

    @property
    def age(self) -> int:
        return TODAY.year - self.born.year - ((TODAY.month, TODAY.day) < (self.born.month, self.born.day))


class Registrar:
    """Gives out what must be unique, in one order: the same city on every machine."""

    def __init__(self) -> None:
        self._sequence: dict[str, int] = {}
        self._phone = 0

    def identity(self, person: Person, county: str) -> str:
        first = f"990{county[3:6]}{person.born:%Y%m%d}"
        number = self._sequence.get(first, 0) + 1
        self._sequence[first] = number
        serial = f"{number * 2 - (1 if person.man else 0):03d}"
        return first + serial + check_character(first + serial)

    def phone(self) -> str:
        """In steps of a number that shares no factor with 10⁸, so that none comes twice."""
        self._phone = (self._phone + 61_803_399) % 100_000_000
        return f"154{self._phone:08d}"


def somebody(rng: Random, ages: tuple[int, int], man: bool | None = None, family: str | None = None) -> Person:
    """A person of an age within bounds, both included."""
    man = rng.random() < 0.5 if man is None else man
    age = rng.randint(*ages)
    born = TODAY.replace(year=TODAY.year - age) - timedelta(days=rng.randint(1, 360))
    given = (MEN_THEN if man else WOMEN_THEN) if age >= 55 else (MEN_NOW if man else WOMEN_NOW)
    return Person((family or rng.choice(FAMILY)) + rng.choice(given), man, born, phone=age >= 10)
