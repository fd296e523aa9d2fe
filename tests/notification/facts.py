"""Invented people and facts of two communities, and a city that tells and sends by them."""

from datetime import UTC, datetime, timedelta
from typing import Any

from cryptography.fernet import Fernet

from services.notification.domain import recipient as people
from services.notification.domain.message import Message
from services.notification.domain.recipient import Address, recipient_of
from services.notification.domain.timing import Quiet
from services.notification.handlers import on
from services.notification.sending.gateway import Gateway
from services.notification.sending.sender import Sender
from services.notification.store import choices, messages, notices, recipients
from shared.event import Envelope, Event
from shared.events.dispatch import ShiftStarted, TaskAssigned, TaskEscalated, TaskOverdue, TaskUrged, WorkerEnlisted
from shared.events.inspection import HazardFound, HazardOrdered
from shared.events.notification import MessageFailed, MessageQueued, MessageSent, MessageUnknown
from shared.events.registry import AreaNamed, AreasDefined
from shared.places import places
from shared.privacy import Seals
from shared.testing.scenario import START, Scenario, Told, run

COUNTY, STREET, COMMUNITY, OTHER = "420303", "420303002", "420303002002", "420303002004"
NIGHT = datetime(2026, 2, 2, 15, 0, tzinfo=UTC)
"""23:00 in Shiyan."""
MORNING = datetime(2026, 2, 2, 23, 30, tzinfo=UTC)
"""07:30 on the next day."""


def areas() -> Told:
    names = {STREET: "红卫街道", COMMUNITY: "周家沟社区", OTHER: "动力新村社区"}
    named = [AreaNamed(code=code, name=name) for code, name in names.items()]
    return Told(AreasDefined(area=COUNTY, areas=named, at=START), subject="places-420303")


def worker(number: str, area: str = COMMUNITY, lead: bool = False, sequence: int = 1) -> Told:
    fact = WorkerEnlisted(worker=number, area=area, label="李*", lead=lead, at=START)
    return Told(fact, subject=f"worker-{number}", sequence=sequence)


def on_duty(number: str, area: str = COMMUNITY, sequence: int = 2) -> Told:
    return Told(ShiftStarted(worker=number, area=area, at=START), subject=f"worker-{number}", sequence=sequence)


def _task(urgency: str, **more: Any) -> dict[str, Any]:
    task = {"task_id": "task-7", "area": COMMUNITY, "kind": "visit", "urgency": urgency, "subject_id": "household-1"}
    return {**task, "title": "3号楼 王*", "queue": COMMUNITY, "at": START, **more}


def assigned(to: str = "W0001", urgency: str = "blue", **more: Any) -> TaskAssigned:
    return TaskAssigned(**_task(urgency, worker=to, by="D0001", **more))


def urged(worker: str | None = "W0001", by: str = "D0001") -> TaskUrged:
    return TaskUrged(**_task("blue", worker=worker, by=by))


def overdue(worker: str | None = None, urgency: str = "blue", **more: Any) -> TaskOverdue:
    return TaskOverdue(**_task(urgency, worker=worker, clock="accept", due_at=START, **more))


def escalated(to_area: str = STREET, urgency: str = "red", **more: Any) -> TaskEscalated:
    told = {"clock": "accept", "level": 2, "to": "street", "to_area": to_area}
    return TaskEscalated(**_task(urgency, **{**told, **more}))


def found(level: str = "I", at: datetime = START, by: str = "W0001") -> HazardFound:
    return HazardFound(hazard_id="hazard-9", area=COMMUNITY, level=level, code="GAS-06", place="3号楼", by=by, at=at)


def ordered(owner: str = "P0001", level: str = "II") -> HazardOrdered:
    due = START + timedelta(days=3)
    return HazardOrdered(
        hazard_id="hazard-9", area=COMMUNITY, level=level, code="GAS-01", owner=owner, due_at=due, by="D0001", at=START
    )


def caused(event: Event, by: str, subject: str = "task-7", sequence: int = 3) -> Envelope:
    return Envelope(
        id=f"{subject}#{sequence}",
        type=event.type(),
        source=event.source,
        subject=subject,
        sequence=sequence,
        cause=by,
        time=event.at,
        trace="00-test",
        data=event.model_dump_json().encode(),
    )


class City(Scenario):
    """The service's handlers, rules and sender; `gateway` None: nothing is configured."""

    def __init__(self, gateway: Gateway | None = None, at: datetime = START) -> None:
        super().__init__(on, recipients, notices, messages, choices, places, at=at)
        self.seals = Seals(Fernet.generate_key())
        self.sender = Sender(self.desk, self.seals, gateway or Gateway({}))
        self.given(areas())

    def reachable(self, staff: str, **addresses: str) -> "City":
        for channel, address in addresses.items():
            sealed = Address(sealed=self.seals.seal(address), mask="***")
            self._person(staff, lambda known, c=channel, a=sealed: people.reach(staff, c, a, known))
        return self

    def quiet(self, staff: str, since: str, until: str) -> "City":
        self._person(staff, lambda known: people.prefer(staff, Quiet(since=since, until=until), (), known))
        return self

    def off(self, staff: str, *channels: str) -> "City":
        self._person(staff, lambda known: people.prefer(staff, Quiet(), channels, known))
        return self

    def _person(self, staff: str, rule: Any) -> None:
        self.does(recipients.begin_or_change(recipient_of(staff), rule))

    def tells(self, *told: Event | Told) -> "City":
        """Hears facts and lets the notices find whom they concern."""
        self.when(*told)
        return self.passes(seconds=0)  # type: ignore[return-value]

    def sends(self) -> int:
        return run(self.sender.send_due())

    def told(self, staff: str) -> list[Message]:
        """Their messages, oldest first."""
        mine = [message for message in self.all(messages) if message.recipient == staff]
        return sorted(mine, key=lambda message: message.queued_at)

    def only(self, staff: str) -> Message:
        told = self.told(staff)
        assert len(told) == 1, told
        return told[0]

    def balanced(self) -> bool:
        """Queued = sent + unknown for good + failed for good, once nothing is under way."""
        queued = [event for event in self.said if isinstance(event, MessageQueued)]
        over = (MessageFailed, MessageUnknown)
        ends = [e for e in self.said if isinstance(e, MessageSent) or (isinstance(e, over) and e.for_good)]
        return len(queued) == len(ends) == len(self.all(messages))

    def everyone(self) -> list[str]:
        return sorted(message.recipient for message in self.all(messages))
