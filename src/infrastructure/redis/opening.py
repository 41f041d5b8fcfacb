"""From REDIS_URL to a running cache."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import AsyncExitStack, asynccontextmanager, suppress
from pathlib import Path

import structlog

from application.cache_keys import PREFIX
from application.ports.cache import CacheUnavailable
from application.ports.clock import Clock
from infrastructure.caching.near import Near
from infrastructure.caching.tiered import NEAR_SIZE, Observe, TieredCache
from infrastructure.redis.gate import Gate
from infrastructure.redis.news import News
from infrastructure.redis.server import EmbeddedServer, NoServer
from infrastructure.redis.store import Store
from infrastructure.redis.target import Clients, read_url
from infrastructure.redis.tier import Guard, RedisTier
from infrastructure.redis.values import CODECS

MAX_CONNECTIONS = 20
"""One event loop keeps no more busy: the others would only make each answer wait longer."""
WAIT_S = 0.1
"""For a connection that becomes free."""

CHANNEL = f"{PREFIX}changed"

_FIRST_NEWS_S = 0.3

log = structlog.get_logger()


@asynccontextmanager
async def open_cache(
    url: str,
    *,
    data_dir: Path,
    clock: Clock,
    guard: Guard,
    without: Callable[[str], TieredCache],
    max_connections: int = MAX_CONNECTIONS,
    observe: Observe | None = None,
) -> AsyncIterator[TieredCache]:
    """The cache that `url` names: an address, `embedded`, or `off`.

    `without` makes the cache that serves where there is no server, from the reason for it. A
    server that does not answer now is no reason: it may come.

    Raises: ValueError for a URL that names nothing.
    """
    async with AsyncExitStack() as stack:
        if url == "off":
            yield without("REDIS_URL is off")
            return
        if url == "embedded":
            try:
                server = EmbeddedServer(data_dir)
                await server.start()
            except (NoServer, OSError) as error:
                log.warning("cache.not_embedded", reason=str(error))
                yield without(str(error))
                return
            stack.push_async_callback(server.stop)
            url = server.url
        yield await _open(
            stack, url, clock=clock, guard=guard, max_connections=max_connections, observe=observe
        )


async def _open(
    stack: AsyncExitStack,
    url: str,
    *,
    clock: Clock,
    guard: Guard,
    max_connections: int,
    observe: Observe | None,
) -> TieredCache:
    clients = Clients(read_url(url), max_connections=max_connections + 1)
    stack.push_async_callback(clients.aclose)
    gate = Gate(max_connections, wait_s=WAIT_S)
    store = Store(clients, channel=CHANNEL)
    cache = TieredCache(
        RedisTier(store, gate, guard, codecs=CODECS),
        clock=clock,
        near=Near(size=NEAR_SIZE),
        observe=observe,
    )
    stack.push_async_callback(cache.aclose)
    news = News(
        clients.news_connection,
        cache,
        prefix=PREFIX,
        channel=CHANNEL,
        tracked=clients.target.kind != "cluster",
        announce=lambda: setattr(store, "announces", True),
    )
    news.start()
    stack.push_async_callback(news.stop)
    probing = asyncio.create_task(_probe(guard, store))
    stack.push_async_callback(_ended, probing)
    with suppress(TimeoutError):
        async with asyncio.timeout(_FIRST_NEWS_S):
            await news.has_tried.wait()
    return cache


async def _probe(guard: Guard, store: Store) -> None:
    """While the breaker is not closed, find out whether the server is back."""
    while True:
        await asyncio.sleep(guard.pause_s / 4)
        if not guard.is_closed:
            try:
                await store.drop_idle()
                await guard.probe(store.ping)
            except CacheUnavailable:
                continue
            except Exception as error:  # noqa: BLE001 without this task the cache would never come back
                log.error("cache.probe_failed", error=type(error).__name__)


async def _ended(task: asyncio.Task[None]) -> None:
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task
