"""`python -m tests.faults.check ASKED`: reads what is asked about (JSON), answers with a verdict (JSON)."""

import asyncio
import json
import sys
from collections import Counter
from pathlib import Path
from typing import Any

from tests.faults.check.evidence import Evidence, gathered
from tests.faults.check.invariants import Verdict, judged, peer


def main() -> None:
    asked = json.loads(Path(sys.argv[1]).read_text())
    found = asyncio.run(gathered(asked))
    verdict = judged(found)
    json.dump({**_counted(found), **_listed(verdict), "peer": peer(found) if asked["peer"] else None}, sys.stdout)


def _listed(verdict: Verdict) -> dict[str, Any]:
    """Every count, and the first of each in words."""
    found: dict[str, Any] = {}
    for name in ("lost", "doubled", "broken"):
        words = getattr(verdict, name)
        found |= {name: len(words), f"{name}_words": words[:60]}
    return found


def _counted(found: Evidence) -> dict[str, Any]:
    acks = Counter(row["what"] for row in found.acks)
    return {
        "acknowledged": acks["ack"],
        "gave_up": acks["gave up"],
        "looked": acks["looked"],
        "retried": sum(row["tries"] > 1 for row in found.acks if row["what"] == "ack"),
        "replayed": sum(row["replayed"] for row in found.acks if row["what"] == "ack"),
        "events": len(found.said.facts),
        "repeats": found.said.repeats,
        "documents": sum(len(docs) for docs in found.docs.values()),
        "tasks": len(found.docs.get(("dispatch", "tasks"), ())),
        "messages": len(found.docs.get(("notification", "messages"), ())),
        "left_the_house": sum(found.sent.values()),
        "parked": len(found.parked),
    }


if __name__ == "__main__":
    main()
