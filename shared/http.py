"""HTTP in: who asks, why, and within which areas; every refusal as problem+json.

A route takes a `Command` to change something or a `View` to look. A Command's cause is its
Idempotency-Key, scoped to account and route; both see only the actor's areas.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Annotated, Any, TypeVar

from fastapi import Depends, Header, Query, Request, Response
from pydantic import BaseModel, ConfigDict
from starlette.exceptions import HTTPException

from shared import access
from shared.access import Actor
from shared.causes import Ask, Cause, Guard
from shared.decision import Missing, State
from shared.desk import Desk, Page
from shared.privacy import Seals
from shared.store import Change, Store

S = TypeVar("S", bound=State)


class Problem(HTTPException):
    """An edge error: a request that never reached a rule."""

    def __init__(self, status: int, title: str, detail: str, **more: Any) -> None:
        super().__init__(status, detail)
        self.title, self.more = title, more


class Body(BaseModel):
    """A request's body: unknown fields are refused."""

    model_config = ConfigDict(extra="forbid", frozen=True, str_strip_whitespace=True, str_max_length=4000)


def actor(request: Request) -> Actor:
    """The one place where a request becomes an actor."""
    kind, _, token = request.headers.get("authorization", "").partition(" ")
    if kind.lower() != "bearer" or not token:
        raise Problem(401, "who are you", "send Authorization: Bearer <token>; `make token AS=…` mints one")
    if request.client is None or request.client.host not in ("127.0.0.1", "::1", "testclient"):
        raise Problem(401, "who are you", "development tokens are accepted from loopback only")
    try:
        return access.verify(request.app.state.token_key, token.strip())
    except access.Unknown as error:
        raise Problem(401, "who are you", str(error)) from error


Who = Annotated[Actor, Depends(actor)]


@dataclass(frozen=True)
class Command:
    """One wish to change something. `now` is the domain's time; `desk` and `seals` are the service's."""

    desk: Desk
    seals: Seals
    actor: Actor
    cause: Cause
    now: datetime
    if_match: int | None
    response: Response

    async def act(self, change: Change, acknowledge: type[S] | None = None) -> Any:
        """Writes one change and returns its state; sets ETag, and Idempotency-Replayed on a repeat."""
        outcome = await self.desk.act(change, self.cause, Guard(self.if_match, self.actor.scopes))
        self.response.headers["ETag"] = f'"{outcome.version}"'
        if outcome.repeated:
            self.response.headers["Idempotency-Replayed"] = "true"
        if outcome.state is None:
            raise Missing(f"{change.id} is gone")
        return outcome.state

    async def act_all(self, changes: list[Change]) -> list[Any]:
        """Writes several documents of one wish. They are not one transaction: each must make sense
        alone. Raises the first refusal; returns the states in order."""
        guard = Guard(None, self.actor.scopes)
        result = await self.desk.apply([Ask(self.cause, change, guard) for change in changes])
        for error in result.poison.values():
            raise error
        outcomes = [result.outcomes[self.cause.id, change.id] for change in changes]
        for outcome in outcomes:
            if outcome.refused is not None:
                raise outcome.refused
        if outcomes and all(outcome.repeated for outcome in outcomes):
            self.response.headers["Idempotency-Replayed"] = "true"
        return [outcome.state for outcome in outcomes]

    async def each(self, changes: Mapping[str, Change]) -> dict[str, str]:
        """Many changes with a result for each: name to `ok` or the refusal's words."""
        guard = Guard(None, self.actor.scopes)
        result = await self.desk.apply([Ask(self.cause, change, guard) for change in changes.values()])
        for error in result.poison.values():
            raise error
        return {
            name: refused.detail if (refused := result.outcomes[self.cause.id, change.id].refused) else "ok"
            for name, change in changes.items()
        }

    def within(self, area: str) -> str:
        """The area if the actor sees it. Raises Missing, as for an area that does not exist."""
        if not self.actor.sees(area):
            raise Missing("no such area")
        return area


async def command(
    request: Request,
    response: Response,
    who: Who,
    idempotency_key: Annotated[str | None, Header(max_length=200)] = None,
    if_match: Annotated[str | None, Header(max_length=40)] = None,
    traceparent: Annotated[str | None, Header(max_length=80)] = None,
) -> Command:
    if not idempotency_key:
        raise Problem(400, "no Idempotency-Key", "every write names its cause in an Idempotency-Key header")
    route = f"{request.method} {request.scope['route'].path}"
    cause = f"http/{who.id}/{route}/{idempotency_key}"
    app = request.app.state
    digest = app.seals.blind(f"{request.method} {request.url.path}?{request.url.query}\n" + await _told(request))
    return Command(
        desk=app.desk,
        seals=app.seals,
        actor=who,
        cause=Cause(cause, traceparent or _trace(cause), durable=False, digest=digest, actor=who.id),
        now=app.desk.clock.now(),
        if_match=_version(if_match),
        response=response,
    )


async def _told(request: Request) -> str:
    """The body as a digest; a streamed file is not read here, its own rows are its identity."""
    if request.headers.get("content-type", "").split(";")[0] != "application/json":
        return ""
    return sha256(await request.body()).hexdigest()


def _trace(cause: str) -> str:
    digest = sha256(cause.encode()).hexdigest()
    return f"00-{digest[:32]}-{digest[32:48]}-01"


def _version(if_match: str | None) -> int | None:
    if if_match is None:
        return None
    try:
        return int(if_match.strip().removeprefix("W/").strip('"'))
    except ValueError as error:
        raise Problem(400, "If-Match", "If-Match takes the version that ETag gave") from error


Wish = Annotated[Command, Depends(command)]


@dataclass(frozen=True)
class View:
    """A look within one area (and its actor's areas). `area` is the prefix that bounds every page."""

    desk: Desk
    seals: Seals
    actor: Actor
    area: str
    now: datetime

    async def get(self, store: Store[S], id: str, response: Response | None = None) -> S:
        """Raises Missing for what does not stand or lies elsewhere: the same answer for both."""
        state, version, scopes = await self.desk.get(store, id)
        if not set(scopes) & set(self.actor.scopes):
            raise Missing(f"no {id}")
        if response is not None:
            response.headers["ETag"] = f'"{version}"'
        return state

    async def page(
        self, store: Store[Any], where: Mapping[str, Any], order: str, after: Any = None, limit: int = 50
    ) -> Page:
        """A keyset page within the area; `order` is a field that sorts uniquely."""
        return await self.desk.page(store, {"scopes": self.area, **where}, order, after, limit)

    async def count(self, store: Store[Any], where: Mapping[str, Any], most: int = 10_000) -> int:
        return await self.desk.count(store, {"scopes": self.area, **where}, most)


async def view(
    request: Request,
    who: Who,
    area: Annotated[
        str | None, Query(max_length=50, description="an area code or zone; yours when you have one")
    ] = None,
) -> View:
    if area is None:
        if len(who.scopes) != 1:
            raise Problem(400, "which area", f"name one of your areas: {', '.join(who.scopes) or 'you have none'}")
        area = who.scopes[0]
    if not who.sees(area):
        raise Missing("no such area")
    app = request.app.state
    return View(app.desk, app.seals, who, area, app.desk.clock.now())


Look = Annotated[View, Depends(view)]
Limit = Annotated[int, Query(ge=1, le=200)]
After = Annotated[str | None, Query(max_length=300, description="`next` of the page before")]
