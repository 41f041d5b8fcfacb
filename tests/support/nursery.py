"""Servers that start at once: forks of a process that has loaded everything, to be killed one by one.

As a program it reads one JSON line for each server, its settings as environment variables, and prints
one line with the process id once that server listens. Without background work between messages: what
tests look at here does not need it, and it takes longer to load than all the rest.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

_CHECKOUT = Path(__file__).resolve().parents[2]
_GONE_WITHIN_S = 10.0
_LOADED = (
    "asyncpg",
    "sqlalchemy.ext.asyncio",
    "alembic",
    "pyairtable",
    "infrastructure.airtable.base",
    "infrastructure.database.engine",
    "infrastructure.http.app",
    "infrastructure.http.server",
    "infrastructure.local.human",
    "infrastructure.local.logic",
    "infrastructure.local.router",
    "infrastructure.logging",
    "application.conversation",
    "application.store_office",
    "main",
)


@dataclass(frozen=True, slots=True)
class Forked:
    """A server that listens; what `Server` is for those that were started in the usual way."""

    pid: int

    def kill(self) -> None:
        """`kill -9`: nothing of it runs any more when this returns."""
        self._end(signal.SIGKILL)

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        self._end(signal.SIGTERM)

    def _end(self, how: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            os.kill(self.pid, how)
        give_up_at = time.monotonic() + _GONE_WITHIN_S
        while _runs(self.pid):
            assert time.monotonic() < give_up_at
            time.sleep(0.005)


class Nursery:
    def __init__(self, process: subprocess.Popen[str]) -> None:
        self._process = process
        self._starting = threading.Lock()

    def start(self, folder: Path, settings: Mapping[str, str]) -> Forked:
        """`folder` takes the server's log."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        folder.mkdir(exist_ok=True)
        log = str(folder / "server.log")
        with self._starting:
            asked = json.dumps({"log": log, "settings": dict(settings)})
            self._process.stdin.write(f"{asked}\n")
            self._process.stdin.flush()
            line = self._process.stdout.readline()
        assert line.strip().isdigit(), f"the server did not start: {line!r}, see {log}"
        return Forked(int(line))


@contextlib.contextmanager
def open_nursery() -> Iterator[Nursery]:
    """It ends with this process, and its servers with it."""
    process = subprocess.Popen(
        [sys.executable, "-m", "tests.support.nursery"],
        cwd=_CHECKOUT,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(each for each in sys.path if each)},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield Nursery(process)
    finally:
        assert process.stdin is not None
        assert process.stdout is not None
        process.stdin.close()
        process.wait(_GONE_WITHIN_S)
        process.stdout.close()


def _runs(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def main() -> None:
    _load_everything()
    # Children that end are not kept as zombies: whoever killed one sees that it is gone.
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    children = []
    for line in sys.stdin:
        child = os.fork()
        if not child:
            _serve(json.loads(line))
            os._exit(0)
        children.append(child)
    for child in children:
        with contextlib.suppress(ProcessLookupError):
            os.kill(child, signal.SIGKILL)


def _load_everything() -> None:
    for name in _LOADED:
        import_module(name)
    import_module("infrastructure.venues.loader").load_venues(None)


def _serve(asked: Mapping[str, object]) -> None:
    import random

    from infrastructure.http.server import serve
    from infrastructure.logging import configure
    from infrastructure.settings import read_settings
    from main import create_app

    settings = asked["settings"]
    assert isinstance(settings, dict)
    random.seed()
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.environ.update(settings)
    log = os.open(str(asked["log"]), os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    os.dup2(log, sys.stderr.fileno())
    read = read_settings()
    configure(read.log_format)

    def listening(_address: str) -> None:
        print(os.getpid(), flush=True)

    serve(
        create_app(read, background=False), host=read.host, port=read.port, on_listening=listening
    )


if __name__ == "__main__":
    main()
