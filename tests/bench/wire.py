"""A client that costs little: HTTP/1.1 over one kept connection, so that the service is what is measured."""

import asyncio
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Request:
    """Ready to be sent: head and body as bytes."""

    raw: bytes


def get(path: str, token: str = "") -> Request:
    return _request("GET", path, token, b"")


def post(path: str, body: Any, token: str = "", key: str = "") -> Request:
    return _request("POST", path, token, json.dumps(body, ensure_ascii=False).encode(), key)


def _request(method: str, path: str, token: str, body: bytes, key: str = "") -> Request:
    lines = [f"{method} {path} HTTP/1.1", "Host: bench", f"Content-Length: {len(body)}"]
    lines += [f"Authorization: Bearer {token}"] if token else []
    lines += ["Content-Type: application/json"] if body else []
    lines += [f"Idempotency-Key: {key}"] if key else []
    return Request("\r\n".join(lines).encode() + b"\r\n\r\n" + body)


class Refused(Exception):
    """An answer that is not a 2xx."""

    def __init__(self, status: int, words: str) -> None:
        super().__init__(words)
        self.status = status


class Wire:
    """One connection. Every answer must be a 2xx: a fast refusal is no speed."""

    def __init__(self, port: int) -> None:
        self._port = port

    async def __aenter__(self) -> Self:
        self._reader, self._writer = await asyncio.open_connection("127.0.0.1", self._port)
        return self

    async def __aexit__(self, *error: object) -> None:
        self._writer.close()

    async def ask(self, request: Request) -> bytes:
        self._writer.write(request.raw)
        head = await self._reader.readuntil(b"\r\n\r\n")
        length = int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0])
        body = await self._reader.readexactly(length)
        if not head.startswith(b"HTTP/1.1 2"):
            raise Refused(int(head[9:12]), f"{request.raw[:80]!r} was answered {head[:30]!r}: {body[:300]!r}")
        return body


async def drive(port: int, requests: Sequence[Request], connections: int) -> None:
    """All requests, over that many connections at once."""
    waiting = iter(requests)

    async def keep_asking() -> None:
        async with Wire(port) as wire:
            for request in waiting:
                await wire.ask(request)

    await asyncio.gather(*(keep_asking() for _ in range(connections)))
