"""What a batch of records calls for: decoded each alone, decided together, written once.

Knows nothing of a Kafka client: `shared.consume` hands it records, tests and the simulation do too.
"""

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pydantic import ValidationError

from shared import metrics
from shared.causes import Ask, Cause, Outcome
from shared.decision import Refusal
from shared.desk import BATCH_DEADLINE, Desk, Result
from shared.event import Envelope, Malformed
from shared.parked import Parked, Record
from shared.reactions import Reactions

log = logging.getLogger("nuanxin.hearing")
Trouble = tuple[str, str]
"""Why a record is laid aside: a reason of few, and the error's words."""
Origin = tuple[str, int, int]


@dataclass(frozen=True, slots=True)
class Called:
    """A readable event and the asks it calls for."""

    envelope: Envelope
    asks: list[Ask]


class Hearing:
    """`in_a_row` counts the records parked without a good one between; early ones do not count."""

    def __init__(self, service: str, on: Reactions, desk: Desk, parked: Parked) -> None:
        self._service, self._on, self._desk, self._parked = service, on, desk, parked
        self.in_a_row = 0
        parked.again = self._again

    async def hear(self, records: Sequence[Record]) -> None:
        """Writes all effects and parks what cannot be decided. Raises Busy, and nothing is lost: the
        same records may come again."""
        troubled, heard = await self._take_in(records)
        for record in records:
            if record.origin in troubled:
                await self._parked.park(record, *troubled[record.origin])
        self._count(records, troubled)
        now = self._desk.clock.real().timestamp()
        for record, envelope in heard:
            if record.sent:
                metrics.event_seconds.labels(self._service, envelope.type).observe(max(0.0, now - record.sent))

    def _count(self, records: Sequence[Record], troubled: Mapping[Origin, Trouble]) -> None:
        """Once all of them are safe: a batch that comes again because the store was away counts once."""
        for record in records:
            trouble = troubled.get(record.origin)
            if trouble is None:
                self.in_a_row = 0
                continue
            metrics.parked.labels(self._service, trouble[0]).inc()
            log.warning("parked: %s: %s", *trouble, extra={"subject": f"{record.topic}/{record.offset}"})
            self.in_a_row += trouble[0] != "early"

    async def _again(self, record: Record) -> Trouble | None:
        troubled, _ = await self._take_in([record])
        return troubled.get(record.origin)

    async def _take_in(self, records: Sequence[Record]) -> tuple[dict[Origin, Trouble], list[tuple[Record, Envelope]]]:
        troubled: dict[Origin, Trouble] = {}
        heard: list[tuple[Record, Envelope]] = []
        asks: dict[str, list[Ask]] = {}
        for record in records:
            read = self._read(record)
            if isinstance(read, tuple):
                troubled[record.origin] = read
            elif read is not None:
                heard.append((record, read.envelope))
                # The same event twice in one batch is one cause, not two changes of it (rule 3).
                asks.setdefault(read.envelope.cause_of_next, read.asks)
        result = await self._desk.apply([ask for called_for in asks.values() for ask in called_for], BATCH_DEADLINE)
        outcomes = result.by_cause()
        for record, envelope in heard:
            trouble = self._became(envelope, result, outcomes.get(envelope.cause_of_next, []))
            if trouble is not None:
                troubled[record.origin] = trouble
        return troubled, heard

    def _read(self, record: Record) -> Called | Trouble | None:
        try:
            envelope = Envelope.read(record.headers, record.value)
        except Malformed as error:
            return ("malformed", str(error))
        if envelope.type not in self._on.types:
            metrics.passed.labels(self._service).inc()
            return None
        cause = Cause(envelope.cause_of_next, envelope.trace)
        try:
            return Called(envelope, [Ask(cause, change) for change in self._on.to(envelope)])
        except ValidationError as error:
            return ("unreadable", str(error))
        except Exception as error:  # noqa: BLE001 - a handler that breaks on a record parks it (rule 16)
            return ("broken", repr(error))

    def _became(self, envelope: Envelope, result: Result, outcomes: Sequence[Outcome]) -> Trouble | None:
        cause = envelope.cause_of_next
        if cause in result.poison:
            return ("broken", repr(result.poison[cause]))
        early = next((outcome for outcome in outcomes if outcome.early), None)
        if early is not None:
            return ("early", str(early.refused))
        refusal: Refusal | None = next((o.refused for o in outcomes if o.refused is not None), None)
        if refusal is not None:
            metrics.refused.labels(self._service, envelope.type).inc()
            log.info("refused: %s", refusal.detail, extra={"subject": envelope.subject, "cause": cause})
        elif outcomes and all(outcome.repeated for outcome in outcomes):
            metrics.repeated.labels(self._service, envelope.type).inc()
        else:
            metrics.heard.labels(self._service, envelope.type).inc()
        return None
