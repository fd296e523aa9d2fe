"""One example of every event that a rule hears, with every field that it has."""

from datetime import timedelta
from typing import Any

from services.notification.domain.rules import RULES
from shared.event import Event
from shared.testing.scenario import START
from tests.notification.facts import COMMUNITY, STREET

SECRET = "不可外传"
"""Stands in every field that no template may show."""
VALUES: dict[str, Any] = {
    "at": START,
    "area": COMMUNITY,
    "queue": COMMUNITY,
    "to_area": STREET,
    "task_id": "task-7",
    "hazard_id": "hazard-9",
    "round_id": "round-3",
    "kind": "visit",
    "urgency": "blue",
    "clock": "accept",
    "level": "II",
    "code": "GAS-01",
    "disposition": "open",
    "origin": "hotline",
    "title": "3号楼 王*",
    "place": "3号楼",
    "ends": "2026-02-10",
    "worker": "W0001",
    "owner": "P0001",
    "from_owner": "P0002",
    "round": 2,
    "bounces": 1,
    "extensions": 1,
    "targets": 40,
    "times": 2,
    "due_at": START + timedelta(hours=4),
    "original_due_at": START,
    "until": START + timedelta(hours=1),
    "to": ["W0001", "W0002"],
    "by": "D0001",
    "day": "2026-02-02",
    "zones": [],
}


def example(event: type[Event], **more: Any) -> Event:
    said: dict[str, Any] = {}
    for name, field in event.model_fields.items():
        if name in more or name in VALUES:
            said[name] = more.get(name, VALUES[name])
        elif field.is_required() or field.annotation in (str, str | None):
            said[name] = SECRET
    name = event.__name__
    if name == "TaskEscalated":
        said |= {"level": 2, "to": "street"}
    if name in ("HazardListed", "HazardDelisted"):
        said["by"] = ["D0001", "D0002"]
    return event.model_validate(said)


EVENTS = sorted({rule.event for rule in RULES}, key=lambda event: event.__name__)
