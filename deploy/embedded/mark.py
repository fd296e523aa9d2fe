"""The mark of a data directory: which engines made it. Kafka's log and the documents are one city, kept together."""

import json
import re
from pathlib import Path

from pydantic import BaseModel, ValidationError

from deploy.embedded.places import DEFAULT_DATA, EngineError

NAME = "nuanxin.json"
ELSEWHERE = "elsewhere"  # an engine of its own that KAFKA or MONGO points to


class Made(BaseModel, frozen=True):
    """An engine and the version that last opened the directory."""

    engine: str
    version: str = ""

    def __str__(self) -> str:
        return f"{self.engine} {self.version}".strip()


class Mark(BaseModel, frozen=True):
    kafka: Made
    store: Made


def read(data: Path) -> Mark | None:
    """None when the directory is not (yet) ours."""
    try:
        return Mark.model_validate_json((data / NAME).read_text())
    except FileNotFoundError:
        return None
    except ValidationError as wrong:
        raise EngineError(f"{data / NAME} cannot be read: {wrong.errors()[0]['msg']}") from wrong


def claim(data: Path, engines: Mark) -> None:
    """Mark a new directory, or check that these engines may go on with an old one."""
    made = read(data)
    if made is None:
        _refuse_foreign(data)
    else:
        _refuse_other(data, "Kafka", made.kafka, engines.kafka)
        _refuse_other(data, "the store", made.store, engines.store)
    if made != engines:
        data.mkdir(parents=True, exist_ok=True)
        (data / NAME).write_text(json.dumps(engines.model_dump(), indent=2) + "\n")


def _refuse_foreign(data: Path) -> None:
    """Never adopt a folder that holds something else: `reset` would delete it."""
    if data != DEFAULT_DATA and data.is_dir() and any(data.iterdir()):
        raise EngineError(f"{data} is not empty and not ours: set NUANXIN_DATA to an empty directory")


def _refuse_other(data: Path, part: str, made: Made, now: Made) -> None:
    if made.engine == now.engine and _order(made.version) <= _order(now.version):
        return
    raise EngineError(
        f"{data} was made with {made} as {part}; it cannot be opened by {now}. To keep it, start it with {made} "
        "(or copy it away and set NUANXIN_DATA to a new directory); to begin anew: make reset"
    )


def _order(version: str) -> tuple[int, ...]:
    """Versions by their numbers: a directory goes forward, never back."""
    return tuple(int(number) for number in re.findall(r"\d+", version))
