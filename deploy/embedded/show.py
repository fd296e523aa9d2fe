"""What a person sees: progress while things come up, and a table of what runs where."""

from collections.abc import Iterable
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from deploy.embedded import install, jars, record
from deploy.embedded.control import Health
from deploy.embedded.places import HOST
from deploy.embedded.record import Run

console = Console(highlight=False)
errors = Console(stderr=True, highlight=False)


def installing() -> None:
    """Bring what is missing, with a bar; silent when all is there."""
    if install.complete():
        return
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as bar:
        task = bar.add_task("Kafka's jars", total=sum(1 for _ in jars.locked()))
        install.install(lambda done, of: bar.update(task, completed=done, total=of), bar.console.print)


def rising(states: Iterable[Run]) -> Run:
    """One line for each part that becomes ready; returns how it ended."""
    run, seen, doing = None, set[str](), ""
    for run in states:
        if run.doing and run.doing != doing:
            doing = run.doing
            console.print(f"[dim]starting {escape(doing)}[/]")
        for row in run.rows:
            if row.seconds is not None and row.name not in seen:
                seen.add(row.name)
                console.print(f"  [green]✓[/] {row.name} [dim]{row.program}[/] ready in {row.seconds} s")
    assert run is not None
    return run


def table(run: Run, parts: list[Health], data: Path) -> None:
    """What runs, where, and whether it is well."""
    rows = Table(box=None, pad_edge=False, header_style="dim")
    for title in ("part", "program", "at", "pid"):
        rows.add_column(title, no_wrap=True)
    rows.add_column("well", overflow="fold")
    for row, reason in parts:
        well = f"[red]{escape(reason)}[/]" if reason else "[green]ready[/]"
        again = f" [dim](restarted {row.restarts}×)[/]" if row.restarts else ""
        rows.add_row(row.name, row.program, f"{HOST}:{row.port}", str(row.pid or "-"), well + again)
    for name, kind, where in (("kafka", "kafka", run.kafka), ("store", "store", run.mongo)):
        if all(row.kind != kind for row, _ in parts):
            rows.add_row(name, "elsewhere", where, "-", "[dim]as the services find it[/]")
    console.print(rows)
    console.print(f"[dim]data {data} · logs {data / 'logs'} · supervisor pid {record.supervisor(data) or '-'}[/]")
