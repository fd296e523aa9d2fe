"""A token stands for somebody of the sample city, and the services believe it."""

from pathlib import Path

import pytest

from deploy.tools import people, token, where
from shared import access
from shared.access import Actor, Unknown


def said(capsys: pytest.CaptureFixture[str], *arguments: str) -> Actor:
    assert token.main(list(arguments)) == 0
    minted = capsys.readouterr().out.strip()
    return access.verify(where.chosen().token_key(), minted)


def test_roles_and_areas_are_taken_as_they_are_given(capsys: pytest.CaptureFixture[str]) -> None:
    who = said(capsys, "W0001", "--roles", "dispatcher", "--areas", "420303002", "z:dongcheng")
    assert who == Actor("W0001", ("dispatcher",), ("420303002", "z:dongcheng"))


@pytest.mark.parametrize("number", people.STANDING)
def test_the_standing_accounts_are_known_by_heart(number: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert said(capsys, number) == people.STANDING[number]


def test_others_are_found_in_the_sample_s_workers(data: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (data / "sample").mkdir()
    (data / "sample" / "workers.csv").write_text(
        "工号,姓名,区域代码,网格,技能,是否网格长,在岗\n"
        "W0042,张某,420303003009,,visit,否,是\nW0043,李某,420303003009,,visit,是,是\nW0044,王某,420303003,,,否,是\n",
        encoding="utf-8",
    )
    assert said(capsys, "W0042") == Actor("W0042", ("grid_worker",), ("420303003009",))
    assert said(capsys, "W0043") == Actor("W0043", ("community_head",), ("420303003009",))
    assert said(capsys, "W0044") == Actor("W0044", ("street",), ("420303003",))


def test_who_is_meant_may_stand_in_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("AS", "D0001")
    assert said(capsys).id == "D0001"


def test_a_stranger_gets_none_and_learns_whom_there_is(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("NUANXIN_PORTS", "dispatch=1")
    assert token.main(["W9999"]) == 2
    out, err = capsys.readouterr()
    assert out == ""
    assert "D0001 (dispatcher of 420303)" in err


def test_a_token_runs_out(capsys: pytest.CaptureFixture[str]) -> None:
    token.main(["W0001", "--hours", "-1"])
    with pytest.raises(Unknown):
        access.verify(where.chosen().token_key(), capsys.readouterr().out.strip())


def test_in_production_there_are_none(
    data: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    for name in ("TOKEN", "SEAL"):
        monkeypatch.setenv(f"NUANXIN_{name}_KEY_FILE", str(data / name))
    monkeypatch.setenv("NUANXIN_ENVIRONMENT", "production")
    assert token.main(["W0001"]) == 2
    assert capsys.readouterr().out == ""
