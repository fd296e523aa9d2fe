"""A round's targets: one household each, frozen at the start, and the visits and words that count for it."""

from typing import Literal

from shared.decision import Decision, State
from shared.events.registry import Withdrawal

Mark = Literal["open", "visited", "withdrawn"]
MOST_SIGHTS = 20


class Sight(State):
    """The newest word of one visit that named this target."""

    visit: str
    seq: int
    counts: bool
    outcome: str


class Target(State):
    """`said` is the household's newest word (`said_seq`): that the due was withdrawn, and why, or that
    it stands; `over` says that the round has ended and took it back."""

    id: str
    round: str
    household: str
    area: str
    zones: tuple[str, ...] = ()
    label: str
    residents: tuple[str, ...] = ()
    sights: tuple[Sight, ...] = ()
    said: Withdrawal | None = None
    said_seq: int = 0
    over: bool = False


def frozen(known: Target | None, target: Target) -> Decision[Target]:
    """Begun, or joined by more residents of the same household."""
    if known is None:
        return Decision(target)
    return Decision(known.but(residents=tuple(sorted({*known.residents, *target.residents}))))


def seen(target: Target, sight: Sight) -> Decision[Target]:
    """A visit named this target; however often it is heard, it is one sight."""
    known = next((each for each in target.sights if each.visit == sight.visit), None)
    if known is not None and known.seq >= sight.seq:
        return Decision(target)
    others = [each for each in target.sights if each.visit != sight.visit]
    sights = sorted((*others, sight), key=lambda each: (each.counts, each.visit))
    return Decision(target.but(sights=tuple(sights[-MOST_SIGHTS:])))


def told(target: Target, word: Withdrawal | None, sequence: int) -> Decision[Target]:
    """The household's word: withdrawn for a reason, or (None) due again."""
    if sequence <= target.said_seq:
        return Decision(target)
    return Decision(target.but(said=word, said_seq=sequence))


def taken_back(target: Target) -> Decision[Target]:
    return Decision(target.but(over=True))


def mark(target: Target) -> Mark:
    if target.said == "kept" or any(sight.counts for sight in target.sights):
        return "visited"
    return "open" if target.said in (None, "round-over") else "withdrawn"


def outcome(target: Target) -> str | None:
    """How the newest visit that named it went."""
    return max(target.sights, key=lambda sight: (sight.counts, sight.seq)).outcome if target.sights else None
