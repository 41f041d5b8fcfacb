"""The sample houses on an emulated base, and servers in processes of their own that work on it.

The base is made ready once; each test gets it back as it was then. Whoever talks to it here is a guest
over HTTP, or staff through the emulator's control API: nothing looks inside the program.
"""

from __future__ import annotations

import contextlib
import itertools
import socket
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from datetime import time as wall_time
from pathlib import Path
from typing import Any, Protocol
from zoneinfo import ZoneInfo

import httpx

from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.nursery import Nursery
from tests.support.server import Site

Cells = dict[str, Any]
Answer = Mapping[str, Any]

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=MADRID)
VENUE = "la-terraza"
BOOKINGS = "Reservas"
ALL_TABLES = tuple(f"T{number}" for number in range(1, 13))
LIVE = ("Confirmada", "Sentada", "Recibida", "En curso")
PATIENCE_S = 30.0
"""For what the background brings about; only a hang takes so long."""

_numbers = itertools.count()
_CLOCKS = {20: "ocho", 21: "nueve", 22: "diez", 23: "once"}


@dataclass
class Grid:
    """What staff see of the base, and what they do in it."""

    control: Control

    def put_back(self, state: bytes) -> None:
        """The base as it was, on Monday at noon; no faults, no latency, no limits."""
        self.control.load(state)
        self.control.no_faults()
        self.control.limits(mode="off", per_base=5, penalty_s=30)
        self.control.latency(0)
        self.control.set_clock(MONDAY.isoformat())
        self.control.reset_requests()

    def rows(self) -> list[Cells]:
        return [each["fields"] | {"id": each["id"]} for each in self.control.records(BOOKINGS)]

    def row(self, code: str) -> Cells:
        (found,) = [row for row in self.rows() if row.get("Código") == plain(code)]
        return found

    def has(self, code: str) -> bool:
        return any(row.get("Código") == plain(code) for row in self.rows())

    def cells(self, record: str) -> Cells:
        (found,) = [row for row in self.rows() if row["id"] == record]
        return found

    def adopted(self, *records: str) -> list[Cells]:
        """These rows, once the engine has made bookings of them."""
        until(lambda: all(self.cells(each).get("Código") for each in records))
        return [self.cells(each) for each in records]

    def record(self, table: str, key: str, *, column: str = "Clave") -> str:
        """Which row of a table has this in a column."""
        return next(
            str(each["id"])
            for each in self.control.records(table)
            if each["fields"].get(column) == key
        )

    def tables(self, *keys: str) -> list[str]:
        """The records of these tables of the house, as a booking links to them."""
        by_key = {row["fields"]["Clave"]: row["id"] for row in self.control.records("Recursos")}
        return [by_key[key] for key in keys]

    def keys_of(self, row: Cells) -> tuple[str, ...]:
        by_id = {row["id"]: row["fields"]["Clave"] for row in self.control.records("Recursos")}
        return tuple(sorted(by_id[each] for each in row.get("Mesas", ())))

    def writes(self, start: datetime, *tables: str, **cells: Any) -> str:
        """Staff type a whole row at once: a confirmed booking for four unless the cells say else."""
        return self.control.create(BOOKINGS, self.typed(start, *tables, **cells))

    def typed(self, start: datetime, *tables: str, **cells: Any) -> Cells:
        return {
            "Nombre": "Del cuaderno",
            "Personas": 4,
            "Inicio": utc(start),
            "Estado": "Confirmada",
            "Local": [self.record("Locales", VENUE)],
            "Mesas": self.tables(*tables),
            **cells,
        }

    def changes(self, record: str, **cells: Any) -> None:
        self.control.update(BOOKINGS, record, cells)

    def complaints(self, *, acknowledged: Sequence[str] = (), known: Sequence[str]) -> list[str]:
        """What is wrong with the base in itself: shared tables, doubles, orphans, missing rows."""
        report = self.control.check(
            table=BOOKINGS,
            resource="Mesas",
            start="Inicio",
            end="Fin",
            key="Clave de reserva",
            status="Estado",
            live=LIVE,
            acknowledged=list(acknowledged),
            known=list(known),
        )
        faults = ("overlaps", "missing", "duplicates", "orphans")
        return [f"{fault}: {report[fault]}" for fault in faults if report[fault]]


