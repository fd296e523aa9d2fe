"""The page and the tests agree: every rule has its test, every planted bug its line."""

import re
from pathlib import Path

from tests.simulation.plants import PLANTS

PAGE = Path("docs/kernel.md").read_text()
TESTS = "\n".join(file.read_text() for file in sorted(Path("tests/kernel").glob("test_rule_*.py")))


def test_each_of_the_26_rules_is_told_and_has_a_test_with_its_number() -> None:
    told = [int(number) for number in re.findall(r"^(\d+)\. \*\*", PAGE, re.M)]
    assert told == list(range(1, 27))
    tested = {int(number) for number in re.findall(r"def test_rule_(\d\d)_", TESTS)}
    assert tested == set(told)


def test_every_planted_bug_is_in_the_table_with_a_test_that_exists() -> None:
    rows = re.findall(r"^\| ([^|]+) \| [^|]+ \| `(test_\w+)` \|$", PAGE, re.M)
    assert {name for name, _ in rows} == set(PLANTS)
    assert [test for _, test in rows if f"def {test}(" not in TESTS] == []
