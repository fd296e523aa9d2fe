"""People at work: each wish has a key, is sent again with it while the answer is unclear, and its last
answer is written down."""

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from typing import Any

from shared.causes import Ask, Cause, Guard, Outcome
from shared.decision import Busy, Refusal
from shared.desk import Result
from shared.store import Change, Store
from tests.simulation import orders, works
from tests.simulation.process import Process, answer
from tests.simulation.scheduler import asleep
from tests.simulation.world import World

SCOPES = (orders.AREA,)
PATIENCE = 2.0
Rules = Callable[[Process], list[Change]]


@dataclass
class Wish:
    """`kind` and what it is about; `answered` holds the outcome a document, or the refusal."""

    kind: str
    number: int
    service: str
    order_id: str
    text: str = ""
    version: int | None = None
    poison: bool = False
    refs: dict[str, str] = field(default_factory=dict)
    answered: dict[str, Outcome] | None = None
    tries: int = 0

    @property
    def done(self) -> bool:
        return self.answered is not None

    def refused(self, id: str) -> Refusal | None:
        return self.answered[id].refused if self.answered else None

    def accepted(self, id: str) -> bool:
        return self.answered is not None and self.answered[id].refused is None

    def changes(self, process: Process) -> list[Change]:
        now, order, work = process.desk.clock.now(), self.order_id, works.work_of(self.order_id)
        store: Store[Any] = process.stores[0]
        if self.kind == "place":
            return [store.begin(id, partial(orders.place, id, ref, now)) for id, ref in self.refs.items()]
        return {
            "amend": lambda: [store.change(order, lambda s: orders.amend(s, self.text, self.poison, now))],
            "touch": lambda: [store.change(order, orders.touch)],
            "cancel": lambda: [store.change(order, lambda s: orders.cancel(s, now))],
            "erase": lambda: [store.change(order, lambda s: orders.erase(s, now))],
            "finish": lambda: [store.change(work, lambda s: works.finish(s, now))],
            "put off": lambda: [store.change(work, lambda s: works.put_off(s, now))],
        }[self.kind]()


class Clients:
    """A few people at once; `wishes` is what the checks compare the world with."""

    def __init__(self, world: World, people: int = 4) -> None:
        self.world, self.wishes = world, list[Wish]()
        self.violations: list[str] = []
        self.stopping = False
        for number in range(people):
            world.scheduler.spawn(self._work(), f"client {number}")

    async def _work(self) -> None:
        while not self.stopping:
            await asleep(self.world.choices.between(0, 0.6))
            wish = self._wish() if not self.stopping else None
            if wish is not None:
                self.wishes.append(wish)
                await self.ask(wish)

    def _wish(self) -> Wish | None:
        choices, number = self.world.choices, len(self.wishes)
        placed = [id for wish in self.wishes if wish.kind == "place" and wish.done for id in wish.refs]
        kind = ("place", "amend", "amend", "finish", "put off", "place", "touch", "cancel", "amend", "erase")[
            choices.pick(10)
        ]
        if kind == "place" or not placed:
            many = 1 + choices.pick(2)
            refs = {f"order-{number}-{n}": f"ref-{self._ref(number, n)}" for n in range(many)}
            return Wish("place", number, "orders", next(iter(refs)), refs=refs)
        order = placed[-1 - choices.pick(min(len(placed), 6))]
        if kind == "erase" and choices.pick(2):
            return None
        service = "works" if kind in ("finish", "put off") else "orders"
        wish = Wish(kind, number, service, order, text=f"note-{number}")
        if kind == "amend":
            wish.poison = choices.pick(10) == 9
            if choices.pick(3) == 2:
                wish.version = self._version(order)
        return wish

    def _ref(self, number: int, n: int) -> str:
        """Now and then one that was used before."""
        return f"{number - 1 - self.world.choices.pick(4)}-0" if self.world.choices.pick(4) == 3 else f"{number}-{n}"

    def _version(self, order: str) -> int:
        row = self.world.services["orders"].books["orders"].rows.get(order)
        return row["version"] if row else 1

    async def ask(self, wish: Wish, patience: float = PATIENCE) -> None:
        while not wish.done:
            wish.tries += 1
            replicas = [process for process in self.world.services[wish.service].processes if process.owner.alive]
            if replicas:
                process = replicas[self.world.choices.pick(len(replicas))]
                box = process.request(self._asks(wish, process))
                result = await answer(self.world.scheduler, box, patience)
                self._note(wish, result)
            if not wish.done:
                await asleep(0.5)
        if any(wish.accepted(id) for id in wish.answered or {}):
            await self._look(wish)

    def _asks(self, wish: Wish, process: Process) -> list[Ask]:
        cause = Cause(f"http/tester/{wish.kind}/{wish.number}", "00-sim", durable=False, digest=f"d{wish.number}")
        return [Ask(cause, change, Guard(wish.version, SCOPES)) for change in wish.changes(process)]

    def _note(self, wish: Wish, result: Result | Refusal | None) -> None:
        if isinstance(result, Refusal) and not isinstance(result, Busy):
            self.violations.append(f"a refusal where an outcome was due: {result!r}")
        if not isinstance(result, Result):
            return
        self.violations.extend(f"poison in a request: {error!r}" for error in result.poison.values())
        wish.answered = {id: outcome for (_, id), outcome in result.outcomes.items()}

    async def _look(self, wish: Wish) -> None:
        """I1: whoever wrote sees it at once, from whatever replica."""
        process = self.world.services[wish.service].processes[0]
        for id, outcome in (wish.answered or {}).items():
            if outcome.refused is not None:
                continue
            try:
                found = (await process.desk.books[wish.service].read([id])).get(id)
            except Busy:
                continue
            erased = any(other.kind == "erase" and other.order_id == wish.order_id for other in self.wishes)
            if not erased and (found is None or found["version"] < outcome.version):
                self.violations.append(f"{wish.kind} {id} was acknowledged at {outcome.version}: read {found}")
