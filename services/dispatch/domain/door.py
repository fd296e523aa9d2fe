"""What is known at a door: the dues as last told, the visits as recorded, and what they add up to."""

from datetime import datetime

from services.dispatch.domain.policies import NO_ANSWER_EVENING, ClassOf
from services.dispatch.domain.task import Attempt, Due, Task
from shared.calendar import at_time, day_of
from shared.events.dispatch import Urgency
from shared.events.registry import VisitDue, VisitWithdrawn

NO_ALARM = ("moved", "deceased", "away", "erased", "kept", "by-hand")
"""Withdrawn because nobody is to be met there, or somebody was met: then no answer is no alarm."""


def dropped(task: Task) -> Task:
    """Cancelled by hand: every due is withdrawn, until it is told anew."""
    return task.but(dues=tuple(due if due.withdrawn else due.but(withdrawn="by-hand") for due in task.dues))


def overruled(task: Task) -> Task:
    """Opened again by hand: the visits recorded so far no longer count."""
    return task.but(attempts=tuple(attempt.but(aside=True) for attempt in task.attempts), ladder=0, gave_up=False)


def standing(task: Task) -> list[Due]:
    """The dues that somebody wants kept and nobody has withdrawn, the tightest first."""
    withdrawn = {due.id for due in task.dues if due.withdrawn}
    wanted = [due for due in task.dues if due.id not in withdrawn and due.due_at is not None]
    return sorted(wanted, key=lambda due: (due.due_at, due.id, due.subject))


def attempt_of(task: Task, visit_id: str) -> Attempt | None:
    return next((attempt for attempt in task.attempts if attempt.visit_id == visit_id), None)


def with_attempt(task: Task, attempt: Attempt) -> Task:
    others = [each for each in task.attempts if each.visit_id != attempt.visit_id]
    return task.but(attempts=tuple(sorted((*others, attempt), key=lambda each: (each.at, each.visit_id))))


def told(heard: VisitDue | VisitWithdrawn, due_id: str, subject: str, number: int) -> Due:
    due = Due(id=due_id, subject=subject, sequence=number)
    if isinstance(heard, VisitWithdrawn):
        return due.but(withdrawn=heard.reason)
    return due.but(due_at=heard.due_at, tier=heard.tier, label=heard.label, again=due_id in heard.again)


def noted(task: Task, fact: Due) -> Task:
    """Of one subject the newest fact counts; two subjects' facts stand side by side."""
    same = [due for due in task.dues if (due.id, due.subject) == (fact.id, fact.subject)]
    newest = max((*same, fact), key=lambda due: due.sequence)
    newest = newest.but(again=any(due.again for due in (*same, fact)))
    others = [due for due in task.dues if due not in same]
    return task.but(dues=tuple(sorted((*others, newest), key=lambda due: (due.id, due.subject))))


def ending(task: Task, *, voided: bool) -> Attempt | None:
    """The visit that ends it: a door that opened before one that was refused."""
    ends = ("completed", "refused", "away")
    counting = [each for each in task.attempts if each.outcome in ends and each.voided == voided and not each.aside]
    return min(counting, key=lambda each: each.outcome != "completed", default=None)


def unanswered(task: Task) -> list[Attempt]:
    return [each for each in task.attempts if each.outcome == "no_answer" and not each.voided and not each.aside]


def evening(attempt: Attempt) -> datetime:
    return at_time(day_of(attempt.at), NO_ANSWER_EVENING)


def exhausted(task: Task) -> bool:
    """A third time, or a second one in the evening or followed by nothing until the evening."""
    knocks = unanswered(task)
    if len(knocks) != 2:
        return len(knocks) > 2
    return task.gave_up or knocks[1].at >= evening(knocks[1])


def nobody_there(task: Task) -> bool:
    why = {due.id: {other.withdrawn for other in task.dues if other.id == due.id} for due in task.dues}
    return all(reasons & set(NO_ALARM) for reasons in why.values())


def class_of(left: list[Due]) -> tuple[Urgency, ClassOf]:
    return ("yellow", "daily") if any(due.tier == "daily" for due in left) else ("blue", "visit")


def titled(task: Task) -> Task:
    labelled = [due.label for due in (*standing(task), *task.dues) if due.label]
    return task.but(title=labelled[0]) if labelled else task


def ids(left: list[Due]) -> tuple[str, ...]:
    return tuple(sorted({due.id for due in left}))
