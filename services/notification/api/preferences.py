"""How a person wants to be told: by themself (`me`), or for them by an admin of their area.

An address is sealed before anything sees it, and shown masked.
"""

import re
from collections.abc import Mapping
from functools import partial
from typing import Annotated, Literal

from fastapi import APIRouter, Path
from pydantic import BaseModel, Field, ValidationError

from services.notification.api.own import Mine, Own, as_oneself
from services.notification.domain import recipient as domain
from services.notification.domain.recipient import Address, Recipient, recipient_of
from services.notification.domain.timing import Quiet
from services.notification.store import recipients
from services.notification.store.people import known
from shared.access import Forbidden
from shared.decision import Missing
from shared.http import Body, Command, Problem, Wish
from shared.privacy import mask_phone

STAFF_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
router = APIRouter(prefix="/preferences/{staff}", tags=["preferences"])
Staff = Annotated[str, Path(pattern=STAFF_NUMBER, description="a staff number, or `me`")]
Outside = Literal["app", "sms", "email"]
Time = Annotated[str, Field(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")]
ADDRESSES: Mapping[Outside, str] = {
    "sms": r"\+?\d{5,15}",
    "email": r"[^@\s/?#&]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)+",
    "app": r"[A-Za-z0-9._:@-]{1,200}",
}


class Prefer(Body):
    """Quiet from `quiet_since` until `quiet_until` (city time; equal: never); red messages come anyway."""

    quiet_since: Time = "21:30"
    quiet_until: Time = "07:30"
    off: Annotated[list[Outside], Field(max_length=3)] = []


class Reach(Body):
    address: Annotated[str, Field(min_length=1, max_length=200)]


class Preferences(BaseModel):
    """`addresses` are masked."""

    staff: str
    area: str
    quiet_since: str
    quiet_until: str
    off: list[str]
    addresses: dict[str, str]


@router.get("")
async def preferences(staff: Staff, mine: Mine) -> Preferences:
    number = _whose(staff, mine)
    found = (await known(mine.desk, [number]))[number]
    if number != mine.actor.id and not mine.actor.sees(found.area or "-"):
        raise Missing(f"no {recipient_of(number)}")
    return _shown(found)


@router.put("")
async def prefer(staff: Staff, body: Prefer, wish: Wish) -> Preferences:
    number = _whose(staff, wish)
    try:
        quiet = Quiet(since=body.quiet_since, until=body.quiet_until)
    except ValidationError as error:
        raise Problem(422, "not as it should be", str(error.errors()[0]["msg"])) from error
    return await _act(wish, number, partial(domain.prefer, number, quiet, tuple(dict.fromkeys(body.off))))


@router.put("/addresses/{channel}")
async def reach(staff: Staff, channel: Outside, body: Reach, wish: Wish) -> Preferences:
    number = _whose(staff, wish)
    if not re.fullmatch(ADDRESSES[channel], body.address):
        raise Problem(422, "not as it should be", f"this is no address for {channel}")
    address = Address(sealed=wish.seals.seal(body.address), mask=_mask(channel, body.address))
    return await _act(wish, number, partial(domain.reach, number, channel, address))


@router.delete("/addresses/{channel}")
async def forget(staff: Staff, channel: Outside, wish: Wish) -> Preferences:
    number = _whose(staff, wish)
    return await _act(wish, number, partial(domain.reach, number, channel, None))


def _whose(staff: str, asker: Command | Own) -> str:
    """One's own, or anyone's for an admin. Raises Forbidden."""
    number = asker.actor.id if staff == "me" else staff
    if number != asker.actor.id and "admin" not in asker.actor.roles:
        raise Forbidden("another person's preferences are theirs, or an admin's to set")
    return number


async def _act(wish: Command, number: str, rule: domain.Rule) -> Preferences:
    allowed = as_oneself(wish) if number == wish.actor.id else wish
    return _shown(await allowed.act(recipients.begin_or_change(recipient_of(number), rule)))


def _mask(channel: Outside, address: str) -> str:
    if channel == "email":
        return f"{address[:1]}***@{address.split('@')[1]}"
    return mask_phone(address)


def _shown(found: Recipient) -> Preferences:
    return Preferences(
        staff=found.id,
        area=found.area,
        quiet_since=found.quiet.since,
        quiet_until=found.quiet.until,
        off=list(found.off),
        addresses={channel: address.mask for channel, address in found.addresses.items()},
    )
