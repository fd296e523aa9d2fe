"""What opens and closes what: for each fact about a hazard, the tasks it calls for and the tasks it ends.

A task never owns its subject. Visits are in the second half: their facts are folded by `domain.visits`.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from services.dispatch.domain.task import HAZARD_KINDS
from shared.events.dispatch import Kind
from shared.events.inspection import (
    HazardClosed,
    HazardDismissed,
    HazardExtended,
    HazardFound,
    HazardHandedOver,
    HazardMerged,
    HazardOrdered,
    HazardReassigned,
    HazardRecheckFailed,
    HazardRectified,
    HazardReopened,
)


@dataclass(frozen=True)
class Row:
    """`moves`: a task that is open goes on, under another owner or due. `when`: only such facts count."""

    heard: type[Any]
    opens: Kind | None = None
    done: tuple[Kind, ...] = ()
    cancelled: tuple[Kind, ...] = ()
    moves: bool = False
    when: Callable[[Any], bool] = lambda fact: True


HAZARDS: tuple[Row, ...] = (
    Row(HazardFound, opens="arrange", when=lambda fact: fact.disposition == "open"),
    Row(HazardOrdered, done=("arrange", "follow-up"), opens="rectify"),
    Row(HazardReassigned, opens="rectify", moves=True),
    Row(HazardExtended, opens="rectify", moves=True),
    Row(HazardRectified, done=("rectify", "follow-up"), opens="recheck"),
    Row(HazardRecheckFailed, done=("recheck",), opens="rectify"),
    Row(HazardHandedOver, cancelled=("arrange", "rectify", "recheck"), opens="follow-up"),
    Row(HazardReopened, opens="arrange", when=lambda fact: fact.disposition == "open"),
    Row(HazardClosed, done=HAZARD_KINDS),
    Row(HazardMerged, cancelled=HAZARD_KINDS),
    Row(HazardDismissed, cancelled=HAZARD_KINDS),
)

EARLIEST: dict[Kind, int] = {"arrange": 1, "rectify": 2, "recheck": 3, "follow-up": 2}
"""The first number among a hazard's facts that can call for each kind: what ends it comes later, so
an ending that comes no later has nothing to remember."""

TITLES: dict[Kind, str] = {
    "arrange": "待派责任人",
    "rectify": "隐患整改",
    "recheck": "整改复查",
    "follow-up": "移交跟进",
    "welfare-check": "失联核查",
}

VISITS = """
visit-due                           opens `visit` for household and day, or joins its dues to it
visit-withdrawn                     takes a due away; the last one cancels it
visit-completed                     done
visit-failed, refused or away       done
visit-failed, no answer             rests 2 h; a second time until 18:00; then, or a third time, is cancelled
visit-voided                        the visit no longer counts; open again when visit-due says so
task-cancelled, calling for a check opens `welfare-check` (red)
task-done, -cancelled, -reopened    with `ends`: ends the check, for somebody was met, or nobody is to be met there
"""
