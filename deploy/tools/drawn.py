"""The board on a terminal: three lists under one line of numbers, a hundred columns wide."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Self

from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.tools.words import due, moment

Row = dict[str, Any]
URGENCIES = {"red": "bold red", "yellow": "yellow", "blue": "bright_blue"}
LEVELS = {"I": ("I 立即", "bold red"), "II": ("II 限期", "yellow"), "III": ("III 提示", "bright_blue")}
FRAME = 11
"""Lines that are no rows: head, numbers, three titles, two headers, gaps."""


@dataclass(frozen=True)
class Room:
    """How many rows each list may have; together with the frame, thirty lines."""

    queue: int = 9
    late: int = 4
    hazards: int = 6

    @classmethod
    def of(cls, height: int) -> Self:
        """A terminal of that height, a row of it left free: half to the queue."""
        rows = max(height - 1 - FRAME, 6)
        hazards, late = max(rows // 3, 2), max(rows // 5, 2)
        return cls(rows - hazards - late, late, hazards)


@dataclass(frozen=True)
class Board:
    """What the services answered, and at which of the domain's moments."""

    area: str
    name: str
    now: datetime
    speed: float
    counts: Row
    queue: Sequence[Row]
    late: Sequence[Row]
    hazards: Sequence[Row]
    hazard_counts: Row
    places: dict[str, str] = field(default_factory=dict)
    kinds: dict[str, str] = field(default_factory=dict)

    def place(self, area: str) -> str:
        return self.places.get(area[:12], area)


def drawn(board: Board, room: Room) -> RenderableType:
    return Group(
        _head(board),
        _numbers(board.counts),
        Text(),
        _title("Queue", f"{board.counts['unfinished']} unfinished, the most urgent first"),
        _tasks(board, board.queue, "nothing to do"),
        Text(),
        _title("Late and at risk", f"{board.counts['overdue']} late, {board.counts['at_risk']} at risk"),
        _tasks(board, board.late, "nothing is late", header=False),
        Text(),
        _title("Hazards", _hazard_numbers(board.hazard_counts)),
        _hazards(board),
    )


def _head(board: Board) -> Table:
    line = Table.grid(expand=True)
    line.add_column()
    line.add_column(justify="right")
    fast = f"  ×{board.speed:g}" if board.speed != 1 else ""
    where = Text.assemble(("暖心 Nuanxin", "bold"), f"  {board.name}", (f" {board.area}", "dim"))
    line.add_row(where, Text(moment(board.now) + fast, "dim"))
    return line


def _numbers(counts: Row) -> Text:
    line = Text()
    for urgency, style in URGENCIES.items():
        line.append(f"● {counts['urgencies'].get(urgency, 0)} {urgency}   ", style)
    named = ((kind, number) for kind, number in counts["kinds"].items() if number)
    return line.append(" · ".join(f"{kind} {number}" for kind, number in named), "dim")


def _hazard_numbers(counts: Row) -> str:
    stages, levels = counts["stages"], counts["open_by_level"]
    open_now = sum(stages[stage] for stage in ("found", "ordered", "rectified", "handed_over"))
    by_level = ", ".join(f"{number} {level}" for level, number in levels.items() if number)
    return f"{open_now} open{f' ({by_level})' if by_level else ''}, {counts['overdue']} late, {stages['closed']} closed"


def _title(words: str, numbers: str) -> Text:
    return Text.assemble((words, "bold"), ("  " + numbers, "dim"))


def _list(columns: dict[str, int], header: bool = True) -> Table:
    """Columns of fixed width, so that wide characters stay aligned from list to list."""
    table = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 1, 0, 0), show_header=header)
    for title, width in columns.items():
        table.add_column(title, width=width, no_wrap=True, overflow="ellipsis")
    return table


def _tasks(board: Board, tasks: Sequence[Row], otherwise: str, header: bool = True) -> RenderableType:
    if not tasks:
        return Text(f"  {otherwise}", "dim")
    columns = {"": 8, "work": 13, "what": 32, "where": 12, "stage": 11, "who": 6, "due": 11}
    table = _list(columns, header)
    for task in tasks:
        table.add_row(
            Text(f"● {task['urgency']}", URGENCIES[task["urgency"]]),
            task["kind"],
            task["title"],
            board.place(task["area"]),
            _stage(task),
            task["worker"] or Text("-", "dim"),
            _due(task["due_at"], board.now, task["overdue"], task["at_risk"]),
        )
    return table


def _hazards(board: Board) -> RenderableType:
    if not board.hazards:
        return Text("  no open hazard", "dim")
    table = _list({"level": 8, "code": 7, "what": 16, "place": 21, "where": 12, "stage": 11, "owner": 6, "due": 11})
    for hazard in board.hazards:
        words, style = LEVELS[hazard["level"]]
        table.add_row(
            Text(words, style),
            hazard["code"],
            board.kinds.get(hazard["code"], ""),
            hazard["place"],
            board.place(hazard["area"]),
            hazard["stage"].replace("_", " ") + (f" {hazard['round']}" if hazard["round"] > 1 else ""),
            hazard["owner"] or Text("-", "dim"),
            _due(hazard["due_at"] if hazard["stage"] == "ordered" else None, board.now, hazard["overdue"], False),
        )
    return table


def _stage(task: Row) -> str:
    if task["stage"] == "offered":
        return f"offered to {len(task['invited'])}"
    return str(task["stage"]).replace("_", " ")


def _due(at: str | None, now: datetime, late: bool, risk: bool) -> Text:
    words = due(datetime.fromisoformat(at) if at else None, now)
    return Text(words, "bold red" if late else "yellow" if risk else "")