class Running(Protocol):
    def kill(self) -> None:
        """`kill -9`: nothing of it runs any more when this returns."""
        ...

    def stop(self) -> None:
        """Ask it to stop, and wait until it has."""
        ...


class AirtableSite:
    """A ledger, a base and the servers on them. Each server has a fixed port, so that pings find it
    again when it has been killed and started anew."""

    def __init__(
        self,
        folder: Path,
        emulator: RunningEmulator,
        *,
        servers: int = 1,
        nursery: Nursery | None = None,
        begins: datetime = MONDAY,
        **settings: str,
    ) -> None:
        """`settings` are those of the environment, for every server. Servers come from the `nursery`
        where there is one, else they are the command `serve`."""
        self.grid = Grid(emulator.control)
        self.folder = folder
        self._emulator = emulator
        self._nursery = nursery
        self._settings = settings
        self._ports = [_free_port() for _ in range(servers)]
        self._servers: dict[int, Running] = {}
        self._begins, self._began_s = begins, time.monotonic()
        self._http = httpx.Client(timeout=60, trust_env=False)

    def now(self) -> datetime:
        """What the servers' clocks show, more or less."""
        return self._begins + timedelta(seconds=time.monotonic() - self._began_s)

    def address(self, number: int = 0) -> str:
        return f"http://127.0.0.1:{self._ports[number]}"

    def start(
        self,
        number: int = 0,
        *,
        pinged: bool = True,
        later: timedelta = timedelta(),
        **settings: str,
    ) -> None:
        """`pinged`: Airtable is told where this server is. `later` than it is by our clock."""
        clock = self.now() + later
        given = {
            "PORT": str(self._ports[number]),
            "AIRTABLE_API_KEY": self._emulator.token,
            "AIRTABLE_BASE_ID": self._emulator.base,
            "AIRTABLE_ENDPOINT_URL": self._emulator.url,
            "AIRTABLE_MONTHLY_CALLS": "0",
            "AIRTABLE_BUDGET_RPS": "5",
            **({"PUBLIC_URL": self.address()} if pinged else {}),
            **self._settings,
            **settings,
        }
        if self._nursery is None:
            site = Site(self.folder, clock=clock, later=timedelta())
            self._servers[number] = site.start(**given)
            return
        known = {"CLOCK": clock.isoformat(), "DATA_DIR": str(self.folder)}
        self._servers[number] = self._nursery.start(self.folder, given | known)

    def kill(self, number: int = 0) -> None:
        self._servers.pop(number).kill()

    def stop(self, number: int = 0) -> None:
        """In good order."""
        self._servers.pop(number).stop()

    def close(self) -> None:
        self._http.close()
        for server in self._servers.values():
            server.kill()
        self._servers.clear()

    def log(self) -> str:
        return (self.folder / "server.log").read_text()

    @property
    def ledger(self) -> Path:
        return self.folder / "anfitrion.db"

    @property
    def ledger_url(self) -> str:
        return self._settings.get("DATABASE_URL", f"sqlite:///{self.ledger}")

    # What is asked of a server

    def get(self, path: str, *, number: int = 0, **query: Any) -> dict[str, Any]:
        answered = self._http.get(f"{self.address(number)}{path}", params=query)
        assert answered.status_code == 200, answered.text
        found: dict[str, Any] = answered.json()
        return found

    def post(
        self,
        path: str,
        body: Mapping[str, Any],
        *,
        number: int = 0,
        headers: Mapping[str, str] | None = None,
    ) -> httpx.Response:
        return self._http.post(f"{self.address(number)}{path}", json=body, headers=headers)

    def staff_book(
        self, start: datetime, *tables: str, key: str, covers: int = 4, number: int = 0
    ) -> httpx.Response:
        """A booking that staff take through the API. `key`: the request's own."""
        body: Cells = {
            "start": start.isoformat(),
            "party_size": covers,
            "guest_name": "Del teléfono",
            "resources": list(tables),
        }
        headers = {"Idempotency-Key": key}
        return self.post(f"/venues/{VENUE}/bookings", body, number=number, headers=headers)

    def staff_change(self, code: str, number: int = 0, **change: Any) -> httpx.Response:
        return self._http.patch(f"{self.address(number)}/bookings/{code}", json=change)

    def staff_cancel(self, code: str, number: int = 0, **query: Any) -> httpx.Response:
        return self._http.delete(f"{self.address(number)}/bookings/{code}", params=query)

    def conflicts(self, code: str | None = None) -> list[dict[str, Any]]:
        """The open ones, or those of one booking."""
        found: list[dict[str, Any]] = self.get(f"/venues/{VENUE}/conflicts")["conflicts"]
        return [each for each in found if code is None or each["code"] == code]

    def booking(self, code: str) -> dict[str, Any]:
        return self.get(f"/bookings/{code}")

    def starts(self, day: date, covers: int) -> dict[datetime, list[str]]:
        """The starts of a dinner that a party could have, and on which tables."""
        query: Cells = {"date": day.isoformat(), "party_size": covers, "service": "dinner"}
        found = self.get(f"/venues/{VENUE}/availability", **query)
        return {datetime.fromisoformat(s["start"]): s["resources"] for s in found["slots"]}

    def comments(self, record: str) -> list[str]:
        """What stands in the comments of a booking's row."""
        answered = self._http.get(
            f"{self._emulator.url}/v0/{self._emulator.base}/{BOOKINGS}/{record}/comments",
            headers={"Authorization": f"Bearer {self._emulator.token}"},
        )
        assert answered.status_code == 200, answered.text
        return [each["text"] for each in answered.json()["comments"]]

    def guest(self, phone: str) -> Guest:
        return Guest(self, phone)


