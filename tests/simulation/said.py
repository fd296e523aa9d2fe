"""The log of a run, read from its beginning: every event once, and whether each document's come in order."""

from shared.event import Envelope, Event
from shared.events import EVENTS
from tests.simulation.world import World

Said = dict[str, tuple[Envelope, Event]]


def read(world: World) -> tuple[Said, list[str]]:
    """Every event once, and whether the log keeps to the order of each document."""
    said: Said = {}
    found: list[str] = []
    latest: dict[str, int] = {}
    for records in world.log.records.values():
        for record in records:
            envelope = Envelope.read(record.headers, record.value)
            if envelope.id in said:
                if said[envelope.id][0] != envelope:
                    found.append(f"{envelope.id} was said twice, and not the same")
                continue
            if envelope.sequence <= latest.get(envelope.subject, 0):
                found.append(f"{envelope.id} came first behind {envelope.subject}#{latest[envelope.subject]}")
            latest[envelope.subject] = max(envelope.sequence, latest.get(envelope.subject, 0))
            said[envelope.id] = envelope, EVENTS[envelope.type].model_validate_json(envelope.data)
    return said, found
