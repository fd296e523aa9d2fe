"""Who can be told, and what areas do differently; with the questions asked of both."""

from collections.abc import Mapping

from services.notification.domain.choice import Choice, Effective, choice_of, effective
from services.notification.domain.recipient import Recipient, personal, recipient_of
from shared import area
from shared.desk import Desk
from shared.events.notification import Channel
from shared.store import Index, Store

CHUNK = 200


def _posted(recipient: Recipient) -> dict[str, object]:
    where = {"post": recipient.area} if recipient.area else {}
    return {**where, "lead": recipient.lead, "on_duty": recipient.on_duty, "order": recipient.id}


recipients: Store[Recipient] = Store(
    "recipients",
    Recipient,
    scopes=lambda state: [*area.scopes(state.area), personal(state.id)],
    keys=_posted,
    indexes=(Index(("keys.post", "keys.order")), Index(("scopes", "keys.order"))),
)

choices: Store[Choice] = Store("choices", Choice, scopes=lambda state: area.scopes(state.area))


async def known(desk: Desk, staff: list[str]) -> dict[str, Recipient]:
    """Everyone asked for; one whom dispatch has not told of has an inbox and no address."""
    rows = await desk.books[recipients.name].read([recipient_of(number) for number in staff])
    found = {row["state"]["id"]: Recipient.model_validate(row["state"]) for row in rows.values() if row["state"]}
    return {number: found.get(number, Recipient(id=number)) for number in staff}


async def posted(
    desk: Desk, at: str, leads_only: bool, on_duty: bool, after: str | None
) -> tuple[list[str], str | None]:
    """The staff numbers of those posted in exactly this area, in chunks; the second is where to go on."""
    where: dict[str, object] = {"keys.post": at}
    if leads_only:
        where["keys.lead"] = True
    if on_duty:
        where["keys.on_duty"] = True
    page = await desk.page(recipients, where, "keys.order", after, CHUNK)
    return [row["state"]["id"] for row in page.items], page.next


async def chosen(desk: Desk, at: str, channels: Mapping[str, tuple[Channel, ...]]) -> dict[str, Effective]:
    """What holds in this area for each of these rules (name to its own channels), from the city down."""
    around = area.scopes(at)
    rows = await desk.books[choices.name].read([choice_of(code, rule) for rule in channels for code in around])
    found = {id: Choice.model_validate(row["state"]) for id, row in rows.items() if row["state"]}
    return {
        rule: effective(own, [found[id] for code in around if (id := choice_of(code, rule)) in found])
        for rule, own in channels.items()
    }
