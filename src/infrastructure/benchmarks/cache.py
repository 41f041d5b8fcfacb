"""How near the cache is to a bare client: `anfitrion bench cache`.

Every contender reads the same day sheets from the same private Valkey in one run, in turns, so that a
busy machine slows all of them alike: read the ratios. Bare is redis-py's asyncio client with hiredis and
its default pool, on plain JSON. cashews and aiocache, where they are installed, read with
their own defaults from what they stored themselves.
"""

from __future__ import annotations

import asyncio
import json
import sys
import tempfile
import zlib
from collections.abc import Awaitable, Callable, Mapping
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import date, datetime
from importlib.util import find_spec
from pathlib import Path
from statistics import median, quantiles
from time import perf_counter
from typing import Any, ClassVar

import msgspec
from redis.asyncio import Redis, UnixDomainSocketConnection

from application.cache_keys import PREFIX, SHEETS, VENUES, sheet_key, venue_key
from domain.floor import Allocation
from domain.venue import VenueId
from infrastructure.benchmarks.sample_days import plain_json, sample_days
from infrastructure.caching.tier import Entry
from infrastructure.caching.tiered import TieredCache
from infrastructure.clock import SystemClock
from infrastructure.memory.cache import memory_cache
from infrastructure.redis.envelope import seal
from infrastructure.redis.news import News
from infrastructure.redis.opening import open_cache
from infrastructure.redis.server import EmbeddedServer
from infrastructure.redis.target import Clients, read_url
from infrastructure.redis.values import CODECS
from infrastructure.resilience.cached import CacheGuard
from infrastructure.venues.loader import load_venues

CONCURRENCIES = (1, 10, 100)
SIZES = {"200 B": 200, "4 KB": 4096, "64 KB": 65_536}
"""Of a day sheet in plain JSON."""

_ROUNDS = 5
_READS = 400
_TIMES = 1000
_WRITES = 200
_VENUE = VenueId("benchmark")
_RESTAURANT = "la-terraza"
_CLINIC = "clinica-sonrisa"
_CODEC = CODECS[SHEETS.name]
_ENTRY = Entry(None, 0.0, 900.0, 0.0)


@dataclass(frozen=True, slots=True)
class _PlainClaim:
    resource: str
    first: int
    end: int


@dataclass(frozen=True, slots=True)
class _PlainCharge:
    key: str
    rule: str
    covers: int
    parties: int
    max_covers: int | None
    max_parties: int | None


@dataclass(frozen=True, slots=True)
class _PlainAllocation:
    """What a bare client's reader makes of plain JSON: the same as ours, in the usual form."""

    id: str
    claims: tuple[_PlainClaim, ...]
    charges: tuple[_PlainCharge, ...]
    expires_at: datetime | None
    booking: str | None


_READ_JSON = msgspec.json.Decoder(tuple[_PlainAllocation, ...])

Days = Mapping[str, tuple[Allocation, ...]]
Read = Callable[[str], Awaitable[object]]


async def run(
    *, rounds: int = _ROUNDS, reads: int = _READS, times: int = _TIMES, writes: int = _WRITES
) -> dict[str, Any]:
    """Microseconds, shares and ratios; a ratio is ours to the contender's, so less than 1 is faster."""
    days = _days(_RESTAURANT)
    with tempfile.TemporaryDirectory() as folder:
        async with AsyncExitStack() as stack:
            server = EmbeddedServer(Path(folder))
            await server.start()
            stack.push_async_callback(server.stop)
            ours = await _ours(stack, server.url)
            return {
                "near_hit_us": await _near_hit_us(ours, reads=reads * 20),
                "redis_hit": await _redis_hits(stack, server, ours, days, rounds, reads),
                "stored_share_of_plain_json": _stored(),
                "encode_and_compress_us": {
                    venue: _encoding(_days(venue), times) for venue in (_RESTAURANT, _CLINIC)
                },
                "news_ms": await _news_ms(server.url, ours, writes),
            }


async def _ours(stack: AsyncExitStack, url: str) -> TieredCache:
    """With more patience than in service, so that a busy machine gives slow reads and no misses."""
    clock = SystemClock()
    return await stack.enter_async_context(
        open_cache(
            url,
            data_dir=Path(),
            clock=clock,
            guard=CacheGuard(clock=clock, command_s=5, deadline_s=10),
            without=lambda reason: memory_cache(clock, reason=reason),
            max_connections=max(CONCURRENCIES),
        )
    )


def _days(venue: str) -> Days:
    """A day sheet of each size: as many allocations of real days as it takes."""
    house = next(each for each in load_venues(None) if each.id == venue)
    allocations = [
        allocation
        for day in sample_days(house, days=60, seed=99, first_day=date(2027, 3, 1))
        for allocation in day
    ]
    return {name: _of_size(allocations, size) for name, size in SIZES.items()}


