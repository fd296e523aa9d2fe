"""`python -m tests.simulation`: as many seeds as fit, or `--seeds N`; `--plants` plants every bug in turn."""

import argparse
import os
import sys
import time

from tests.simulation import report
from tests.simulation.many import How, planted, simulate
from tests.simulation.plants import PLANTS
from tests.simulation.run import STEPS, Run, run
from tests.simulation.shrink import shrunk

SHRINKING = 30.0
SHOWN = 60
PLANT_SECONDS = 12.0


def main() -> int:
    chosen = _arguments()
    if chosen.plants:
        return _plants(chosen)
    if chosen.seed is not None:
        with planted(chosen.plant):
            done = run(chosen.seed, chosen.steps, trace=chosen.trace)
        print("\n".join(done.trace))
        print(f"seed {chosen.seed}: {done.steps} steps, {done.wishes} commands, {done.events} records in the log")
        return _explain(done, chosen) if done.violations else 0
    return _many(chosen)


def _many(chosen: argparse.Namespace) -> int:
    tally = simulate(chosen.seeds, chosen.seconds, How(chosen.steps, chosen.plant, chosen.jobs), chosen.first)
    rate = tally.seeds / tally.seconds
    print(
        f"{tally.seeds} seeds of {chosen.steps} steps and what followed ({tally.steps} steps, {tally.wishes} commands, "
        f"{tally.events} records in the log) in {tally.seconds:.0f} s, {rate:.0f} seeds/s on {chosen.jobs} cores: "
        f"{len(tally.failing)} with violations"
    )
    if not chosen.plant:
        figures = {
            "seeds": (tally.seeds, "runs"),
            "steps": (tally.steps, "steps"),
            "steps_per_seed": (chosen.steps, "steps"),
            "commands": (tally.wishes, "commands"),
            "records": (tally.events, "records"),
            "violations": (len(tally.failing), "runs"),
            "seeds_per_second": (round(rate, 1), "runs/s"),
        }
        report.write(figures, tally.seeds)
    return _explain(tally.failing[0], chosen) if tally.failing else 0


def _explain(failing: Run, chosen: argparse.Namespace) -> int:
    """The failing seed as it was, and the shortest run found that fails alike."""
    print(f"\nseed {failing.seed} fails:", *failing.violations, sep="\n  ")
    with planted(chosen.plant):
        short = shrunk(failing, chosen.steps, SHRINKING)
    print(f"\nshrunk from {_told(failing)} to {_told(short)}:", *short.violations, sep="\n  ")
    print("\nwhat happened in it:", *[line for line in short.trace if "*" in line][-SHOWN:], sep="\n")
    return 1


def _told(done: Run) -> str:
    return f"{sum(choice != 0 for choice in done.record)} choices in {done.steps} steps"


def _plants(chosen: argparse.Namespace) -> int:
    missed = []
    began = time.monotonic()
    for name in PLANTS:
        tally = simulate(None, PLANT_SECONDS, How(chosen.steps, name, chosen.jobs, size=4))
        if tally.failing:
            caught = tally.failing[0]
            print(f"caught  {name:38} by seed {caught.seed:<4} {caught.violations[0][:110]}", flush=True)
        else:
            missed.append(name)
            print(f"MISSED  {name:38} {tally.seeds} seeds tried", flush=True)
    total = len(PLANTS)
    print(f"{total - len(missed)} of {total} planted bugs caught in {time.monotonic() - began:.0f} s")
    report.write({"planted_caught": (total - len(missed), "bugs"), "planted_total": (total, "bugs")}, total)
    return 1 if missed else 0


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tests.simulation", description=__doc__)
    parser.add_argument("--seconds", type=float, default=180, help="how long, where no number of seeds is given")
    parser.add_argument("--seeds", type=int, help="exactly so many")
    parser.add_argument("--steps", type=int, default=STEPS, help="switch points before the calm")
    parser.add_argument("--first", type=int, default=0, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone")
    parser.add_argument("--trace", action="store_true", help="with --seed: every switch point")
    parser.add_argument("--plant", choices=sorted(PLANTS), help="with this bug planted")
    parser.add_argument("--plants", action="store_true", help="every bug in turn, and what caught it")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1)
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
