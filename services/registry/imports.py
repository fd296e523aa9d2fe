"""The tables that registers are kept in: a row of households, a row of residents, and the change each makes.

Ids derive from the external key; the row's fingerprint stays in the state, by which the import knows
the same row again and leaves it.
"""

from collections.abc import Sequence
from functools import partial
from typing import Any

from services.registry import reach
from services.registry.domain import households as home_rules
from services.registry.domain import residents as rules
from services.registry.domain.codes import CARE
from services.registry.domain.homes import Household
from services.registry.domain.people import Care, Resident
from services.registry.store import households, residents, standing
from shared import area, ids
from shared.calendar import day_of
from shared.decision import Decision
from shared.http import Command
from shared.imports import Import
from shared.places import Atlas
from shared.store import Change
from shared.tables import Column, Row, Sheet
from shared.tables.cells import Unfit, day, digits, many_of, text, whole
from shared.tables.codes import area_code, identity, phone

HOUSEHOLDS = Sheet(
    (
        Column("external", "户编号", ("家庭编号",), digits, required=True),
        Column("area", "区划代码", ("社区代码", "网格代码"), area_code, required=True),
        Column("label", "楼栋", ("楼栋号",), text, required=True),
        Column("address", "详细地址", ("地址", "住址"), text),
    )
)
RESIDENTS = Sheet(
    (
        Column("external", "居民编号", ("人员编号",), digits, required=True),
        Column("household", "户编号", ("家庭编号",), digits, required=True),
        Column("name", "姓名", (), text, required=True),
        Column("phone", "电话", ("手机号", "联系电话"), phone),
        Column("identity", "身份证号", ("身份证", "证件号码"), identity),
        Column("birth_year", "出生年份", ("出生年",), whole(1900, 2100)),
        Column("care", "照护类别", ("关爱类别", "人员类别"), many_of(CARE)),
        Column("since", "认定日期", ("起始日期",), day),
    )
)


class Homes:
    """The households that a batch of residents names, read in one go."""

    def __init__(self, wish: Command) -> None:
        self._wish = wish
        self._known: dict[str, Household] = {}

    async def ahead(self, rows: Sequence[Row]) -> None:
        found = await standing(self._wish.desk, {ids.derived("household", row["household"]) for row in rows})
        mine = set(self._wish.actor.scopes)
        self._known = {id: home for id, home in found.items() if mine & {*area.scopes(home.area), *home.zones}}

    def find(self, external: str) -> Household:
        """Raises Unfit, for a home elsewhere too."""
        home = self._known.get(ids.derived("household", external))
        if home is None:
            raise Unfit("no household with this number in your areas", "household")
        return home


def households_table(wish: Command) -> Import:
    atlas = Atlas(wish.desk)

    async def check(row: Row) -> None:
        await atlas.find(wish.within(row["area"]))

    async def change(row: Row, fingerprint: str) -> Change:
        place = await atlas.find(wish.within(row["area"]))
        address = row["address"]
        fresh = Household(
            id=_household_id(row),
            area=place.code,
            zones=place.zones,
            label=row["label"],
            address=wish.seals.seal(address) if address else None,
            external=row["external"],
            fingerprint=fingerprint,
            registered_at=wish.now,
        )
        return households.begin_or_change(fresh.id, partial(_household, fresh=fresh))

    return Import(HOUSEHOLDS, "external", households, _household_id, change, check)


def residents_table(wish: Command) -> Import:
    homes = Homes(wish)

    async def check(row: Row) -> None:
        homes.find(row["household"])
        if row["since"] is not None and row["since"] > day_of(wish.now):
            raise Unfit("lies ahead", "since")

    async def change(row: Row, fingerprint: str) -> Change:
        home = homes.find(row["household"])
        fresh = Resident(
            id=_resident_id(row),
            household=home.id,
            area=home.area,
            zones=home.zones,
            **reach.sealed(wish.seals, row["name"], row["phone"], row["identity"]),
            birth_year=reach.born(row["identity"], row["birth_year"]),
            external=row["external"],
            fingerprint=fingerprint,
            registered_at=wish.now,
            care=_care(row, day_of(wish.now)),
        )
        return residents.begin_or_change(fresh.id, partial(_resident, fresh=fresh))

    return Import(RESIDENTS, "external", residents, _resident_id, change, check, homes.ahead)


def _household_id(row: Row) -> str:
    return ids.derived("household", row["external"])


def _resident_id(row: Row) -> str:
    return ids.derived("resident", row["external"])


def _household(known: Household | None, fresh: Household) -> Decision[Household]:
    if known is None:
        return home_rules.register(fresh)
    said: dict[str, Any] = {
        field: getattr(fresh, field) for field in ("area", "zones", "label", "address", "external", "fingerprint")
    }
    return home_rules.change(known, known.but(**said), fresh.registered_at)


def _resident(known: Resident | None, fresh: Resident) -> Decision[Resident]:
    if known is None:
        return rules.register(fresh, fresh.registered_at)
    return rules.as_imported(known, fresh, fresh.registered_at)


def _care(row: Row, today: str) -> tuple[Care, ...]:
    return tuple(Care(category=code, since=row["since"] or today, origin=rules.BY_IMPORT) for code in row["care"] or ())
