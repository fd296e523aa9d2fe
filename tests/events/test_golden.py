"""Every golden file still parses, with all that it said: what was once on the log stays readable.

A golden file is never edited. One that no longer parses means that the event has broken its promise:
give the new field a default, or the new meaning a new name. New events: `python -m deploy.catalogue --golden`.
"""

import json
from pathlib import Path
from typing import Any

import pytest

from deploy.catalogue.golden import example
from shared.event import Envelope
from shared.events import EVENTS

FILES = sorted(Path(__file__).parent.glob("*.json"))


@pytest.fixture(params=FILES, ids=lambda path: path.stem)
def golden(request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(request.param.read_text(encoding="utf-8"))
    assert found["headers"]["ce_type"] == request.param.stem
    return found


def test_an_old_event_is_still_read_with_all_that_it_said(golden: dict[str, Any]) -> None:
    body = json.dumps(golden["body"]).encode()
    envelope = Envelope.read([(name, value.encode()) for name, value in golden["headers"].items()], body)
    event = EVENTS[envelope.type].model_validate_json(envelope.data)
    said_again = event.model_dump(mode="json")
    assert {name: said_again.get(name) for name in golden["body"]} == golden["body"]


def test_an_old_event_keeps_its_source_and_its_headers(golden: dict[str, Any]) -> None:
    headers = golden["headers"]
    assert EVENTS[headers["ce_type"]].source == headers["ce_source"]
    envelope = Envelope.read([(name, value.encode()) for name, value in headers.items()], b"{}")
    assert {name: value.decode() for name, value in envelope.headers()} | headers == headers


def test_every_event_has_a_golden_file() -> None:
    missing = sorted(EVENTS.keys() - {path.stem for path in FILES})
    assert not missing, "run: python -m deploy.catalogue --golden"


def test_no_event_was_ever_taken_away() -> None:
    assert sorted({path.stem for path in FILES} - EVENTS.keys()) == []


@pytest.mark.parametrize("type", EVENTS)
def test_an_example_fills_every_field(type: str) -> None:
    assert example(EVENTS[type])["body"].keys() == EVENTS[type].model_fields.keys()
