"""A service's real routes over the fake store: what a request answers, without engines."""

from collections.abc import Sequence
from typing import Any
from uuid import uuid4

import httpx
from cryptography.fernet import Fernet
from fastapi import APIRouter
from fastapi.testclient import TestClient

from shared import access
from shared.access import Actor
from shared.ops import Health
from shared.parked import Parked
from shared.privacy import Seals
from shared.reactions import Reactions
from shared.running import Blueprint
from shared.service import bare
from shared.store import Store
from shared.testing.memory import MemoryRows
from shared.testing.scenario import Scenario

KEY = b"a-key-that-only-tests-use-0123456789"


class Client:
    """Requests of one actor against a scenario's documents. Writes get a fresh Idempotency-Key unless
    a test gives one with `key=`."""

    def __init__(self, http: TestClient, actor: Actor) -> None:
        self._http = http
        self.headers = {"Authorization": f"Bearer {access.mint(KEY, actor)}"}

    def get(self, path: str, **params: Any) -> httpx.Response:
        return self._sent("GET", path, params=params, headers=self.headers)

    def post(self, path: str, body: Any = None, *, key: str | None = None, **headers: str) -> httpx.Response:
        return self.write("POST", path, body, key=key, **headers)

    def write(
        self, method: str, path: str, body: Any = None, *, key: str | None = None, **headers: str
    ) -> httpx.Response:
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        all_headers = {**self.headers, "Idempotency-Key": key or uuid4().hex, **named}
        if isinstance(body, bytes):
            return self._sent(method, path, content=body, headers=all_headers)
        return self._sent(method, path, json=body if body is not None else {}, headers=all_headers)

    def _sent(self, method: str, path: str, **what: Any) -> httpx.Response:
        answer: httpx.Response = self._http.request(method, path, **what)
        return answer


class Served:
    """`Served("dispatch", scenario, [router])`; `as_("W0001", "dispatcher", scopes=("4203",))`."""

    def __init__(self, name: str, scenario: Scenario, api: Sequence[APIRouter], on: Reactions | None = None) -> None:
        stores: Sequence[Store[Any]] = scenario.stores
        app = bare(Blueprint(name, stores, on or scenario.on), api)
        app.state.desk = scenario.desk
        self.seals = app.state.seals = Seals(Fernet.generate_key())
        app.state.parked = Parked(name, MemoryRows(), scenario.clock)
        app.state.token_key, app.state.consumer = KEY, None
        app.state.health = lambda: Health(store=True, kafka=True)
        self.app = app
        self._http = TestClient(app, raise_server_exceptions=False)

    def as_(self, id: str, *roles: str, scopes: tuple[str, ...] = ("4203",)) -> Client:
        return Client(self._http, Actor(id, roles or ("dispatcher",), scopes))
