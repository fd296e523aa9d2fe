"""`python -m deploy.tools.call [--pick id] W0001 POST inspection/hazards '{…}'`: one request, as one person.

What curl does with a token and an Idempotency-Key, for machines without curl. Prints the answer's JSON,
or one field of it; a refusal goes to the standard error and ends with 1.
"""

import argparse
import json
import sys
from uuid import uuid4

from deploy.tools.ask import City, Unanswered
from deploy.tools.people import Stranger, actor


def parser() -> argparse.ArgumentParser:
    made = argparse.ArgumentParser(prog="python -m deploy.tools.call", description=__doc__)
    made.add_argument("--pick", help="print this field of the answer only")
    made.add_argument("--key", help="the Idempotency-Key; a fresh one unless given")
    made.add_argument("number", help="a staff number of the sample city")
    made.add_argument("method", choices=("GET", "POST", "PUT", "DELETE"))
    made.add_argument("path", help="service/path, as in dispatch/tasks")
    made.add_argument("body", nargs="?", help="JSON")
    return made


def main(arguments: list[str] | None = None) -> int:
    asked = parser().parse_args(arguments)
    service, _, path = asked.path.partition("/")
    try:
        body = json.loads(asked.body) if asked.body else ({} if asked.method in ("POST", "PUT") else None)
        with City.here(actor(asked.number)) as city:
            headers = {"Idempotency-Key": asked.key or uuid4().hex}
            answer = city.sent(city.place(service), asked.method, f"/{path}", json=body, headers=headers)
    except (Stranger, Unanswered, json.JSONDecodeError) as error:
        print(f"error: {error}", file=sys.stderr)
        return 2
    said = answer.json()
    if answer.is_error:
        print(json.dumps(said, ensure_ascii=False, indent=2), file=sys.stderr)
        return 1
    print(said[asked.pick] if asked.pick else json.dumps(said, ensure_ascii=False, indent=2))
    return 0


if __name__ == "__main__":
    sys.exit(main())
