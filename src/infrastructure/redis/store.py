"""Commands to the server, one method each, their errors translated in one place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from redis import exceptions

from application.ports.cache import CacheUnavailable
from infrastructure.redis.target import Clients

SCAN_BATCH = 500

BETWEEN_KEYS = "\n"
"""In an announcement; no key holds it."""

_COUNT = """
local counted = redis.call('INCR', KEYS[1])
if counted == 1 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
return counted
"""

# Most specific first.
_REASONS: tuple[tuple[type[Exception], str], ...] = (
    (exceptions.AuthenticationError, "denied"),
    (exceptions.AuthorizationError, "denied"),
    (exceptions.NoPermissionError, "denied"),
    (exceptions.ExternalAuthProviderError, "denied"),
    (exceptions.BusyLoadingError, "loading"),
    (exceptions.MasterDownError, "loading"),
    (exceptions.TryAgainError, "loading"),
    (exceptions.MaxConnectionsError, "busy"),
    (exceptions.OutOfMemoryError, "out_of_memory"),
    (exceptions.ReadOnlyError, "read_only"),
    (exceptions.ClusterDownError, "connection"),
    (exceptions.MovedError, "connection"),
    (exceptions.AskError, "connection"),
    (exceptions.ResponseError, "refused"),
    (exceptions.TimeoutError, "timeout"),
    (exceptions.ConnectionError, "connection"),
    (exceptions.RedisClusterException, "connection"),
    (exceptions.ClusterError, "connection"),
    (exceptions.InvalidResponse, "protocol"),
    (exceptions.RedisError, "protocol"),
    (OSError, "connection"),
)

# What the client trips over when the other side does not speak Redis.
_NONSENSE = (AttributeError, IndexError, KeyError, TypeError, ValueError)


def reason_of(error: Exception) -> str:
    """The word for an error of the client's, or for the server's answer to a greeting inside it."""
    inner = error.__cause__
    if type(error) is exceptions.ConnectionError and isinstance(inner, exceptions.RedisError):
        return reason_of(inner)
    if isinstance(error, exceptions.ResponseError) and str(error).startswith("WRONGTYPE"):
        return "wrong_type"
    return next((reason for kind, reason in _REASONS if isinstance(error, kind)), "protocol")


@contextmanager
def translated() -> Iterator[None]:
    """Raises: CacheUnavailable for whatever the client raises."""
    try:
        yield
    except (exceptions.RedisError, OSError, *_NONSENSE) as error:
        raise CacheUnavailable(reason_of(error)) from error


class Store:
    """Bytes by key. Every method raises CacheUnavailable, and none repeats anything.

    `announces`: whether changes are published, for servers that do not track what clients read.
    """

    def __init__(self, clients: Clients, *, channel: str) -> None:
        self._clients = clients
        self._execute = clients.execute
        self._cluster: Any = clients.cluster  # its commands for many keys are not typed
        self._channel = channel
        self.announces = False

    async def get(self, key: str) -> Any:
        # Without `translated`, whose generator would take a noticeable share of the time.
        try:
            return await self._execute("GET", key)
        except (exceptions.RedisError, OSError, *_NONSENSE) as error:
            raise CacheUnavailable(reason_of(error)) from error

    async def get_many(self, keys: Sequence[str]) -> list[Any]:
        with translated():
            if self._cluster is not None:
                return list(await self._cluster.mget_nonatomic(keys))
            return list(await self._execute("MGET", *keys))

    async def set(self, key: str, value: bytes, *, keep_s: float) -> None:
        with translated():
            await self._execute("SET", key, value, "PX", max(1, round(keep_s * 1000)))
            await self._announce([key])

    async def delete(self, keys: Sequence[str]) -> int:
        """The server tells nobody of a key that was not there, but somebody may be about to write it
        from what they know: so its absence is made a change as well."""
        with translated():
            gone = await self._unlink(keys)
            if gone < len(keys) and not self.announces:
                for key in keys:
                    await self._execute("SET", key, b"", "PX", 1, "NX")
            await self._announce(keys)
            return gone

    async def scan(self, pattern: str, cursor: int, node: Any) -> tuple[int, list[bytes]]:
        """One batch of the keys that match, of one of `nodes`, and where to go on; 0 at the end."""
        command = ("SCAN", cursor, "MATCH", pattern, "COUNT", SCAN_BATCH)
        with translated():
            if node is None:
                found, keys = await self._execute(*command)
            else:
                found, keys = await node.execute_command(*command)
            return int(found), list(keys)

    async def nodes(self) -> list[Any]:
        """Where keys have to be looked for: the cluster's primaries, else only None."""
        if self._cluster is None:
            return [None]
        with translated():
            await self._cluster.initialize()
            return list(self._cluster.get_primaries())

    async def unlink(self, keys: Sequence[bytes]) -> int:
        with translated():
            gone = await self._unlink(keys)
            await self._announce([key.decode() for key in keys])
            return gone

    async def count(self, key: str, *, window_s: float) -> int:
        with translated():
            return int(await self._execute("EVAL", _COUNT, 1, key, round(window_s * 1000)))

    async def ping(self) -> None:
        with translated():
            await self._execute("PING")

    async def drop_idle(self) -> None:
        with translated():
            await self._clients.drop_idle()

    async def _unlink(self, keys: Sequence[str] | Sequence[bytes]) -> int:
        if self._cluster is not None:
            return int(await self._cluster.unlink(*keys))
        return int(await self._execute("UNLINK", *keys))

    async def _announce(self, keys: Sequence[str]) -> None:
        if self.announces and keys:
            await self._execute("PUBLISH", self._channel, BETWEEN_KEYS.join(keys))
