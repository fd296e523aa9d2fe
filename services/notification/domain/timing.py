"""When a message may be sent: quiet hours, the pauses between tries, and how long quiet may last."""

from datetime import datetime, time, timedelta

from pydantic import model_validator

from shared.calendar import ZONE, at_time, day_of, next_day
from shared.decision import State

LONGEST_QUIET = timedelta(hours=14)
PAUSES = {
    True: (timedelta(seconds=10), timedelta(seconds=30), timedelta(minutes=2)),
    False: (timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10)),
}
"""Between the tries on one channel (red, routine); after the last one the next channel is taken."""


class Quiet(State):
    """From `since` in the evening until `until` in the morning, wall-clock time in the city (HH:MM).
    Equal times: never quiet."""

    since: str = "21:30"
    until: str = "07:30"

    @model_validator(mode="after")
    def _reasonable(self) -> "Quiet":
        since, until = time.fromisoformat(self.since), time.fromisoformat(self.until)
        minutes = (until.hour * 60 + until.minute - since.hour * 60 - since.minute) % (24 * 60)
        if timedelta(minutes=minutes) > LONGEST_QUIET:
            raise ValueError(f"quiet hours last at most {LONGEST_QUIET.seconds // 3600} hours")
        return self

    def ends(self, now: datetime) -> datetime | None:
        """The end of the quiet hours that `now` lies in; None when it lies in none."""
        since, until = time.fromisoformat(self.since), time.fromisoformat(self.until)
        today, clock = day_of(now), now.astimezone(ZONE).time()
        overnight = until < since
        if not (clock >= since or clock < until if overnight else since <= clock < until):
            return None
        day = next_day(today) if overnight and clock >= since else today
        return at_time(day, until.hour, until.minute)
