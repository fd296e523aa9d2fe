"""The sample city: real areas, synthetic people, imported through the services' own routes."""

import subprocess
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from deploy.demo.talk import Talk, Unexpected
from shared import topology

AREAS = Path(__file__).resolve().parents[1] / "sample" / "areas.csv"
TABLES = (
    ("registry", "/areas/import", "areas.csv", "areas"),
    ("dispatch", "/workers/import", "workers.csv", "workers"),
    ("registry", "/imports/households", "households.csv", "households"),
    ("registry", "/imports/residents", "residents.csv", "residents"),
)
TRIES = 10
SETTLES = 300
ZONE = {"title": "东城经济开发区", "codes": ["420302202005"]}


def load(admin: Talk, folder: Path, console: Console) -> None:
    """Imports everything; what stands already is left as it is."""
    folder.mkdir(parents=True, exist_ok=True)
    subprocess.run([sys.executable, "-m", "deploy.sample", str(folder)], check=True, stdout=subprocess.DEVNULL)
    columns = (TextColumn("  {task.description:<34}"), BarColumn(24), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        for service, path, name, title in TABLES:
            file = AREAS if name == "areas.csv" else folder / name
            line = progress.add_task(title, total=None)
            last: dict[str, Any] = {}
            if service != "registry":
                _wait_for_areas(admin, service, path, file)
            for last in _sent(admin, service, path, file):
                if "done" in last:
                    progress.update(line, total=last["of"], completed=last["done"])
            progress.update(line, description=f"{title}: {_summary(last)}")
            if name == "areas.csv":
                admin.put("registry", "/zones/z:dongcheng", ZONE)


def settle(admin: Talk, console: Console) -> None:
    """Waits until every service has heard what was loaded; on a slow store that takes a while."""
    with console.status("the services take in what was loaded"):
        for service in topology.SERVICES:
            behind = partial(_behind, admin, service)
            admin.until(behind, lambda lag: lag == 0, f"{service} to have heard everything", SETTLES)


def _behind(admin: Talk, service: str) -> object:
    """Messages that a service has yet to hear, or `unknown`."""
    return admin.get(service, "/health/ready")["lag"]


def _sent(admin: Talk, service: str, path: str, file: Path) -> Iterator[dict[str, Any]]:
    """The table's progress; sent again where the store was too busy, which changes nothing twice."""
    for _ in range(TRIES):
        last: dict[str, Any] = {}
        for last in admin.send_file(service, path, file):
            yield last
        if "error" not in last:
            return
    raise Unexpected(f"POST {path}", last)


def _wait_for_areas(admin: Talk, service: str, path: str, file: Path) -> None:
    """Another service hears of the areas a moment after the registry wrote them: until then even a dry
    run is refused, and the last refusal is shown when it stays so."""

    def trial() -> str:
        try:
            list(admin.send_file(service, f"{path}?dry_run=true", file))
        except Unexpected as refusal:
            return str(refusal.answer)
        return ""

    admin.until(trial, lambda refusal: not refusal, "a table without errors")


def _summary(last: dict[str, Any]) -> str:
    return ", ".join(f"{last[key]} {key}" for key in ("new", "changed", "unchanged") if last.get(key))
