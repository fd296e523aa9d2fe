"""The demonstration's day: it is played in working hours, on a day that no earlier round has used.

The development clock only goes forward, for all processes alike.
"""

import time as time_module
from datetime import datetime, time, timedelta
from pathlib import Path

from shared import calendar, clock
from shared.clock import Clock

MORNING = time(9)
LATEST_START = time(13)
LEAD = 0.3


def now(file: Path) -> datetime:
    return Clock(file).now().astimezone(calendar.ZONE)


def begin(file: Path, used: bool) -> datetime:
    """Jumps to the next morning when today was `used`, or is too late or too early to begin."""
    today = now(file)
    if not used and MORNING <= today.time() <= LATEST_START:
        return today
    ahead = today.date() + timedelta(days=1) if used or today.time() > LATEST_START else today.date()
    return jump_to(file, datetime.combine(ahead, MORNING, calendar.ZONE))


def jump_to(file: Path, moment: datetime) -> datetime:
    """Every process is at `moment` a third of a second from now; returns when that has come."""
    forward = moment - now(file) - timedelta(seconds=LEAD)
    clock.shift(file, forward=max(timedelta(), forward), lead=LEAD)
    watch = Clock(file)
    while watch.now() < moment:
        time_module.sleep(0.02)
    return moment
