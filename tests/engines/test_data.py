"""A data directory belongs to the engines that made it."""

from pathlib import Path

import pytest

from deploy.embedded import control, mark, store
from deploy.embedded.mark import Made, Mark
from deploy.embedded.places import EngineError
from deploy.embedded.plan import engine_for

KAFKA = Made(engine="kafka", version="4.4.0")
OLD = Mark(kafka=KAFKA, store=Made(engine="secantusd-py", version="0.7.0b3"))


def test_the_same_engines_go_on(tmp_path: Path) -> None:
    mark.claim(tmp_path / "data", OLD)
    mark.claim(tmp_path / "data", OLD)
    assert mark.read(tmp_path / "data") == OLD


def test_another_store_is_refused_with_a_way_out(tmp_path: Path) -> None:
    mark.claim(tmp_path / "data", OLD)
    with pytest.raises(EngineError, match=r"secantusd-py 0\.7\.0b3 as the store.*To keep it.*make reset"):
        mark.claim(tmp_path / "data", Mark(kafka=KAFKA, store=Made(engine="mongod", version="8.0")))


def test_an_older_kafka_is_refused_and_a_newer_one_goes_on(tmp_path: Path) -> None:
    mark.claim(tmp_path / "data", OLD)
    with pytest.raises(EngineError, match="Kafka"):
        mark.claim(tmp_path / "data", OLD.model_copy(update={"kafka": Made(engine="kafka", version="4.3.9")}))
    newer = OLD.model_copy(update={"kafka": Made(engine="kafka", version="4.10.0")})
    mark.claim(tmp_path / "data", newer)
    assert mark.read(tmp_path / "data") == newer


def test_a_directory_keeps_its_engine_when_a_faster_one_is_there(tmp_path: Path) -> None:
    mark.claim(tmp_path / "data", OLD)
    assert engine_for(tmp_path / "data") == "secantusd-py"
    assert engine_for(tmp_path / "new") == store.choose().engine


def test_an_engine_that_is_not_here_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    mark.claim(tmp_path / "data", OLD)
    monkeypatch.setattr("deploy.embedded.places.program", lambda name: None)
    with pytest.raises(EngineError, match="made by secantusd-py"):
        engine_for(tmp_path / "data")


def test_a_folder_of_something_else_is_neither_used_nor_deleted(tmp_path: Path) -> None:
    (tmp_path / "thesis.txt").write_text("years of work")
    with pytest.raises(EngineError, match="not ours"):
        mark.claim(tmp_path, OLD)
    with pytest.raises(EngineError, match="left alone"):
        control.reset(tmp_path)
    assert (tmp_path / "thesis.txt").exists()