def _of_size(allocations: list[Allocation], size: int) -> tuple[Allocation, ...]:
    counted = 0
    for number, allocation in enumerate(allocations, 1):
        counted += len(plain_json([allocation])) - 1  # of its two brackets one is a comma
        if counted >= size:
            return tuple(allocations[:number])
    raise AssertionError("too few sample days")


# --- reading -------------------------------------------------------------------------------------


async def _near_hit_us(cache: TieredCache, *, reads: int) -> float:
    key = venue_key(_VENUE, version="near")
    await cache.set(VENUES, key, {"name": "Benchmark"})
    while not cache.stats().near.entries:  # the news of the write itself comes first
        await cache.get(VENUES, key)
        await asyncio.sleep(0.001)
    took = []
    for _ in range(5):
        began = perf_counter()
        for _ in range(reads):
            await cache.get(VENUES, key)
        took.append((perf_counter() - began) / reads * 1e6)
    return round(median(took), 3)


async def _redis_hits(
    stack: AsyncExitStack,
    server: EmbeddedServer,
    ours: TieredCache,
    days: Days,
    rounds: int,
    reads: int,
) -> dict[str, Any]:
    measured: dict[str, Any] = {}
    for size, day in days.items():
        contenders = await _contenders(stack, server, ours, size, day)
        measured[size] = {
            f"at {at_once}": await _compared(contenders, at_once, rounds, reads)
            for at_once in CONCURRENCIES
        }
    return measured


async def _contenders(
    stack: AsyncExitStack,
    server: EmbeddedServer,
    ours: TieredCache,
    size: str,
    day: tuple[Allocation, ...],
) -> dict[str, Read]:
    """How each reads the sheet that was stored for it under a number; the last name is ours."""
    bare = Redis(unix_socket_path=str(server.socket))
    stack.push_async_callback(bare.aclose)
    plain = plain_json(day)
    keys = {str(number): _sheet_key(size, number) for number in range(max(CONCURRENCIES))}
    for number, key in keys.items():
        await bare.set(f"bare:{size}:{number}", plain)
        await ours.set(SHEETS, key, day)

    async def read_bare(number: str) -> object:
        found: Any = await bare.get(f"bare:{size}:{number}")
        return _READ_JSON.decode(found)

    async def read_ours(number: str) -> object:
        found = await ours.get(SHEETS, keys[number])
        assert found is not None
        return found

    contenders: dict[str, Read] = {"bare": read_bare}
    if find_spec("cashews"):
        contenders["cashews"] = await _cashews(stack, server, size, day, keys)
    if find_spec("aiocache"):
        contenders["aiocache"] = await _aiocache(stack, server, size, plain, keys)
    return {**contenders, "ours": read_ours}


def _sheet_key(size: str, number: int) -> str:
    sizes = sorted(SIZES)
    revisions = {1: number, 2: sizes.index(size)}
    return sheet_key(_VENUE, date(2026, 11, 28), window=(0, number), revisions=revisions)


class _UnixSocket(UnixDomainSocketConnection):
    """For cashews, which gives every connection an option that only TCP has, and closes none."""

    opened: ClassVar[list[_UnixSocket]] = []

    def __init__(self, *, socket_keepalive: object = None, **options: Any) -> None:  # noqa: ARG002
        super().__init__(**options)
        self.opened.append(self)

    @classmethod
    async def close_all(cls) -> None:
        while cls.opened:
            await cls.opened.pop().disconnect()


async def _cashews(
    stack: AsyncExitStack,
    server: EmbeddedServer,
    size: str,
    day: tuple[Allocation, ...],
    keys: Mapping[str, str],
) -> Read:
    from cashews import Cache  # a development dependency

    cache = Cache()
    socket: dict[str, Any] = {"connection_class": _UnixSocket, "path": str(server.socket)}
    cache.setup("redis://", client_side=False, **socket)
    await cache.init()
    stack.push_async_callback(_UnixSocket.close_all)
    for number in keys:
        await cache.set(f"cashews:{size}:{number}", day)

    async def read(number: str) -> object:
        return await cache.get(f"cashews:{size}:{number}")

    return read


