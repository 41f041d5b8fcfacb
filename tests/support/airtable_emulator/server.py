"""The wire: requests in, latency and faults around them, answers or broken connections out."""

from __future__ import annotations

import asyncio
import math
import random
import socket
import struct
import time
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from tests.support.airtable_emulator import errors, wire
from tests.support.airtable_emulator.api import Api, Call, base_id, kind
from tests.support.airtable_emulator.control import PREFIX, ControlApi
from tests.support.airtable_emulator.emulator import Emulator, Latency, Logged
from tests.support.airtable_emulator.errors import ApiError
from tests.support.airtable_emulator.faults import Fault
from tests.support.airtable_emulator.wire import Request, Response

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

_BEFORE = {
    Fault.RESET_BEFORE,
    Fault.ERROR_500_BEFORE,
    Fault.ERROR_502_BEFORE,
    Fault.ERROR_503_BEFORE,
    Fault.RATE_LIMIT,
    Fault.QUOTA,
}


class Reset(Exception):
    """The connection is to be reset instead of answered."""


class Server:
    """An ASGI application, run by uvicorn alone: a reset needs its transport."""

    def __init__(self, emulator: Emulator, control: ControlApi) -> None:
        self._emulator = emulator
        self._api = Api(emulator)
        self._control = control
        self._latencies = _Latencies()

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            raise NotImplementedError(scope["type"])
        request = await _request(scope, receive)
        if request.segments[0] == PREFIX:
            await _respond(send, await self._control.answer(request))
            return
        try:
            response, fault = await self._answer(request)
        except Reset:
            await _reset(receive)
            return
        if fault is Fault.TRUNCATED:
            await _respond_half(send, receive, response)
        else:
            await _respond(send, response)

    async def _answer(self, request: Request) -> tuple[Response, Fault | None]:
        """Raises: Reset."""
        began, began_cpu = time.perf_counter(), time.process_time()
        log = self._emulator.requests
        status, fault = 0, None
        try:
            call = self._api.admit(request)
            fault = self._emulator.faults.for_request(request)
            latency_s = self._latencies.next(self._emulator.latency)
            log.cpu_s += time.process_time() - began_cpu
            response = await self._carried_out(call, fault, latency_s)
            status = response.status
        except ApiError as error:
            response = wire.refusal(error)
            status = response.status
        finally:
            took_ms = (time.perf_counter() - began) * 1000
            base = base_id(list(request.segments[1:]))
            at_s = self._emulator.clock.seconds()
            logged = Logged(at_s, request.method, request.raw_path, status, fault, base, took_ms)
            log.add(logged, kind(request))
        return response, fault

    async def _carried_out(self, call: Call, fault: Fault | None, latency_s: float) -> Response:
        await _pass(latency_s / 2)
        if fault in _BEFORE:
            return self._spoilt(fault, call)
        response = self._response(_with_fault(self._emulator, call, fault))
        if fault is Fault.SLOW:
            latency_s += 2 * self._emulator.faults.plan.slow_s
        await _pass(latency_s / 2)
        return self._spoilt(fault, call, response)

    def _spoilt(
        self, fault: Fault | None, call: Call, response: Response | None = None
    ) -> Response:
        """What the client gets instead, whether the request was carried out or not."""
        match fault:
            case Fault.RESET_BEFORE | Fault.RESET_AFTER:
                raise Reset
            case Fault.ERROR_500_BEFORE | Fault.ERROR_500_AFTER:
                return wire.refusal(errors.server_error())
            case Fault.ERROR_502_BEFORE | Fault.ERROR_502_AFTER:
                return wire.html(502, "502 Bad Gateway")
            case Fault.ERROR_503_BEFORE | Fault.ERROR_503_AFTER:
                return wire.refusal(errors.retriable(self._emulator.faults.plan.retry_after_s))
            case Fault.RATE_LIMIT:
                now_s = self._emulator.clock.seconds()
                base = base_id(list(call.path))
                return wire.refusal(self._emulator.limiter.used_up(base, now_s))
            case Fault.QUOTA:
                return wire.refusal(errors.quota_spent())
            case Fault.EMPTY:
                return Response(200, b"", {"content-type": wire.JSON})
        assert response is not None
        return response

    def _response(self, call: Call) -> Response:
        began_cpu = time.process_time()
        try:
            return wire.answer(self._api.carry_out(call))
        except ApiError as error:
            return wire.refusal(error)
        finally:
            self._emulator.requests.cpu_s += time.process_time() - began_cpu


class _Latencies:
    """The same series for the same seed."""

    def __init__(self) -> None:
        self._random = random.Random()
        self._settings: Latency | None = None

    def next(self, settings: Latency) -> float:
        if settings is not self._settings:
            self._settings = settings
            self._random.seed(settings.seed)
        if not settings.median_s:
            return 0.0
        return self._random.lognormvariate(math.log(settings.median_s), settings.sigma)


def _with_fault(emulator: Emulator, call: Call, fault: Fault | None) -> Call:
    if fault is Fault.STALE_READ:
        return Call(call.request, call.token, call.path, emulator.faults.plan.stale_s)
    if fault is Fault.CURSOR_DEATH:
        emulator.cursors.kill()
    return call


async def _pass(seconds: float) -> None:
    if seconds > 0:
        await asyncio.sleep(seconds)


async def _request(scope: Message, receive: Receive) -> Request:
    body = bytearray()
    more = True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
    return Request(
        method=scope["method"],
        raw_path=scope["raw_path"].decode("latin-1"),
        raw_query=scope["query_string"].decode("latin-1"),
        headers={
            name.decode("latin-1"): value.decode("latin-1") for name, value in scope["headers"]
        },
        body=bytes(body),
    )


async def _respond(send: Send, response: Response) -> None:
    await _start(send, response)
    await send({"type": "http.response.body", "body": response.body})


async def _respond_half(send: Send, receive: Receive, response: Response) -> None:
    """The whole length is announced and half of it sent."""
    await _start(send, response)
    half = response.body[: len(response.body) // 2]
    await send({"type": "http.response.body", "body": half, "more_body": True})
    _transport(receive).close()
    await _until_disconnected(receive)


async def _start(send: Send, response: Response) -> None:
    headers = {"content-length": str(len(response.body)), **response.headers}
    await send(
        {
            "type": "http.response.start",
            "status": response.status,
            "headers": [(name.encode(), value.encode()) for name, value in headers.items()],
        }
    )


async def _reset(receive: Receive) -> None:
    """A TCP reset, which is what the client of a crashed server sees."""
    transport = _transport(receive)
    connection: socket.socket = transport.get_extra_info("socket")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    transport.abort()
    await _until_disconnected(receive)


def _transport(receive: Receive) -> Any:
    # uvicorn passes a method of its request cycle, which knows the connection.
    return receive.__self__.transport  # type: ignore[attr-defined]


async def _until_disconnected(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
