"""What came of it: a table to read, and build/reports/faults.json to compare."""

import json
import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median
from typing import Any

from rich.console import Console
from rich.table import Table

from tests.faults.recovery import Recovered

REPORT = Path("build/reports/faults.json")
RECOVER_WITHIN = 30.0
SETTLE_WITHIN = 60.0


@dataclass
class Outcome:
    """All that one run of `make faults` found. `settled`: seconds to quiet after the last fault."""

    form: str
    hardware: str
    engine: str
    verdict: dict[str, Any]
    recoveries: list[Recovered]
    settled: float | None
    seconds: float = 0.0
    sound: dict[str, Any] | None = None
    planted: dict[str, dict[str, Any]] = field(default_factory=dict)

    @property
    def caught(self) -> list[str]:
        return [bug for bug, verdict in self.planted.items() if found(verdict)]

    @property
    def slowest(self) -> float:
        """Of the recoveries, in seconds; infinite where one was not seen."""
        return max((math.inf if one.seconds is None else one.seconds for one in self.recoveries), default=0.0)

    @property
    def failures(self) -> list[str]:
        """Why the run as a whole has failed; none of these is a matter of speed."""
        verdict, sound = self.verdict, self.sound
        reasons = [f"{verdict[name]} {name}" for name in ("lost", "doubled", "broken", "gave_up") if verdict[name]]
        if self.settled is None:
            reasons.append(f"not quiet within {SETTLE_WITHIN:.0f} s of the last fault")
        if sound is not None and found(sound):
            reasons.append("the trial without a bug was found guilty")
        reasons += [f"planted and not caught: {bug}" for bug in self.planted if bug not in self.caught]
        return reasons


def found(verdict: dict[str, Any]) -> int:
    """How many breaches."""
    return int(verdict["lost"] + verdict["doubled"] + verdict["broken"])


def rows(outcome: Outcome) -> list[dict[str, Any]]:
    verdict, peer = outcome.verdict, outcome.verdict["peer"]
    many = verdict["acknowledged"]
    times = [one.seconds for one in outcome.recoveries if one.seconds is not None]
    told: list[tuple[str, str, float | None, str, int]] = [
        ("I1", "acknowledged", many, "commands", many),
        ("I1", "lost", verdict["lost"], "effects", verdict["events"]),
        ("I2", "doubled", verdict["doubled"], "effects", verdict["events"]),
        ("I4", "broken", verdict["broken"], "other invariants", verdict["documents"]),
        ("I1", "gave_up", verdict["gave_up"], "commands without a clear answer for 150 s", many),
        ("F1", "recovery_seconds", None if math.isinf(outcome.slowest) else outcome.slowest, "s", len(times)),
        ("F1", "recovery_seconds_median", median(times) if times else None, "s", len(times)),
        ("I8", "settled_seconds", outcome.settled, "s", 1),
        ("F7", "repeats", verdict["repeats"], "records said again", verdict["events"]),
        ("F0", "planted_caught", len(outcome.caught), "bugs", len(outcome.planted)),
        ("F0", "planted_total", len(outcome.planted), "bugs", len(outcome.planted)),
        ("F0", "peer_lost", peer["lost"], "effects", peer["of"]),
        ("F0", "peer_doubled", peer["doubled"], "effects", peer["of"]),
    ]
    told += [("F1", f"recovery: {one.fault}", one.seconds, "s", 1) for one in outcome.recoveries]
    fixed = {"ratio": None, "floor": None, "hardware": outcome.hardware, "engine": outcome.engine, "form": outcome.form}
    return [
        {
            "id": id,
            "name": name,
            "value": round(value, 2) if value is not None else None,
            "unit": unit,
            "peer": peer["lost"] if name == "lost" else None,
            "n": n,
            **fixed,
        }
        for id, name, value, unit, n in told
    ]


def write(outcome: Outcome) -> None:
    REPORT.parent.mkdir(parents=True, exist_ok=True)
    REPORT.write_text(json.dumps(rows(outcome), ensure_ascii=False, indent=1) + "\n")


def show(outcome: Outcome, console: Console) -> None:
    caption = f"{outcome.hardware}\n{outcome.engine}"
    table = Table(title=f"Faults, {outcome.form} form, {outcome.seconds:.0f} s", caption=caption)
    for head, justify in (("", "left"), ("ours", "right"), ("ordinary", "right"), ("", "left")):
        table.add_column(head, justify=justify)  # type: ignore[arg-type]
    for line in _lines(outcome):
        table.add_row(*line)
    console.print(table)
    for name in ("lost", "doubled", "broken"):
        _words(console, name, outcome.verdict[f"{name}_words"])
    for bug, verdict in outcome.planted.items():
        said = [*verdict["lost_words"], *verdict["doubled_words"], *verdict["broken_words"]]
        console.print(f"planted [bold]{bug}[/]: {found(verdict)} found" + (f", as: {said[0]}" if said else ""))
    if outcome.sound is not None:
        _words(console, "found in the trial without a bug", [w for w in _all(outcome.sound)])


def _all(verdict: dict[str, Any]) -> list[str]:
    return [*verdict["lost_words"], *verdict["doubled_words"], *verdict["broken_words"]]


def _lines(outcome: Outcome) -> Sequence[tuple[str, str, str, str]]:
    verdict, peer = outcome.verdict, outcome.verdict["peer"]
    reached = [one.seconds for one in outcome.recoveries if one.seconds is not None]
    slowest = "never" if math.isinf(outcome.slowest) else f"{outcome.slowest:.1f} s"
    settled = "never" if outcome.settled is None else f"{outcome.settled:.1f} s"
    return (
        (
            "acknowledged commands",
            f"{verdict['acknowledged']:,}",
            "",
            f"{verdict['retried']:,} tried more than once",
        ),
        ("events", f"{verdict['events']:,}", f"{peer['of']:,}", f"{verdict['repeats']:,} said again on the wire"),
        ("lost", str(verdict["lost"]), str(peer["lost"]), ""),
        ("doubled", str(verdict["doubled"]), str(peer["doubled"]), ""),
        ("other invariants broken", str(verdict["broken"]), "", ""),
        ("no clear answer for 150 s", str(verdict["gave_up"]), "", "unavailable, not lost"),
        ("recovery, slowest", slowest, "", f"median {median(reached):.1f} s of {len(reached)}; aim ≤ 30 s"),
        ("quiet after the last fault", settled, "", "aim ≤ 60 s"),
        ("planted bugs caught", f"{len(outcome.caught)} of {len(outcome.planted)}", "", ", ".join(outcome.planted)),
    )


def _words(console: Console, name: str, words: Sequence[str]) -> None:
    for line in words[:12]:
        console.print(f"[red]{name}[/] {line}", soft_wrap=True, highlight=False)
