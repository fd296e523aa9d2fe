"""A notice: one fact and one rule, until everybody whom it concerns has a message.

It wakes at once and reads the people of its place in chunks; the messages are begun before the notice
moves on, so that a crash in between begins none twice and leaves none out.
"""

from datetime import datetime, timedelta
from typing import Literal

from services.notification.domain import rules, text
from services.notification.domain.audience import Circle, Whom, circles, whom
from services.notification.domain.rules import Rule
from shared.decision import Decision, State
from shared.event import Event
from shared.events.notification import Channel
from shared.ids import derived

Stage = Literal["open", "resolved", "nobody", "expired", "silenced"]
LOOK_AGAIN = (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
SOON = timedelta(seconds=1)


class Notice(State):
    """`told` counts the messages begun. `circle` is the place now looked in, `after` the last person seen
    there; `looks` how often nobody was found anywhere, because workers may be heard of later."""

    id: str
    cause: str
    rule: str
    event: str
    template: str
    channels: tuple[Channel, ...]
    red: bool
    area: str
    zones: tuple[str, ...] = ()
    about: str = ""
    facts: dict[str, str]
    named: tuple[str, ...] = ()
    post: str | None = None
    doers: tuple[str, ...] = ()
    at: datetime
    not_after: datetime
    stage: Stage = "open"
    look_at: datetime
    circle: int = 0
    after: str | None = None
    looks: int = 0
    told: int = 0

    @property
    def circles(self) -> list[Circle]:
        return circles(self.post, self.red) if self.post else []


class Found(State):
    """What one look brought: the people, and where to go on (`after` None: that was all)."""

    people: tuple[str, ...]
    circle: int = 0
    after: str | None = None


def notice_of(cause: str, rule: str) -> str:
    return derived("notice", cause, rule)


def concerning(rule: Rule, event: Event) -> Whom | None:
    return whom(rule.audience, event)


def give(rule: Rule, event: Event, to: Whom, cause: str) -> Decision[Notice]:
    """`cause` is the fact as its hearers name it."""
    is_red = rules.red(rule, event)
    notice = Notice(
        id=notice_of(cause, rule.name),
        cause=cause,
        rule=rule.name,
        event=event.type(),
        template=rule.template,
        channels=rule.channels,
        red=is_red,
        area=getattr(event, "area"),  # noqa: B009 - lint says that the event of every rule has one
        zones=tuple(getattr(event, "zones", ())),
        about=text.about(event),
        facts=text.facts(event),
        named=to.named,
        post=to.post,
        doers=to.doers,
        at=event.at,
        not_after=event.at + rules.STALE[is_red],
        look_at=event.at,
    )
    return Decision(notice)


def wake(notice: Notice) -> datetime | None:
    return notice.look_at if notice.stage == "open" else None


def told(found: Found, notice: Notice, now: datetime) -> Decision[Notice]:
    """These have their messages now; goes on, ends, or looks again where nobody was found."""
    if notice.stage != "open":
        return Decision(notice)
    fresh = [person for person in found.people if person not in notice.doers]
    after = notice.but(told=notice.told + len(fresh), circle=found.circle, after=found.after)
    if found.after is not None:
        return Decision(after.but(look_at=now + SOON))
    if found.people or notice.told:
        return Decision(after.but(stage="resolved"))
    return Decision(_look_again(notice, now))


def _look_again(notice: Notice, now: datetime) -> Notice:
    again = now + LOOK_AGAIN[min(notice.looks, len(LOOK_AGAIN) - 1)]
    if again > notice.not_after:
        return notice.but(stage="nobody", looks=notice.looks + 1)
    return notice.but(look_at=again, looks=notice.looks + 1, circle=0, after=None)


def end(stage: Stage, notice: Notice) -> Decision[Notice]:
    """Nobody is told: too old, or turned off where it happened."""
    return Decision(notice.but(stage=stage) if notice.stage == "open" else notice)
