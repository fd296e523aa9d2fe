"""Golden files: one recorded example of every event, that every later release must still read.

A file is written once, when its event is new, and never again: `python -m deploy.catalogue --golden`
writes only what is missing. The values are invented and always the same.
"""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any, TypedDict, get_args, get_origin

from pydantic import BaseModel
from pydantic.fields import FieldInfo

from shared.event import Envelope, Event
from shared.events import EVENTS

AT = datetime(2026, 2, 2, 1, 0, 0, 123000, tzinfo=UTC)
"""Monday, 2 February 2026, 09:00 in Shiyan."""
SUBJECTS = ("task_id", "hazard_id", "visit_id", "message_id", "round_id", "plan_id", "resident_id", "household_id")
KNOWN: dict[str, str] = {
    "area": "420303002002",
    "areas": "420303002",
    "queue": "420303002",
    "from_area": "420303002004",
    "to_area": "420303002",
    "zones": "z:old-town",
    "day": "2026-02-02",
    "since": "2026-02-02",
    "until": "2026-02-09",
    "registry.ends": "2026-02-09",
    "dispatch.ends": "task-abcdefgh2345wxyz",
    "label": "3号楼 王*",
    "title": "上门探访 3号楼 王*",
    "place": "3号楼*单元",
    "registry.name": "敲门行动",
    "name": "周家沟社区",
    "legal_name": "周家沟社区居民委员会",
    "category": "C01",
    "care": "C01",
    "categories": "C01",
    "checklists": "daily",
    "inspection.code": "GAS-01",
    "code": "420303002002",
    "findings": "SUP-FOOD",
    "skills": "gas",
    "grids": "420303002002001",
    "worker": "W0001",
    "by": "W0001",
    "owner": "W0002",
    "from_owner": "W0001",
    "recipient": "W0001",
    "to": "W0002",
    "subject_id": "hazard-abcdefgh2345wxyz",
    "reason": "other",
    "origin": "civil-affairs",
    "into": "hazard-abcdefgh2345wxyz",
    "left_alone": "resident-abcdefgh2345wxyz",
    "members": "resident-abcdefgh2345wxyz",
    "again": "due-abcdefgh2345wxyz",
    "unit": "燃气公司",
    "reference": "2026-0117",
    "outcome": "completed",
    "channel": "inbox",
    "rule": "task-assigned",
}


class Golden(TypedDict):
    headers: dict[str, str]
    body: dict[str, Any]


def example(event: type[Event]) -> Golden:
    """An event of that class with every field filled, as it goes over the wire."""
    fact = event.model_validate(_filled(event))
    subject = next((getattr(fact, name) for name in SUBJECTS if name in event.model_fields), f"{event.source}-1")
    envelope = Envelope(
        id=f"{subject}#2",
        type=event.type(),
        source=event.source,
        subject=subject,
        sequence=2,
        cause="http/W0001/POST /visits/5f0c",
        time=AT,
        trace="00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        data=fact.model_dump_json().encode(),
    )
    headers = {name: value.decode() for name, value in envelope.headers()}
    return Golden(headers=headers, body=json.loads(envelope.data))


def write_missing(folder: Path) -> list[str]:
    """Writes the examples of events that have none, and returns their names."""
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name, event in EVENTS.items():
        path = folder / f"{name}.json"
        if not path.exists():
            path.write_text(json.dumps(example(event), ensure_ascii=False, indent=2) + "\n", encoding="utf-8")
            written.append(name)
    return written


def _filled(model: type[BaseModel]) -> dict[str, Any]:
    source = getattr(model, "source", "")
    return {name: _value(f"{source}.{name}", info.annotation, info) for name, info in model.model_fields.items()}


def _value(name: str, annotation: Any, info: FieldInfo) -> Any:
    """Other than the default where there is a choice, so that the file shows what it would lose."""
    if get_origin(annotation) is list:
        return [_value(name, get_args(annotation)[0], info)]
    choices = [choice for choice in get_args(annotation) if choice is not type(None)]
    if choices and all(isinstance(choice, str) for choice in choices):
        return next(choice for choice in reversed(choices) if choice != info.default)
    if choices:
        return _value(name, choices[0], info)
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return _filled(annotation)
    if annotation is datetime:
        return AT if name.endswith((".at", ".arrived_at")) else AT + timedelta(hours=11)
    if annotation is bool:
        return not info.default if isinstance(info.default, bool) else True
    return 2 if annotation is int else _text(name)


def _text(name: str) -> str:
    """By `source.field` where a source means something of its own, else by the field alone."""
    _, _, field = name.partition(".")
    kind = field.removesuffix("_ids").removesuffix("_id").removeprefix("from_").rstrip("s").replace("_", "-")
    return KNOWN.get(name) or KNOWN.get(field) or f"{kind}-abcdefgh2345wxyz"
