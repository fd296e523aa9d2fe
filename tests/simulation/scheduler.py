"""A small deterministic scheduler: it picks who goes on at every switch point, and moves the clock.

It drives plain coroutines, without asyncio: whatever the kernel awaits ends in one of the three words
below. A crash drops an owner's coroutines where they are.
"""

import heapq
import types
from collections.abc import Callable, Coroutine, Generator
from dataclasses import dataclass, field
from typing import Any

from tests.simulation.choices import Choices

STEP_SECONDS = 0.002
JUMP_SECONDS = 0.4
JUMPS = 1 / 25


class Box:
    """An answer that somebody may wait for."""

    def __init__(self) -> None:
        self.value: Any = None
        self.full = False
        self.waiting: list[Task] = []


@types.coroutine
def switch() -> Generator[None, None, None]:
    """Here another may go on, or the owner may crash."""
    yield None


@types.coroutine
def asleep(seconds: float) -> Generator[float, None, None]:
    yield seconds


@types.coroutine
def filled(box: Box) -> Generator[Box, None, None]:
    if not box.full:
        yield box


@dataclass(eq=False)
class Owner:
    """What lives and crashes together: a process. Frozen, it does not know that time goes by."""

    name: str
    alive: bool = True
    frozen_until: float = 0.0
    tasks: dict["Task", None] = field(default_factory=dict)
    on_crash: Callable[[], None] = lambda: None


@dataclass(eq=False)
class Task:
    coroutine: Coroutine[Any, Any, Any]
    owner: Owner | None
    name: str
    done: bool = False


class Scheduler:
    """`crashes` is the chance of a crash at a switch point; `now` counts seconds."""

    def __init__(self, choices: Choices, crashes: float = 0.0) -> None:
        self.choices, self.crashes, self.jumps = choices, crashes, JUMPS
        self.now = 0.0
        self.steps = 0
        self.trace: list[str] | None = None
        self._ready: list[Task] = []
        self._timers: list[tuple[float, int, Task]] = []
        self._number = 0
        self._current = "-"

    def spawn(self, coroutine: Coroutine[Any, Any, Any], name: str, owner: Owner | None = None) -> Task:
        task = Task(coroutine, owner, name)
        if owner is not None:
            owner.tasks[task] = None
        self._ready.append(task)
        return task

    def fill(self, box: Box, value: Any) -> None:
        if not box.full:
            box.full, box.value = True, value
            self._ready.extend(task for task in box.waiting if not task.done)

    def after(self, seconds: float, box: Box, value: Any) -> None:
        async def ring() -> None:
            await asleep(seconds)
            self.fill(box, value)

        self.spawn(ring(), "timer")

    def crash(self, owner: Owner) -> None:
        self.note(f"CRASH {owner.name}")
        owner.alive = False
        tasks, owner.tasks = owner.tasks, {}
        for task in tasks:
            task.done = True
            task.coroutine.close()
        owner.on_crash()

    def note(self, words: str) -> None:
        """Something that matters, for a reader of the trace."""
        if self.trace is not None:
            self.trace.append(f"{self.now:9.3f} * {self._current}: {words}")

    def step(self) -> bool:
        """Lets one go on to its next switch point. False when nobody is left."""
        task = self._next()
        if task is None:
            return False
        self.steps += 1
        owner = task.owner
        if owner is not None and self.choices.chance(self.crashes):
            self.crash(owner)
            return True
        if owner is not None and owner.frozen_until > self.now:
            self._later(owner.frozen_until, task)
            return True
        self._go_on(task)
        return True

    def alone(self, coroutine: Coroutine[Any, Any, Any]) -> Any:
        """Runs one coroutine to its end, nobody between; its sleeps move the clock. Nothing is traced."""
        trace, self.trace = self.trace, None
        try:
            while True:
                word = coroutine.send(None)
                self.now += word if isinstance(word, float) else 0.0001
        except StopIteration as end:
            return end.value
        finally:
            self.trace = trace

    def close(self) -> None:
        """Drops whoever is left."""
        for task in [*self._ready, *(task for _, _, task in self._timers)]:
            task.coroutine.close()

    def _next(self) -> Task | None:
        jump = self.choices.chance(self.jumps)
        self.now += JUMP_SECONDS if jump else STEP_SECONDS
        while True:
            while self._timers and self._timers[0][0] <= self.now:
                task = heapq.heappop(self._timers)[2]
                if not task.done:
                    self._ready.append(task)
            if self._ready:
                task = self._ready.pop(self.choices.pick(len(self._ready)))
                if not task.done:
                    return task
            elif self._timers:
                self.now = max(self.now, self._timers[0][0])
            else:
                return None

    def _later(self, moment: float, task: Task) -> None:
        self._number += 1
        heapq.heappush(self._timers, (moment, self._number, task))

    def _go_on(self, task: Task) -> None:
        self._current = task.name
        if self.trace is not None:
            self.trace.append(f"{self.now:9.3f}   {task.name}")
        try:
            word = task.coroutine.send(None)
        except StopIteration:
            task.done = True
            if task.owner is not None:
                task.owner.tasks.pop(task, None)
            return
        if word is None:
            self._ready.append(task)
        elif isinstance(word, Box):
            if word.full:
                self._ready.append(task)
            else:
                word.waiting.append(task)
        else:
            self._later(self.now + word, task)
