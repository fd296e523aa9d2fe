"""Where the sample's people live: the article's communities and the village, and one more (六堰山, which
is not 六堰), with invented compounds."""

from dataclasses import dataclass


@dataclass(frozen=True)
class Community:
    """`homes` is how many households the sample puts there."""

    code: str
    name: str
    homes: int
    compounds: tuple[str, ...]


COMMUNITIES = (
    Community("420303002002", "周家沟社区", 120, ("向阳小区", "沟口家属院", "柳林苑")),
    Community("420303002004", "动力新村社区", 90, ("动力一村", "动力二村", "梧桐院")),
    Community("420303002009", "红河社区", 80, ("红河家园", "河畔小区")),
    Community("420303003001", "艳湖社区", 80, ("艳湖春天", "湖滨小区")),
    Community("420303003002", "镜潭社区", 130, ("镜潭小区", "老厂宿舍", "潭边院")),
    Community("420303003004", "张湾社区", 100, ("张湾一号院", "惠民小区")),
    Community("420303003007", "人民广场社区", 90, ("银河小区", "广场北院")),
    Community("420303003009", "公园社区", 80, ("公园里", "绿荫小区")),
    Community("420303001005", "头堰社区", 80, ("头堰新居", "花果小区")),
    Community("420303004001", "六堰社区", 110, ("六堰大院", "车站南里")),
    Community("420303004010", "熊家湾社区", 90, ("湾景小区", "高楼一号")),
    Community("420303004204", "熊家湾村", 60, ("一组", "二组", "三组")),
    Community("420302002002", "火车站社区", 90, ("铁路家属院", "站前小区")),
    Community("420302003001", "北街社区", 80, ("北街老巷", "文化小区")),
    Community("420302003006", "六堰山社区", 70, ("山脚小区", "山上院")),
    Community("420302202005", "黎明社区", 100, ("黎明花园", "东城苑")),
)
VILLAGE = "420303004204"
GRIDS = ("001", "002", "003", "004")
STREETS = {
    "420303001": "花果街道",
    "420303002": "红卫街道",
    "420303003": "车城路街道",
    "420303004": "汉江路街道",
    "420302002": "二堰街道",
    "420302003": "五堰街道",
    "420302202": "鸳鸯乡",
}
