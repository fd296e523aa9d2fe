"""What inspection keeps, how it is found, and the questions that routes ask of it."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from functools import partial

from services.inspection.domain import due, found, hazard, visit
from services.inspection.domain.due import Dues, Household
from services.inspection.domain.hazard import RECURS_WITHIN, Hazard
from services.inspection.domain.seen import Seen, Sight
from services.inspection.domain.visit import Visit
from services.inspection.domain.words import stamp
from shared.calendar import at_time, day_of
from shared.decision import Missing
from shared.desk import Desk
from shared.store import Change, Index, Store

visits = Store(
    "visits",
    Visit,
    scopes=visit.scopes,
    keys=visit.keys,
    indexes=(
        Index(("scopes", "keys.order")),
        Index(("scopes", "keys.day", "keys.order")),
        Index(("scopes", "keys.worker", "keys.order")),
        Index(("keys.kept",)),
        Index(("keys.household", "keys.order")),
    ),
)

hazards = Store(
    "hazards",
    Hazard,
    scopes=hazard.scopes,
    keys=hazard.keys,
    indexes=(
        Index(("scopes", "keys.due")),
        Index(("scopes", "keys.found")),
        Index(("scopes", "keys.stage", "keys.due")),
        Index(("scopes", "keys.stage", "keys.found")),
        Index(("scopes", "keys.level", "keys.due")),
        Index(("keys.spot", "keys.closed")),
        Index(("keys.sightings",)),
    ),
)

households = Store("households", Household, scopes=due.household_scopes)

dues = Store(
    "dues",
    Dues,
    scopes=due.dues_scopes,
    keys=due.dues_keys,
    indexes=(Index(("keys.household", "keys.until")),),
)

LOOKED_BACK = timedelta(days=92)
"""How long after its day a due may still be named: the longest period and a little."""
MOST_DUES = 100
FEW = 5


def hazard_changes(seen: Sequence[Seen], sight: Sight) -> list[Change]:
    """The ledger's part of a visit; asked for by the request, and again by what the visit said."""
    return [
        hazards.change(each.reopens, partial(found.recur, each, sight))
        if each.reopens is not None
        else hazards.begin_or_change(each.hazard_id, partial(found.begin, each, sight, None))
        for each in seen
    ]


def report(seen: Seen, sight: Sight, reporter: str | None) -> Change:
    """A hazard that was seen without a visit."""
    return hazards.begin_or_change(seen.ledger_id, partial(found.reported, seen, sight, reporter))


async def household(desk: Desk, id: str, scopes: Sequence[str]) -> Household:
    """Raises Missing, in the same words for one that is unknown and one that lies elsewhere."""
    unknown = Missing(f"no household {id}: the registry has told of none, or not of one in your areas")
    try:
        known, _, seen_in = await desk.get(households, id)
    except Missing:
        raise unknown from None
    if not set(seen_in) & set(scopes):
        raise unknown
    return known


async def dues_for(desk: Desk, household_id: str, arrived_at: datetime, day: str | None, named: bool) -> list[Dues]:
    """The dues that a visit at that time could keep: those that still ran on its day, further back when
    the worker names some, without the days that a visit has kept already."""
    today = day_of(arrived_at)
    first = at_time(min(day or today, today), 0)
    where = {"keys.household": household_id, "keys.until": {"$gte": stamp(first - LOOKED_BACK if named else first)}}
    page = await desk.page(dues, where, "-keys.until" if named else "keys.until", limit=MOST_DUES)
    known = [Dues.model_validate(row["state"]) for row in page.items]
    asked = {today, day}
    others = [f"{household_id}/{each.day}" for each in known if each.day not in asked]
    if named or not others:
        return known
    kept = await desk.page(visits, {"keys.kept": {"$in": others}}, "keys.order", limit=MOST_DUES)
    gone = {row["keys"]["day"] for row in kept.items}
    return [each for each in known if each.day in asked or each.day not in gone]


async def closed_at_spot(desk: Desk, spot: str, now: datetime, scopes: Sequence[str]) -> Hazard | None:
    """The hazard of that place and kind that a new finding opens again."""
    where = {"keys.spot": spot, "keys.closed": {"$gte": stamp(now - RECURS_WITHIN)}, "scopes": {"$in": list(scopes)}}
    page = await desk.page(hazards, where, "-keys.closed", limit=FEW)
    known = (Hazard.model_validate(row["state"]) for row in page.items)
    return next((each for each in known if found.recurs(each, now)), None)


async def sighted_as(desk: Desk, hazard_id: str) -> str | None:
    """The hazard that took this finding in, when the same report came before."""
    page = await desk.page(hazards, {"keys.sightings": hazard_id}, "_id", limit=1)
    return str(page.items[0]["_id"]) if page.items else None
