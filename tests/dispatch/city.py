"""The people, facts and small world that dispatch's scenarios are told in. Everybody here is invented."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from services.dispatch.domain import work
from services.dispatch.domain import workers as people
from services.dispatch.domain.task import Task, about_hazard, check_of, visit_of
from services.dispatch.domain.work import Reason
from services.dispatch.domain.workers import Worker, worker_of
from services.dispatch.handlers import on
from services.dispatch.store import tasks, workers
from shared.decision import Decision
from shared.event import Envelope, Event
from shared.events.inspection import (
    HazardClosed,
    HazardDismissed,
    HazardExtended,
    HazardFound,
    HazardHandedOver,
    HazardMerged,
    HazardOrdered,
    HazardReassigned,
    HazardRecheckFailed,
    HazardRectified,
    HazardReopened,
    VisitCompleted,
    VisitFailed,
    VisitVoided,
)
from shared.events.registry import AreaNamed, AreasDefined, VisitDue, VisitWithdrawn
from shared.places import places
from shared.testing.scenario import START, Scenario, Told

STREET = "420303002"
COMMUNITY = "420303002002"
ELSEWHERE = "420303003002"
HAZARD = "hazard-1"
HOUSE = "household-1"
DAY = "2026-02-02"
ARRANGE, RECTIFY, RECHECK, FOLLOW_UP = (
    about_hazard(kind, HAZARD) for kind in ("arrange", "rectify", "recheck", "follow-up")
)
VISIT, CHECK = visit_of(HOUSE, DAY), check_of(HOUSE, DAY)
EVENING = datetime.fromisoformat("2026-02-02T20:00:00+08:00")
SOON = START + timedelta(days=2)
LATER = START + timedelta(days=5)
ILL = Reason("ill")


def at(hour: int, minute: int = 0) -> datetime:
    """That time of the scenarios' Monday in Shiyan."""
    return datetime.fromisoformat(f"{DAY}T{hour:02d}:{minute:02d}:00+08:00")


def _hazard(event: Callable[..., Event], number: int, **facts: Any) -> Told:
    plain: dict[str, Any] = {"hazard_id": HAZARD, "area": COMMUNITY, "level": "II", "code": "GAS-01", "at": START}
    return Told(event(**{**plain, **facts}), HAZARD, number)


def found(number: int = 1, **facts: Any) -> Told:
    return _hazard(HazardFound, number, **{"place": "3号楼", "by": "W9", **facts})


def ordered(number: int = 2, owner: str = "O1", **facts: Any) -> Told:
    return _hazard(HazardOrdered, number, **{"owner": owner, "due_at": SOON, "by": "W9", **facts})


def reassigned(number: int, owner: str = "O2", **facts: Any) -> Told:
    return _hazard(HazardReassigned, number, **{"owner": owner, "from_owner": "O1", "due_at": SOON, **facts})


def extended(number: int, owner: str = "O1", **facts: Any) -> Told:
    plain = {"owner": owner, "due_at": LATER, "original_due_at": SOON, "extensions": 1}
    return _hazard(HazardExtended, number, **{**plain, **facts})


def rectified(number: int, by: str = "O1", **facts: Any) -> Told:
    return _hazard(HazardRectified, number, by=by, **facts)


def recheck_failed(number: int, round: int = 2, **facts: Any) -> Told:
    plain = {"by": "W8", "owner": "O1", "due_at": LATER, "round": round}
    return _hazard(HazardRecheckFailed, number, **{**plain, **facts})


def closed(number: int, how: str = "recheck-passed") -> Told:
    return _hazard(HazardClosed, number, by="W8", how=how)


def dismissed(number: int) -> Told:
    return _hazard(HazardDismissed, number, by="W8", reason="not-a-hazard")


def merged(number: int) -> Told:
    return _hazard(HazardMerged, number, into="hazard-0")


def handed_over(number: int) -> Told:
    return _hazard(HazardHandedOver, number, unit="gas company", reference="R-1", by="W8")


