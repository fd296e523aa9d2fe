"""Rules 24 to 26: effects outside, releases that roll, people who are forgotten."""

import importlib
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any, get_args

import pytest
from cryptography.fernet import Fernet
from fastapi.routing import APIRoute
from pydantic import BaseModel

from shared.decision import Busy, Decision, Rejected, State
from shared.event import Event
from shared.privacy import Sealed, Seals, Unreadable
from shared.store import Store
from shared.topology import SERVICES
from tests.kernel.ground import Ground, Listening, place
from tests.simulation import orders, works
from tests.simulation.events import OrderPlaced

LEASE = timedelta(seconds=30)


class Sms(State):
    """A message as a document: queued, claimed with a token, sent, recorded."""

    id: str
    red: bool
    not_after: datetime
    stage: str = "queued"
    attempt: int = 0
    token: str | None = None
    lease: datetime | None = None


def claim(sms: Sms, token: str, now: datetime) -> Decision[Sms]:
    if sms.stage != "queued":
        raise Rejected(f"it is {sms.stage}")
    if now > sms.not_after:
        return Decision(sms.but(stage="too late"))
    return Decision(sms.but(stage="claimed", token=token, attempt=sms.attempt + 1, lease=now + LEASE))


def record(sms: Sms, token: str, well: bool) -> Decision[Sms]:
    if (sms.stage, sms.token) != ("claimed", token):
        raise Rejected("another attempt has it")
    return Decision(sms.but(stage="sent" if well else "queued", lease=None))


def lapsed(sms: Sms, now: datetime) -> Decision[Sms]:
    return Decision(sms.but(stage="queued" if sms.red else "unknown", token=None, lease=None))


texts: Store[Sms] = Store("texts", Sms, scopes=lambda sms: ["4203"], wake=lambda sms: sms.lease, due=lapsed)


async def queued(red: bool = False) -> Ground:
    ground = Ground(texts)
    sms = Sms(id="sms-1", red=red, not_after=ground.clock.now() + timedelta(hours=1))
    await ground.event("e-1", texts.begin("sms-1", lambda: Decision(sms)))
    return ground


async def test_rule_24_two_senders_claim_one_message_and_one_of_them_has_it() -> None:
    ground = await queued()
    first = texts.change("sms-1", lambda sms: claim(sms, "token-1", ground.clock.now()))
    second = texts.change("sms-1", lambda sms: claim(sms, "token-2", ground.clock.now()))
    ground.in_between("write", lambda: ground.request("one", first))
    with pytest.raises(Rejected):
        await ground.request("two", second)
    assert (ground.state("sms-1")["token"], ground.state("sms-1")["attempt"]) == ("token-1", 1)


@pytest.mark.parametrize(("red", "then"), [(True, "queued"), (False, "unknown")])
async def test_rule_24_when_the_lease_is_over_red_is_sent_again_and_routine_is_unknown(red: bool, then: str) -> None:
    from shared.wake import sweep

    ground = await queued(red)
    await ground.event("e-2", texts.change("sms-1", lambda sms: claim(sms, "token-1", ground.clock.now())))
    ground.clock.moment += LEASE
    await sweep(ground.desk, texts)
    assert ground.state("sms-1")["stage"] == then
    late = await ground.event("e-3", texts.change("sms-1", lambda sms: record(sms, "token-1", True)))
    assert isinstance(late.outcomes["test/e-3", "sms-1"].refused, Rejected)
    assert ground.state("sms-1")["stage"] == then


async def test_rule_24_what_is_too_old_is_not_sent_by_a_replay() -> None:
    ground = await queued()
    ground.clock.moment += timedelta(hours=2)
    await ground.event("e-2", texts.change("sms-1", lambda sms: claim(sms, "token-1", ground.clock.now())))
    assert ground.state("sms-1")["stage"] == "too late"


