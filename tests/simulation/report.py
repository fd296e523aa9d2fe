"""The figures of a simulation as a table and as `build/reports/simulate.json`."""

import json
import os
import platform
from pathlib import Path
from typing import Any

PLACE = Path("build/reports/simulate.json")


def write(figures: dict[str, tuple[float, str]], n: int) -> None:
    """Rows of earlier runs that measured something else stay."""
    PLACE.parent.mkdir(parents=True, exist_ok=True)
    before = json.loads(PLACE.read_text()) if PLACE.exists() else []
    rows = [row for row in before if row["name"] not in figures]
    rows.extend(_row(name, value, unit, n) for name, (value, unit) in figures.items())
    PLACE.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


def _row(name: str, value: float, unit: str, n: int) -> dict[str, Any]:
    return {
        "id": "simulation",
        "name": name,
        "value": value,
        "unit": unit,
        "ratio": None,
        "floor": None,
        "peer": None,
        "n": n,
        "hardware": f"{os.cpu_count()} cores, {platform.machine()}, Python {platform.python_version()}",
        "engine": "in memory",
    }
