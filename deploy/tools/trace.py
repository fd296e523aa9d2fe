"""`python -m deploy.tools.trace ID`: event, cause and effect across the services, as a tree.

ID is an event (`hazard-x#2`), a document (`hazard-x`) or a cause (`http/W0001/POST /hazards/key`). Reads
every topic from its beginning, keeps only what a tree needs, walks up to the first cause and down to
every effect. Times are the city's; `+` is how long after its cause an event was sent.
"""

import argparse
import asyncio
import logging
import sys

from aiokafka.errors import KafkaError

from deploy.tools.chain import Index
from deploy.tools.log import MOST, read
from deploy.tools.tree import trees
from deploy.tools.where import chosen
from deploy.tools.words import console_of
from shared.events import SOURCES


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m deploy.tools.trace", description=__doc__)
    parser.add_argument("id", nargs="+", help="an event, a document, or a cause")
    parser.add_argument("--most", type=int, default=MOST, help="how many events are held; the oldest go first")
    asked = parser.parse_args(arguments)
    logging.getLogger("aiokafka").setLevel("CRITICAL")  # what it would say is said below, once
    settings = chosen()
    index = Index(asked.most)
    try:
        asyncio.run(read(settings.kafka, [settings.topic(source) for source in SOURCES], index.add))
    except (KafkaError, OSError) as error:
        print(f"error: nothing answers at {settings.kafka} (kafka): make up; {error}", file=sys.stderr)
        return 2
    console = console_of(160)
    found = trees(index, " ".join(asked.id))
    for tree in found:
        console.print(tree)
    dropped = f"; the oldest {index.dropped:,} are not held (--most)" if index.dropped else ""
    console.print(f"[dim]{index.read:,} events read{dropped}[/]")
    if not found:
        print(f"error: no event, document or cause is called {' '.join(asked.id)}", file=sys.stderr)
    return 0 if found else 1


if __name__ == "__main__":
    sys.exit(main())
