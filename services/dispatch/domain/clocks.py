"""The three clocks of a task: started with their deadlines, ended by progress, moved by a pause, and
rung, each level once."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

from services.dispatch.domain.policies import POLICIES, WARN_SHARE, Policy, Span
from services.dispatch.domain.task import Clock, Task, follow, left_by, says
from shared import area
from shared.decision import Decision
from shared.events.dispatch import Audience, TaskAtRisk, TaskEscalated, TaskOverdue
from shared.events.dispatch import Clock as ClockName


def start(task: Task, at: datetime, due_at: datetime | None = None) -> Task:
    """All clocks of the task's class from `at` on; `due_at` is the deadline that the subject brings."""
    policy = POLICIES[task.policy]
    spans: dict[ClockName, Span | None] = {"accept": policy.accept, "act": policy.act, "resolve": policy.resolve}
    clocks = [_of_span(policy, name, at, span) for name, span in spans.items() if span and not _given(name, due_at)]
    if due_at is not None:
        clocks.append(_of_due(policy, at, due_at))
    resolve = next((clock.due_at for clock in clocks if clock.name == "resolve"), None)
    return task.but(clocks=tuple(clocks), due_at=resolve)


def _given(name: ClockName, due_at: datetime | None) -> bool:
    return name == "resolve" and due_at is not None


def _of_span(policy: Policy, name: ClockName, at: datetime, span: Span) -> Clock:
    return _clock(policy, name, at, span.part(WARN_SHARE).after(at), span.after(at))


def _of_due(policy: Policy, at: datetime, due_at: datetime) -> Clock:
    early = due_at - timedelta(hours=policy.warn.hours) if policy.warn else at + (due_at - at) * WARN_SHARE
    return _clock(policy, "resolve", at, min(early, due_at), due_at)


def _clock(policy: Policy, name: ClockName, at: datetime, warn_at: datetime, due_at: datetime) -> Clock:
    levels = tuple(_whole(rung.after.after(due_at)) for rung in policy.ladder)
    return Clock(name=name, started_at=at, warn_at=_whole(warn_at), due_at=_whole(due_at), levels=levels)


def _whole(moment: datetime) -> datetime:
    return moment - moment.microsecond % 1000 * timedelta(microseconds=1)


def redue(task: Task, due_at: datetime) -> Task:
    """Another deadline for the resolve clock: a clock of its own, that may warn and escalate anew."""
    clocks = [_of_due(POLICIES[task.policy], c.started_at, due_at) if c.name == "resolve" else c for c in task.clocks]
    return task.but(clocks=tuple(clocks), due_at=due_at)


def end(task: Task, at: datetime, *names: ClockName) -> Task:
    """Stops the named clocks; all of them when none is named."""
    ended = [
        clock.but(ended_at=at) if clock.ended_at is None and (not names or clock.name in names) else clock
        for clock in task.clocks
    ]
    return task.but(clocks=tuple(ended))


def again(task: Task, at: datetime) -> Task:
    """Somebody else must accept and act: those clocks, where they had ended, run from `at`."""
    fresh: dict[ClockName, Clock] = {clock.name: clock for clock in start(task, at).clocks if clock.name != "resolve"}
    clocks = [fresh.get(clock.name, clock) if clock.ended_at is not None else clock for clock in task.clocks]
    return task.but(clocks=tuple(clocks))


def shift(task: Task, by: timedelta) -> Task:
    """A pause moves every alarm that is still to come."""
    if not POLICIES[task.policy].pauses:
        return task
    moved = tuple(_shifted(clock, by) if clock.ended_at is None else clock for clock in task.clocks)
    resolve = next((clock.due_at for clock in moved if clock.name == "resolve"), task.due_at)
    return task.but(clocks=moved, due_at=resolve)


def _shifted(clock: Clock, by: timedelta) -> Clock:
    times = [time + by if number >= clock.told else time for number, time in enumerate(alarms(clock))]
    return clock.but(warn_at=times[0], due_at=times[1], levels=tuple(times[2:]))


def alarms(clock: Clock) -> tuple[datetime, ...]:
    return (clock.warn_at, clock.due_at, *clock.levels)


def next_alarm(clocks: Iterable[Clock]) -> datetime | None:
    running = [clock for clock in clocks if clock.ended_at is None]
    return min((time for clock in running for time in alarms(clock)[clock.told :][:1]), default=None)


def ring(task: Task, now: datetime) -> Decision[Task]:
    """Every alarm whose time has come, of every running clock. What is overdue is no longer at risk."""
    decision = Decision(task)
    for clock in task.clocks:
        passed = sum(time <= now for time in alarms(clock))
        if clock.ended_at is not None or passed <= clock.told:
            continue
        first = max(clock.told, 1) if passed > 1 else 0
        alarm = [partial(_alarm, clock, number, now) for number in range(first, passed)]
        decision = follow(Decision(_told(left_by(decision), clock, passed), decision.events), *alarm)
    return decision


def _told(task: Task, rung: Clock, number: int) -> Task:
    return task.but(clocks=tuple(c.but(told=number) if c.name == rung.name else c for c in task.clocks))


def _alarm(clock: Clock, number: int, now: datetime, task: Task) -> Decision[Task]:
    if number == 0:
        return says(task, TaskAtRisk, now, clock=clock.name, due_at=clock.due_at)
    if number == 1:
        return says(task, TaskOverdue, now, clock=clock.name, due_at=clock.due_at)
    to = POLICIES[task.policy].ladder[number - 2].to
    return says(task, TaskEscalated, now, clock=clock.name, level=number - 1, to=to, to_area=told_in(task, to))


def told_in(task: Task, to: Audience) -> str:
    """The area of those who are told; where the queue is wider already, that one."""
    wanted = area.at(task.area, "community" if to == "lead" else to)
    return wanted if wanted and len(wanted) <= len(task.queue) else task.queue
