"""The key-assistance ledger: everybody on a daily plan, with every day that was kept or missed."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel

from services.registry.domain.doors import LEDGER_DAYS
from services.registry.domain.homes import Due, Household, Mark, last_seen, mark, member_of, touches
from services.registry.store import households, in_ledger
from services.registry.views import Listed
from shared.calendar import day_of, next_day
from shared.http import After, Limit, Look

router = APIRouter(tags=["ledger"])


class Day(BaseModel):
    """`visit` is the one that kept the day; `outcome` how the last attempt went where none did."""

    day: str
    mark: Mark
    reason: str | None = None
    visit: str | None = None
    outcome: str | None = None


class Entry(BaseModel):
    """`open`: the daily plan stands now. Days are of the last hundred, the oldest first."""

    resident: str
    label: str
    household: str
    place: str
    area: str
    plan: str
    open: bool
    last_seen: str | None
    kept: int
    late: int
    missed: int
    days: list[Day]


@router.get("/ledger")
async def ledger(
    look: Look,
    days: Annotated[int, Query(ge=1, le=LEDGER_DAYS, description="how many days back")] = 31,
    after: After = None,
    limit: Limit = 50,
) -> Listed[Entry]:
    """A page of households, with an entry for each of their people."""
    page = await look.page(households, in_ledger(look.area), "keys.daily", after, limit)
    homes = [Household.model_validate(item["state"]) for item in page.items]
    today = day_of(look.now)
    return Listed(items=[e for home in homes for e in _entries(home, next_day(today, 1 - days), today)], next=page.next)


def _entries(home: Household, first: str, today: str) -> list[Entry]:
    dues: dict[tuple[str, str], list[Due]] = {}
    for member in home.members:
        if member.called_for and member.tier == "daily" and member.plan_id is not None:
            dues[member.resident, member.plan_id] = []
    for due in home.dues:
        if due.tier == "daily" and due.start >= first:
            dues.setdefault((due.residents[0], due.of), []).append(due)
    return [_entry(home, resident, plan, of_plan, today) for (resident, plan), of_plan in sorted(dues.items())]


def _entry(home: Household, resident: str, plan: str, dues: list[Due], today: str) -> Entry:
    member = member_of(home, resident)
    days = [_day(home, due, today) for due in dues]
    return Entry(
        resident=resident,
        label=member.label if member is not None else "",
        household=home.id,
        place=home.label,
        area=home.area,
        plan=plan,
        open=member is not None and member.called_for and (member.plan_id, member.tier) == (plan, "daily"),
        last_seen=last_seen(home, resident),
        kept=sum(day.mark == "kept" for day in days),
        late=sum(day.mark == "late" for day in days),
        missed=sum(day.mark == "missed" for day in days),
        days=days,
    )


def _day(home: Household, due: Due, today: str) -> Day:
    visits = [visit for visit in home.visits if touches(visit, due)]
    kept = next((visit for visit in visits if visit.counts), None)
    standing = mark(home, due, today)
    return Day(
        day=due.start,
        mark=standing,
        reason=due.reason if standing == "withdrawn" else None,
        visit=kept.id if kept is not None else None,
        outcome=visits[-1].outcome if visits and kept is None else None,
    )
