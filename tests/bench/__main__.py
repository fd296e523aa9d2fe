"""`python -m tests.bench [P1 P2 …] [--quick]`: speed, as ratios within one run.

KAFKA and MONGO use servers that stand elsewhere; QUICK=1 is the short form. Nothing here fails for
being slow: what was aimed at and what was reached are printed and written side by side.
"""

import argparse
import asyncio
import logging
import os
import signal
import sys
import time
from collections.abc import Coroutine
from typing import Any

from rich.console import Console

from tests.bench import effects, footprint, journey, queue, report, requests
from tests.bench.city import City, city
from tests.bench.ground import Ground, ground
from tests.bench.report import Row

ON_ENGINES = {"P1": effects.run, "P4": queue.run, "P8": footprint.run}
ON_SERVICES = {"P2": journey.run, "P3": requests.run}
WIDTH = 130
console = Console() if sys.stdout.isatty() else Console(width=WIDTH)


def asked() -> tuple[list[str], bool]:
    known = sorted({*ON_ENGINES, *ON_SERVICES})
    parser = argparse.ArgumentParser(prog="python -m tests.bench", description="Speed, as ratios within one run.")
    parser.add_argument("measures", nargs="*", metavar="P", help=f"of {', '.join(known)}; all unless named")
    parser.add_argument("--quick", action="store_true", help="the short form, also by QUICK=1")
    given = parser.parse_args()
    if unknown := sorted(set(given.measures) - set(known)):
        parser.error(f"there is no {', '.join(unknown)}; there are: {', '.join(known)}")
    return given.measures or known, given.quick or bool(os.environ.get("QUICK"))


def timed(name: str, measure: Coroutine[Any, Any, list[Row]]) -> list[Row]:
    console.print(f"{name} …", end=" ")
    began = time.perf_counter()
    rows = asyncio.run(measure)
    console.print(f"{time.perf_counter() - began:.0f} s")
    return rows


def measured(on: Ground, wanted: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name, run in ON_ENGINES.items():
        if name in wanted:
            rows += timed(name, run(on))
    if set(wanted) & set(ON_SERVICES):
        console.print("starting the services")
        with city(on) as standing:
            rows += with_services(on, standing, wanted)
    return sorted(rows, key=lambda row: row.id)


def with_services(on: Ground, standing: City, wanted: list[str]) -> list[Row]:
    rows: list[Row] = []
    for name, run in ON_SERVICES.items():
        if name in wanted:
            rows += timed(name, run(on, standing))
    return rows


def main() -> None:
    logging.disable(logging.ERROR)  # clients tell of topics that are a moment old; the figures are what is asked
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(128 + number))  # so that the engines end with us
    wanted, quick = asked()
    began = time.perf_counter()
    with ground(quick) as on:
        console.print(f"{on.form} form, on {on.engine}; {on.hardware}")
        rows = measured(on, wanted)
        report.write(rows, on)
        report.show(rows, on, console)
    missed = sum(row.reached is False for row in rows)
    console.print(f"{time.perf_counter() - began:.0f} s; {missed} aims missed; written to {report.REPORT}")


if __name__ == "__main__":
    main()
