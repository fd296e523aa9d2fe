"""One client for everybody: each command until its answer is clear, with one Idempotency-Key for all its tries.

Every acknowledgement is a line of the file before the next command goes out.
"""

import asyncio
import json
import random
import time
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx

from shared import access
from shared.access import Actor

PATIENCE = 150.0
TIMEOUT = httpx.Timeout(6.0, connect=2.0)
LOOKED_AT = 0.1
"""The share of acknowledged commands whose writer looks at once, on any replica, whether they stand."""
ROLES = ("grid_worker", "dispatcher", "community_head")


class Over(Exception):
    """Enough was told: whoever works goes home."""


@dataclass(frozen=True)
class Plan:
    """`goal` commands at most `rate` a second, until the file `stop` is there too. `whole`: all services."""

    ports: dict[str, list[int]]
    goal: int
    rate: float
    people: int
    whole: bool
    town: str
    acks: str
    stop: str
    clock: str


class Teller:
    def __init__(self, plan: Plan, token_key: bytes) -> None:
        self.plan = plan
        self._key = token_key
        self._tokens: dict[str, str] = {}
        self._file = Path(plan.acks).open("a", buffering=1)  # noqa: SIM115 - a line for each answer, to the end
        self._stop = Path(plan.stop)
        self._http = httpx.AsyncClient(timeout=TIMEOUT, limits=httpx.Limits(max_connections=100))
        self._free_at = time.monotonic()
        self.told = 0

    async def tell(self, by: str, service: str, path: str, body: Any, says: list[str], about: str = "") -> Any:
        """The answer, or None for a refusal or no clear answer. `says`: the events that this command leads
        to; `about`: the document, where the path does not begin one."""
        await self._turn()
        key = uuid4().hex
        row: dict[str, Any] = {"key": key, "by": by, "service": service, "path": path, "says": says, "about": about}
        self._note(what="sent", **row)
        began, tries = time.monotonic(), 0
        while time.monotonic() - began < PATIENCE:
            port = random.choice(self.plan.ports[service])
            answer = await self._once("POST", port, path, by, key, body)
            tries += 1
            if answer is None:
                await asyncio.sleep(min(0.1 * 2**tries, 1.5) * random.uniform(0.5, 1))
                continue
            return await self._answered(answer, row, port, tries)
        self._note(what="gave up", **row, tries=tries)
        return None

    async def ask(self, by: str, service: str, path: str) -> Any:
        """A look: the answer, or None where there is none."""
        for _ in range(10):
            answer = await self._once("GET", random.choice(self.plan.ports[service]), path, by, None, None)
            if answer is not None:
                return answer.json() if answer.status_code < 400 else None
            await asyncio.sleep(0.3)
        return None

    async def _answered(self, answer: httpx.Response, row: dict[str, Any], port: int, tries: int) -> Any:
        if answer.status_code >= 400:
            self._note(what="refused", **row, status=answer.status_code, detail=answer.text[:200], tries=tries)
            return None
        self.told += 1
        told = answer.json()
        found = [each["hazard_id"] for each in told.get("hazards", ())]
        replayed = answer.headers.get("Idempotency-Replayed") == "true"
        row = {**row, "about": row["about"] or told["id"], "hazards": found, "replayed": replayed}
        self._note(what="ack", **row, port=port, tries=tries)
        if random.random() < LOOKED_AT and row["about"].startswith(("hazard-", "task-")):
            await self._look(row)
        return told

    async def _look(self, row: dict[str, Any]) -> None:
        """On any replica, at once and once: what was acknowledged stands in the document's history."""
        kind = "hazards" if row["about"].startswith("hazard-") else "tasks"
        seen = await self.ask(row["by"], row["service"], f"/{kind}/{row['about']}")
        if seen is None:
            return self._note(what="unseen", key=row["key"])
        steps = [step["what"] for step in seen.get("history", seen.get("steps", ()))]
        stands = all(said in steps or said.removeprefix("task-") in steps for said in row["says"])
        return self._note(what="looked", key=row["key"], about=row["about"], says=row["says"], stands=stands)

    async def _once(
        self, method: str, port: int, path: str, by: str, key: str | None, body: Any
    ) -> httpx.Response | None:
        """None: not now, or not clear."""
        headers = {"Authorization": f"Bearer {self._token(by)}", **({"Idempotency-Key": key} if key else {})}
        try:
            url = f"http://127.0.0.1:{port}{path}"
            answer = await self._http.request(method, url, json=body if method == "POST" else None, headers=headers)
        except httpx.TransportError:
            return None
        if answer.status_code >= 500:
            if answer.status_code != 503:
                self._note(what="fault", path=path, status=answer.status_code, detail=answer.text[:200])
            return None
        return answer

    async def _turn(self) -> None:
        if self.told >= self.plan.goal and self._stop.exists():
            raise Over
        self._free_at = max(time.monotonic(), self._free_at + 1 / self.plan.rate)
        await asyncio.sleep(self._free_at - time.monotonic())

    def _token(self, by: str) -> str:
        if by not in self._tokens:
            self._tokens[by] = access.mint(self._key, Actor(by, ROLES, ("4203",)))
        return self._tokens[by]

    def _note(self, **row: Any) -> None:
        self._file.write(json.dumps({**row, "at": time.time()}) + "\n")
