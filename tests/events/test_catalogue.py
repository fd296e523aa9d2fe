"""The generated documents: every event is in them, every reference in them leads somewhere."""

from collections.abc import Iterator
from functools import cache
from typing import Any

import yaml

from deploy.catalogue.__main__ import stale
from deploy.catalogue.asyncapi import document
from deploy.catalogue.facts import Fact, facts
from deploy.catalogue.page import page
from deploy.embedded.places import ROOT
from shared.events import EVENTS, SOURCES


@cache
def known() -> list[Fact]:
    return facts()


@cache
def asyncapi() -> dict[str, Any]:
    found: dict[str, Any] = yaml.safe_load(document(known()))
    return found


def references(part: Any) -> Iterator[str]:
    if isinstance(part, dict):
        if "$ref" in part:
            yield part["$ref"]
        for value in part.values():
            yield from references(value)
    elif isinstance(part, list):
        for value in part:
            yield from references(value)


def followed(reference: str) -> Any:
    part: Any = asyncapi()
    for step in reference.removeprefix("#/").split("/"):
        part = part[step]
    return part


def test_every_event_stands_in_both_documents() -> None:
    written = page(known())
    assert asyncapi()["components"]["messages"].keys() == EVENTS.keys()
    assert [type for type in EVENTS if f"### {type}\n" not in written] == []


def test_every_reference_leads_somewhere() -> None:
    assert all(followed(reference) for reference in references(asyncapi()))


def test_a_channel_is_a_topic_and_carries_what_its_source_states() -> None:
    channels = asyncapi()["channels"]
    assert [channel["address"] for channel in channels.values()] == [f"nuanxin.{source}" for source in SOURCES]
    for source, channel in channels.items():
        assert set(channel["messages"]) == {type for type, event in EVENTS.items() if event.source == source}


def test_operations_take_their_messages_from_their_own_channel() -> None:
    for operation in asyncapi()["operations"].values():
        assert operation["action"] in ("send", "receive")
        channel = operation["channel"]["$ref"]
        assert all(message["$ref"].startswith(f"{channel}/messages/") for message in operation["messages"])


def test_the_document_has_what_version_three_asks_for() -> None:
    found = asyncapi()
    assert found["asyncapi"] == "3.0.0"
    assert {"title", "version"} <= found["info"].keys()
    for message in found["components"]["messages"].values():
        assert message["payload"]["type"] == "object"
        assert message["headers"]["allOf"][1]["properties"]["ce_type"]["const"] == message["name"]


def test_words_of_the_code_reach_the_documents() -> None:
    payload = asyncapi()["components"]["messages"]["visit-due"]["payload"]
    assert "calendar day" in payload["properties"]["day"]["description"]
    assert "| `due_ids` | list of text | must be there |" in page(known())


def test_a_change_makes_the_files_stale() -> None:
    path = ROOT / "docs" / "events.md"
    assert stale({path: path.read_text(encoding="utf-8") + "one more field"}) == ["docs/events.md"]
