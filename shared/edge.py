"""The HTTP edge of every service: body limits, request metrics, and every refusal as problem+json."""

import logging
import time
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from shared import metrics
from shared.access import Forbidden
from shared.decision import Busy, Refusal
from shared.http import Problem
from shared.settings import Settings

log = logging.getLogger("nuanxin.http")
FILES = ("text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/octet-stream")


def problem(status: int, title: str, detail: str, **more: Any) -> JSONResponse:
    """RFC 9457."""
    body = {"type": "about:blank", "title": title, "status": status, "detail": detail, **more}
    headers = {"Retry-After": "1"} if status == 503 else {}
    return JSONResponse(body, status, headers, media_type="application/problem+json")


class Edge:
    """Counts and times requests by route template, and stops a body that is too large as it comes."""

    def __init__(self, app: ASGIApp, service: str, settings: Settings) -> None:
        self._app, self._service, self._settings = app, service, settings

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        began = time.perf_counter()
        status = 500
        headers = dict(scope["headers"])
        kind = headers.get(b"content-type", b"").split(b";")[0].decode("latin-1")
        most = self._settings.largest_file if kind in FILES else self._settings.largest_body
        length = headers.get(b"content-length", b"0")
        seen = 0

        async def limited() -> Message:
            nonlocal seen
            message = await receive()
            seen += len(message.get("body", b""))
            if seen > most:
                raise Problem(413, "too large", f"at most {most} bytes")
            return message

        async def noting(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
            await send(message)

        try:
            if length.isdigit() and int(length) > most:
                await problem(413, "too large", f"at most {most} bytes")(scope, receive, noting)
            else:
                await self._app(scope, limited, noting)
        finally:
            route = getattr(scope.get("route"), "path", "unmatched")
            observed = metrics.http_seconds.labels(self._service, scope["method"], route, str(status))
            observed.observe(time.perf_counter() - began)


def refusals(app: FastAPI) -> None:
    """Maps every error to its answer, once."""

    @app.exception_handler(Refusal)
    async def refused(request: Request, error: Refusal) -> JSONResponse:
        more = error.more if not isinstance(error, Busy) else {}
        return problem(error.status, error.title, error.detail, **more)

    @app.exception_handler(HTTPException)
    async def at_the_edge(request: Request, error: HTTPException) -> JSONResponse:
        if isinstance(error, Problem):
            return problem(error.status_code, error.title, str(error.detail), **error.more)
        return problem(error.status_code, "not possible", str(error.detail))

    @app.exception_handler(Forbidden)
    async def forbidden(request: Request, error: Forbidden) -> JSONResponse:
        return problem(403, "not yours to do", str(error))

    @app.exception_handler(RequestValidationError)
    async def malformed(request: Request, error: RequestValidationError) -> JSONResponse:
        errors = [
            {"field": ".".join(str(part) for part in found["loc"]), "message": found["msg"]} for found in error.errors()
        ]
        return problem(422, "not as it should be", "the request does not fit", errors=errors[:50])

    @app.exception_handler(Exception)
    async def broken(request: Request, error: Exception) -> JSONResponse:
        log.error("a request broke", exc_info=error, extra={"path": request.url.path})
        return problem(500, "our fault", "something broke; it has been logged")
