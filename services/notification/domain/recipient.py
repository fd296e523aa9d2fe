"""Who can be told, where and when: a worker as dispatch knows them, with their own preferences.

Contact addresses are of staff only, and sealed; nothing here needs them in the clear.
"""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import get_args

from services.notification.domain.timing import Quiet
from shared.decision import Decision, State
from shared.events.dispatch import ShiftEnded, ShiftStarted, WorkerChanged, WorkerEnlisted
from shared.events.notification import Channel
from shared.privacy import Sealed


class Address(State):
    """`mask` is what may be shown of it."""

    sealed: Sealed
    mask: str


class Recipient(State):
    """`area` is empty until dispatch has told of them. `known_by` and `duty_by` are the numbers of the
    newest facts about the person and about their shifts: older ones change nothing."""

    id: str
    area: str = ""
    label: str = ""
    lead: bool = False
    on_duty: bool = False
    known_by: int = 0
    duty_by: int = 0
    quiet: Quiet = Quiet()
    off: tuple[Channel, ...] = ()
    addresses: Mapping[Channel, Address] = {}


Rule = Callable[[Recipient | None], Decision[Recipient]]


@dataclass(frozen=True, slots=True)
class Terms:
    """What stands between a message and its recipient now: why not by a channel, and until when not."""

    hindered: Mapping[str, str]
    quiet_until: datetime | None = None


def recipient_of(staff: str) -> str:
    return f"recipient-{staff}"


def personal(staff: str) -> str:
    """The scope in which a person sees what is their own, wherever it happened."""
    return f"to:{staff}"


def know(worker: WorkerEnlisted | WorkerChanged, number: int, known: Recipient | None) -> Decision[Recipient]:
    """The newest word about a worker holds."""
    known = known or Recipient(id=worker.worker)
    if number <= known.known_by:
        return Decision(known)
    return Decision(known.but(area=worker.area, label=worker.label, lead=worker.lead, known_by=number))


def shift(fact: ShiftStarted | ShiftEnded, number: int, known: Recipient | None) -> Decision[Recipient]:
    known = known or Recipient(id=fact.worker)
    if number <= known.duty_by:
        return Decision(known)
    return Decision(known.but(on_duty=isinstance(fact, ShiftStarted), duty_by=number))


def prefer(staff: str, quiet: Quiet, off: tuple[Channel, ...], known: Recipient | None) -> Decision[Recipient]:
    return Decision((known or Recipient(id=staff)).but(quiet=quiet, off=off))


def reach(staff: str, channel: Channel, address: Address | None, known: Recipient | None) -> Decision[Recipient]:
    """Sets the address of one channel, or takes it away."""
    known = known or Recipient(id=staff)
    others = {name: kept for name, kept in known.addresses.items() if name != channel}
    return Decision(known.but(addresses={**others, channel: address} if address else others))


def terms(known: Recipient, usable: Collection[str], readable: Collection[str], now: datetime) -> Terms:
    """`usable` are the channels for which a gateway is configured, `readable` those whose address can
    still be opened."""
    hindered = {channel: why for channel in get_args(Channel) if (why := _hindrance(known, channel, usable, readable))}
    return Terms(hindered, known.quiet.ends(now))


def _hindrance(known: Recipient, channel: Channel, usable: Collection[str], readable: Collection[str]) -> str | None:
    if channel not in usable:
        return "channel not configured"
    if channel in known.off:
        return "turned off by the recipient"
    if channel not in known.addresses:
        return "no address"
    return None if channel in readable else "the address cannot be read any more"
