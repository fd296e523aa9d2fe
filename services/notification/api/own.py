"""What is a person's own, wherever it happened: seen and changed in their personal scope."""

from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request

from services.notification.domain.recipient import personal
from shared.access import Actor
from shared.desk import Desk
from shared.http import Command, Who


@dataclass(frozen=True)
class Own:
    """A look at one's own things; no area bounds it."""

    desk: Desk
    actor: Actor


def own(request: Request, who: Who) -> Own:
    return Own(request.app.state.desk, who)


Mine = Annotated[Own, Depends(own)]


def as_oneself(wish: Command) -> Command:
    """The same wish, allowed on what is the actor's own, and on nothing else."""
    return replace(wish, actor=replace(wish.actor, scopes=(personal(wish.actor.id),)))
