"""The quick form: a few seeds, every planted bug, and that a run can be played again and shrunk."""

import pytest

from tests.simulation.plants import PLANTS
from tests.simulation.run import run
from tests.simulation.shrink import shrunk

SEEDS = 60
TRIED = 1500


@pytest.mark.parametrize("first", range(0, SEEDS, 20))
def test_whatever_goes_wrong_nothing_is_lost_doubled_or_out_of_order(first: int) -> None:
    for seed in range(first, first + 20):
        assert run(seed).violations == [], f"python -m tests.simulation --seed {seed}"


def test_a_seed_is_the_same_run_every_time_and_so_is_its_record() -> None:
    once, again = run(7, trace=True), run(7, trace=True)
    assert once.trace == again.trace
    played = run(None, record=once.record, trace=True)
    assert played.trace == once.trace


@pytest.mark.parametrize("name", PLANTS)
def test_a_planted_bug_is_caught(name: str) -> None:
    with PLANTS[name]():
        assert any(run(seed).violations for seed in range(TRIED)), f"{name} was not seen in {TRIED} seeds"


def test_a_failing_run_is_shrunk_to_one_that_fails_alike() -> None:
    with PLANTS["a second change of a cause dropped"]():
        failing = next(found for seed in range(100) if (found := run(seed)).violations)
        short = shrunk(failing, 400, seconds=2)
    assert short.violations
    assert sum(map(bool, short.record)) < sum(map(bool, failing.record)) / 2
