"""What goes wrong from outside: processes killed and frozen, primaries lost, a broker away, a log read again."""

from collections.abc import Callable
from typing import Any

from tests.simulation.process import Process
from tests.simulation.scheduler import asleep
from tests.simulation.world import World

SESSION = 3.0


class Faults:
    """One after another while the run lasts."""

    def __init__(self, world: World) -> None:
        self.world, self.stopping = world, False
        world.scheduler.spawn(self._go_on(), "faults")

    async def _go_on(self) -> None:
        choices = self.world.choices
        kinds: list[Callable[[], Any]] = [
            self.settle,
            self.rebalance,
            self.lose_primary,
            self.freeze,
            self.kill,
            self.lose_broker,
            self.read_again,
        ]
        while not self.stopping:
            await asleep(choices.between(0.2, 1.6))
            if not self.stopping:
                await kinds[choices.pick(len(kinds))]()

    async def settle(self) -> None:
        for book in self.world.books():
            book.settle()

    async def rebalance(self) -> None:
        group = self._any(list(self.world.services.values())).group
        if group.members:
            await group.rebalance()

    async def lose_primary(self) -> None:
        """Cut off, it takes writes for a while that no majority confirms; then another takes over."""
        service = self._any(list(self.world.services.values()))
        self.world.scheduler.note(f"CUT OFF {service.name}")
        service.cut_off = True
        await asleep(self.world.choices.between(0, 5))
        service.cut_off = False
        self.world.scheduler.note(f"ROLLBACK {service.name}")
        for book in service.books.values():
            book.rollback()

    async def freeze(self) -> None:
        """Past its session the others take over; it goes on later and does not know it."""
        process = self._process()
        self.world.scheduler.note(f"FREEZE {process.name}")
        process.owner.frozen_until = self.world.scheduler.now + self.world.choices.between(1, 6)
        await asleep(SESSION)
        if process.owner.frozen_until > self.world.scheduler.now and process.member is not None:
            process.service.group.evict(process.member)

    async def kill(self) -> None:
        process = self._process()
        if process.owner.alive:
            self.world.scheduler.crash(process.owner)

    async def lose_broker(self) -> None:
        self.world.scheduler.note("BROKER AWAY")
        self.world.kafka_away = True
        await asleep(self.world.choices.between(0.5, 4))
        self.world.kafka_away = False

    async def read_again(self) -> None:
        """The broker hands out from an earlier place, as after an offset reset or a lost commit."""
        group = self._any(list(self.world.services.values())).group
        for place, offset in group.committed.items():
            group.committed[place] = max(0, offset - self.world.choices.pick(8))
        group.deal()

    def _process(self) -> Process:
        process: Process = self._any(self.world.processes())
        return process

    def _any(self, several: list[Any]) -> Any:
        return several[self.world.choices.pick(len(several))]
