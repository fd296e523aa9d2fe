"""What was reached beside what was aimed at: a table to read, and build/reports/bench.json to compare."""

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from rich.box import SIMPLE_HEAD
from rich.console import Console
from rich.table import Table

from tests.bench.ground import Ground

REPORT = Path("build/reports/bench.json")


@dataclass(frozen=True)
class Row:
    """One figure. `ratio` is what `aim` speaks of where there is a `floor` or a `peer` (in the unit of
    `value`); else the value is. `better` says on which side of the aim it is reached; what is not
    `sound` is missed, whatever the figure."""

    id: str
    name: str
    value: float
    unit: str
    n: int
    ratio: float | None = None
    floor: float | None = None
    peer: float | None = None
    aim: float | None = None
    better: Literal["high", "low"] = "high"
    note: str = ""
    sound: bool = True

    @property
    def reached(self) -> bool | None:
        """None where there is nothing to reach."""
        if self.aim is None:
            return None
        figure = self.value if self.ratio is None else self.ratio
        return self.sound and (figure >= self.aim if self.better == "high" else figure <= self.aim)

    def as_json(self, ground: Ground) -> dict[str, Any]:
        told = {name: getattr(self, name) for name in ("id", "name", "value", "unit", "ratio", "floor", "peer", "n")}
        rounded = {name: _short(value) if isinstance(value, float) else value for name, value in told.items()}
        more = {"form": ground.form, "aim": self.aim, "reached": self.reached, "note": self.note or None}
        return {**rounded, "hardware": ground.hardware, "engine": ground.engine, **more}


def _short(value: float) -> float:
    return float(f"{value:.4g}")


def write(rows: Sequence[Row], ground: Ground) -> None:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps([row.as_json(ground) for row in rows], ensure_ascii=False, indent=1) + "\n")


def show(rows: Sequence[Row], ground: Ground, console: Console) -> None:
    table = Table(title=f"Speed, {ground.form} form", caption=f"{ground.hardware}\n{ground.engine}", box=SIMPLE_HEAD)
    for head in ("", "measure"):
        table.add_column(head, overflow="fold")
    for head in ("value", "floor", "peer", "ratio", "aim", ""):
        table.add_column(head, justify="right", no_wrap=True)
    for before, row in zip((None, *rows), rows, strict=False):
        if before is not None and before.id != row.id:
            table.add_section()
        table.add_row(*_cells(row))
    console.print(table)


def _cells(row: Row) -> tuple[str, ...]:
    sign = "≥" if row.better == "high" else "≤"
    aim = f"{sign} {row.aim:g}" if row.aim is not None else ""
    verdict = {True: "[green]reached", False: "[red]missed", None: ""}[row.reached]
    name = f"{row.name}\n[dim]{row.note}[/dim]" if row.note else row.name
    figures = map(_number, (row.floor, row.peer, row.ratio))
    return row.id, name, f"{_number(row.value)} {row.unit}", *figures, aim, verdict


def _number(value: float | None) -> str:
    if value is None:
        return ""
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
