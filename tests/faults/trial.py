"""One trial: a city with load on it, faults done to it, then quiet, then the checker's verdict."""

import asyncio
import json
import signal
import subprocess
import sys
from collections.abc import Awaitable, Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from deploy.embedded.places import ROOT
from shared.clock import Clock
from shared.settings import Settings
from tests.faults.acks import Acks
from tests.faults.ground import City
from tests.faults.harm import Harm
from tests.faults.load.teller import Plan
from tests.faults.recovery import Recovered, recovered, settled
from tests.faults.setup import Office, Town

GIVE_UP = timedelta(minutes=20)


@dataclass
class Trial:
    """One city, its load and its files. `plan` is the load's."""

    city: City
    town: Town
    goal: int
    rate: float
    people: int
    whole: bool
    log: Callable[[str], None]
    gateway: Path | None = None
    measured: bool = True
    halts: int = 0
    recoveries: list[Recovered] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.injected = self.city.folder / "injected.jsonl"
        self.acks_file = self.city.folder / "acks.jsonl"
        self.acks_file.touch()
        self.acks = Acks(self.acks_file)
        self.harm = Harm(self.city, self.injected)
        self.token_key = Settings.model_validate({"data": self.city.folder}).token_key()
        self._measuring: list[asyncio.Task[None]] = []

    # -- the load ------------------------------------------------------------------------------------
    @contextmanager
    def load(self) -> Iterator[subprocess.Popen[bytes]]:
        """Works within the block, and to its end when the block does."""
        folder = self.city.folder
        plan = Plan(
            ports=self.city.ports(),
            goal=self.goal,
            rate=self.rate,
            people=self.people,
            whole=self.whole,
            town=str(folder / "town.json"),
            acks=str(self.acks_file),
            stop=str(folder / "stop"),
            clock=str(self.city.clock_file),
        )
        self.town.write(Path(plan.town))
        (folder / "load.json").write_text(json.dumps(asdict(plan)))
        with (folder / "load.log").open("ab") as words:
            command = [sys.executable, "-m", "tests.faults.load", str(folder / "load.json")]
            process = subprocess.Popen(command, cwd=ROOT, stdout=words, stderr=words)
        try:
            yield process
            Path(plan.stop).touch()
            if process.wait(GIVE_UP.total_seconds()):
                raise RuntimeError(f"the load broke: {(folder / 'load.log').read_text()[-500:]}")
        finally:
            process.kill()
            process.wait()

    async def reach(self, share: float) -> None:
        """Until this share of the goal has been acknowledged."""
        while self.acks.look() < share * self.goal:
            await asyncio.sleep(0.1)

    # -- faults --------------------------------------------------------------------------------------
    async def kill(self, *names: str, how: str = "SIGKILL") -> None:
        """All at once; each is measured from when it was started again."""
        number = signal.Signals[how]
        self.log(f"{how} {', '.join(names)}")
        if any(name.startswith("dispatch") for name in names):
            started, _ = await asyncio.gather(self._killed(names, number), self.harm.kill_peer())
        else:
            started = await self._killed(names, number)
        for name, since in zip(names, started, strict=True):
            self._measure(f"{how} {name}", name, since)

    async def _killed(self, names: Sequence[str], number: signal.Signals) -> list[float]:
        return list(await asyncio.gather(*(self.harm.kill(name, number) for name in names)))

    async def away(self, name: str, seconds: float) -> None:
        self.log(f"{name} is away for more than {seconds:.0f} s")
        self._measure(f"{name} away", name, await self.harm.away(name, seconds))

    async def freeze(self, name: str, seconds: float) -> None:
        self.log(f"SIGSTOP {name} for {seconds:.0f} s")
        self._measure(f"frozen {name}", name, await self.harm.freeze(name, seconds))

    def _measure(self, fault: str, part: str, since: float) -> None:
        if not self.measured:
            return

        async def measured() -> None:
            found = await recovered(self.city, Acks(self.acks_file), fault, part, since)
            self.recoveries.append(found)
            self.log(f"  {fault}: well after {'?' if found.seconds is None else f'{found.seconds:.1f} s'}")

        self._measuring.append(asyncio.create_task(measured()))

    async def operate(self) -> None:
        """The operator: a service that halted over a row of poison is told to go on, and that is written down."""
        office = Office(self.city, self.token_key)
        while True:
            for name, halted in await asyncio.to_thread(office.halted):
                self.log(f"  {name} had halted ({halted}); the operator lets it go on")
                self.halts += 1
            await asyncio.sleep(1)

    async def well(self) -> None:
        """Until all that was measured has recovered."""
        while self._measuring:
            await self._measuring.pop()

    # -- the verdict ---------------------------------------------------------------------------------
    async def settle(self, within: float) -> float | None:
        return await settled(self.city, within)

    def verdict(self, peer: bool = False) -> dict[str, Any]:
        """By the checker, a program that shares nothing with us but these lines."""
        asked = {
            "kafka": self.city.kafka,
            "mongo": self.city.mongo,
            "namespace": self.city.namespace,
            "topics": self.city.topics,
            "groups": self.city.groups,
            "peer": f"{self.city.namespace}.peer" if peer else None,
            "acks": str(self.acks_file),
            "injected": str(self.injected),
            "gateway": str(self.gateway) if self.gateway else None,
            "now": Clock(self.city.clock_file).now().isoformat(),
        }
        file = self.city.folder / "asked.json"
        file.write_text(json.dumps(asked))
        command = [sys.executable, "-m", "tests.faults.check", str(file)]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
        if done.returncode:
            raise RuntimeError(f"the checker broke: {done.stderr[-1500:]}")
        found: dict[str, Any] = json.loads(done.stdout)
        (self.city.folder / "verdict.json").write_text(json.dumps(found, indent=1, ensure_ascii=False))
        return found


Step = Callable[[Trial], Awaitable[None]]


async def in_turn(trial: Trial, steps: Sequence[Step], wait_after_each: bool) -> None:
    """Evenly over the load's way to its goal."""
    for number, step in enumerate(steps, 1):
        await trial.reach(number / (len(steps) + 2))
        await step(trial)
        if wait_after_each:
            await trial.well()
    await trial.well()
    await trial.reach(1)
