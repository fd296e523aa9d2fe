"""The commands of the embedded platform. Exit code 0: done, or well. 1: not well. 2: cannot, and why."""

import argparse
import os
import signal
import time
from pathlib import Path

from rich.markup import escape

from deploy.embedded import control, fast, mark, places, record, show
from deploy.embedded.places import EngineError, logs
from deploy.embedded.plan import Plan, engine_for, plan
from deploy.embedded.show import console, errors
from deploy.embedded.testing import engines as running

COMMANDS = {
    "up": "start the engines and every service",
    "down": "stop all, keep the data",
    "reset": "stop all and delete the data",
    "status": "what runs where, and whether it is well",
    "logs": "the last words of a part (all parts without a name)",
    "install": "fetch what the engines need; up does so by itself",
    "engines": "only Kafka and the store, on free ports, until Ctrl-C",
    "engines-fast": "build the faster store with cargo, once",
}


def parser() -> argparse.ArgumentParser:
    top = argparse.ArgumentParser(prog="python -m deploy.embedded", description=__doc__)
    commands = top.add_subparsers(dest="command", required=True, metavar="COMMAND")
    made = {name: commands.add_parser(name, help=text) for name, text in COMMANDS.items()}
    made["logs"].add_argument("name", nargs="?", help="registry, dispatch, kafka, store, supervisor, ...")
    made["logs"].add_argument("--lines", type=int, default=40)
    made["logs"].add_argument("--follow", "-f", action="store_true")
    made["engines"].add_argument("--data", type=Path, required=True, help="a directory for their data")
    return top


def main(arguments: list[str] | None = None) -> int:
    chosen = parser().parse_args(arguments)
    try:
        match chosen.command:
            case "up":
                return up(plan())
            case "down":
                return down(places.data())
            case "reset":
                return reset(places.data())
            case "status":
                return status(places.data())
            case "logs":
                return tail(logs(places.data()), chosen.name, chosen.lines, chosen.follow)
            case "install":
                return install()
            case "engines":
                return engines(chosen.data.resolve())
            case _:
                return fast.build(console)
    except (EngineError, ValueError) as wrong:
        errors.print(f"[red]error[/] {escape(str(wrong))}", soft_wrap=True)
        return 2
    except KeyboardInterrupt:
        if chosen.command == "up":
            errors.print("\nThe start goes on in the background: make status, make down.")
        return 130


def up(wanted: Plan) -> int:
    began = time.monotonic()
    run, data = record.read(wanted.data), wanted.data
    if record.supervisor(data) is not None and run and run.phase == "running":
        console.print("It is already running.")
        return status(data)
    if not wanted.kafka:
        show.installing()
    run = show.rising(control.up(wanted))
    if run.phase != "running":
        raise EngineError(f"{run.error or 'it was stopped'} (more: make logs)")
    console.print(f"[bold]Running[/] after {time.monotonic() - began:.1f} s.\n")
    return status(data)


def down(data: Path) -> int:
    began = time.monotonic()
    if control.down(data):
        console.print(f"Stopped in {time.monotonic() - began:.1f} s; the data is kept in {data}.")
    else:
        console.print("Nothing was running.")
    return 0


def reset(data: Path) -> int:
    console.print(f"Deleted {data}." if control.reset(data) else f"There is nothing at {data}.")
    return 0


def status(data: Path) -> int:
    run, parts = control.health(data)
    if run is None or record.supervisor(data) is None:
        console.print(f"Nothing is running (data: {data}). Start it: make up")
        return 1
    show.table(run, parts, data)
    return 0 if run.phase == "running" and not any(reason for _, reason in parts) else 1


def install() -> int:
    show.installing()
    console.print(f"All is here: {places.cache()}")
    return 0


def tail(folder: Path, name: str | None, lines: int, follow: bool) -> int:
    """Print the end of one log, or of all; with `follow`, what is added to it from then on."""
    found = sorted(folder.glob(f"{name}.*" if name else "*.*"))
    if not found:
        raise EngineError(f"no log of {name or 'anything'} in {folder}")
    for path in found:
        console.print(f"[dim]── {path.name}[/]")
        for line in path.read_text(errors="replace").splitlines()[-lines:]:
            console.print(line, markup=False, soft_wrap=True)
    if follow:
        os.execvp("tail", ["tail", "-n0", "-F", *map(str, found)])
    return 0


def engines(data: Path) -> int:
    show.installing()
    stopping: list[int] = []
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda given, _: stopping.append(given))
    chosen = engine_for(data)
    mark.claim(data, Plan(data=data, ports={}, engine=chosen).made)
    with running(data, chosen) as engine:
        print(f"KAFKA={engine.kafka}\nMONGO={engine.mongo}", flush=True)
        while not stopping and engine.broker.alive and engine.store.alive:
            time.sleep(0.1)
        if not stopping:
            raise EngineError(f"an engine has ended. {engine.last_words()}")
    return 0
