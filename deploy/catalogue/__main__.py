"""`python -m deploy.catalogue` writes docs/events.md and docs/asyncapi.yaml; `--check` says whether they
are stale (exit code 1); `--golden` writes the examples of new events into tests/events."""

import argparse
import sys
from pathlib import Path

from deploy.catalogue.asyncapi import document
from deploy.catalogue.facts import facts
from deploy.catalogue.golden import write_missing
from deploy.catalogue.page import page
from deploy.embedded.places import ROOT

GOLDEN = ROOT / "tests" / "events"


def documents() -> dict[Path, str]:
    """What must stand in each generated file."""
    known = facts()
    return {ROOT / "docs" / "events.md": page(known), ROOT / "docs" / "asyncapi.yaml": document(known)}


def stale(wanted: dict[Path, str]) -> list[str]:
    return [
        str(path.relative_to(ROOT))
        for path, text in wanted.items()
        if not path.exists() or path.read_text(encoding="utf-8") != text
    ]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.catalogue", description=__doc__)
    parser.add_argument("--check", action="store_true", help="write nothing; exit code 1 when a file is stale")
    parser.add_argument("--golden", action="store_true", help="write the golden files of events that have none")
    chosen = parser.parse_args(arguments)
    if chosen.golden:
        print("\n".join(write_missing(GOLDEN)) or "every event has its golden file")
        return 0
    wanted = documents()
    old = stale(wanted)
    if chosen.check:
        print(f"stale: {', '.join(old)}; run: make events" if old else "the event catalogue is fresh")
        return 1 if old else 0
    for path, text in wanted.items():
        path.parent.mkdir(exist_ok=True)
        path.write_text(text, encoding="utf-8")
    print(f"written: {', '.join(old)}" if old else "nothing has changed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
