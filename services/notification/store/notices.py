"""The notices, and the errand that finds whom each concerns and begins their messages."""

from datetime import datetime
from functools import partial

from services.notification.domain import message, notice, text
from services.notification.domain.message import Message, message_of
from services.notification.domain.notice import Found, Notice
from services.notification.store.messages import messages, stamp
from services.notification.store.people import chosen, posted
from shared import area, places
from shared.decision import Missing
from shared.desk import Desk
from shared.events.notification import Channel
from shared.store import Change, Index, Store


async def tell(desk: Desk, given: Notice, now: datetime) -> list[Change]:
    """The messages of the next people, the notice's own change last. A repeat begins none twice: their
    ids are made of the fact and the person."""
    if now > given.not_after:
        return [notices.change(given.id, partial(notice.end, "nobody" if given.looks else "expired"))]
    choice = (await chosen(desk, given.area, {given.rule: given.channels}))[given.rule]
    if not choice.on and not given.red:
        return [notices.change(given.id, partial(notice.end, "silenced"))]
    found = await _look(desk, given)
    words = {**given.facts, "community": await _name(desk, given.area)}
    title, body = text.render(given.template, words, given.red)
    written = [
        _to(person, given, (title, body), choice.channels, now) for person in found.people if person not in given.doers
    ]
    begun = [messages.begin(each.id, partial(message.queue, each)) for each in written]
    return [*begun, notices.change(given.id, partial(notice.told, found, now=now))]


async def _look(desk: Desk, given: Notice) -> Found:
    if given.post is None:
        return Found(people=given.named)
    for number, circle in enumerate(given.circles[given.circle :], given.circle):
        after = given.after if number == given.circle else None
        people, following = await posted(desk, circle.area, circle.leads_only, circle.on_duty, after)
        if people or after is not None:
            return Found(people=tuple(people), circle=number, after=following)
    return Found(people=())


async def _name(desk: Desk, code: str) -> str:
    """What people call the place; its code where that is not known."""
    try:
        return (await places.find(desk, code)).name
    except Missing:
        return code


def _to(person: str, given: Notice, words: tuple[str, str], channels: tuple[Channel, ...], now: datetime) -> Message:
    return Message(
        id=message_of(given.cause, person),
        cause=given.cause,
        notice=given.id,
        rule=given.rule,
        area=given.area,
        zones=given.zones,
        about=given.about,
        recipient=person,
        red=given.red,
        title=words[0],
        body=words[1],
        channels=channels,
        queued_at=now,
        send_at=now,
        not_after=given.not_after,
    )


notices: Store[Notice] = Store(
    "notices",
    Notice,
    scopes=lambda state: [*area.scopes(state.area), *state.zones],
    keys=lambda state: {"stage": state.stage, "order": f"{stamp(state.at)}-{state.id}"},
    wake=notice.wake,
    errand=tell,
    indexes=(
        Index(("keys.stage",)),
        Index(("scopes", "keys.order")),
        Index(("scopes", "keys.stage", "keys.order")),
    ),
)
