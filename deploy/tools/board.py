"""`python -m deploy.tools.board --area 420303002 [--once]`: the live board of an area.

The queue by urgency, what is late or at risk, and the hazards that are still open; asked of public HTTP
every two seconds, told in the city's time. `--once` prints one page.
"""

import argparse
import sys
from dataclasses import dataclass
from typing import Any

from rich.console import Console, RenderableType

from deploy.tools.ask import City, Unanswered
from deploy.tools.drawn import Board, Room, drawn
from deploy.tools.live import keep
from deploy.tools.where import clock, speed
from deploy.tools.words import console_of
from shared.access import Actor

WIDE = 100
"""What a page takes where there is no terminal to ask."""
PAGE = 200
LOOKED_THROUGH = 50
"""What is at risk is not the first by due: so many are looked through for it."""
SEVERITY = {"I": 0, "II": 1, "III": 2}


@dataclass(frozen=True)
class Names:
    """What people call the places below an area, and the kinds of hazard."""

    area: str
    places: dict[str, str]
    hazards: dict[str, str]


def names(city: City, area: str) -> Names:
    """Asked once. Raises Unanswered for an area that does not exist."""
    own = city.get("registry", f"/zones/{area}")["title"] if area.startswith("z:") else _named(city, area)
    codes = city.get("inspection", "/codes")["hazards"]
    return Names(own, _places(city, area), {code["code"]: code["name"] for code in codes})


def _named(city: City, area: str) -> str:
    return str(city.get("registry", f"/areas/{area}")["name"])


def _places(city: City, area: str) -> dict[str, str]:
    found: dict[str, str] = {}
    after = None
    while True:
        page = city.get("registry", "/areas", area=area, level="community", limit=PAGE, after=after)
        found |= {place["code"]: place["name"] for place in page["items"]}
        after = page["next"]
        if after is None:
            return found


def board(city: City, area: str, names: Names, room: Room) -> Board:
    """Everything on the page, as it is now."""
    by_due = city.get("dispatch", "/tasks", area=area, sort="due", limit=LOOKED_THROUGH)["items"]
    return Board(
        area=area,
        name=names.area,
        now=clock().now(),
        speed=speed(),
        counts=city.get("dispatch", "/tasks/counts", area=area),
        queue=city.get("dispatch", "/tasks", area=area, sort="urgency", limit=room.queue)["items"],
        late=[task for task in by_due if task["overdue"] or task["at_risk"]][: room.late],
        hazards=_hazards(city, area, room.hazards),
        hazard_counts=city.get("inspection", "/hazards/counts", area=area),
        places=names.places,
        kinds=names.hazards,
    )


def _hazards(city: City, area: str, most: int) -> list[dict[str, Any]]:
    """Open ones: the late first, then by level, then by what is due soonest."""
    asked: list[tuple[str, str | None, int]] = [("ordered", None, PAGE)]
    asked += [("found", level, most) for level in SEVERITY]
    asked += [(stage, None, most) for stage in ("rectified", "handed_over")]
    pages = [
        city.get("inspection", "/hazards", area=area, stage=stage, level=level, order="due", limit=limit)
        for stage, level, limit in asked
    ]
    found = [hazard for page in pages for hazard in page["items"]]
    found.sort(key=lambda h: (not h["overdue"], SEVERITY[h["level"]], h["due_at"] or "9", h["found_at"]))
    return found[:most]


def _fitting(console: Console, city: City, area: str, names: Names) -> RenderableType:
    room = Room.of(console.height)
    return drawn(board(city, area, names, room), room)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.tools.board", description=__doc__)
    parser.add_argument("--area", required=True, help="an area code, or a zone")
    parser.add_argument("--once", action="store_true", help="one page")
    asked = parser.parse_args(arguments)
    console = console_of(WIDE)
    try:
        with City.here(Actor("board", ("dispatcher",), (asked.area,))) as city:
            known = names(city, asked.area)
            if asked.once:
                console.print(drawn(board(city, asked.area, known, Room()), Room()))
                return 0
            keep(console, lambda: _fitting(console, city, asked.area, known))
            return 0
    except Unanswered as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
