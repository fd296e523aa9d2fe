"""`python -m deploy.tools.parked list [SERVICE] | redrive ID | drop ID | resume SERVICE`.

Records that a service could not decide lie parked in its store. An id is group/topic/partition/offset
and names its service. `redrive` hears one again, `drop` gives it up, `resume` accepts why a service has
halted and lets it hear on.
"""

import argparse
import sys
from typing import Any

from rich.console import Console
from rich.table import Table

from deploy.tools.ask import City, Unanswered, good
from deploy.tools.people import STANDING
from shared.topology import SERVICES

console = Console(highlight=False)
PAGE = 200


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m deploy.tools.parked", description=__doc__)
    commands = made.add_subparsers(dest="command", required=True)
    commands.add_parser("list", help="what lies parked, and why").add_argument("service", nargs="?", choices=SERVICES)
    redrive = commands.add_parser("redrive", help="hear one again")
    redrive.add_argument("id")
    redrive.add_argument("--override", action="store_true", help="also when it is older than causes are remembered")
    commands.add_parser("drop", help="give one up").add_argument("id")
    commands.add_parser("resume", help="let a halted service hear on").add_argument("service", choices=SERVICES)
    return made


def service_of(id: str) -> str:
    """`nuanxin.dispatch/nuanxin.inspection/3/17` lies at dispatch. Raises Unanswered."""
    group, *rest = id.split("/")
    if len(rest) != 3:
        raise Unanswered(f"{id!r} is no parked record: group/topic/partition/offset, as `list` shows it")
    return group.rpartition(".")[2]


def listed(city: City, service: str) -> list[dict[str, Any]]:
    rows: list[dict[str, Any]] = []
    after = None
    while True:
        page = city.get(service, "/ops/parked", limit=PAGE, after=after)
        rows += page["items"]
        after = page["next"]
        if after is None:
            return rows


def table(rows: list[dict[str, Any]]) -> Table:
    made = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("id", "event", "reason", "tries", "error"):
        made.add_column(title, overflow="fold")
    for row in rows:
        event = f"{row['type']} {row['event']}".strip() or "unreadable"
        made.add_row(row["_id"], event, row["reason"], str(row["tries"]), row["error"])
    return made


def show(city: City, service: str | None) -> int:
    for name in [service] if service else SERVICES:
        rows = listed(city, name)
        console.print(f"[bold]{name}[/]: {len(rows) or 'nothing'} parked")
        if rows:
            console.print(table(rows))
    return 0


def change(city: City, method: str, service: str, path: str, **what: Any) -> Any:
    return good(city.sent(city.place(service), method, path, **what))


def obey(city: City, asked: argparse.Namespace) -> int:
    match asked.command:
        case "list":
            return show(city, asked.service)
        case "redrive":
            body = {"override": asked.override}
            path = "/ops/parked/redrive"
            said = change(city, "POST", service_of(asked.id), path, params={"id": asked.id}, json=body)
            console.print("heard, and dropped" if said["redriven"] else f"stays: {said['reason']}: {said['error']}")
            return 0 if said["redriven"] else 1
        case "drop":
            change(city, "DELETE", service_of(asked.id), "/ops/parked", params={"id": asked.id})
            console.print("dropped")
        case _:
            said = change(city, "POST", asked.service, "/ops/resume")
            console.print(f"{asked.service} hears on; it had halted: {said['resumed']}")
    return 0


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    try:
        with City.here(STANDING["O0001"]) as city:
            return obey(city, asked)
    except Unanswered as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
