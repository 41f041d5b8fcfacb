"""What a REDIS_URL names, and the clients for it.

Of a URL only address, credentials, database and certificates are taken: options such as
`decode_responses` or `protocol` would break binary values, and time limits are ours.
"""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from redis.asyncio import RedisCluster
from redis.asyncio.cluster import ClusterNode
from redis.asyncio.connection import (
    AbstractConnection,
    Connection,
    SSLConnection,
    UnixDomainSocketConnection,
    parse_url,
)
from redis.asyncio.retry import Retry
from redis.asyncio.sentinel import Sentinel, SentinelConnectionPool
from redis.backoff import NoBackoff
from redis.exceptions import ResponseError

Kind = Literal["single", "sentinel", "cluster"]

CONNECT_S = 0.1
CONNECTING = 4
"""Connections made at once. A burst of guests then shares the first few instead of waiting for as many
greetings as there are guests."""

HEALTH_CHECK_S = 15
"""A connection that was idle for longer is asked for a sign of life before it is used."""

DEFAULT_PORT = 6379
SENTINEL_PORT = 26379

_TAKEN = frozenset({"host", "port", "path", "db", "username", "password"})


@dataclass(frozen=True, slots=True)
class Target:
    kind: Kind
    options: Mapping[str, Any] = field(repr=False)
    """Of every connection to a server: address (kind `single`), credentials, database, TLS."""
    connection_class: type[AbstractConnection] = Connection
    nodes: tuple[tuple[str, int], ...] = ()
    """Sentinels, or any nodes of the cluster."""
    service: str = ""


def read_url(url: str) -> Target:
    """Raises: ValueError, in words for whoever set it and without the URL, which may hold a password."""
    scheme = url.partition("://")[0]
    match scheme:
        case "redis" | "rediss" | "unix":
            return _single(url)
        case "redis+sentinel" | "rediss+sentinel":
            return _sentinel(url)
        case "redis+cluster" | "rediss+cluster":
            return _cluster(url)
    raise ValueError(f"a cache cannot be reached by {scheme}://")


def _single(url: str) -> Target:
    read: dict[str, Any] = dict(parse_url(url))
    connection_class = read.pop("connection_class", Connection)
    options = {name: value for name, value in read.items() if _is_taken(name)}
    if connection_class is UnixDomainSocketConnection and not options.get("path"):
        raise ValueError("unix:// needs the path of a socket")
    return Target("single", options, connection_class)


def _is_taken(name: str) -> bool:
    return name in _TAKEN or name.startswith("ssl_")


def _sentinel(url: str) -> Target:
    nodes, path, options, connection_class = _of_many(url, SENTINEL_PORT)
    service, _, db = path.partition("/")
    if not service:
        raise ValueError("redis+sentinel:// needs the name of a service after the hosts")
    if db:
        options["db"] = int(db)
    return Target("sentinel", options, connection_class, nodes, service)


def _cluster(url: str) -> Target:
    nodes, _, options, connection_class = _of_many(url, DEFAULT_PORT)
    return Target("cluster", options, connection_class, nodes)


def _of_many(
    url: str, default_port: int
) -> tuple[tuple[tuple[str, int], ...], str, dict[str, Any], type[Connection]]:
    """`scheme://user:password@host:port,host:port/path`: what urlsplit cannot read as a whole."""
    parts = urlsplit(url)
    credentials, _, hosts = parts.netloc.rpartition("@")
    username, _, password = credentials.partition(":")
    options = {
        name: unquote(value)
        for name, value in (("username", username), ("password", password))
        if value
    }
    nodes = tuple(_address(host, default_port) for host in hosts.split(",") if host)
    if not nodes:
        raise ValueError(f"{parts.scheme}:// needs a host")
    secure = parts.scheme.startswith("rediss")
    return nodes, parts.path.strip("/"), options, SSLConnection if secure else Connection


def _address(host: str, default_port: int) -> tuple[str, int]:
    name, colon, port = host.rpartition(":")
    if not colon or name.count("[") != name.count("]"):
        return host.strip("[]"), default_port
    return name.strip("[]"), int(port)


class Connections:
    """Connections that are used again, last first. How many there are is the gate's business.

    redis-py's own pool and client take half as long again for a command (docs/cache.md).
    """

    def __init__(self, make: Callable[[], AbstractConnection]) -> None:
        self._make = make
        self._free: list[AbstractConnection] = []
        self._connecting = asyncio.Semaphore(CONNECTING)

    async def execute(self, *command: Any) -> Any:
        """The server's reply as it is. Raises: what redis-py raises."""
        connection = self._free.pop() if self._free else self._make()
        is_clean = False
        try:
            if connection.is_connected and await connection.can_read():
                # The server has hung up, or says something that nobody asked for.
                await connection.disconnect(nowait=True)
            if not connection.is_connected:
                async with self._connecting:
                    connection = self._other_than(connection)
                    await connection.connect()
            await connection.send_command(*command)
            reply = await connection.read_response()
            is_clean = True
            return reply
        except ResponseError:
            is_clean = True
            raise
        finally:
            if not is_clean:
                await connection.disconnect(nowait=True)
            self._free.append(connection)

    def _other_than(self, connection: AbstractConnection) -> AbstractConnection:
        """One that has become free meanwhile, if there is one that is connected."""
        if self._free and self._free[-1].is_connected:
            self._free.insert(0, connection)
            return self._free.pop()
        return connection

    async def drop_idle(self) -> None:
        """Hang up where nobody waits: after an outage connections may be dead without saying so."""
        for connection in self._free:
            await connection.disconnect(nowait=True)

    async def aclose(self) -> None:
        for connection in self._free:
            await connection.disconnect()


