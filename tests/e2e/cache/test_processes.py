"""Two servers on one ledger: what one has read the other finds, and what one books the other sees."""

from __future__ import annotations

import asyncio
import os
import secrets
import signal
import tempfile
import time
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from tests.support.evenings import MONDAY, VENUE, nine_on
from tests.support.ledgers import postgres_url
from tests.support.postgres import PostgresServer, session_postgres
from tests.support.redis_servers import Server as RedisServer
from tests.support.server import Server, Site, client, message

pytestmark = pytest.mark.slow

PATIENCE_S = 30.0
AROUND = 7
NINE = nine_on(0)
EVENING = NINE.date()
ASKED = "mesa para 8 el 25 de noviembre a las nueve de la noche, a nombre de Laura Gil"


@pytest.fixture
def folder() -> Iterator[Path]:
    """With a name so short that the private server's socket finds room in it."""
    with tempfile.TemporaryDirectory(prefix="an-", dir="/tmp") as folder:
        yield Path(folder)


@asynccontextmanager
async def serving(folder: Path, *settings: dict[str, str]) -> AsyncIterator[list[Server]]:
    """One server for each of `settings`, killed at the end."""
    site = Site(folder, clock=MONDAY, later=timedelta())
    servers: list[Server] = []
    try:
        for each in settings:
            servers.append(site.start(**each))
        yield servers
    finally:
        for server in servers:
            if server.process.poll() is None:
                server.kill()


async def told(server: httpx.AsyncClient, what: str) -> Any:
    answered = await server.get(f"/cache/{what}")
    assert answered.status_code == 200, answered.text
    return answered.json()["cache" if what == "stats" else "cache_health"]


async def starts(server: httpx.AsyncClient, day: date = EVENING) -> set[str]:
    """At which eight may come on a day."""
    answered = await server.get(
        f"/venues/{VENUE}/availability", params={"date": day.isoformat(), "party_size": 8}
    )
    assert answered.status_code == 200, answered.text
    return {slot["start"] for slot in answered.json()["slots"]}


async def book(server: httpx.AsyncClient, key: str) -> str:
    answered = await server.post(
        f"/venues/{VENUE}/bookings",
        json={"start": NINE.isoformat(), "party_size": 8, "guest_name": "Otros"},
        headers={"Idempotency-Key": key},
    )
    assert answered.status_code == 201, answered.text
    code: str = answered.json()["code"]
    return code


async def shared(server: httpx.AsyncClient) -> None:
    """What a turn reads is in Redis: the evening, and the days around it that share days of UTC with
    it. Read again where this machine was too busy for a write."""
    while True:
        before = (await told(server, "stats"))["operations"]["set"]["errors"]
        for days in range(-AROUND, AROUND + 1):
            await starts(server, EVENING + timedelta(days))

        async def is_over() -> bool:
            figures = (await told(server, "stats"))["operations"]
            done = figures["set"]["hits"] + figures["set"]["errors"]
            return bool(done >= figures["get"]["misses"])

        await until(is_over)
        if (await told(server, "stats"))["operations"]["set"]["errors"] == before:
            return
        code = await book(server, secrets.token_hex(8))
        assert (await server.delete(f"/bookings/{code}")).status_code == 200


async def say(server: httpx.AsyncClient, text: str, message_id: str) -> Any:
    answered = await server.post(
        "/chat", json=message(text, guest="+34600111222", message_id=message_id)
    )
    assert answered.status_code == 200, answered.text
    return answered.json()


async def until(holds: Callable[[], Awaitable[bool]]) -> None:
    began = time.monotonic()
    while not await holds():
        assert time.monotonic() - began < PATIENCE_S, "it does not come"
        await asyncio.sleep(0.02)


async def is_healthy(server: httpx.AsyncClient) -> None:
    """Asked again where this machine was too busy for an answer in time."""

    async def is_well() -> bool:
        health = await told(server, "health")
        return (health["status"], health["circuit_breaker_state"]) == ("healthy", "closed")

    await until(is_well)


@pytest.fixture(scope="module")
def postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    with session_postgres(tmp_path_factory) as server:
        yield server


