"""What is done to the city: each fault by its name, one coroutine each. All write down what they injected."""

import asyncio
import json
import os
import signal
import time
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import uuid4

from aiokafka import AIOKafkaConsumer

from shared import clock
from tests.faults import log
from tests.faults.ground import PEER, City

Headers = list[tuple[str, bytes]]


class Harm:
    """`injected` gets a line for every record that no service said."""

    def __init__(self, city: City, injected: Path) -> None:
        self._city = city
        self._injected = injected
        injected.touch()

    async def kill(self, name: str, how: signal.Signals = signal.SIGKILL) -> float:
        """Returns when (seconds since 1970) the supervisor has started it again."""
        under = self._city.under(name)
        while not (row := under.rows[name]).pid:
            await asyncio.sleep(0.05)
        os.kill(row.pid, how)
        while (now := under.rows[name]).restarts <= row.restarts or not now.pid:
            await asyncio.sleep(0.02)
        return time.time()

    async def away(self, name: str, seconds: float) -> float:
        """Killed as often as it comes back, for that long: beyond every retry of a driver."""
        end, back = time.monotonic() + seconds, 0.0
        while time.monotonic() < end:
            back = await self.kill(name)
        return back

    async def freeze(self, name: str, seconds: float) -> float:
        """Stopped past its session, and resumed with a batch in hand. Returns when it was resumed."""
        pid = self._city.under(name).rows[name].pid
        os.kill(pid, signal.SIGSTOP)
        await asyncio.sleep(seconds)
        os.kill(pid, signal.SIGCONT)
        return time.time()

    async def kill_peer(self) -> None:
        if self._city.wanted.peer:
            await self.kill(PEER)

    async def jump(self, minutes: float) -> None:
        """The development clock goes forward: alarms of these minutes ring at once."""
        clock.shift(self._city.clock_file, forward=timedelta(minutes=minutes))

    async def stranger(self, service: str, seconds: float) -> None:
        """Somebody joins the group, takes partitions, hears nothing, and goes: two rebalances."""
        topics = list(self._city.topics.values())
        kafka, group = self._city.kafka, self._city.groups[service]
        consumer = await log.started(
            lambda: AIOKafkaConsumer(*topics, bootstrap_servers=kafka, group_id=group, enable_auto_commit=False)
        )
        try:
            await asyncio.sleep(seconds)
        finally:
            await consumer.stop()

    async def twins(self, service: str, most: int, newest: bool = True) -> None:
        """Records of a topic once more, half of them with a field that nobody knows yet."""
        topic = self._city.topics[service]
        found = [raw for raw in await log.records(self._city.kafka, topic, most, newest) if _ours(raw)]
        sent = [(raw.key, _newer(raw.value) if n % 2 else raw.value, list(raw.headers)) for n, raw in enumerate(found)]
        await self._send(topic, "twin", sent)

    async def poison(self, service: str, count: int, in_a_row: bool = False) -> None:
        """No CloudEvent at all, a body that does not parse, and one that does not fit, in turn."""
        bad: list[tuple[bytes, bytes, Headers]] = []
        for number in range(count):
            key = b"poison" if in_a_row else uuid4().hex.encode()
            headers = _headers(service, "hazard-found", f"poison-{uuid4().hex}")
            kinds: list[tuple[bytes, bytes, Headers]] = [
                (key, b"{}", headers[:3]),
                (key, b"\xff not json", headers),
                (key, b'{"at": "yesterday"}', headers),
            ]
            bad.append(kinds[number % 3])
        await self._send(self._city.topics[service], "poison", bad)

    async def unknown(self, service: str, count: int) -> None:
        """Well-formed events of a type from the future."""
        told = [
            (key.encode(), b'{"at": "2026-02-02T01:00:00Z", "song": 1}', _headers(service, "hazard-sung", key))
            for key in (f"song-{uuid4().hex}" for _ in range(count))
        ]
        await self._send(self._city.topics[service], "unknown", told)

    async def _send(self, topic: str, kind: str, told: Sequence[tuple[bytes | None, bytes, Headers]]) -> None:
        async with log.sender(self._city.kafka) as out:
            sent = [await out.send(topic, value, key=key, headers=headers) for key, value, headers in told]
            placed = await asyncio.gather(*sent)
        with self._injected.open("a") as file:
            for at in placed:
                row: dict[str, Any] = {"topic": at.topic, "partition": at.partition, "offset": at.offset, "kind": kind}
                file.write(json.dumps(row) + "\n")


def _ours(raw: Any) -> bool:
    """Not what was injected before: a twin of poison would be counted as a fact."""
    id = dict(raw.headers).get("ce_id", b"")
    return bool(id) and not id.startswith((b"poison", b"song"))


def _newer(value: bytes) -> bytes:
    return json.dumps({**json.loads(value), "of_a_later_release": True}).encode()


def _headers(service: str, kind: str, subject: str) -> Headers:
    said = {
        "ce_specversion": "1.0",
        "ce_id": f"{subject}#1",
        "ce_type": kind,
        "ce_source": service,
        "ce_subject": subject,
        "ce_time": "2026-02-02T01:00:00.000Z",
        "ce_sequence": "1",
        "ce_causationid": f"injected/{subject}",
        "traceparent": "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        "content-type": "application/json",
    }
    return [(name, value.encode()) for name, value in said.items()]