async def _aiocache(
    stack: AsyncExitStack,
    server: EmbeddedServer,
    size: str,
    plain: bytes,
    keys: Mapping[str, str],
) -> Read:
    from aiocache import RedisCache  # a development dependency
    from aiocache.serializers import NullSerializer

    cache = RedisCache(serializer=NullSerializer(encoding=None), namespace="aiocache:")
    # It knows no unix sockets; the client inside it does.
    await cache.client.aclose()
    cache.client = Redis(unix_socket_path=str(server.socket))
    stack.push_async_callback(cache.client.aclose)
    for number in keys:
        await cache.set(f"{size}:{number}", plain)

    async def read(number: str) -> object:
        return _READ_JSON.decode(await cache.get(f"{size}:{number}"))

    return read


async def _compared(
    contenders: Mapping[str, Read], at_once: int, rounds: int, reads: int
) -> dict[str, float]:
    took: dict[str, list[float]] = {name: [] for name in contenders}
    each = max(1, reads // at_once)
    for read in contenders.values():
        await _connect(read, at_once)
    for _ in range(rounds):
        for name, read in contenders.items():
            took[name].append(await _per_read_us(read, at_once, each))
    medians = {name: median(times) for name, times in took.items()}
    # Of each round, because what slows a round slows everybody in it.
    ratios = {
        f"to_{name}": median(o / t for o, t in zip(took["ours"], times, strict=True))
        for name, times in took.items()
        if name != "ours"
    }
    return {f"{name}_us": round(value, 1) for name, value in medians.items()} | {
        name: round(value, 2) for name, value in ratios.items()
    }


async def _connect(read: Read, at_once: int) -> None:
    """A few at a time: a hundred connections opened at once, by a process that shares its core with
    the server, take longer than the time limit of each."""
    for number in range(0, at_once + 10, 10):
        await _per_read_us(read, min(max(1, number), at_once), 1)


async def _per_read_us(read: Read, at_once: int, each: int) -> float:
    async def reader(number: str) -> None:
        for _ in range(each):
            await read(number)

    began = perf_counter()
    await asyncio.gather(*(reader(str(number)) for number in range(at_once)))
    return (perf_counter() - began) / (at_once * each) * 1e6


# --- writing -------------------------------------------------------------------------------------


def _stored() -> dict[str, Any]:
    """Of both sample venues: bytes as stored, header included, for each byte of compact JSON."""
    return {
        venue: {name: _shares(day) for name, day in _days(venue).items()}
        for venue in (_RESTAURANT, _CLINIC)
    }


def _shares(day: tuple[Allocation, ...]) -> dict[str, float]:
    plain = plain_json(day)
    zipped = zlib.compress(plain)
    spaced = len(json.dumps(json.loads(plain)))
    return {
        "ours": round(len(_sealed(day)) / len(plain), 3),
        "ours_to_python_json": round(len(_sealed(day)) / spaced, 3),
        "zlib": round(len(zipped) / len(plain), 3),
        "zlib_in_hex": round(len(zipped.hex()) / len(plain), 3),
    }


def _sealed(day: tuple[Allocation, ...]) -> bytes:
    return seal(b"key", _CODEC.encode(day), _ENTRY, _CODEC.compression)


def _encoding(days: Days, times: int) -> dict[str, float]:
    measured = {}
    for name, day in days.items():
        took = []
        for _ in range(times):
            began = perf_counter()
            _sealed(day)
            took.append((perf_counter() - began) * 1e6)
        measured[name] = round(median(took), 1)
    return measured


class _Told:
    """Hears of changes in the place of a cache."""

    def __init__(self) -> None:
        self.keys: asyncio.Queue[str] = asyncio.Queue()
        self.is_listening = asyncio.Event()

    def forget(self, key: str) -> None:
        self.keys.put_nowait(key)

    def forget_all(self) -> None:
        """Nobody flushes here."""

    def trust_near(self, *, is_true: bool) -> None:
        if is_true:
            self.is_listening.set()


async def _news_ms(url: str, writer: TieredCache, writes: int) -> dict[str, float]:
    """From the moment another process begins to write to the moment a near value is dropped. That
    process lives in this one here, which makes it slower rather than faster."""
    clients = Clients(read_url(url), max_connections=1)
    told = _Told()
    news = News(
        clients.news_connection,
        told,
        prefix=PREFIX,
        channel="",
        tracked=True,
        announce=lambda: None,
    )
    news.start()
    await told.is_listening.wait()
    key = venue_key(_VENUE, version="news")
    took = []
    for number in range(writes):
        began = perf_counter()
        await writer.set(VENUES, key, {"number": number})
        await told.keys.get()
        took.append((perf_counter() - began) * 1000)
    await news.stop()
    await clients.aclose()
    return {
        "median_with_the_write": round(median(took), 3),
        "p95_with_the_write": round(quantiles(took, n=20)[-1], 3),
    }


if __name__ == "__main__":
    print(json.dumps(asyncio.run(run()), indent=1), file=sys.stdout)