@pytest.mark.parametrize("ledger", ["sqlite", "postgres"])
async def test_two_servers_on_one_ledger_and_one_redis_share_what_they_read(
    ledger: str, folder: Path, server: RedisServer, request: pytest.FixtureRequest
) -> None:
    async with AsyncExitStack() as stack:
        settings = {"REDIS_URL": server.url}
        if ledger == "postgres":
            postgres = request.getfixturevalue("postgres")
            settings["DATABASE_URL"] = await stack.enter_async_context(postgres_url(postgres))
        first, second = await stack.enter_async_context(serving(folder, settings, settings))
        one = await stack.enter_async_context(client(first.address))
        other = await stack.enter_async_context(client(second.address))
        redis = await stack.enter_async_context(server.client())
        nine = NINE.isoformat()

        for number in range(2):
            await book(one, f"k{number}")
        assert nine in await starts(one)
        await shared(one)
        offered = await say(other, ASKED, "m1")
        assert offered["status"] == "offering"
        figures = (await told(other, "stats"))["operations"]["get"]
        assert figures["misses"] == 0
        if not figures["errors"]:  # or this machine was too busy for an answer in time
            assert figures["hits"] > 0
            assert offered["receipt"]["availability"]["source"] == "cache"

        assert nine not in await starts(one), "the other's guest is being asked about the table"
        assert (await say(other, "sí", "m2"))["action"] == "schedule_appointment"
        assert nine not in await starts(one)
        assert nine not in await starts(other)

        await redis.flushall()
        assert nine not in await starts(one)
        agreed = await say(one, "quiero cancelar mi reserva", "m3")
        if agreed["action"] == "none":
            await redis.flushall()
            agreed = await say(one, "sí", "m4")
        assert agreed["action"] == "cancel_appointment"
        assert nine in await starts(other)
        assert nine in await starts(one)
        for each in (one, other):
            await is_healthy(each)


# --- the private server, twice in one folder -------------------------------------------------------


def sockets_of(server: Server, folder: Path) -> list[Path]:
    return list(folder.glob(f"valkey-{server.process.pid}-*.sock"))


async def private_server_of(server: Server, folder: Path) -> int:
    """Its process."""
    (socket,) = sockets_of(server, folder)
    async with Redis.from_url(f"unix://{socket}") as redis:
        info = await redis.info("server")
    return int(info["process_id"])


def runs(pid: int) -> bool:
    try:
        state = Path(f"/proc/{pid}/stat").read_text()
    except OSError:
        return _answers_signals(pid)
    return state.rpartition(")")[2].split()[0] != "Z"


def _answers_signals(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return not Path("/proc").exists()


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM])
@pytest.mark.parametrize("ends", ["first", "second"])
async def test_two_servers_in_one_folder_have_a_private_redis_each_and_end_apart(
    ends: str, how: signal.Signals, folder: Path
) -> None:
    embedded = {"REDIS_URL": "embedded"}
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(serving(folder, embedded, embedded))
        gone, left = servers if ends == "first" else servers[::-1]
        private = {each.process.pid: await private_server_of(each, folder) for each in (gone, left)}
        assert len(set(private.values())) == 2
        async with client(gone.address) as its, client(left.address) as other:
            for each in (its, other):
                await is_healthy(each)
            await book(its, "k1")

        gone.process.send_signal(how)
        gone.exit_status()

        async def is_over() -> bool:
            return not runs(private[gone.process.pid])

        await until(is_over)
        assert runs(private[left.process.pid])
        async with client(left.address) as other:
            assert (await say(other, ASKED, "m1"))["status"] == "offering"
            assert (await say(other, "sí", "m2"))["action"] == "schedule_appointment"
            await is_healthy(other)

        (third,) = await stack.enter_async_context(serving(folder, embedded))
        assert not sockets_of(gone, folder), "whoever comes next tidies up"
        assert sockets_of(left, folder)
        last = await private_server_of(third, folder)
        for still in (left, third):
            still.stop()
            assert not sockets_of(still, folder)
        assert not runs(last)
        assert not runs(private[left.process.pid])
