"""Who is meant: the workers that a request names, and what it says in free words."""

from typing import Annotated

from pydantic import Field

from services.dispatch.domain.task import Task
from services.dispatch.domain.work import Reason
from services.dispatch.domain.workers import Worker, worker_of
from services.dispatch.store import tasks, workers
from shared.decision import Missing, Rejected
from shared.http import Command
from shared.store import Change

STAFF_NUMBER = r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$"
StaffNumber = Annotated[str, Field(pattern=STAFF_NUMBER, description="the staff number")]
REASONS = frozenset(
    (
        *("ill", "overloaded", "not-my-skill", "wrong-area", "unsafe", "nobody-home", "waiting-for-parts"),
        *("waiting-for-others", "weather", "duplicate", "no-longer-needed", "not-solved"),
    )
)
"""What goes into events as it is; any other words are `other` there, and stay sealed on the task."""


def because(wish: Command, words: str) -> Reason:
    return Reason(words) if words in REASONS else Reason("other", wish.seals.seal(words))


async def worker(wish: Command, number: str) -> Worker:
    """Raises Missing for one who is not enlisted, or not where the actor may look."""
    found, _, scopes = await wish.desk.get(workers, worker_of(number))
    if not set(scopes) & set(wish.actor.scopes):
        raise Missing(f"no {worker_of(number)}")
    return found


async def myself(wish: Command) -> Worker:
    """The actor as a worker. Raises Rejected for one who is not enlisted."""
    try:
        return (await wish.desk.get(workers, worker_of(wish.actor.id)))[0]
    except Missing as error:
        raise Rejected(f"{wish.actor.id} is not enlisted as a worker") from error


async def act(wish: Command, task_id: str, change: Change) -> Task:
    """Writes; a refusal because somebody else has it names that person's label too."""
    try:
        task: Task = await wish.act(change)
    except Rejected as error:
        holder = error.more.get("holder")
        if holder is None:
            raise
        label = await _label(wish, str(holder))
        more = {**error.more, "holder_label": label}
        raise Rejected(f"{error.detail} ({label})" if label else error.detail, **more) from error
    return task


async def _label(wish: Command, number: str) -> str | None:
    try:
        return (await wish.desk.get(workers, worker_of(number)))[0].label
    except Missing:
        return None


async def tasks_of(wish: Command, number: str, most: int) -> list[str]:
    """The unfinished tasks of a worker that the actor may see, the most urgent first."""
    found: dict[str, None] = {}
    for scope in wish.actor.scopes:
        after = None
        while len(found) < most:
            where = {"scopes": scope, "keys.hand": number}
            page = await wish.desk.page(tasks, where, "keys.by_urgency", after, min(200, most))
            found.update(dict.fromkeys(item["_id"] for item in page.items))
            after = page.next
            if after is None:
                break
    return list(found)[:most]