@dataclass
class Guest:
    """Somebody who writes to the house."""

    site: AirtableSite
    phone: str

    def says(
        self,
        text: str,
        *,
        channel: str = "chat",
        message_id: str | None = None,
        number: int = 0,
    ) -> Answer:
        body = {
            "venue": VENUE,
            "user_id": self.phone,
            "message": text,
            "message_id": message_id or f"message-{next(_numbers)}",
            "channel": channel,
        }
        answered = self.site.post("/chat", body, number=number)
        assert answered.status_code == 200, answered.text
        answer: Answer = answered.json()
        return answer

    def asks_for(self, start: datetime, covers: int = 4) -> Answer:
        return self.says(asking(start, covers))

    def books(self, start: datetime, covers: int = 4) -> str:
        """A confirmed booking; returns its code."""
        self.asks_for(start, covers)
        answer = self.says("sí")
        assert answer["status"] == "confirmed", answer
        return str(answer["booking"]["code"])


def asking(start: datetime, covers: int = 4) -> str:
    local = start.astimezone(MADRID)
    return (
        f"mesa para {covers} el {local:%d/%m} a las {_CLOCKS[local.hour]} de la noche,"
        " a nombre de Laura Gil"
    )


def evening(days: int, hour: int = 21) -> datetime:
    """So many days after Monday, at an hour of the dinner."""
    return datetime.combine(MONDAY.date() + timedelta(days), wall_time(hour), MADRID)


def utc(instant: datetime) -> str:
    """As Airtable writes it."""
    return instant.astimezone(ZoneInfo("UTC")).strftime("%Y-%m-%dT%H:%M:%S.000Z")


def plain(code: str) -> str:
    return code.replace("-", "")


def until(found: Callable[[], Any], *, within_s: float = PATIENCE_S) -> Any:
    """Wait until something is found (or true), and return it."""
    give_up_at = time.monotonic() + within_s
    while not (what := found()):
        assert time.monotonic() < give_up_at, "it did not happen"
        time.sleep(0.05)
    return what


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
