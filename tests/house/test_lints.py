"""The house is clean; and each lint sees the fault that it is there for."""

import pytest

from tests.house import lints
from tests.house.lints import OF_CODE, OF_TEXT, Lint
from tests.house.sources import Source, python, texts


@pytest.mark.parametrize("lint", OF_CODE, ids=lambda lint: lint.__name__)
def test_the_code_keeps_the_rule(lint: Lint) -> None:
    found = [f"{source.path}:{fault}" for source in python() for fault in lint(source)]
    assert not found, f"{lint.__doc__}\n" + "\n".join(found)


@pytest.mark.parametrize("lint", OF_TEXT, ids=lambda lint: lint.__name__)
def test_no_text_breaks_the_rule(lint: Lint) -> None:
    found = [f"{source.path}:{fault}" for source in texts() for fault in lint(source)]
    assert not found, f"{lint.__doc__}\n" + "\n".join(found)


SERVICE = "services/aid/handlers.py"
SOUND = '"""What it is for."""\n'
PLANTED = [
    (lints.docstring, SERVICE, "x = 1\n"),
    (lints.length, SERVICE, SOUND + "x = 1\n" * 200),
    (lints.length, "shared/document.py", SOUND + "x = 1\n" * 400),
    (lints.class_names, SERVICE, "class TaskManager:\n    pass\n"),
    (lints.class_names, SERVICE, "class BaseTask:\n    pass\n"),
    (lints.saying, SERVICE, "await broker.publish(event)\n"),
    (lints.saying, "shared/desk.py", "AIOKafkaProducer()\n"),
    (lints.hearing, SERVICE, "from faststream.kafka import KafkaBroker\n"),
    (lints.hearing, SERVICE, "@broker.subscriber('x')\ndef f(): ...\n"),
    (lints.writing, SERVICE, "await collection.update_one({}, {})\n"),
    (lints.swallowing, SERVICE, "try:\n    f()\nexcept Exception:\n    pass\n"),
    (lints.swallowing, SERVICE, "try:\n    f()\nexcept (ValueError, Exception):\n    ...\n"),
    (lints.swallowing, SERVICE, "for x in y:\n    try:\n        f()\n    except:\n        continue\n"),
    (lints.swallowing, SERVICE, "with contextlib.suppress(Exception):\n    f()\n"),
    (lints.sleeping, "tests/aid/test_x.py", "async def test_x():\n    await asyncio.sleep(1)\n"),
    (lints.time, SERVICE, "now = datetime.now(UTC)\n"),
    (lints.time, SERVICE, "now = datetime.datetime.utcnow()\n"),
    (lints.time, SERVICE, "now = time.time()\n"),
    (lints.chance, SERVICE, "from uuid import uuid4\n"),
    (lints.measuring, SERVICE, "from prometheus_client import Counter\n"),
    (lints.measuring, "services/aid/metrics.py", "given = Counter('given', 'Gifts.')\n"),
    (lints.handling, SERVICE, "def handle_hazard(): ...\n"),
    (lints.hosts, "requirements.txt", "--index-url https://" + ".".join(("pypi", "org")) + "/simple\n"),
    (lints.hosts, "package-lock.json", '"resolved": "https://registry.' + ".".join(("npmjs", "org")) + '/x"\n'),
    (lints.machine, "docs/x.md", "see " + "/" + "work/notes.md\n"),
    (lints.machine, SERVICE, "open('" + "/" + "tmp/out.csv')\n"),
]


NAMES = [f"{lint.__name__}-{number}" for number, (lint, *_) in enumerate(PLANTED)]


@pytest.mark.parametrize(("lint", "path", "text"), PLANTED, ids=NAMES)
def test_a_planted_fault_is_seen(lint: Lint, path: str, text: str) -> None:
    assert list(lint(Source(path, text)))


def test_a_poll_and_a_yield_are_no_sleep() -> None:
    polls = "async def until():\n    await asyncio.sleep(0.05)\nasync def test_x():\n    await asyncio.sleep(0)\n"
    assert not list(lints.sleeping(Source("tests/aid/test_x.py", polls)))


def test_every_lint_has_a_planted_fault() -> None:
    assert {lint for lint, *_ in PLANTED} == {*OF_CODE, *OF_TEXT}
