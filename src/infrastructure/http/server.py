"""The server around the app: uvicorn, with the limits it lacks on a request's head."""

from __future__ import annotations

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import uvicorn
from fastapi import FastAPI
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

HEAD_TIMEOUT_S = 10.0
"""For a request's line and headers, from the connection's start or the request's first byte."""

MAX_HEAD_BYTES = 64 * 1024

SHUTDOWN_S = 30
"""How long running requests may take to finish after the signal to stop."""


class GuardedProtocol(HttpToolsProtocol):
    """Closes a connection whose request head comes too slowly or never ends.

    What is left of a body after an early answer (413) is read and thrown away for as long as a head
    may take: closing at once would reset the connection and lose that answer.
    """

    _head_timer: asyncio.TimerHandle | None = None
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._await_head()

    def data_received(self, data: bytes) -> None:
        if self._head_timer is None and self._is_idle:
            self._await_head()
        super().data_received(data)
        if self._head_timer is not None and not self._is_draining:
            self._head_bytes += len(data)
            if self._head_bytes > MAX_HEAD_BYTES:
                self.transport.close()

    def on_headers_complete(self) -> None:
        self._head_arrived()
        super().on_headers_complete()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_arrived()
        super().connection_lost(exc)

    @property
    def _is_idle(self) -> bool:
        return self.cycle is None or self.cycle.response_complete

    @property
    def _is_draining(self) -> bool:
        return self.cycle is not None and self.cycle.response_complete and self.cycle.more_body

    def _await_head(self) -> None:
        self._head_bytes = 0
        self._head_timer = self.loop.call_later(HEAD_TIMEOUT_S, self.transport.close)

    def _head_arrived(self) -> None:
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None


class _Server(uvicorn.Server):
    """Says when it listens, and on which port."""

    def __init__(self, config: uvicorn.Config, on_listening: Callable[[str], None]) -> None:
        super().__init__(config)
        self._on_listening = on_listening

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started and self.servers:
            self._on_listening(address_of(self.servers[0].sockets[0]))

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # A stream that has no end of its own would be waited for until the time is up.
        app = self.config.app
        if isinstance(app, FastAPI) and hasattr(app.state, "end_streams"):
            app.state.end_streams()
        await super().shutdown(sockets)


def address_of(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def config_for(app: FastAPI, *, host: str, port: int) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=host,
        port=port,
        http=GuardedProtocol,
        ws="none",
        lifespan="on",
        # Nothing here uses the peer's address for more than refusing strangers in open mode, and a
        # header must not be able to change it.
        proxy_headers=False,
        server_header=False,
        access_log=False,
        log_config=None,
        timeout_graceful_shutdown=SHUTDOWN_S,
    )


def serve(app: FastAPI, *, host: str, port: int, on_listening: Callable[[str], None]) -> bool:
    """Serve until a signal to stop; False where it could not start."""
    server = _Server(config_for(app, host=host, port=port), on_listening)
    # uvicorn raises these after it has said in the log what went wrong, or has ended in good order.
    with contextlib.suppress(KeyboardInterrupt, SystemExit), _termination_as_exit():
        server.run()
    return server.started


@contextlib.contextmanager
def _termination_as_exit() -> Iterator[None]:
    """uvicorn ends in good order at SIGTERM and then raises it again, which would look like a crash."""

    def leave(_signal: int, _frame: object) -> None:
        raise SystemExit

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextlib.asynccontextmanager
async def serving(app: FastAPI) -> AsyncIterator[str]:
    """The app on a free loopback port, in this event loop, for as long as the block lasts."""
    listening: asyncio.Future[str] = asyncio.get_running_loop().create_future()
    server = _Server(config_for(app, host="127.0.0.1", port=0), listening.set_result)
    # The program's own signals stay its own: `_serve` leaves them alone, `serve` would not.
    task = asyncio.create_task(server._serve())
    either: set[asyncio.Future[Any]] = {task, listening}
    await asyncio.wait(either, return_when=asyncio.FIRST_COMPLETED)
    try:
        if not listening.done():
            await task
            raise RuntimeError("the server did not start")
        yield listening.result()
    finally:
        server.should_exit = True
        await task