async def test_rule_25_old_code_keeps_what_new_code_wrote_at_every_level() -> None:
    class NewPart(State):
        code: str
        weight: int

    class New(State):
        id: str
        parts: list[NewPart]
        rank: int

    class OldPart(State):
        code: str

    class Old(State):
        id: str
        parts: list[OldPart]

    new: Store[Any] = Store("things", New, scopes=lambda state: ["4203"])
    old: Store[Any] = Store("things", Old, scopes=lambda state: ["4203"])
    ground = Ground(new)
    thing = New(id="thing-1", parts=[NewPart(code="a", weight=7)], rank=3)
    await ground.event("e-1", new.begin("thing-1", lambda: Decision(thing)))
    await ground.event("e-2", old.change("thing-1", lambda s: Decision(s.but(parts=[*s.parts, OldPart(code="b")]))))
    state = ground.state("thing-1")
    assert state["rank"] == 3
    assert state["parts"] == [{"code": "a", "weight": 7}, {"code": "b"}]


async def test_rule_25_a_state_that_cannot_be_read_waits_and_is_not_parked() -> None:
    store, on = works.RELEASES["new"]
    ears = Listening(Ground(store), on)
    event = OrderPlaced(order_id="order-1", ref="r", at=ears.ground.clock.now())
    await ears.hear(ears.record(event, "order-1"))
    ears.ground.row("work-order-1")["state"]["level"] = {"of": "a newer release"}
    again = OrderPlaced(order_id="order-1", ref="r", at=ears.ground.clock.now())
    with pytest.raises(Busy):
        await ears.hear(ears.record(again, "order-1", 2))
    assert ears.rows.rows == {}


def test_rule_25_events_are_read_with_fields_of_a_later_release() -> None:
    told = OrderPlaced.model_validate_json('{"order_id": "o", "ref": "r", "at": "2026-02-02T01:00:00Z", "new": 1}')
    assert told.ref == "r"


@pytest.mark.parametrize("service", SERVICES)
def test_rule_25_every_state_keeps_unknown_fields_and_every_request_refuses_them(service: str) -> None:
    app: Any = importlib.import_module(f"services.{service}.main").app
    for store in app.state.blueprint.stores:
        for model in _models(store.state):
            assert issubclass(model, State), f"{model} in {store.name} is no State"
            assert model.model_config.get("extra") == "allow", f"{model} in {store.name}"
    for route in app.routes:
        if isinstance(route, APIRoute) and route.body_field is not None:
            for model in _models(route.body_field.field_info.annotation):
                assert model.model_config.get("extra") == "forbid", f"{model} of {route.path}"


def _models(kind: Any, known: set[Any] | None = None) -> Iterator[type[BaseModel]]:
    """The model and every model within it."""
    known = known if known is not None else set()
    if isinstance(kind, type) and issubclass(kind, BaseModel):
        if kind in known:
            return
        known.add(kind)
        yield kind
        for field in kind.model_fields.values():
            yield from _models(field.annotation, known)
    for part in get_args(kind):
        yield from _models(part, known)


class Resident(State):
    id: str
    phone: Sealed
    blind: str


class PhoneChanged(Event):
    source = "registry"
    resident_id: str
    label: str


residents: Store[Resident] = Store("residents", Resident, scopes=lambda resident: ["4203"])


async def test_rule_26_personal_data_lies_only_as_ciphertext_and_rules_never_need_it() -> None:
    ground, seals = Ground(residents), Seals(Fernet.generate_key())
    phone = "13812345521"
    sealed, blind = seals.seal(phone), seals.blind(phone)

    def enrol() -> Decision[Resident]:
        said = PhoneChanged(resident_id="resident-1", label="138****5521", at=ground.clock.now())
        return Decision(Resident(id="resident-1", phone=sealed, blind=blind), (said,))

    await ground.event("e-1", residents.begin("resident-1", enrol))
    row = ground.row("resident-1")
    assert phone not in repr(row)
    assert seals.open(row["state"]["phone"]) == phone
    assert residents.state.model_validate(row["state"]).model_dump(mode="json")["phone"] == "***"


def test_rule_26_a_destroyed_key_means_erased_and_nothing_else() -> None:
    sealed = Seals(Fernet.generate_key()).seal("13812345521")
    for key in (Seals(Fernet.generate_key()), Seals(Fernet.generate_key(), "k2")):
        with pytest.raises(Unreadable):
            key.open(sealed)


async def test_rule_26_an_erased_persons_document_keeps_no_state_and_no_keys() -> None:
    ground = Ground(orders.orders)
    await ground.event("e-1", place("order-1", ground))
    await ground.event("e-2", orders.orders.change("order-1", lambda order: Decision(None)))
    row = ground.row("order-1")
    assert (row["state"], row["keys"]) == (None, {})
