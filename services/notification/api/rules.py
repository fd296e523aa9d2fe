"""The rules as they hold in an area, and what an area does differently."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

from services.notification.api.preferences import Outside
from services.notification.domain import choice as domain
from services.notification.domain.audience import Audience
from services.notification.domain.choice import Choice, Step, choice_of
from services.notification.domain.rules import RULES, STALE, Weight, named
from services.notification.domain.templates import TEMPLATES
from services.notification.store import choices
from services.notification.store.people import chosen
from shared import places
from shared.decision import Missing
from shared.http import Body, Look, Wish

router = APIRouter(prefix="/rules", tags=["rules"])


class RuleShown(BaseModel):
    """`on_from` and `channels_from` name the area that decided so; empty where the rule itself does."""

    name: str
    event: str
    audience: Audience
    weight: Weight
    template: str
    title: str
    body: str
    on: bool
    on_from: str
    channels: list[str]
    channels_from: str
    stale_hours: float
    stale_hours_red: float


class Choose(Body):
    """For one area and all within it. Left out or null: as the area around it does. A rule that is off
    still tells what is red."""

    area: Annotated[str, Field(pattern=r"^\d{4,15}$")]
    on: bool | None = None
    channels: Annotated[list[Outside], Field(max_length=3)] | None = None


@router.get("")
async def rules(look: Look) -> list[RuleShown]:
    held = await chosen(look.desk, look.area, {rule.name: rule.channels for rule in RULES})
    return [
        RuleShown(
            name=rule.name,
            event=rule.event.type(),
            audience=rule.audience,
            weight=rule.weight,
            template=rule.template,
            title=TEMPLATES[rule.template][0],
            body=TEMPLATES[rule.template][1],
            stale_hours=STALE[False].total_seconds() / 3600,
            stale_hours_red=STALE[True].total_seconds() / 3600,
            **held[rule.name].model_dump(),
        )
        for rule in RULES
    ]


@router.put("/{name}")
async def choose(name: str, body: Choose, wish: Wish) -> Choice:
    """With who changed what, the newest fifty."""
    wish.actor.require("import")
    rule = named(name)
    if rule is None:
        raise Missing(f"no rule {name}")
    place = await places.find(wish.desk, wish.within(body.area))
    channels = tuple(body.channels) if body.channels is not None else None
    step = Step(at=wish.now, by=wish.actor.id, on=body.on, channels=channels)
    change = choices.begin_or_change(choice_of(place.code, name), partial(domain.choose, place.code, rule, step))
    decided: Choice = await wish.act(change)
    return decided
