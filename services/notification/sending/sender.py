"""One sender of possibly many: claims due messages with a lease, calls, records what came of it.

Two that claim the same message meet at its version: one wins, and only that one calls. `now` is the
domain's time; leases run in real time, whatever the domain's clock does.
"""

import logging
from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from hashlib import sha256
from uuid import uuid4

from services.notification import metrics
from services.notification.domain import message as rules
from services.notification.domain import recipient
from services.notification.domain.message import Answer, Lease, Message
from services.notification.domain.recipient import Recipient
from services.notification.sending.gateway import Gateway
from services.notification.store.messages import messages, todo
from services.notification.store.people import known
from shared.causes import Ask, Cause
from shared.decision import Busy, Rejected
from shared.desk import Desk
from shared.privacy import Seals, Unreadable

LEASE = timedelta(seconds=30)
AT_ONCE = 16
FOR_RED = 4
"""Places that routine never takes, so that a red message need not wait for a slow gateway."""
LATER = 0.2
log = logging.getLogger("nuanxin.sending")


@dataclass(frozen=True)
class Claimed:
    """A message in our hands and the address it goes to, in the clear for the length of the call."""

    message: Message
    lease: Lease
    address: str = field(repr=False)


@dataclass(frozen=True)
class Sender:
    desk: Desk
    seals: Seals
    gateway: Gateway

    async def send_due(self) -> int:
        """Everything that can be sent now, one after another; how many calls were made."""
        calls = 0
        await self.recover()
        while claimed := await self.claim(AT_ONCE):
            for each in claimed:
                await self.perform(each)
            calls += len(claimed)
        return calls

    async def recover(self) -> int:
        """Messages whose sender vanished: red is queued again, routine becomes unknown."""
        real, now = self.desk.clock.real(), self.desk.clock.now()
        over = await todo(self.desk, "lease", real, AT_ONCE)
        asks = [Ask(_cause(id, "over"), messages.change(id, partial(rules.lease_over, real, now))) for id, _ in over]
        result = await self.desk.apply(asks)
        for outcome in result.outcomes.values():
            if outcome.refused is None and isinstance(outcome.state, Message):
                self._count(outcome.state)
        return len(over)

    async def claim(self, room: int) -> list[Claimed]:
        """Up to `room` messages that are ours to call now, red ones first. Due ones that are not to be
        called (held, passed on, ended) are settled on the way and looked past."""
        while True:
            now = self.desk.clock.now()
            due = await todo(self.desk, "red", now, room)
            due += await todo(self.desk, "routine", now, room - FOR_RED - len(due))
            if not due:
                return []
            claimed, settled = await self._take(due)
            if claimed or not settled:
                return claimed

    async def _take(self, due: list[tuple[str, str]]) -> tuple[list[Claimed], int]:
        people = await known(self.desk, sorted({staff for _, staff in due}))
        addresses = {staff: self._opened(person) for staff, person in people.items()}
        now = self.desk.clock.now()
        leases = {id: Lease(token=uuid4().hex, until=self.desk.clock.real() + LEASE) for id, _ in due}
        asks = []
        for id, staff in due:
            terms = recipient.terms(people[staff], self.gateway.usable, addresses[staff], now)
            claim = partial(rules.claim, terms, leases[id], now)
            asks.append(Ask(_cause(id, leases[id].token), messages.change(id, claim)))
        result = await self.desk.apply(asks)
        for cause, error in result.poison.items():
            metrics.outcomes.labels("", "broken").inc()
            log.error("a message cannot be claimed", exc_info=error, extra={"cause": cause})
        states = [outcome.state for outcome in result.outcomes.values() if outcome.refused is None]
        claimed = []
        for state in states:
            if not isinstance(state, Message):
                continue
            if state.stage == "sending" and state.lease == leases[state.id]:
                claimed.append(Claimed(state, leases[state.id], addresses[state.recipient][state.channel]))
            else:
                self._count(state)
        return claimed, len(states)

    async def perform(self, claimed: Claimed) -> Answer:
        """The call and its record. A crash between the two leaves the lease to end."""
        message = claimed.message
        budget = (claimed.lease.until - self.desk.clock.real()).total_seconds()
        text = (message.title, message.body)
        answer = await self.gateway.send(message.channel, claimed.address, message.id, text, budget)
        metrics.outcomes.labels(message.channel, answer.outcome).inc()
        await self._record(claimed, answer)
        return answer

    async def _record(self, claimed: Claimed, answer: Answer) -> None:
        """While the store is away, again until the lease is over; then the lease decides."""
        id, token = claimed.message.id, claimed.lease.token
        rule = partial(rules.record, token, answer, self.desk.clock.now())
        while True:
            try:
                outcome = await self.desk.act(messages.change(id, rule), _cause(id, token + "/result"))
            except Rejected as late:
                log.warning("a result came late: %s", late.detail, extra={"subject": id})
                return
            except Busy:
                if self.desk.clock.real() >= claimed.lease.until:
                    raise
                await self.desk.clock.sleep(LATER)
            else:
                if isinstance(outcome.state, Message):
                    self._count(outcome.state)
                return

    def _opened(self, person: Recipient) -> dict[str, str]:
        """The addresses that can be read; a sealed one whose key is gone is as none."""
        opened: dict[str, str] = {}
        for channel, address in person.addresses.items():
            try:
                opened[channel] = self.seals.open(address.sealed)
            except Unreadable:
                continue
        return opened

    def _count(self, message: Message) -> None:
        if message.stage in ("queued", "sending"):
            return
        weight = "red" if message.red else "routine"
        metrics.ended.labels(weight, message.stage).inc()
        if message.sent_at is not None:
            metrics.seconds.labels(weight).observe((message.sent_at - message.queued_at).total_seconds())


def _cause(id: str, why: str) -> Cause:
    """Not durable: a claim that is refused is nothing to remember."""
    name = f"send/{id}/{why}"
    digest = sha256(name.encode()).hexdigest()
    return Cause(name, f"00-{digest[:32]}-{digest[32:48]}-01", durable=False)
