"""The way out: Apprise, by the URLs that the operator configured for each channel.

`NUANXIN_APPRISE_URLS_FILE` is JSON, channel to URL: `{"sms": "json://gateway/send/{address}"}`. `{address}`
is the recipient's, `{message}` the message's id, for a gateway that can tell a repeat.
"""

import asyncio
import json
import logging
import time
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import get_args
from urllib.parse import quote

import apprise

from services.notification.domain.message import Answer
from shared.events.notification import Channel

CONNECT_SECONDS = 3.0
READ_SECONDS = 6.0
CALL_SECONDS = 10.0
THREADS = 32
NEVER_LEFT = (
    "NewConnectionError",
    "ConnectTimeoutError",
    "NameResolutionError",
    "Connection refused",
    "Name or service not known",
)
"""What the socket says when nothing can have been sent yet."""

# Why a call failed is only in Apprise's debug log, which also holds addresses: each result captures its
# own entries, and none of them goes on to ours.
_said = logging.getLogger("apprise")
_said.setLevel(logging.DEBUG)
_said.propagate = False
_said.addHandler(logging.NullHandler())
logging.getLogger("urllib3").setLevel(logging.ERROR)  # it would name the path, and the address in it


class Misconfigured(ValueError):
    """The file of URLs cannot be used; the service must not start as if there were none."""


class Gateway:
    """`usable` are the channels that have a URL; without any, only the inbox exists."""

    def __init__(self, urls: Mapping[str, str], call_seconds: float = CALL_SECONDS) -> None:
        for channel, url in urls.items():
            _check(channel, url)
        self._urls = dict(urls)
        self.usable = frozenset(urls)
        self.call_seconds = call_seconds
        self._threads = ThreadPoolExecutor(THREADS, "gateway")

    @classmethod
    def configured(cls, file: Path | None) -> "Gateway":
        """Raises Misconfigured."""
        if file is None:
            return cls({})
        try:
            urls = json.loads(file.read_text())
        except (OSError, ValueError) as error:
            raise Misconfigured(f"{file} cannot be read as JSON: {error}") from error
        if not isinstance(urls, dict) or not all(isinstance(url, str) for url in urls.values()):
            raise Misconfigured(f"{file} must be an object of channel to URL")
        return cls(urls)

    async def send(self, channel: str, address: str, message_id: str, text: tuple[str, str], budget: float) -> Answer:
        """One call. `budget`: seconds until the lease ends; it is looked at just before the call."""
        url = self._urls[channel].replace("{address}", quote(address, safe=""))
        latest = time.monotonic() + budget - self.call_seconds
        call = self._threads.submit(self._call, url.replace("{message}", message_id), text, latest)
        try:
            return await asyncio.wait_for(asyncio.wrap_future(call), self.call_seconds)
        except TimeoutError:
            if call.cancel() or call.cancelled():
                return Answer(outcome="not-called", reason="no thread was free")
            return Answer(outcome="unclear", reason="no answer in time")

    def _call(self, url: str, text: tuple[str, str], latest: float) -> Answer:
        if time.monotonic() > latest:
            return Answer(outcome="not-called", reason="the lease was nearly over")
        service = _service(url, min(READ_SECONDS, self.call_seconds))
        if service is None:
            return Answer(outcome="refused", reason="the configured URL and this address do not fit together")
        one = apprise.Apprise()
        one.add(service)
        result = one.notify(title=text[0], body=text[1], body_format=apprise.NotifyFormat.TEXT, log_level=logging.DEBUG)
        return _answer(result)

    def close(self) -> None:
        self._threads.shutdown(wait=False, cancel_futures=True)


def _check(channel: str, url: str) -> None:
    if channel not in get_args(Channel) or channel == "inbox":
        raise Misconfigured(f"{channel!r} is no channel that goes out: sms, app, email")
    if "{address}" not in url:
        raise Misconfigured(f"the URL of {channel} must say where {{address}} goes")
    if _service(url.replace("{address}", "10000000000").replace("{message}", "m"), READ_SECONDS) is None:
        raise Misconfigured(f"Apprise cannot use the URL of {channel}")


def _service(url: str, read_seconds: float) -> apprise.NotifyBase | None:
    """A time-out of Apprise's own would send from a pool of a few threads, where a call can wait unmade."""
    asset = apprise.AppriseAsset(async_mode=False, storage_mode="memory", service_timeout=0)
    service = apprise.Apprise.instantiate(url, asset=asset)
    if service is not None:
        service.socket_connect_timeout, service.socket_read_timeout = CONNECT_SECONDS, read_seconds
        service.retry = 0  # a try more would be one that nobody counts
    return service


def _answer(result: apprise.AppriseResult) -> Answer:
    """A refusal in so many words is clear; a socket that broke after it was open is not."""
    if result:
        return Answer(outcome="sent")
    said = [entry.message for entry in result.logs()]
    broken = " ".join(line for line in said if "Socket Exception" in line or "Connection error" in line)
    if result.status == apprise.AppriseResultStatus.TIMEOUT:
        return Answer(outcome="unclear", reason="no answer in time")
    if broken and not any(sign in broken for sign in NEVER_LEFT):
        return Answer(outcome="unclear", reason="the connection broke")
    return Answer(outcome="refused", reason="the gateway could not be reached" if broken else _refusal(said))


def _refusal(said: list[str]) -> str:
    """The error number alone: texts of a gateway may repeat the address."""
    number = next((line.rsplit("error=", 1)[1] for line in said if "error=" in line), "")
    code = "".join(letter for letter in number if letter.isdigit())[:5]
    return f"refused by the gateway ({code})" if code else "refused by the gateway"
