"""Speaking to the services as one of the city's people: signed, with a cause for every write."""

import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import httpx

from shared import access, topology
from shared.access import Actor
from shared.settings import settings

T = TypeVar("T")
WAIT = 60.0


class Unexpected(Exception):
    """A service answered otherwise than the story needs; `answer` is its problem+json."""

    def __init__(self, what: str, answer: dict[str, Any]) -> None:
        super().__init__(f"{what}: {answer.get('detail', answer)}")
        self.answer = answer


@dataclass
class Talk:
    """One person's requests. `of` makes the same for another person."""

    actor: Actor
    http: httpx.Client = field(default_factory=lambda: httpx.Client(timeout=60))

    def of(self, id: str, *roles: str, areas: tuple[str, ...] = ("4203",)) -> "Talk":
        return Talk(Actor(id, roles, areas), self.http)

    def get(self, service: str, path: str, **params: Any) -> Any:
        return self._answer("GET", service, path, params={k: v for k, v in params.items() if v is not None})

    def post(self, service: str, path: str, body: Any = None, **params: Any) -> Any:
        return self._answer("POST", service, path, json=body if body is not None else {}, params=params)

    def put(self, service: str, path: str, body: Any) -> Any:
        return self._answer("PUT", service, path, json=body)

    def refused(self, service: str, path: str, body: Any = None) -> dict[str, Any]:
        """The refusal that the story expects, as problem+json."""
        try:
            self.post(service, path, body)
        except Unexpected as refusal:
            return refusal.answer
        raise Unexpected(f"POST {path} was not refused", {})

    def send_file(self, service: str, path: str, file: Path) -> Iterator[dict[str, Any]]:
        """Uploads a table; yields the lines of its progress."""
        headers = {**self._headers(), "Content-Type": "text/csv"}
        with (
            file.open("rb") as content,
            self.http.stream("POST", _url(service, path), content=content, headers=headers, timeout=600) as answer,
        ):
            if answer.status_code >= 400:
                answer.read()
                raise Unexpected(f"POST {path}", _problem(answer))
            for line in answer.iter_lines():
                if line.strip():
                    yield httpx.Response(200, content=line).json()

    def until(self, look: Callable[[], T], wanted: Callable[[T], object], what: str, within: float = WAIT) -> T:
        """Looks again and again until it is as wanted. Raises Unexpected when it takes too long."""
        end = time.monotonic() + within
        while True:
            seen = look()
            if wanted(seen):
                return seen
            if time.monotonic() > end:
                raise Unexpected(f"{what} did not come within {within:.0f} s", {"detail": str(seen)[:300]})
            time.sleep(0.05)

    def _headers(self) -> dict[str, str]:
        token = access.mint(settings().token_key(), self.actor)
        return {"Authorization": f"Bearer {token}", "Idempotency-Key": uuid4().hex}

    def _answer(self, method: str, service: str, path: str, **what: Any) -> Any:
        answer = self.http.request(method, _url(service, path), headers=self._headers(), **what)
        if answer.status_code >= 400:
            raise Unexpected(f"{method} {path}", _problem(answer))
        return answer.json()


def _url(service: str, path: str) -> str:
    return f"http://127.0.0.1:{topology.ports()[service]}{path}"


def _problem(answer: httpx.Response) -> dict[str, Any]:
    try:
        found: dict[str, Any] = answer.json()
    except ValueError:
        found = {"detail": answer.text[:300]}
    return {"status": answer.status_code, **found}
