"""Shift the development clock of every process at once: jump forward, or run faster.

python -m deploy.tools.clock --forward 2h     python -m deploy.tools.clock --speed 60
"""

import argparse
import re
import sys
from datetime import timedelta

from shared import calendar, clock
from shared.settings import settings

UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def span(text: str) -> timedelta:
    """`90s`, `15m`, `2h` or `1d`."""
    found = re.fullmatch(r"(\d+(?:\.\d+)?)([smhd])", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text!r} is not a span such as 90s, 15m, 2h or 1d")
    return timedelta(**{UNITS[found[2]]: float(found[1])})


def main() -> int:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    ask.add_argument("--forward", type=span, default=timedelta(), help="jump: 90s, 15m, 2h, 1d")
    ask.add_argument("--speed", type=float, help="domain seconds per real second from then on")
    wanted = ask.parse_args()
    file = settings().clock_file
    if file is None:
        print("the clock may be shifted in development only", file=sys.stderr)
        return 2
    if wanted.speed is not None and wanted.speed <= 0:
        print("the clock only goes forward: --speed takes a positive number", file=sys.stderr)
        return 2
    file.parent.mkdir(parents=True, exist_ok=True)
    start = clock.shift(file, forward=wanted.forward, speed=wanted.speed)
    local = start.astimezone(calendar.ZONE)
    print(f"in a moment it is {local:%Y-%m-%d %H:%M:%S} in the city, running at {clock.read_legs(file)[-1][2]:g}×")
    return 0


if __name__ == "__main__":
    sys.exit(main())
