"""The server in a process of its own, to be measured from outside."""

from __future__ import annotations

import contextlib
import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

_PATIENCE_S = 60.0
_PAUSE_S = 0.01


@dataclass(frozen=True, slots=True)
class RunningServer:
    pid: int
    address: str
    started_in_s: float
    """From the start of the process to its first answer."""

    def resident_mb(self) -> float:
        return round(_resident_kb(self.pid) / 1024, 1)

    def cpu_s(self) -> float:
        """Processor time of the process so far, user and system; Linux only, elsewhere 0."""
        stat = Path(f"/proc/{self.pid}/stat")
        if not stat.exists():
            return 0.0
        user, system = stat.read_text().rpartition(")")[2].split()[11:13]
        return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


@contextlib.contextmanager
def running_server(
    settings: Mapping[str, str] | None = None, *, port: int | None = None
) -> Iterator[RunningServer]:
    """`serve` with an empty data folder and no model keys but those in `settings`, on a free port
    where none is given."""
    with tempfile.TemporaryDirectory() as folder:
        address = f"http://127.0.0.1:{port or free_port()}"
        began = time.perf_counter()
        process = subprocess.Popen(
            [sys.executable, "-m", "main", "serve"],
            cwd=folder,
            env=_environment(address, Path(folder) / "data") | dict(settings or {}),
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        try:
            _wait_for(process, f"{address}/health/live")
            yield RunningServer(process.pid, address, round(time.perf_counter() - began, 3))
        finally:
            process.terminate()
            process.wait(_PATIENCE_S)


def _environment(address: str, data: Path) -> dict[str, str]:
    inherited = {name: each for name, each in os.environ.items() if not name.endswith("_API_KEY")}
    port = address.rpartition(":")[2]
    return inherited | {"HOST": "127.0.0.1", "PORT": port, "DATA_DIR": str(data)}


def free_port() -> int:
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        port: int = listening.getsockname()[1]
        return port


def _wait_for(process: subprocess.Popen[bytes], url: str) -> None:
    give_up_at = time.monotonic() + _PATIENCE_S
    while time.monotonic() < give_up_at and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url):  # noqa: S310 - loopback
            return
        time.sleep(_PAUSE_S)
    raise RuntimeError("the server did not start")


def _resident_kb(pid: int) -> int:
    status = Path(f"/proc/{pid}/status")
    if status.exists():
        lines = dict(line.split(":", 1) for line in status.read_text().splitlines() if ":" in line)
        return int(lines["VmRSS"].split()[0])
    listed = subprocess.run(  # noqa: S603 - a number of our own
        ["ps", "-o", "rss=", "-p", str(pid)],  # noqa: S607 - where macOS has it
        capture_output=True,
        check=True,
        text=True,
    )
    return int(listed.stdout)
