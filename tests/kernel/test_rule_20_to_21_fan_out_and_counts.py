"""Rules 20 and 21: each change makes sense alone, fan-out is repeated, counts are folded from rows."""

from datetime import datetime, timedelta
from functools import partial

import pytest

from shared.decision import Busy, Decision, State
from shared.desk import Desk
from shared.ids import derived
from shared.store import Change, Store
from shared.testing.memory import MemoryDocuments
from shared.testing.scenario import Scenario
from shared.wake import sweep
from tests.kernel.ground import Ground, Listening
from tests.kernel.test_rule_16_to_17_poison_and_early import noting, placed
from tests.simulation import ledger
from tests.simulation.events import OrderPlaced

CHUNK = 3


async def test_rule_20_a_crash_between_two_documents_of_one_event_is_made_good_by_its_return() -> None:
    ears = noting()
    record = placed(ears, "order-1")
    ears.ground.books["rows"].trouble = _away_when_written
    with pytest.raises(Busy):
        await ears.hear(record)
    assert ears.ground.state("entry-order-1")["effects"] == ["order-1#1"]
    ears.ground.books["rows"].trouble = ears.ground.count
    await ears.hear(record)
    assert ears.ground.state("entry-order-1")["effects"] == ["order-1#1"]
    assert len(ears.ground.books["rows"].rows) == 1


class Message(State):
    id: str
    household: str


class Campaign(State):
    id: str
    households: list[str]
    at: datetime
    done: bool = False


messages = Store("messages", Message, scopes=lambda message: ["4203"])


async def fan_out(desk: Desk, campaign: Campaign, now: datetime) -> list[Change]:
    """The next few that have none yet; its own change last, and only once nothing was found."""
    pairs = {derived("message", campaign.id, household): household for household in campaign.households}
    there = await desk.books["messages"].read(list(pairs))
    left = [id for id in pairs if id not in there][:CHUNK]
    begun = [messages.begin(id, partial(begin, id, pairs[id])) for id in left]
    own = campaigns.change(campaign.id, lambda state: Decision(state.but(done=not left)))
    return [*begun, own]


def begin(id: str, household: str) -> Decision[Message]:
    return Decision(Message(id=id, household=household))


campaigns: Store[Campaign] = Store(
    "campaigns",
    Campaign,
    scopes=lambda campaign: ["4203"],
    wake=lambda campaign: None if campaign.done else campaign.at,
    errand=fan_out,
)


async def test_rule_20_fan_out_is_repeated_by_the_alarm_until_it_finds_nothing() -> None:
    ground = Ground(campaigns, messages)
    campaign = Campaign(id="campaign-1", households=[f"h-{n}" for n in range(10)], at=ground.clock.now())
    await ground.event("e-1", campaigns.begin("campaign-1", lambda: Decision(campaign)))
    for crash in (False, True, False, False, False, False):
        book: MemoryDocuments = ground.books["campaigns"]
        book.trouble = _away_when_written if crash else ground.count
        if crash:
            with pytest.raises(Busy):
                await sweep(ground.desk, campaigns)
        else:
            await sweep(ground.desk, campaigns)
        ground.clock.moment += timedelta(seconds=31)
    households = [row["state"]["household"] for row in ground.books["messages"].rows.values()]
    assert sorted(households) == sorted(campaign.households)
    assert ground.row("campaign-1")["wake_at"] is None


async def _away_when_written(call: str) -> None:
    if call == "write":
        raise Busy("the store is away")


def test_rule_20_never_twice_is_an_id_made_of_the_pair() -> None:
    assert derived("message", "campaign-1", "h-1") == derived("message", "campaign-1", "h-1")
    assert derived("message", "campaign-1", "h-1") != derived("message", "campaign-1", "h-11")
    assert derived("message", "campaign-1", "1h") != derived("message", "campaign-11", "h")


async def test_rule_21_a_row_is_inserted_once_by_event_id_and_a_replay_counts_nothing_twice() -> None:
    ears = noting()
    records = [placed(ears, f"order-{n}") for n in range(8)]
    for batch in (records, records[3:], records):
        await ears.hear(*batch)
        await _fold(ears)
    assert sum(_totals(ears).values()) == 8


async def test_rule_21_buckets_of_rows_that_were_there_already_are_folded_too() -> None:
    """A crash after the rows and before their bucket: the rows are old when the batch comes again."""
    ears = noting()
    record = placed(ears, "order-1")
    ears.ground.books["buckets"].trouble = _away_when_written
    with pytest.raises(Busy):
        await ears.hear(record)
    assert len(ears.ground.books["rows"].rows) == 1
    ears.ground.books["buckets"].trouble = ears.ground.count
    await ears.hear(record)
    await _fold(ears)
    assert _totals(ears) == {ledger.bucket_of("order-1#1"): 1}


async def test_rule_21_a_bucket_touched_while_it_was_folded_is_folded_again() -> None:
    ears = noting()
    same = [f"order-{n}" for n in range(20) if ledger.bucket_of(f"order-{n}#1") == "bucket-0"]
    await ears.hear(placed(ears, same[0]))
    ears.ground.in_between("count", lambda: ears.hear(placed(ears, same[1])))
    await _fold(ears)
    await _fold(ears)
    assert _totals(ears) == {"bucket-0": 2}


def test_rule_21_the_order_of_what_is_counted_does_not_matter() -> None:
    now = Scenario(None).clock.now()
    told = [OrderPlaced(order_id=f"order-{n}", ref=f"{n}", at=now) for n in range(6)]
    stores = (ledger.entries, ledger.rows, ledger.buckets)
    forward = Scenario(ledger.on, *stores).given(*told).passes(seconds=1)
    backward = Scenario(ledger.on, *stores).given(*reversed(told), *told[:2]).forgetful().passes(seconds=1)
    assert {b.id: b.total for b in forward.all(ledger.buckets)} == {b.id: b.total for b in backward.all(ledger.buckets)}


async def _fold(ears: Listening) -> None:
    ears.ground.clock.moment += timedelta(minutes=1)
    await sweep(ears.ground.desk, ledger.buckets)


def _totals(ears: Listening) -> dict[str, int]:
    return {id: row["state"]["total"] for id, row in ears.ground.books["buckets"].rows.items()}
