"""What an event is: a fact in the past tense, stated by one service, carried as a CloudEvent.

`Event` is the body; `Envelope` is what travels around it (CloudEvents 1.0, Kafka binary mode).
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, ClassVar

from pydantic import BaseModel, ConfigDict


class Event(BaseModel):
    """A fact. `at` is when it happened (UTC, whole milliseconds). Unknown fields are ignored, so
    that a hearer one release behind still reads it."""

    model_config = ConfigDict(frozen=True, extra="ignore")
    source: ClassVar[str]
    at: datetime

    @classmethod
    def type(cls) -> str:
        """The name on the wire: VisitCompleted is `visit-completed`."""
        return re.sub(r"(?<!^)(?=[A-Z])", "-", cls.__name__).lower()


class Malformed(ValueError):
    """A Kafka record that is not a readable CloudEvent of ours."""


@dataclass(frozen=True, slots=True)
class Envelope:
    """One event on the wire. `id` is `document#sequence`; `cause` is `source/id` of what led to it."""

    id: str
    type: str
    source: str
    subject: str
    sequence: int
    cause: str
    time: datetime
    trace: str
    data: bytes

    @property
    def cause_of_next(self) -> str:
        """How whoever hears this names it as a cause."""
        return f"{self.source}/{self.id}"

    def headers(self) -> list[tuple[str, bytes]]:
        named = {
            "ce_specversion": "1.0",
            "ce_id": self.id,
            "ce_type": self.type,
            "ce_source": self.source,
            "ce_subject": self.subject,
            "ce_time": self.time.isoformat(timespec="milliseconds").replace("+00:00", "Z"),
            "ce_sequence": str(self.sequence),
            "ce_causationid": self.cause,
            "traceparent": self.trace,
            "content-type": "application/json",
        }
        return [(name, value.encode()) for name, value in named.items()]

    @classmethod
    def read(cls, headers: Iterable[tuple[str, bytes]], value: bytes | None) -> "Envelope":
        """Raises Malformed when a header is missing or cannot be read."""
        try:
            said = {name: raw.decode() for name, raw in headers}
            return cls(
                id=said["ce_id"],
                type=said["ce_type"],
                source=said["ce_source"],
                subject=said["ce_subject"],
                sequence=int(said["ce_sequence"]),
                cause=said["ce_causationid"],
                time=datetime.fromisoformat(said["ce_time"]).astimezone(UTC),
                trace=said["traceparent"],
                data=value or b"",
            )
        except (KeyError, ValueError, UnicodeDecodeError, AttributeError) as error:
            raise Malformed(f"not a CloudEvent of ours: {error!r}") from error

    def unsaid(self, real: datetime) -> dict[str, Any]:
        """The entry in a document's outbox; `at` is real time, for the sweep."""
        return {
            "id": self.id,
            "at": real,
            "type": self.type,
            "seq": self.sequence,
            "cause": self.cause,
            "time": self.time,
            "trace": self.trace,
            "data": self.data,
        }

    @classmethod
    def of_unsaid(cls, source: str, subject: str, entry: dict[str, Any]) -> "Envelope":
        return cls(
            id=entry["id"],
            type=entry["type"],
            source=source,
            subject=subject,
            sequence=entry["seq"],
            cause=entry["cause"],
            time=entry["time"],
            trace=entry["trace"],
            data=bytes(entry["data"]),
        )
