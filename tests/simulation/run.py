"""One run: a busy time with faults, then calm until nothing is left to do, then the checks."""

import logging
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.simulation.checks import violations
from tests.simulation.choices import Choices
from tests.simulation.clients import Clients
from tests.simulation.events import spoken
from tests.simulation.faults import Faults
from tests.simulation.process import Process
from tests.simulation.world import World

STEPS = 400
MOST_AFTER = 4000
ROUNDS = 60


@dataclass
class Run:
    """What came of one seed, with the choices that replay it."""

    seed: int | None
    steps: int
    record: list[int]
    violations: list[str] = field(default_factory=list)
    trace: list[str] = field(default_factory=list)
    wishes: int = 0
    events: int = 0


def run(seed: int | None, steps: int = STEPS, record: Sequence[int] = (), trace: bool = False) -> Run:
    """By a seed, or by a record of choices where `seed` is None."""
    logging.disable(logging.CRITICAL)
    try:
        with spoken():
            return _run(seed, steps, record, trace)
    finally:
        logging.disable(logging.NOTSET)


def _run(seed: int | None, steps: int, record: Sequence[int], trace: bool) -> Run:
    choices = Choices(seed, record)
    world = World(choices)
    world.scheduler.trace = [] if trace else None
    clients, faults = Clients(world), Faults(world)
    while world.scheduler.steps < steps and world.scheduler.step():
        pass
    done = Run(seed, world.scheduler.steps, choices.record)
    try:
        done.violations.extend(_calm_down(world, clients, faults))
    finally:
        world.scheduler.close()
    done.violations.extend(clients.violations)
    if not done.violations:
        done.violations.extend(violations(world, clients.wishes))
    done.trace, done.wishes = world.scheduler.trace or [], len(clients.wishes)
    done.events = sum(len(records) for records in world.log.records.values())
    return done


def _calm_down(world: World, clients: Clients, faults: Faults) -> list[str]:
    """Everybody ends what they do; then one replica of each service does what is left."""
    world.calm()
    clients.stopping = faults.stopping = True
    begun = world.scheduler.steps
    while any(not wish.done for wish in clients.wishes):
        if not world.scheduler.step() or world.scheduler.steps > begun + MOST_AFTER:
            unanswered = [f"{wish.kind} {wish.order_id}" for wish in clients.wishes if not wish.done]
            return [f"never answered: {', '.join(unanswered)}"]
    world.end()
    while world.scheduler.step():
        if world.scheduler.steps > begun + 2 * MOST_AFTER:
            return ["does not come to an end"]
    last = [_last(world, name) for name in world.services]
    for _ in range(ROUNDS):
        for process in last:
            world.scheduler.alone(_round(process))
        world.scheduler.now += 2.5
        if not (left := _left(world)):
            return []
    return [f"does not come to rest: {left}"]


def _last(world: World, name: str) -> Process:
    service = world.services[name]
    for member in list(service.group.members):
        service.group.evict(member)
    return Process(world.scheduler, world.log, service, 0)


async def _round(process: Process) -> None:
    while True:
        before = process.service.group.behind()
        await process.hear(500)
        if process.service.group.behind() in (0, before):
            break
    await process.relay.say_hints()
    await process.relay.sweep()
    await process.wake()
    await process.parked.sweep()


def _left(world: World) -> list[str]:
    left = []
    for service in world.services.values():
        if service.group.behind():
            left.append(f"{service.name} is behind")
        for name, book in service.books.items():
            rows = book.rows.values()
            left.extend(f"{row['_id']} has something unsaid" for row in rows if row["outbox"])
            left.extend(f"{row['_id']} has an alarm in {name}" for row in rows if row["wake_at"] is not None)
        left.extend(f"{row['_id']} is early" for row in service.parked.rows.values() if row["reason"] == "early")
    return left
