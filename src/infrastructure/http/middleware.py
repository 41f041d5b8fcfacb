"""What every request passes through: plain ASGI, since a wrapper around responses costs ten times as much."""

from __future__ import annotations

import asyncio
import re
import time
import uuid
from collections.abc import Callable
from http import HTTPStatus

import structlog
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from infrastructure.http.problems import Problem, problem_of, response_of

_log = structlog.get_logger()

_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{1,64}")

OnRequest = Callable[[str, str, int, float], None]
"""Hears of a request that has ended: its method, its route's pattern (empty where none fits), the
status of its answer (0 where there was none), and the seconds it took."""

# For answers that are data. Pages bring their own policy.
_HEADERS = {
    "Content-Security-Policy": "default-src 'none'; frame-ancestors 'none'",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
    "Cache-Control": "no-store",
}


class RequestEdge:
    """Names each request, adds the headers that all answers carry, and turns a crash into a problem.

    A caller's own X-Request-ID is kept if it looks like an id, and replaced otherwise.
    """

    def __init__(self, app: ASGIApp, *, on_request: OnRequest | None = None) -> None:
        self._app = app
        self._on_request = on_request

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request_id = _request_id(scope)
        began = time.perf_counter()
        status = 0

        async def send_named(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                headers = MutableHeaders(scope=message)
                headers["X-Request-ID"] = request_id
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        with structlog.contextvars.bound_contextvars(request_id=request_id):
            try:
                await self._app(scope, receive, send_named)
            except Exception as error:  # noqa: BLE001 the outermost edge of a request
                if not isinstance(error, Problem):
                    _log.exception("request.failed", method=scope["method"], route=_route(scope))
                if not status:
                    await response_of(problem_of(error))(scope, receive, send_named)
            finally:
                if self._on_request is not None:
                    took_s = time.perf_counter() - began
                    self._on_request(scope["method"], _route(scope), status, took_s)
            if status >= HTTPStatus.BAD_REQUEST:
                _log.info(
                    "request.refused",
                    method=scope["method"],
                    route=_route(scope),
                    status=status,
                    duration_ms=round((time.perf_counter() - began) * 1000, 1),
                )


def _request_id(scope: Scope) -> str:
    given = Headers(scope=scope).getlist("x-request-id")
    if len(given) == 1 and _REQUEST_ID.fullmatch(given[0]):
        return given[0]
    return uuid.uuid4().hex


def _route(scope: Scope) -> str:
    """The route's pattern, never the path itself: that may hold a booking's code."""
    return getattr(scope.get("route"), "path", "")


class BodyLimits:
    """Reads no body beyond a size and waits no longer than a time for all of it."""

    def __init__(self, app: ASGIApp, *, max_bytes: int, timeout_s: float) -> None:
        self._app = app
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        body = _LimitedBody(receive, self._max_bytes, self._timeout_s)
        declared = Headers(scope=scope).get("content-length", "")
        if declared.isdigit() and int(declared) > self._max_bytes:
            await response_of(_too_large(self._max_bytes))(scope, receive, send)
            return
        await self._app(scope, body.receive, send)


class _LimitedBody:
    """One request's `receive`, watched until the body's end and then left alone."""

    def __init__(self, receive: Receive, max_bytes: int, timeout_s: float) -> None:
        self._receive = receive
        self._max_bytes = max_bytes
        self._timeout_s = timeout_s
        self._deadline = 0.0
        self._size = 0
        self._ended = False

    async def receive(self) -> Message:
        if self._ended:
            return await self._receive()
        loop = asyncio.get_running_loop()
        self._deadline = self._deadline or loop.time() + self._timeout_s
        try:
            async with asyncio.timeout_at(self._deadline):
                message = await self._receive()
        except TimeoutError as error:
            raise Problem(
                HTTPStatus.REQUEST_TIMEOUT,
                "body_too_slow",
                f"The body did not arrive within {self._timeout_s:g} seconds.",
                headers={"Connection": "close"},
            ) from error
        self._count(message)
        return message

    def _count(self, message: Message) -> None:
        self._size += len(message.get("body", b""))
        self._ended = not message.get("more_body", False)
        if self._size > self._max_bytes:
            raise _too_large(self._max_bytes)


def _too_large(max_bytes: int) -> Problem:
    return Problem(
        HTTPStatus.REQUEST_ENTITY_TOO_LARGE,
        "body_too_large",
        f"A body may have at most {max_bytes} bytes.",
    )
