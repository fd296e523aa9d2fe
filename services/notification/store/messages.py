"""The messages, and what the sender asks of them: what is due, and whose lease is over."""

from datetime import UTC, datetime

from services.notification.domain import message as domain
from services.notification.domain.message import Message
from services.notification.domain.recipient import personal
from shared import area
from shared.desk import Desk
from shared.store import Index, Store


def stamp(moment: datetime) -> str:
    """Sorts as the moments do."""
    return moment.astimezone(UTC).strftime("%Y%m%dT%H%M%S.") + f"{moment.microsecond // 1000:03}"


def _keys(message: Message) -> dict[str, object]:
    """`todo` says what the sender has to do next, red before routine; `unread_of` whose inbox counts it."""
    keys: dict[str, object] = {
        "recipient": message.recipient,
        "state": message.state,
        "order": f"{stamp(message.queued_at)}-{message.id}",
    }
    if message.stage == "queued":
        keys["todo"] = f"{'red' if message.red else 'routine'}|{stamp(message.send_at)}"
    elif message.stage == "sending" and message.lease is not None:
        keys["todo"] = f"lease|{stamp(message.lease.until)}"
    if message.acknowledged_at is None:
        keys["unread_of"] = message.recipient
    return keys


messages: Store[Message] = Store(
    "messages",
    Message,
    scopes=lambda state: [*area.scopes(state.area), *state.zones, personal(state.recipient)],
    keys=_keys,
    wake=domain.wake,
    due=domain.due,
    indexes=(
        Index(("keys.todo",)),
        Index(("keys.state",)),
        Index(("keys.recipient", "keys.order")),
        Index(("keys.unread_of", "keys.order")),
        Index(("scopes", "keys.order")),
        Index(("scopes", "keys.state", "keys.order")),
    ),
)


async def todo(desk: Desk, what: str, until: datetime, limit: int) -> list[tuple[str, str]]:
    """Ids and recipients of what is due by `until`: `red` or `routine` to send, `lease` to look after."""
    if limit <= 0:
        return []
    where = {"keys.todo": {"$gte": f"{what}|", "$lte": f"{what}|{stamp(until)}"}}
    rows = await desk.books[messages.name].find(where, "keys.todo", None, limit)
    return [(row["_id"], row["keys"]["recipient"]) for row in rows]