def reopened(number: int, **facts: Any) -> Told:
    return _hazard(HazardReopened, number, **{"by": "W9", "place": "3号楼", **facts})


def due(number: int = 1, *ids: str, **facts: Any) -> Told:
    plain: dict[str, Any] = {
        "household_id": HOUSE,
        "area": COMMUNITY,
        "day": DAY,
        "due_ids": list(ids or ("due-a",)),
        "tier": "daily",
        "label": "3号楼 王*",
        "due_at": EVENING,
        "at": START,
    }
    return Told(VisitDue(**{**plain, **facts}), HOUSE, number)


def withdrawn(number: int, *ids: str, reason: str = "paused") -> Told:
    event = VisitWithdrawn(
        household_id=HOUSE, area=COMMUNITY, day=DAY, due_ids=list(ids or ("due-a",)), reason=reason, at=START
    )
    return Told(event, HOUSE, number)


def _visit(event: Callable[..., Event], visit: str, moment: datetime, **facts: Any) -> Told:
    number = 2 if event is VisitVoided else 1
    plain = {"visit_id": visit, "household_id": HOUSE, "area": COMMUNITY, "day": DAY, "by": "W1", "at": moment}
    return Told(event(**{**plain, **facts}), visit, number)


def completed(visit: str = "visit-1", moment: datetime = START) -> Told:
    return _visit(VisitCompleted, visit, moment, arrived_at=moment, left_at=moment)


def failed(visit: str, moment: datetime, outcome: str = "no_answer") -> Told:
    return _visit(VisitFailed, visit, moment, outcome=outcome)


def voided(visit: str, moment: datetime = START) -> Told:
    return _visit(VisitVoided, visit, moment, reason="mistaken")


def areas() -> Told:
    named = [AreaNamed(code="420303", name="张湾区"), AreaNamed(code=STREET, name="红卫街道")]
    named += [
        AreaNamed(code=COMMUNITY, name="周家沟社区"),
        AreaNamed(code=ELSEWHERE, name="镜潭社区", zones=["z:lake"]),
    ]
    return Told(AreasDefined(area="420303", areas=named, at=START), "places-420303", 1)


class City(Scenario):
    """A scenario in which dispatch also hears what it said itself, as it does from Kafka."""

    def __init__(self, at: datetime = START) -> None:
        super().__init__(on, tasks, workers, places, at=at)

    def echo(self) -> "City":
        """What the outboxes hold, heard by dispatch itself until nothing new is said."""
        told = list(self.fresh)
        while envelopes := self.own():
            self.hear(envelopes)
            told += self.fresh
        self.fresh = told
        return self

    def own(self) -> list[Envelope]:
        """Takes what is unsaid out of the outboxes, as the relay does."""
        said = []
        for id, row in self.books["tasks"].rows.items():
            said += [Envelope.of_unsaid("dispatch", id, entry) for entry in row["outbox"]]
            row["outbox"] = []
        return said

    def task(self, id: str) -> Task:
        return self.state(tasks, id)

    def worker(self, number: str) -> Worker:
        return self.state(workers, worker_of(number))

    def with_workers(self, *numbers: str, area: str = COMMUNITY, on_duty: bool = True) -> "City":
        for number in numbers:
            wanted = Worker(number=number, name="sealed:k1:x", name_mark=number, label="李*", area=area)
            rule = partial(people.enlist, wanted, on_duty, self.clock.now(), None)
            self.does(workers.begin(worker_of(number), rule))
        self.fresh = []
        return self

    def do(self, id: str, rule: Callable[..., Decision[Task]], **what: Any) -> "City":
        """A rule of `work` or `oversight` on one task, now."""
        self.does(tasks.change(id, partial(rule, **what, now=self.clock.now())))
        return self

    def claims(self, number: str, id: str) -> "City":
        return self.do(id, work.claim, worker=self.worker(number))

    def unfinished(self) -> dict[str, str]:
        """What is open, by kind: the worker or ''."""
        return {task.kind: task.worker or "" for task in self.all(tasks) if task.unfinished}
