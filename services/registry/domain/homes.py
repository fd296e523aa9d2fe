"""A household as the registry knows it: who lives there, what is due at its door, who has been there.

The exact address is sealed; `label` (3号楼) is what lists show.
"""

from datetime import datetime
from typing import Literal

from shared.decision import State
from shared.events.registry import Fact, Tier, Withdrawal
from shared.privacy import Sealed

Mark = Literal["open", "kept", "late", "missed", "withdrawn"]


class Member(State):
    """Somebody who lives here (or did: `here`), as their own newest word (`seq`) said. `since` is the
    day from which they have been as they are."""

    resident: str
    seq: int
    here: bool = True
    label: str = ""
    plan_id: str | None = None
    tier: Tier | None = None
    paused: bool = False
    absent: Fact | None = None
    adult: bool = True
    since: str = ""
    seen_before: str | None = None

    @property
    def called_for(self) -> bool:
        return self.here and self.absent is None and self.tier is not None and not self.paused


class Visit(State):
    """What is known of one visit here; the word with the highest `seq` counts. `counts` is False for
    one that failed or was voided."""

    id: str
    seq: int
    day: str
    at: datetime | None = None
    due_ids: tuple[str, ...] = ()
    residents: tuple[str, ...] = ()
    counts: bool = True
    voided: bool = False
    outcome: str = "completed"


class Due(State):
    """Somebody must come between `start` and `until`: for a plan (`of`) or for a round, whose visits
    count from `since` on. `day` is the day under which the world was last told of it, `told` what it
    was told, `voids` how many voided visits were known then; `over` says that the round has ended."""

    id: str
    of: str
    tier: Tier
    residents: tuple[str, ...] = ()
    start: str
    until: str
    checklists: tuple[str, ...] = ()
    since: datetime | None = None
    over: bool = False
    day: str | None = None
    told: Literal["no", "due", "withdrawn"] = "no"
    reason: Withdrawal | None = None
    voids: int = 0


class Household(State):
    """`look_at` is when the dues must be looked at next, `looked_at` when they last were."""

    id: str
    area: str
    zones: tuple[str, ...] = ()
    label: str
    address: Sealed | None = None
    external: str | None = None
    fingerprint: str | None = None
    registered_at: datetime
    members: tuple[Member, ...] = ()
    dues: tuple[Due, ...] = ()
    visits: tuple[Visit, ...] = ()
    left_alone: str | None = None
    seen_before: str | None = None
    looked_at: datetime | None = None
    look_at: datetime | None = None


def touches(visit: Visit, due: Due) -> bool:
    """Whether the visit is one for this due: it names it, or was made in its time."""
    if due.id in visit.due_ids:
        return True
    in_time = due.start <= visit.day <= due.until
    return in_time and (due.since is None or visit.at is None or visit.at >= due.since)


def keepers(household: Household, due: Due) -> list[Visit]:
    return [visit for visit in household.visits if visit.counts and touches(visit, due)]


def reason_gone(household: Household, due: Due) -> Withdrawal | None:
    """Why nobody need come for this due any more, None while somebody must."""
    if due.tier == "round":
        if due.over:
            return "round-over"
        gone = [_gone(household, resident) for resident in due.residents]
        return gone[0] if gone and all(gone) else None
    resident = due.residents[0]
    member = member_of(household, resident)
    gone_away = _gone(household, resident)
    if gone_away is not None or member is None:
        return gone_away
    if (member.plan_id, member.tier) != (due.of, due.tier):
        return "closed"
    return "paused" if member.paused else None


def _gone(household: Household, resident: str) -> Withdrawal | None:
    member = member_of(household, resident)
    if member is None or not member.here:
        return "moved"
    if member.absent is not None:
        return "deceased" if member.absent == "deceased" else "away"
    return None


def member_of(household: Household, resident: str) -> Member | None:
    return next((member for member in household.members if member.resident == resident), None)


def mark(household: Household, due: Due, day: str) -> Mark:
    """How a due stands on `day`."""
    visits = keepers(household, due)
    if visits:
        return "kept" if any(visit.day <= due.until for visit in visits) else "late"
    if due.reason not in (None, "kept"):
        return "withdrawn"
    return "missed" if due.until < day else "open"


def last_seen(household: Household, resident: str | None = None) -> str | None:
    """The last day on which a door opened here, or on which this resident was seen."""
    before = household.seen_before
    if resident is not None:
        member = member_of(household, resident)
        before = member.seen_before if member is not None else None
    counted = [v.day for v in household.visits if v.counts and (resident is None or resident in v.residents)]
    return max([*counted, *([before] if before else [])], default=None)
