"""Asking the services over HTTP, as one actor, with errors that say what to do."""

import os
from types import TracebackType
from typing import Any, Self

import httpx

from deploy.tools.where import Place, chosen, running
from shared import access
from shared.access import Actor

PATIENCE = httpx.Timeout(5.0, connect=1.0)


class Unanswered(Exception):
    """A service is not there, or says no: the message says which and why."""


class City:
    """The services as they are asked for. TOKEN in the environment is used instead of a token of our own."""

    def __init__(self, http: httpx.Client, places: list[Place]) -> None:
        self._http = http
        self.places = places

    @classmethod
    def here(cls, who: Actor) -> "City":
        token = os.environ.get("TOKEN") or access.mint(chosen().token_key(), who)
        http = httpx.Client(headers={"Authorization": f"Bearer {token}"}, timeout=PATIENCE, trust_env=False)
        return cls(http, running())

    def __enter__(self) -> Self:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._http.close()

    def place(self, service: str) -> Place:
        found = next((place for place in self.places if place.service == service), None)
        if found is None:
            raise Unanswered(f"there is no service {service}; there are: {', '.join(p.name for p in self.places)}")
        return found

    def sent(self, place: Place, method: str, path: str, **what: Any) -> httpx.Response:
        """Any answer. Raises Unanswered when there is none."""
        try:
            return self._http.request(method, place.url + path, **what)
        except httpx.TransportError as error:
            raise Unanswered(f"nothing answers at {place.url} ({place.name}): make up, or see make status") from error

    def get(self, service: str, path: str, **asked: Any) -> Any:
        """The JSON of a good answer. Raises Unanswered with the service's own words otherwise."""
        params = {name: value for name, value in asked.items() if value is not None}
        return good(self.sent(self.place(service), "GET", path, params=params))

    def maybe(self, service: str, path: str, **asked: Any) -> Any:
        """As `get`, and None for what does not exist."""
        found = self.sent(self.place(service), "GET", path, params=asked)
        return None if found.status_code == httpx.codes.NOT_FOUND else good(found)


def good(answer: httpx.Response) -> Any:
    """Raises Unanswered with the problem's own words."""
    if answer.is_success:
        return answer.json()
    try:
        said = answer.json()
    except ValueError:
        said = {}
    words = said.get("detail") or answer.reason_phrase
    if answer.status_code == httpx.codes.UNAUTHORIZED:
        words += f": not one of the system whose data is {chosen().data}; see NUANXIN_DATA, or set TOKEN"
    raise Unanswered(f"{answer.request.method} {answer.request.url}: {answer.status_code} {words}")