class Clients:
    """Everything that talks to one target. Nothing is connected before it is used."""

    def __init__(self, target: Target, *, max_connections: int) -> None:
        self.target = target
        self.cluster: RedisCluster | None = None
        self._connections: Connections | None = None
        self._sentinel: Sentinel | None = None
        self._news_pool: SentinelConnectionPool | None = None
        match target.kind:
            case "single":
                self._connections = Connections(lambda: self._connection())
            case "sentinel":
                self._sentinel = Sentinel(
                    target.nodes,
                    sentinel_kwargs=_own_options(tcp=True) | {"socket_timeout": CONNECT_S},
                )
                pool = self._primary_of(self._sentinel, self._options())
                self._connections = Connections(pool.make_connection)
            case "cluster":
                self.cluster = RedisCluster(
                    startup_nodes=[ClusterNode(host, port) for host, port in target.nodes],
                    require_full_coverage=False,
                    max_connections=max_connections,
                    ssl=self._is_secure,
                    # Once more where a slot has moved; the nodes' own connections try once.
                    **self._options() | {"retry": Retry(NoBackoff(), 1)},
                )

    async def execute(self, *command: Any) -> Any:
        """One command, sent where its key is. Raises: what redis-py raises."""
        if self._connections is not None:
            return await self._connections.execute(*command)
        assert self.cluster is not None
        return await self.cluster.execute_command(*command)

    async def news_connection(self, protocol: int) -> AbstractConnection:
        """A new connection for news, connected: to the primary, or to any node of the cluster."""
        options = self._options() | {"protocol": protocol, "health_check_interval": 0}
        connection: AbstractConnection
        if self._sentinel is not None:
            # Its connections know the pool by a weak reference.
            self._news_pool = self._primary_of(self._sentinel, options)
            connection = self._news_pool.make_connection()
        elif self.cluster is not None:
            await self.cluster.initialize()
            node = self.cluster.get_random_node()
            connection = self.target.connection_class(
                **options | {"host": node.host, "port": node.port}
            )
        else:
            connection = self.target.connection_class(**options)
        await connection.connect()
        return connection

    async def drop_idle(self) -> None:
        if self._connections is not None:
            await self._connections.drop_idle()
        if self.cluster is not None:
            await self.cluster.aclose()  # it finds the nodes anew with the next command

    async def aclose(self) -> None:
        if self._connections is not None:
            await self._connections.aclose()
        if self.cluster is not None:
            await self.cluster.aclose()
        if self._sentinel is not None:
            await self._sentinel.aclose()
        await asyncio.sleep(0)  # transports close at the next turn of the loop

    def _connection(self) -> AbstractConnection:
        return self.target.connection_class(**self._options())

    def _primary_of(self, sentinel: Sentinel, options: Mapping[str, Any]) -> SentinelConnectionPool:
        """Makes connections that ask the sentinels for the primary whenever they connect."""
        return SentinelConnectionPool(self.target.service, sentinel, ssl=self._is_secure, **options)

    @property
    def _is_secure(self) -> bool:
        return issubclass(self.target.connection_class, SSLConnection)

    def _options(self) -> dict[str, Any]:
        """No time limit of the client's own: each command has one around it, connecting included."""
        tcp = self.target.connection_class is not UnixDomainSocketConnection
        return {**_own_options(tcp=tcp), "socket_timeout": None, **self.target.options}


def _own_options(*, tcp: bool) -> dict[str, Any]:
    options: dict[str, Any] = {
        "socket_connect_timeout": CONNECT_S,
        "retry": Retry(NoBackoff(), 0),
        "health_check_interval": HEALTH_CHECK_S,
        "client_name": f"anfitrion-{os.getpid()}",
        "driver_info": None,
        "decode_responses": False,
        "protocol": 2,
    }
    if tcp:
        options |= {"socket_keepalive": True, "socket_keepalive_options": keepalive_options()}
    return options


def keepalive_options() -> dict[int, int]:
    """By the numbers of the platform's options: names would raise TypeError at every connect."""
    idle = "TCP_KEEPIDLE" if hasattr(socket, "TCP_KEEPIDLE") else "TCP_KEEPALIVE"
    seconds = {idle: 30, "TCP_KEEPINTVL": 5, "TCP_KEEPCNT": 3}
    return {getattr(socket, name): value for name, value in seconds.items()}
