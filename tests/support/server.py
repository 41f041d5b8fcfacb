"""The server in a process of its own, which tests kill and start again on the same data."""

from __future__ import annotations

import os
import re
import signal
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import httpx

_PATIENCE_S = 60.0
_SERVE = ("-m", "main", "serve")


@dataclass(frozen=True, slots=True)
class Server:
    """A server that listens."""

    process: subprocess.Popen[bytes]
    address: str

    def kill(self) -> None:
        """`kill -9`: nothing of it runs any more when this returns."""
        self.process.kill()
        self.exit_status()

    def ask_to_stop(self) -> None:
        self.process.send_signal(signal.SIGTERM)

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        self.ask_to_stop()
        self.exit_status()

    def exit_status(self) -> int:
        """Once it has ended."""
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(_PATIENCE_S)


class Site:
    """A data folder and the servers that run on it, one after the other.

    Each start is set a little later than the one before, so that the lease of a turn that died with
    its server has lapsed: nobody has to wait a minute for that.
    """

    def __init__(self, folder: Path, *, clock: datetime, later: timedelta) -> None:
        self.folder = folder
        self._clock = clock
        self._later = later
        self._server: Server | None = None

    @property
    def ledger(self) -> Path:
        return self.folder / "anfitrion.db"

    def start(self, *code: str, **settings: str) -> Server:
        """The command `serve`, or Python code that serves in its way; `settings` come on top."""
        self.folder.mkdir(exist_ok=True)
        self._clock += self._later
        with (self.folder / "server.log").open("ab") as log:
            process = subprocess.Popen(
                [sys.executable, *(code or _SERVE)],
                cwd=self.folder,
                env=self._environment() | settings,
                stdout=subprocess.PIPE,
                stderr=log,
            )
        self._server = Server(process, _address(process))
        return self._server

    def close(self) -> None:
        """End the last server, whatever state it is in."""
        if self._server is not None:
            self._server.kill()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    def _environment(self) -> dict[str, str]:
        """With an import path for code of the tests, and compiled code kept from start to start."""
        path = os.pathsep.join(each for each in sys.path if each)
        return {
            **os.environ,
            "PYTHONPATH": path,
            "PYTHONDONTWRITEBYTECODE": "",
            "DATA_DIR": str(self.folder),
            "PORT": "0",
            "CLOCK": self._clock.isoformat(),
        }


def _address(process: subprocess.Popen[bytes]) -> str:
    assert process.stdout is not None
    line = process.stdout.readline().decode()
    found = re.search(r"http://\S+", line)
    assert found, f"the server did not start: {line!r}"
    return found[0]


def message(text: str, *, guest: str, message_id: str) -> dict[str, str]:
    """The body of a `POST /chat` to the sample restaurant."""
    return {"venue": "la-terraza", "user_id": guest, "message": text, "message_id": message_id}


def client(address: str) -> httpx.AsyncClient:
    return httpx.AsyncClient(base_url=address, timeout=_PATIENCE_S)
