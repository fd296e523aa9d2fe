"""The README's own lines, run as they stand, and the pages it tells people to look at."""

import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from deploy.embedded.testing import Platform

ROOT = Path(__file__).resolve().parents[2]


def block(mark: str) -> str:
    found = re.search(rf"<!-- {mark} -->\s*```sh\n(.*?)```", (ROOT / "README.md").read_text(), re.S)
    assert found, f"README.md has no block marked {mark}"
    return found[1]


def run(script: str, env: dict[str, str]) -> str:
    done = subprocess.run(
        ["sh", "-euc", script], cwd=ROOT, env=env, text=True, capture_output=True, timeout=300, check=False
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_the_loop_in_ten_lines_closes_a_hazard(env: dict[str, str]) -> None:
    assert len(block("loop").splitlines()) <= 10
    said = run(block("loop"), env)
    assert "whoever rectified it does not recheck it" in said
    assert '"stage": "closed"' in said
    assert "hazard-closed" in said
    assert "task-done" in said


@pytest.mark.skipif(shutil.which("curl") is None, reason="this machine has no curl; the loop above needs none")
def test_the_same_with_curl(env: dict[str, str], running: Platform) -> None:
    here = block("curl").replace("http://127.0.0.1:8103", running.url("inspection"))
    assert '"code":"ELE-02"' in run(here, env)


def test_the_demonstration_plays_twice_on_the_same_city(env: dict[str, str]) -> None:
    for _ in range(2):
        said = run(f"{sys.executable} -m deploy.demo", env)
        assert "the hazard is closed in round" in said
        assert "coverage" in said


def test_the_board_and_the_operators_page_can_be_looked_at(env: dict[str, str]) -> None:
    assert "红卫街道" in run(f"{sys.executable} -m deploy.tools.board --area 420303002 --once", env)
    page = run(f"{sys.executable} -m deploy.tools.ops --once", env)
    assert all(name in page for name in ("registry", "dispatch", "inspection", "notification"))
