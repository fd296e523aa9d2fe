"""What Apprise's answers mean: sent, refused, or unclear; and what a file of URLs must be."""

import asyncio
import json
from pathlib import Path

import pytest

from services.notification.sending.gateway import Gateway, Misconfigured
from services.notification.sending.sender import AT_ONCE
from shared.testing.scenario import run
from tests.notification.gateway import Log, Reply, until

TEXT = ("标题", "正文")


def call(gateway: Gateway, address: str = "13800000001", budget: float = 30) -> tuple[str, str]:
    answer = run(gateway.send("sms", address, "message-1", TEXT, budget))
    return answer.outcome, answer.reason


@pytest.mark.parametrize(
    ("reply", "outcome", "reason"),
    [
        ("ok", "sent", ""),
        ("500", "refused", "refused by the gateway (500)"),
        ("cut", "unclear", "the connection broke"),
        ("hang", "unclear", ""),
    ],
)
def test_an_answer_is_clear_only_when_the_gateway_said_so(log: Log, reply: Reply, outcome: str, reason: str) -> None:
    log.next.append(reply)
    answered = call(log.gateway("sms", call_seconds=0.4))
    assert answered[0] == outcome
    assert reason in answered[1]
    assert log.calls == [("sms", "13800000001", "message-1")]


def test_a_gateway_that_cannot_be_reached_has_certainly_not_sent() -> None:
    assert call(Gateway({"sms": "json://127.0.0.1:1/{address}"})) == ("refused", "the gateway could not be reached")


def test_the_lease_is_looked_at_just_before_the_call(log: Log) -> None:
    assert call(log.gateway("sms"), budget=1) == ("not-called", "the lease was nearly over")
    assert log.calls == []


def test_an_address_cannot_break_out_of_its_place_in_the_url(log: Log) -> None:
    call(log.gateway("sms"), address="a/../../b?x=1&rto=99#y")
    assert log.calls[0][0] == "sms"


def test_a_retry_in_the_url_makes_no_call_that_nobody_counts(log: Log) -> None:
    log.always = "500"
    call(Gateway({"sms": f"json://127.0.0.1:{log.port}/sms/{{address}}?retry=5&+X-Message=m"}))
    assert len(log.calls) == 1


@pytest.mark.parametrize(
    "urls",
    [
        {"pigeon": "json://h/{address}"},
        {"inbox": "json://h/{address}"},
        {"sms": "json://h/all"},
        {"sms": "nonsense://{address}"},
        ["json://h/{address}"],
        {"sms": 7},
    ],
)
def test_a_file_of_urls_that_cannot_be_used_stops_the_service(tmp_path: Path, urls: object) -> None:
    file = tmp_path / "urls.json"
    file.write_text(json.dumps(urls))
    with pytest.raises(Misconfigured):
        Gateway.configured(file)


def test_without_a_file_only_the_inbox_exists(tmp_path: Path) -> None:
    assert Gateway.configured(None).usable == frozenset()
    with pytest.raises(Misconfigured):
        Gateway.configured(tmp_path / "missing.json")


def test_as_many_calls_as_are_wanted_are_made_at_once(log: Log) -> None:
    log.always = "hang"
    gateway = log.gateway("sms", call_seconds=5)

    async def all_in_the_air() -> None:
        sending = [asyncio.create_task(gateway.send("sms", f"1380000{n}", f"m-{n}", TEXT, 30)) for n in range(AT_ONCE)]
        await until(lambda: len(log.calls) == AT_ONCE, within=4)
        log.released.set()
        await asyncio.gather(*sending)

    run(all_in_the_air())
