"""Invalidations: what other processes, and this one, have changed on the server.

One connection of its own hears of every key under our prefix. The server's client tracking (RESP3, in
broadcast mode) tells it of writes, deletions, expiry, eviction and FLUSHALL, whoever caused them. A
server that does not track, and a cluster, where each node would track its own keys only while slots
move between them, serve a channel instead: there every writer publishes what it has changed.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, Protocol

import structlog
from redis.asyncio.connection import AbstractConnection
from redis.exceptions import RedisError, ResponseError

from infrastructure.redis.store import BETWEEN_KEYS

PULSE_S = 1.0
"""After so much silence the server is asked for a sign of life; after twice as much it is given up."""

RETRY_S = 0.2

log = structlog.get_logger()


class Reader(Protocol):
    """Who has to know."""

    def forget(self, key: str) -> None: ...

    def forget_all(self) -> None: ...

    def trust_near(self, *, is_true: bool) -> None: ...


class News:
    """Passes on what has changed, and whether it hears of it at all.

    `connect` makes a connection that speaks RESP 2 or 3. `announce` is called once writers have to
    publish.
    """

    def __init__(
        self,
        connect: Callable[[int], Awaitable[AbstractConnection]],
        reader: Reader,
        *,
        prefix: str,
        channel: str,
        tracked: bool,
        announce: Callable[[], None],
    ) -> None:
        self._connect = connect
        self._reader = reader
        self._prefix = prefix
        self._channel = channel
        self._tracked = tracked
        self._announce = announce
        self._task: asyncio.Task[None] | None = None
        self.has_tried = asyncio.Event()
        """Set when the first attempt to hear of news has ended, well or not."""

    @property
    def is_tracked(self) -> bool:
        """Whether the server tells of itself."""
        return self._tracked

    def start(self) -> None:
        if not self._tracked:
            self._announce()
        self._task = asyncio.create_task(self._run())

    async def stop(self) -> None:
        if self._task is not None:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    async def _run(self) -> None:
        while True:
            connection: AbstractConnection | None = None
            try:
                async with asyncio.timeout(PULSE_S):
                    connection = await self._connect(3 if self._tracked else 2)
                    await self._subscribe(connection)
                self._reader.trust_near(is_true=True)
                self.has_tried.set()
                await self._listen(connection)
            except (RedisError, OSError) as error:
                if self._tracked and _is_refusal(error):
                    self._do_without_tracking()
                else:
                    log.info("cache.news_lost", error=type(error).__name__)
            except Exception as error:  # noqa: BLE001 who does not speak Redis may break the client anyhow
                log.warning("cache.news_lost", error=type(error).__name__)
            finally:
                self._reader.trust_near(is_true=False)
                self.has_tried.set()
                if connection is not None:
                    await connection.disconnect(nowait=True)
            await asyncio.sleep(RETRY_S)

    def _do_without_tracking(self) -> None:
        """The server does not know RESP3 or tracking, or forbids it: writers publish from now on."""
        log.info("cache.not_tracked")
        self._tracked = False
        self._announce()

    async def _subscribe(self, connection: AbstractConnection) -> None:
        if self._tracked:
            # The client has no public way to hear of invalidations in asyncio.
            parser: Any = connection._parser
            parser.set_invalidation_push_handler(_as_it_is)
            await connection.send_command(
                "CLIENT", "TRACKING", "ON", "BCAST", "PREFIX", self._prefix
            )
            await connection.read_response()
        else:
            await connection.send_command("SUBSCRIBE", self._channel)
            await connection.read_response(push_request=True)

    async def _listen(self, connection: AbstractConnection) -> None:
        was_asked = False
        while True:
            message = await connection.read_response(timeout=PULSE_S, push_request=True)
            if message is not None:
                was_asked = False
                self._hear(message)
            elif was_asked:
                raise ConnectionError("no sign of life")
            else:
                await connection.send_command("PING", check_health=False)
                was_asked = True

    def _hear(self, message: Any) -> None:
        """`[invalidate, keys]` (None for all), `[message, channel, keys]`, or an answer to a ping."""
        match message:
            case [b"invalidate", None]:
                self._reader.forget_all()
            case [b"invalidate", [*keys]]:
                for key in keys:
                    self._reader.forget(key.decode())
            case [b"message", _, bytes(announced)]:
                for key in announced.decode().split(BETWEEN_KEYS):
                    self._reader.forget(key)


def _is_refusal(error: Exception) -> bool:
    """Whether the server has answered, and said no."""
    return isinstance(error, ResponseError) or isinstance(error.__cause__, ResponseError)


async def _as_it_is(message: Any) -> Any:
    return message
