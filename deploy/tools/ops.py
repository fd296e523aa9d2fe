"""`python -m deploy.tools.ops [--once]`: is every service well, and does it keep up.

Asks /health/ready and /metrics of every replica, every two seconds. What cannot be known is shown as
unknown, never as 0.
"""

import argparse
import sys
from collections.abc import Callable
from dataclasses import dataclass

from prometheus_client.parser import text_string_to_metric_families
from rich.console import Group, RenderableType
from rich.table import Table
from rich.text import Text

from deploy.tools.ask import City, Unanswered
from deploy.tools.live import keep
from deploy.tools.people import STANDING
from deploy.tools.where import Place, clock
from deploy.tools.words import console_of, mebibytes, moment, span

SLOW_OUTBOX = 10.0
LATE_WAKE = 5.0


@dataclass(frozen=True)
class Samples:
    """The numbers of one /metrics page, by name; those of all label values together."""

    values: dict[str, list[float]]

    def total(self, name: str) -> float | None:
        found = self.values.get(name)
        return sum(found) if found else None

    def worst(self, name: str) -> float | None:
        return max(self.values.get(name, []), default=None)


@dataclass(frozen=True)
class Report:
    """One replica as it says it is. `trouble`: why it is not ready, "" when it is."""

    place: Place
    trouble: str
    kafka: str = "unknown"
    lag: int | None = None
    samples: Samples = Samples({})


def read(text: str) -> Samples:
    values: dict[str, list[float]] = {}
    for family in text_string_to_metric_families(text):
        for sample in family.samples:
            values.setdefault(sample.name, []).append(sample.value)
    return Samples(values)


def report(city: City, place: Place) -> Report:
    try:
        said = city.sent(place, "GET", "/health/ready").json()
        samples = read(city.sent(place, "GET", "/metrics").text)
    except Unanswered:
        return Report(place, "nothing answers")
    except ValueError:
        return Report(place, "answers, but not as one of ours")
    lag = said["lag"] if isinstance(said.get("lag"), int) else None
    return Report(place, "; ".join(said.get("troubles", [])), str(said.get("kafka", "unknown")), lag, samples)


def page(reports: list[Report], now: str) -> RenderableType:
    down = [each for each in reports if each.trouble]
    well = Text("all ready", "green") if not down else Text(f"{len(down)} of {len(reports)} not ready", "bold red")
    head = Text.assemble(("Nuanxin services", "bold"), "  ", (now, "dim"), "  ", well)
    lost = [Text(f"  {each.place.name}: {each.trouble}", "red") for each in down]
    away = {each.kafka for each in reports if not each.kafka.startswith(("well", "unknown"))}
    return Group(head, Text(), table(reports), *lost, *(Text(f"  kafka {words}", "yellow") for words in away))


COLUMNS: dict[str, Callable[[Report], Text]] = {
    "ready": lambda r: Text("no", "bold red") if r.trouble else Text("yes", "green"),
    "lag": lambda r: _number(r.lag, 1000),
    "outbox": lambda r: _number(r.samples.total("nuanxin_outbox_pending_documents"), 1000),
    "oldest": lambda r: _seconds(r.samples.worst("nuanxin_outbox_oldest_seconds"), SLOW_OUTBOX),
    "parked": lambda r: _number(r.samples.total("nuanxin_parked_records"), 1),
    "wake late": lambda r: _seconds(r.samples.worst("nuanxin_wake_lateness_seconds"), LATE_WAKE),
    "back-offs": lambda r: _number(r.samples.total("nuanxin_consumer_backoffs_total"), None),
    "memory": lambda r: _memory(r.samples.total("process_resident_memory_bytes")),
}


def table(reports: list[Report]) -> Table:
    made = Table(box=None, pad_edge=False, header_style="dim", padding=(0, 2, 0, 0))
    made.add_column("service", no_wrap=True)
    for title in COLUMNS:
        made.add_column(title, justify="left" if title == "ready" else "right", no_wrap=True)
    for each in reports:
        made.add_row(each.place.name, *(cell(each) for cell in COLUMNS.values()))
    return made


def _number(value: float | None, bad: float | None) -> Text:
    if value is None:
        return Text("unknown", "yellow")
    return Text(f"{value:,.0f}", "bold yellow" if bad is not None and value >= bad else "")


def _seconds(value: float | None, bad: float) -> Text:
    """No sample yet is not 0: nothing of the kind has happened."""
    if value is None:
        return Text("none yet", "dim")
    return Text(span(value), "bold yellow" if value >= bad else "")


def _memory(value: float | None) -> Text:
    return Text("unknown", "yellow") if value is None else Text(mebibytes(value))


def look(city: City) -> tuple[RenderableType, bool]:
    """The page, and whether all is well."""
    reports = [report(city, place) for place in city.places]
    if all(each.trouble == "nothing answers" for each in reports):
        places = ", ".join(place.url for place in city.places)
        raise Unanswered(f"nothing answers at {places}: make up")
    return page(reports, moment(clock().now())), not any(each.trouble for each in reports)


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.tools.ops", description=__doc__)
    parser.add_argument("--once", action="store_true", help="one page; exit code 1 when a service is not ready")
    asked = parser.parse_args(arguments)
    console = console_of(100)
    try:
        with City.here(STANDING["O0001"]) as city:
            if asked.once:
                shown, well = look(city)
                console.print(shown)
                return 0 if well else 1
            keep(console, lambda: look(city)[0])
            return 0
    except Unanswered as error:
        print(f"error: {error}", file=sys.stderr)
        return 2


if __name__ == "__main__":
    sys.exit(main())
