"""The households of the article, always the first of their community: `H303002002-0001` is 王大爷's."""

from datetime import date

from deploy.sample.homes import Home
from deploy.sample.people import Person

ENTERED = date(2025, 3, 10)


def _elder(name: str, man: bool, born: str, *care: str) -> Person:
    return Person(name, man, date.fromisoformat(born), care, ENTERED if care else None)


STORIES: dict[str, tuple[Home, ...]] = {
    # 周家沟: lives alone, short of winter things and food when the door-knock round finds him.
    "420303002002": ((_elder("王大爷", True, "1944-03-05", "C01", "C03"),),),
    # 六堰: when he goes to hospital (a fact, recorded later) she is alone, and is visited every day.
    "420303004001": (
        (_elder("陈守义", True, "1947-08-12", "C02", "C14"), _elder("刘桂兰", False, "1949-11-02", "C02")),
    ),
    # 镜潭: heated with a coal stove; old people behind the doors of the heating round.
    "420303003002": (
        (_elder("赵长林", True, "1942-01-20", "C01", "C03"),),
        (_elder("何福生", True, "1950-05-06", "C02", "C04"), _elder("罗秀英", False, "1952-09-14", "C02")),
        (_elder("吴玉珍", False, "1946-12-30", "C01", "C14"),),
    ),
    # 动力新村: a veteran's widow who cannot come to the office for her pension certification.
    "420303002004": ((_elder("杨凤霞", False, "1948-06-18", "C01", "C09", "C15"),),),
    # 张湾: a family on minimum living allowance, on the sixth floor.
    "420303003004": (
        (_elder("孙建国", True, "1961-04-09", "C06", "C04"), _elder("马素华", False, "1963-02-27", "C06")),
    ),
    # 熊家湾村: old people who are honoured at the reunion dinner.
    "420303004204": (
        (_elder("熊永昌", True, "1938-10-01", "C02", "C03"), _elder("李月娥", False, "1941-07-07", "C02", "C03")),
        (_elder("熊春山", True, "1936-02-15", "C01", "C03", "C15"),),
        (_elder("熊翠莲", False, "1940-05-25", "C01", "C03"),),
    ),
}
