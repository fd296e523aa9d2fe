"""`python -m deploy.tools.token W0001 [--roles dispatcher] [--areas 420303002]`: a development token.

The token alone goes to the standard output, so that `TOKEN=$(make -s token AS=D0001)` holds it; who it
stands for goes to the standard error. Tokens of ours are accepted in development, from loopback.
"""

import argparse
import os
import sys
from datetime import timedelta

from deploy.tools.people import Stranger, actor
from deploy.tools.where import chosen
from shared import access
from shared.access import LIFETIME, ROLES, Actor


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m deploy.tools.token", description=__doc__)
    made.add_argument("number", nargs="?", default=os.environ.get("AS"), help="a staff number (or AS=W0001)")
    made.add_argument("--roles", nargs="+", choices=ROLES, help="instead of what the sample city says")
    made.add_argument("--areas", nargs="+", help="area codes or zones, instead of what the sample city says")
    made.add_argument("--hours", type=float, default=LIFETIME.total_seconds() / 3600, help="how long it holds")
    return made


def wanted(number: str, roles: list[str] | None, areas: list[str] | None) -> Actor:
    """Raises Stranger when the number is unknown and does not say both roles and areas."""
    if roles and areas:
        return Actor(number, tuple(roles), tuple(areas))
    known = actor(number)
    return Actor(number, tuple(roles or known.roles), tuple(areas or known.scopes))


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    if not asked.number:
        parser().error("who? a staff number, or AS=W0001")
    if not chosen().development:
        print("error: development tokens are refused in production: ask the identity provider", file=sys.stderr)
        return 2
    try:
        who = wanted(asked.number, asked.roles, asked.areas)
    except Stranger as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    print(f"{who.id}: {', '.join(who.roles)} of {', '.join(who.scopes)}, for {asked.hours:g} h", file=sys.stderr)
    print(access.mint(chosen().token_key(), who, timedelta(hours=asked.hours)))
    return 0


if __name__ == "__main__":
    sys.exit(main())
