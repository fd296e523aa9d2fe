"""The world of one run: three services with their replicas, the log between them, and what goes wrong."""

import random
from dataclasses import dataclass, fields

from shared.decision import Busy
from shared.testing.log import Fate, MemoryLog
from shared.testing.memory import MemoryDocuments, MemoryRows
from tests.simulation import ledger, orders, works
from tests.simulation.choices import Choices
from tests.simulation.process import Process, Release, Service, topic
from tests.simulation.scheduler import Scheduler, asleep, switch
from tests.simulation.waiting import START

SOURCES = {"orders": ["works"], "works": ["orders"], "ledger": ["orders", "works"]}
QUIET = frozenset({"write one", "send", "poll", "committed", "put", "get", "find", "drop"})
"""Steps at which nothing is switched in every run: they add length, not cases."""


@dataclass(frozen=True)
class Odds:
    """How often something goes wrong; all zero once the world is calm."""

    crash: float = 0.004
    away: float = 0.01
    unclear: float = 0.012
    unconfirmed: float = 0.02
    lost: float = 0.04
    unheard: float = 0.02

    @classmethod
    def drawn(cls, choices: Choices) -> "Odds":
        """Each run has its own weather: some things never fail in it, some fail often."""
        return cls(*(getattr(cls, part.name) * (1, 0, 1, 4)[choices.pick(4)] for part in fields(cls)))


CALM = Odds(0, 0, 0, 0, 0, 0)


class World:
    """`services` by name; `odds` may be changed while it runs."""

    def __init__(self, choices: Choices) -> None:
        random.seed(0)
        self.choices, self.odds = choices, Odds.drawn(choices)
        self.scheduler = Scheduler(choices, self.odds.crash)
        self.log = MemoryLog(partitions=2)
        self.log.trouble = self.log_trouble
        self.log.fate = self.fate
        self.log.milliseconds = lambda: int(START.timestamp() * 1000 + self.scheduler.now * 1000)
        for source in ("orders", "works"):
            self.log.add_topic(topic(source))
        self.kafka_away = self.ending = False
        self.services = {name: self._service(name) for name in SOURCES}
        for service in self.services.values():
            for number in range(2):
                self.start(service, number)

    def start(self, service: Service, number: int) -> Process:
        process = Process(self.scheduler, self.log, service, number)
        process.owner.on_crash = lambda: self._crashed(process)
        if number < len(service.processes):
            service.processes[number] = process
        else:
            service.processes.append(process)
        process.start()
        return process

    def calm(self) -> None:
        """Nothing goes wrong any more, and a majority takes what was written."""
        self.odds, self.kafka_away = CALM, False
        self.scheduler.crashes = self.scheduler.jumps = 0.0
        for service in self.services.values():
            service.cut_off = False
        for book in self.books():
            book.settle()

    def end(self) -> None:
        """Every process ends what it does and does no more."""
        self.ending = True
        for process in self.processes():
            process.stopping = True

    def books(self) -> list[MemoryDocuments]:
        return [book for service in self.services.values() for book in service.books.values()]

    def processes(self) -> list[Process]:
        return [process for service in self.services.values() for process in service.processes]

    async def store_trouble(self, call: str) -> None:
        if call not in QUIET or (call == "write one" and self.choices.chance(self.odds.away * 10)):
            await switch()
        if call in ("written", "struck"):
            self.scheduler.note(call)
            if self.choices.chance(self.odds.unclear):
                self.scheduler.note("NO ANSWER")
                raise Busy(f"no answer to {call}")
        elif self.choices.chance(self.odds.away):
            self.scheduler.note(f"AWAY at {call}")
            raise Busy(f"the store is away: {call}")

    def confirmed(self, service: Service) -> bool:
        if service.cut_off or self.choices.chance(self.odds.unconfirmed):
            self.scheduler.note("NO MAJORITY")
            return False
        return True

    async def log_trouble(self, call: str) -> None:
        if call in ("sent", "committed"):
            self.scheduler.note(call)
        if call not in QUIET:
            await switch()

    def fate(self) -> Fate:
        if self.kafka_away or self.choices.chance(self.odds.lost):
            return "lost"
        return "unclear" if self.choices.chance(self.odds.unheard) else "kept"

    def _crashed(self, process: Process) -> None:
        member = process.member
        self.scheduler.spawn(self._restart(process), f"restart {process.name}")
        if member is not None:
            process.service.group.evict(member)
        else:
            process.service.group.deal()

    async def _restart(self, process: Process) -> None:
        await asleep(0.5 + self.choices.pick(4))
        if not self.ending:
            self.start(process.service, process.number)

    def _service(self, name: str) -> Service:
        described: list[Release] = {
            "orders": [([orders.orders], orders.on)],
            "works": [([store], on) for store, on in works.RELEASES.values()],
            "ledger": [([ledger.entries, ledger.rows, ledger.buckets], ledger.on)],
        }[name]  # type: ignore[assignment]
        group = self.log.group(f"sim.{name}", [topic(source) for source in SOURCES[name]])
        service = Service(name, {}, MemoryRows(), MemoryRows(), group, described)
        for store in described[0][0]:
            book = MemoryDocuments(store.indexes, secondary_first=bool(self.choices.pick(2)))
            book.trouble = self.store_trouble
            book.confirmed = lambda: self.confirmed(service)
            service.books[store.name] = book
        service.parked.trouble = self.store_trouble
        return service
