"""Background work in a process of its own, on a ledger that a test shares with it, under the test's clock.

    python -m tests.support.night_watch FOLDER NAME MAIL_PORT [DIES_AT]

The clock is a file that the test writes; after each sweep the process notes at which instant it was.
`DIES_AT` names a point of a delivery at which the process kills itself, the first time it comes there.
"""

from __future__ import annotations

import asyncio
import os
import signal
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import UTC, datetime, timedelta
from functools import wraps
from pathlib import Path
from typing import Any

import structlog

from application.sender import Sender
from domain.venue import FollowUpPolicy, Venue
from infrastructure.database.engine import Ledger, open_ledger
from infrastructure.database.messages import DatabaseMessages
from infrastructure.dbos.background import BackgroundWork, Job
from infrastructure.smtp.messenger import SmtpMessenger
from infrastructure.zones import use_packaged_zones
from tests.support.aftercare import Aftercare, house, one_table
from tests.unit.domain.houses import restaurant

SENDER = "sala@house.example"
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_PATIENCE_S = 60.0

HOUSES: dict[str, Callable[[], Venue]] = {
    "restaurant": restaurant,
    "one_table": one_table,
    "reminds_only": lambda: house(follow_up=FollowUpPolicy(confirmation=False)),
}


class FileClock:
    """Shows what the file says."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def now(self) -> datetime:
        return datetime.fromisoformat(self._path.read_text())

    def monotonic(self) -> float:
        return time.monotonic()

    def set(self, at: datetime) -> None:
        fresh = self._path.with_suffix(".new")
        fresh.write_text(at.astimezone(UTC).isoformat())
        fresh.replace(self._path)

    def move(self, by: timedelta) -> None:
        self.set(self.now() + by)


def _ledger_url(folder: Path) -> str:
    return f"sqlite:///{folder / 'anfitrion.db'}"


# --- the process -----------------------------------------------------------------------------------


def before_sending() -> None:
    _die_around(SmtpMessenger, "send", before=True)


def after_sending() -> None:
    """The letter is with the mail server, and nobody has noted it."""
    _die_around(SmtpMessenger, "send")


def after_noting() -> None:
    _die_around(DatabaseMessages, "delivered", only_if=lambda given: given["way"] == "email")


def after_posting() -> None:
    """The words stand in the conversation, and nobody has noted it."""
    _die_around(
        DatabaseMessages, "delivered", before=True, only_if=lambda given: given["way"] == "chat"
    )


POINTS = {
    point.__name__: point for point in (before_sending, after_sending, after_noting, after_posting)
}


def _die_around(
    owner: type,
    name: str,
    *,
    before: bool = False,
    only_if: Callable[[dict[str, Any]], bool] = lambda given: True,
) -> None:
    method = getattr(owner, name)

    @wraps(method)
    async def mortal(*args: Any, **given: Any) -> Any:
        if before and only_if(given):
            os.kill(os.getpid(), signal.SIGKILL)
        result = await method(*args, **given)
        if only_if(given):
            os.kill(os.getpid(), signal.SIGKILL)
        return result

    setattr(owner, name, mortal)


async def watch(folder: Path, name: str, mail_port: int, venue: Venue) -> None:
    clock = FileClock(folder / "clock")
    ledger = await open_ledger(_ledger_url(folder))
    sender = Sender(leases=ledger.leases, clock=clock, holder=f"{name}:{os.getpid()}")
    aftercare = Aftercare(
        ledger,
        clock,
        venue=venue,
        ways=[SmtpMessenger(f"smtp://127.0.0.1:{mail_port}", sender=SENDER, clock=clock)],
        conflicts=ledger.conflicts,
        is_sender=sender.is_ours,
    )
    began = clock.now()

    async def begin() -> None:
        nonlocal began
        began = clock.now()

    async def report() -> None:
        (folder / f"swept.{name}").write_text(began.isoformat())

    await BackgroundWork(
        database_url=f"sqlite:///{folder / f'background.{name}.db'}",
        sweeps={
            "begin": begin,
            "waitlist": aftercare.waitlist.sweep,
            "messages": aftercare.messages.plan,
            "report": report,
        },
        jobs={"message": Job(aftercare.messages.due, (aftercare.messages.deliver,))},
        executor_id=name,
        interval_s=0.05,
        first_retry_s=0.05,
    ).start()
    print("watching", flush=True)
    await asyncio.Event().wait()


# --- the test's side -------------------------------------------------------------------------------


class Watch:
    """A folder with a ledger and a clock, and the processes that work on it."""

    def __init__(self, folder: Path, *, start: datetime, venue: str, mail_port: int) -> None:
        self.folder = folder
        self.clock = FileClock(folder / "clock")
        self.clock.set(start)
        self._venue = venue
        self._mail_port = mail_port
        self._processes: dict[str, subprocess.Popen[str]] = {}

    async def open_ledger(self) -> Ledger:
        return await open_ledger(_ledger_url(self.folder))

    def desks(self, ledger: Ledger) -> Aftercare:
        """As another process has them that sends nothing: the server."""
        return Aftercare(ledger, self.clock, venue=HOUSES[self._venue]())

    def start(self, name: str = "one", *, dies_at: str = "") -> None:
        with (self.folder / f"{name}.log").open("ab") as log:
            process = subprocess.Popen(
                [
                    *(sys.executable, "-m", "tests.support.night_watch"),
                    *(str(self.folder), name, str(self._mail_port), self._venue, dies_at),
                ],
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
            )
        self._processes[name] = process
        assert process.stdout is not None
        line = process.stdout.readline()
        # Whoever is to die may do so before it has said a word.
        assert line == "watching\n" or dies_at, (self.folder / f"{name}.log").read_text()

    def kill(self, name: str = "one") -> None:
        """`kill -9`: nothing of it runs any more when this returns."""
        process = self._processes.pop(name)
        process.kill()
        process.communicate(timeout=_PATIENCE_S)

    def has_died(self, name: str = "one") -> int:
        """The exit status of a process that kills itself, once it has."""
        process = self._processes.pop(name)
        process.communicate(timeout=_PATIENCE_S)
        return process.returncode

    def close(self) -> None:
        for name in tuple(self._processes):
            self.kill(name)

    async def settle(self) -> None:
        """Wait until everybody has swept at the present instant and nothing is left to be sent."""
        now = self.clock.now()
        async with asyncio.timeout(_PATIENCE_S):
            while not (self._have_swept(now) and not self._due(now)):
                for name, process in self._processes.items():
                    log = self.folder / f"{name}.log"
                    assert process.poll() is None, log.read_text()
                await asyncio.sleep(0.02)

    async def at(self, when: datetime) -> None:
        self.clock.set(when)
        await self.settle()

    def rows(self, sql: str, *values: object) -> list[Any]:
        """Read past the adapters."""
        with closing(sqlite3.connect(self.folder / "anfitrion.db", timeout=30)) as connection:
            return list(connection.execute(sql, values))

    def _have_swept(self, now: datetime) -> bool:
        reports = [self.folder / f"swept.{name}" for name in self._processes]
        return all(path.exists() and path.read_text() == now.isoformat() for path in reports)

    def _due(self, now: datetime) -> Iterable[Any]:
        microseconds = (now - _EPOCH) // timedelta(microseconds=1)
        return self.rows(
            "SELECT key FROM messages WHERE state = 'planned' AND due_at <= ?", microseconds
        )


@contextmanager
def night_watch(
    folder: Path, *, start: datetime, venue: str = "restaurant", mail_port: int
) -> Iterator[Watch]:
    watch = Watch(folder, start=start, venue=venue, mail_port=mail_port)
    try:
        yield watch
    finally:
        watch.close()


def main(folder: str, name: str, mail_port: str, venue: str, dies_at: str) -> None:
    use_packaged_zones()
    # Nobody reads what a process prints after its first line.
    structlog.configure(logger_factory=structlog.PrintLoggerFactory(sys.stderr))
    if dies_at:
        POINTS[dies_at]()
    asyncio.run(watch(Path(folder), name, int(mail_port), HOUSES[venue]()))


if __name__ == "__main__":
    main(*sys.argv[1:])
