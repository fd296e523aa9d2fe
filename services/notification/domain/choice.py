"""What an area does differently: a rule turned off, or told by other channels. The nearest area decides:
community before street before county before city."""

from collections.abc import Sequence
from datetime import datetime

from services.notification.domain.rules import Rule
from shared.decision import Decision, Rejected, State
from shared.events.notification import Channel

MOST_STEPS = 50


class Step(State):
    """One line of who changed what."""

    at: datetime
    by: str
    on: bool | None
    channels: tuple[Channel, ...] | None


class Choice(State):
    """None: as the area around it does. Red messages are sent whatever `on` says."""

    id: str
    area: str
    rule: str
    on: bool | None = None
    channels: tuple[Channel, ...] | None = None
    steps: tuple[Step, ...] = ()


def choice_of(area: str, rule: str) -> str:
    return f"choice-{area}-{rule}"


def choose(area: str, rule: Rule, step: Step, known: Choice | None) -> Decision[Choice]:
    channels = step.channels
    if channels is not None and ("inbox" in channels or len(set(channels)) < len(channels)):
        raise Rejected("name channels besides the inbox, each once")
    known = known or Choice(id=choice_of(area, rule.name), area=area, rule=rule.name)
    return Decision(known.but(on=step.on, channels=channels, steps=(*known.steps, step)[-MOST_STEPS:]))


class Effective(State):
    """What holds in an area, and which area said so (empty: the rule itself)."""

    on: bool = True
    channels: tuple[Channel, ...]
    on_from: str = ""
    channels_from: str = ""


def effective(channels: tuple[Channel, ...], choices: Sequence[Choice]) -> Effective:
    """`choices` of the areas around, the widest first."""
    found = Effective(channels=channels)
    for choice in choices:
        if choice.on is not None:
            found = found.but(on=choice.on, on_from=choice.area)
        if choice.channels is not None:
            found = found.but(channels=choice.channels, channels_from=choice.area)
    return found
