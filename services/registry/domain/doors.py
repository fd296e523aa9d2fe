"""What is due at a door: dues begun, said, withdrawn, kept and missed.

`look` compares what should be so (members, plans, rounds, visits, the day) with what the world was
told, and says the difference: one household, one day, one visit-due that names every due of it.
"""

from datetime import datetime
from typing import Literal

from services.registry.domain.homes import (
    Due,
    Household,
    Member,
    Visit,
    keepers,
    last_seen,
    member_of,
    reason_gone,
    touches,
)
from services.registry.domain.periods import called_at, due_at, last_day, period, periods
from shared.calendar import day_of, next_day
from shared.decision import Decision
from shared.event import Event
from shared.events.registry import VisitDue, VisitWithdrawn, Withdrawal

LEDGER_DAYS = 100
VISIT_DAYS = 200
MOST_DUES = 400
MOST_VISITS = 400
DAILY_CHECKLIST = "daily"
TIERS = ("daily", "weekly", "monthly", "quarterly", "round")


def look(household: Household, now: datetime) -> Decision[Household]:
    """Runs at the day's beginning, at a period's, and whenever something was heard."""
    today = day_of(now)
    household = household.but(dues=(*household.dues, *_begun(household, now)))
    dues, called, again = [], False, []
    withdrawn: dict[tuple[str, Withdrawal], list[str]] = {}
    for due in household.dues:
        after, word = _reviewed(household, due, today)
        dues.append(after)
        if word == "due":
            called = True
            again += [due.id] if due.day is not None else []
        elif word is not None:
            withdrawn.setdefault((due.day or due.start, word), []).append(due.id)
    household = _remembered(household.but(dues=tuple(sorted(dues, key=lambda due: (due.start, due.id)))), today)
    said: list[Event] = [_call(household, today, again, now)] if called else []
    said += [_withdrawal(household, *key, ids, now) for key, ids in sorted(withdrawn.items())]
    return Decision(household.but(looked_at=now, look_at=_next_look(household, today)), tuple(said))


def _begun(household: Household, now: datetime) -> list[Due]:
    """The dues of every plan's periods that no look has begun yet, those of skipped days too."""
    known = {due.id for due in household.dues}
    return [
        due
        for member in household.members
        if member.called_for
        for due in _plan_dues(household, member, now)
        if due.id not in known
    ]


def _plan_dues(household: Household, member: Member, now: datetime) -> list[Due]:
    today = day_of(now)
    tier, plan = member.tier, member.plan_id
    if tier is None or plan is None:
        return []
    looked = day_of(household.looked_at) if household.looked_at is not None else member.since
    first = max(member.since, next_day(today, -LEDGER_DAYS))
    if first == today and now >= due_at(today):
        first = next_day(today)  # too late for a visit today
    return [
        Due(
            id=f"due-{plan}-{tier}-{start}",
            of=plan,
            tier=tier,
            residents=(member.resident,),
            start=max(start, member.since),
            until=last_day(tier, max(start, member.since), end),
            checklists=(DAILY_CHECKLIST,) if tier == "daily" else (),
        )
        for start, end in periods(tier, first, today)
        if end >= today or start > max(looked, member.since)
    ]


def _reviewed(household: Household, due: Due, today: str) -> tuple[Due, Withdrawal | Literal["due"] | None]:
    """The due as the world must know it from now on, and the word that says so."""
    kept = keepers(household, due)
    if kept:
        return _kept(due, kept)
    if due.until < today:
        return due, None
    why = reason_gone(household, due)
    if why is not None:
        believed = due.told == "due" or due.reason == "kept"
        return due.but(told="no" if due.told == "no" else "withdrawn", reason=why), why if believed else None
    if not _untold(household, due) or (due.until > today and _visited_on(household, today)):
        return due, None
    return due.but(told="due", day=today, reason=None, voids=_voids(household, due)), "due"


def _untold(household: Household, due: Due) -> bool:
    """The world does not know that this is due, or believes that a visit kept it that has been voided."""
    return due.told != "due" or due.voids != _voids(household, due)


def _voids(household: Household, due: Due) -> int:
    return sum(visit.voided and touches(visit, due) for visit in household.visits)


def _kept(due: Due, visits: list[Visit]) -> tuple[Due, Withdrawal | None]:
    """The visit of the day itself that names the due says enough. Any other is followed by our own word,
    or the other day's task would stay open, and the round's target uncovered."""
    named = any(due.id in visit.due_ids and visit.day == due.day for visit in visits)
    if named or due.reason == "kept" or (due.told != "due" and due.tier != "round"):
        return due, None
    return due.but(told="withdrawn", reason="kept"), "kept"


def _visited_on(household: Household, day: str) -> bool:
    """One household on one day is one visit: what comes up after it waits for the next day."""
    return any(visit.counts and visit.day == day for visit in household.visits)


def _call(household: Household, today: str, again: list[str], now: datetime) -> VisitDue:
    dues = [d for d in household.dues if d.day == today and d.told == "due" and not keepers(household, d)]
    residents = sorted({resident for due in dues for resident in due.residents})
    labels = [member.label for id in residents if (member := member_of(household, id)) is not None]
    return VisitDue(
        household_id=household.id,
        area=household.area,
        day=today,
        due_ids=[due.id for due in dues],
        tier=min((due.tier for due in dues), key=TIERS.index),
        label=" ".join([household.label, *labels]),
        residents=residents,
        checklists=sorted({name for due in dues for name in due.checklists}),
        zones=list(household.zones),
        due_at=min(due_at(due.until) for due in dues),
        again=again,
        at=now,
    )


def _withdrawal(
    household: Household, day: str, reason: Withdrawal, due_ids: list[str], now: datetime
) -> VisitWithdrawn:
    return VisitWithdrawn(
        household_id=household.id,
        area=household.area,
        day=day,
        due_ids=due_ids,
        reason=reason,
        zones=list(household.zones),
        at=now,
    )


def _next_look(household: Household, today: str) -> datetime | None:
    """When the next period of a plan begins, when an open due runs out, or tomorrow for what waits."""
    days = [
        next_day(period(member.tier, today)[1])
        for member in household.members
        if member.called_for and member.tier is not None
    ]
    for due in household.dues:
        if due.until >= today and not keepers(household, due) and reason_gone(household, due) is None:
            days.append(next_day(today if _untold(household, due) else due.until))
    return called_at(min(days)) if days else None


def _remembered(household: Household, today: str) -> Household:
    """The last hundred days; of what is older only when somebody was last seen."""
    first, oldest = next_day(today, -LEDGER_DAYS), next_day(today, -VISIT_DAYS)
    dues = tuple(due for due in household.dues if due.until >= first)[-MOST_DUES:]
    visits: tuple[Visit, ...] = tuple(v for v in household.visits if v.day >= oldest)[-MOST_VISITS:]
    if len(visits) == len(household.visits):
        return household.but(dues=dues)
    members = tuple(m.but(seen_before=last_seen(household, m.resident)) for m in household.members)
    return household.but(dues=dues, visits=visits, members=members, seen_before=last_seen(household))
