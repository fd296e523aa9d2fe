"""What a request reaches: homes within the actor's areas, and how personal data is sealed on its way in."""

from typing import Any

from services.registry.domain.homes import Household
from services.registry.store import households
from shared import places
from shared.decision import Missing, Rejected
from shared.http import Command
from shared.places import Place
from shared.privacy import Seals, mask_name

BIRTH_YEAR = slice(6, 10)


async def home(wish: Command, household_id: str) -> Household:
    """Raises Missing, for a home elsewhere too."""
    state, _, scopes = await wish.desk.get(households, household_id)
    if not set(scopes) & set(wish.actor.scopes):
        raise Missing(f"no {household_id}")
    return state


async def place(wish: Command, area: str) -> Place:
    """An area that exists and that the actor sees. Raises Missing for both alike."""
    return await places.find(wish.desk, wish.within(area))


def sealed(seals: Seals, name: str, phone: str | None, identity: str | None) -> dict[str, Any]:
    """The fields of a resident that hold personal data, sealed, and the mask that lists show."""
    return {**named(seals, name), **contacts(seals, phone, identity)}


def named(seals: Seals, name: str) -> dict[str, Any]:
    return {"label": mask_name(name), "name": seals.seal(name)}


def contacts(seals: Seals, phone: str | None, identity: str | None) -> dict[str, Any]:
    return {
        "phone": seals.seal(phone) if phone else None,
        "identity": seals.seal(identity) if identity else None,
        "identity_index": index(seals, identity) if identity else None,
    }


def index(seals: Seals, identity: str) -> str:
    """The blind index of an identity number, however its last letter was written."""
    return seals.blind(f"identity {identity.upper()}")


def born(identity: str | None, year: int | None) -> int | None:
    """The year given, or the one that the identity number holds."""
    return year if year is not None or identity is None else int(identity[BIRTH_YEAR])


def taken(external: str | None) -> Rejected:
    return Rejected(f"the external key {external} is taken already", key="external key")
