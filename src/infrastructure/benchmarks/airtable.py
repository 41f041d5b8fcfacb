"""Airtable as the booking store: how fast bookings are confirmed, how soon staff's edits count.

One server process on a base of the emulator: strict limits, answers that take 0.3 s (the median of a
log-normal distribution), four requests a second. Bookings come in by `POST /venues/…/bookings`, whose
answer comes when the booking stands in Airtable; a few milliseconds of HTTP are part of every figure.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncIterator, Iterator, Mapping, Sequence
from contextlib import aclosing, asynccontextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from pathlib import Path
from random import Random
from statistics import quantiles
from typing import Any

import httpx

from infrastructure.airtable import lookups
from infrastructure.airtable.init import Prepared, prepare
from infrastructure.airtable.limiter import Priority
from infrastructure.airtable.rows import Rows, read_rows
from infrastructure.airtable.schema import BaseMap
from infrastructure.airtable.wire import Wire
from infrastructure.benchmarks.emulator import Emulator, Traffic, running_emulator
from infrastructure.benchmarks.server import RunningServer, free_port, running_server
from infrastructure.clock import SystemClock
from infrastructure.memory.allowance import MemoryAllowance
from infrastructure.venues.loader import read_files

LATENCY_S = 0.3
BUDGET_RPS = 4.0
_NO_BUDGET_RPS = 1000.0
_POLL_S = 5.0
"""Of a server that no ping reaches and whose calls are not counted."""

_VENUE = "la-terraza"
_COVERS = 2
_TABLES = ("T1", "T2", "T3", "T4", "T5")
_DAYS = 60
"""Over which the bookings are spread, from the day after tomorrow on."""
_LOOK_EVERY_S = 0.02
_ASK_EVERY_S = 0.5
"""After a booking that was only received: by then hundreds may be asking."""
_KEPT_OPEN_S = 2.0
"""Connections, so that the server never closes one that is about to be used."""
_PATIENCE_S = 120.0


@dataclass(frozen=True, slots=True)
class Amounts:
    """How much is measured, and the seconds of quiet before each lone booking or edit."""

    burst: int = 300
    lone: int = 30
    naive: int = 30
    edits: int = 10
    unannounced: int = 3
    quiet_s: float = 3.0


_ALL = Amounts()


async def run(checkout: str, amounts: Amounts = _ALL) -> dict[str, Any]:
    """JSON-ready, times in seconds; `checkout` is the source tree that has the emulator."""
    async with running_emulator(Path(checkout)) as emulator:
        house = await _furnish(emulator)
        async with _engine(emulator, pinged=True) as engine:
            places = await _places(engine)
            await engine.book(next(places))  # the first one opens connections
            result: dict[str, Any] = {
                "latency_median_s": LATENCY_S,
                "budget_requests_per_s": BUDGET_RPS,
                "burst": await _burst(emulator, engine, places, amounts),
                "lone booking": await _lone(emulator, engine, places, amounts),
            }
            announced = await _edits(house, engine, amounts.edits, amounts)
        result["naive: check, create, verify"] = await _naive(house, places, amounts)
        async with _engine(emulator, pinged=False) as engine:
            await engine.book(next(places))
            unannounced = await _edits(house, engine, amounts.unannounced, amounts)
        result["staff's edit seen, with pings"] = announced
        result["staff's edit seen, without"] = {"poll_s": _POLL_S, **unannounced}
        return result


# --- the parts -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _House:
    """The base, as the one who prepared it knows it."""

    emulator: Emulator
    base: BaseMap
    rows: Rows

    def row(self, table: str, key: str) -> str:
        return next(row.id for row in self.rows[table] if row.cells.get("key") == key)

    def cells(self, place: _Place, **more: object) -> dict[str, Any]:
        """Of a row in the Bookings table, by field id."""
        cells = {
            "venue": (self.row("venues", _VENUE),),
            "start": place.start,
            "end": place.end,
            "covers": _COVERS,
            "resources": tuple(self.row("resources", each) for each in place.resources),
            "status": "confirmed",
            "name": "Laura Gil",
        }
        return self.base.fields("bookings", {**cells, **more})


@dataclass(frozen=True, slots=True)
class _Place:
    start: datetime
    end: datetime
    resources: tuple[str, ...]


async def _furnish(emulator: Emulator) -> _House:
    """The sample houses, in a moment; from here on requests are limited and take their time."""
    await emulator.pace(mode="off", latency_s=0)
    async with _wire(emulator, budget_rps=_NO_BUDGET_RPS) as wire:
        prepared: Prepared = await prepare(wire, houses=read_files(None))
        rows = await read_rows(wire, prepared.base)
    await emulator.pace(mode="strict", latency_s=LATENCY_S)
    return _House(emulator, prepared.base, rows)


def _wire(emulator: Emulator, *, budget_rps: float) -> aclosing[Wire]:
    wire = Wire(
        token=emulator.token,
        base=emulator.base,
        endpoint_url=emulator.url,
        allowance=MemoryAllowance(),
        budget_rps=budget_rps,
        clock=SystemClock(),
    )
    return aclosing(wire)


class _Engine:
    """The server, by its API."""

    def __init__(self, server: RunningServer, http: httpx.AsyncClient) -> None:
        self.server = server
        self._http = http
        self._numbers = iter(range(1_000_000))

    async def book(self, place: _Place) -> float:
        """Seconds until it was confirmed."""
        number, began = next(self._numbers), time.perf_counter()
        answer = await self._http.post(
            f"/venues/{_VENUE}/bookings",
            json={
                "start": place.start.isoformat(),
                "party_size": _COVERS,
                "resources": list(place.resources),
                "guest_name": f"Guest {number}",
                "guest_phone": f"+3460{number:07}",
            },
            headers={"Idempotency-Key": f"bench-{number}"},
        )
        booking = answer.raise_for_status().json()
        while booking["status"] != "confirmed":
            if time.perf_counter() - began > _PATIENCE_S:
                raise RuntimeError(f"a booking is still {booking['status']}")
            await asyncio.sleep(_ASK_EVERY_S)
            booking = (await self._http.get(f"/bookings/{booking['code']}")).json()
        return time.perf_counter() - began

    async def free(self, day: date) -> list[_Place]:
        """Every start of a day with the table that the engine would give."""
        answer = await self._http.get(
            f"/venues/{_VENUE}/availability",
            params={"date": day.isoformat(), "party_size": _COVERS},
        )
        return [
            _Place(
                datetime.fromisoformat(slot["start"]),
                datetime.fromisoformat(slot["end"]),
                tuple(slot["resources"]),
            )
            for slot in answer.raise_for_status().json()["slots"]
        ]


@asynccontextmanager
async def _engine(emulator: Emulator, *, pinged: bool) -> AsyncIterator[_Engine]:
    port = free_port()
    settings = {
        "AIRTABLE_API_KEY": emulator.token,
        "AIRTABLE_BASE_ID": emulator.base,
        "AIRTABLE_ENDPOINT_URL": emulator.url,
        "AIRTABLE_BUDGET_RPS": str(BUDGET_RPS),
        "AIRTABLE_MONTHLY_CALLS": "0",
        "STORE_DEADLINE_S": "20",
    }
    if pinged:
        settings["PUBLIC_URL"] = f"http://127.0.0.1:{port}"
    with running_server(settings, port=port) as server:
        limits = httpx.Limits(max_connections=None, keepalive_expiry=_KEPT_OPEN_S)
        async with httpx.AsyncClient(
            base_url=server.address, timeout=_PATIENCE_S, limits=limits, trust_env=False
        ) as http:
            engine = _Engine(server, http)
            await engine.free(_today())  # answers once the base has been read
            yield engine


async def _places(engine: _Engine) -> Iterator[_Place]:
    """A table at the beginning of a service, each once, in the order in which guests happen to ask."""
    places = []
    for ahead in range(2, 2 + _DAYS):
        free = await engine.free(_today() + timedelta(days=ahead))
        firsts = [
            place
            for before, place in zip([None, *free], free, strict=False)
            if before is None or place.start - before.start > timedelta(hours=2)
        ]
        places += [replace(place, resources=(table,)) for place in firsts for table in _TABLES]
    Random(0).shuffle(places)  # noqa: S311 - the same order in each run, no secret
    return iter(places)


def _today() -> date:
    return datetime.now().astimezone().date()


# --- what is measured ----------------------------------------------------------------------------


async def _burst(
    emulator: Emulator, engine: _Engine, places: Iterator[_Place], amounts: Amounts
) -> dict[str, Any]:
    """All guests at once."""
    await asyncio.sleep(amounts.quiet_s)
    await emulator.forget_traffic()
    cpu_s = engine.server.cpu_s()
    wanted = [next(places) for _ in range(amounts.burst)]
    took_s = await asyncio.gather(*(engine.book(place) for place in wanted))
    return {
        **_rates(took_s),
        "confirmed_after_s": _spread(took_s),
        **_requests(await emulator.traffic(), len(took_s)),
        "server_cpu_ms_per_booking": round((engine.server.cpu_s() - cpu_s) * 1000 / len(took_s), 1),
    }


async def _lone(
    emulator: Emulator, engine: _Engine, places: Iterator[_Place], amounts: Amounts
) -> dict[str, Any]:
    """One guest after the other, in a system that has nothing else to do."""
    await emulator.forget_traffic()
    took_s = []
    for _ in range(amounts.lone):
        await asyncio.sleep(amounts.quiet_s)
        took_s.append(await engine.book(next(places)))
    await asyncio.sleep(amounts.quiet_s)
    return {
        "bookings": len(took_s),
        "confirmed_after_s": _spread(took_s),
        **_requests(await emulator.traffic(), len(took_s)),
    }


async def _naive(house: _House, places: Iterator[_Place], amounts: Amounts) -> dict[str, Any]:
    """Each booking looks whether its table is free, writes its row, and looks again; all at once,
    through the same client (pyairtable) and the same limiter."""
    table = house.base.table("bookings").id
    start, end = (house.base.field_id("bookings", each) for each in ("start", "end"))

    async def book(wire: Wire, place: _Place) -> float:
        began = time.perf_counter()
        formula = lookups.overlaps_any(start, end, [(place.start, place.end)])
        await wire.list_records(table, formula=formula, priority=Priority.COMMIT)
        await wire.create(table, [house.cells(place)])
        await wire.list_records(table, formula=formula, priority=Priority.COMMIT)
        return time.perf_counter() - began

    await house.emulator.forget_traffic()
    async with _wire(house.emulator, budget_rps=BUDGET_RPS) as wire:
        wanted = [next(places) for _ in range(amounts.naive)]
        took_s = await asyncio.gather(*(book(wire, place) for place in wanted))
    # All check before any writes, so that only the whole says how fast this is.
    return {
        "bookings": len(took_s),
        "bookings_per_s": round(len(took_s) / max(took_s), 2),
        **_requests(await house.emulator.traffic(), len(took_s)),
    }


async def _edits(house: _House, engine: _Engine, count: int, amounts: Amounts) -> dict[str, Any]:
    """Staff type a booking at a table that the engine offers; seen when it is offered no more.

    From the edit on: Airtable's way to the ping, which the emulator makes 0.05 s, is part of it.
    """
    random = Random(0)  # noqa: S311 - when staff type, no secret
    took_s = []
    for ahead in range(_DAYS + 3, _DAYS + 3 + count):
        # Anywhere between two looks of a server that is not pinged.
        await asyncio.sleep(amounts.quiet_s + random.uniform(0, amounts.quiet_s))
        day = _today() + timedelta(days=ahead)
        offered = (await engine.free(day))[0]
        began = time.perf_counter()
        await house.emulator.create(house.base.table("bookings").id, house.cells(offered))
        while offered in await engine.free(day):
            if time.perf_counter() - began > _PATIENCE_S:
                raise RuntimeError("an edit was not seen")
            await asyncio.sleep(_LOOK_EVERY_S)
        took_s.append(time.perf_counter() - began)
    return {"edits": len(took_s), **_spread(took_s), "max": round(max(took_s), 2)}


# --- figures -------------------------------------------------------------------------------------


def _rates(took_s: Sequence[float]) -> dict[str, Any]:
    """Of bookings that all began at one moment; the middle leaves the first and last tenth out."""
    done = sorted(took_s)
    first, last = len(done) // 10, len(done) - 1 - len(done) // 10
    return {
        "bookings": len(done),
        "bookings_per_s": round(len(done) / done[-1], 2),
        "bookings_per_s_in_the_middle": round((last - first) / (done[last] - done[first]), 2),
    }


def _spread(took_s: Sequence[float]) -> dict[str, float]:
    cuts = quantiles(took_s, n=100, method="inclusive")
    return {"p50": round(cuts[49], 2), "p95": round(cuts[94], 2)}


def _requests(traffic: Traffic, bookings: int) -> dict[str, Any]:
    each: Mapping[str, float] = {
        kind: round(count / bookings, 3) for kind, count in sorted(traffic.kinds.items())
    }
    return {
        "requests_per_booking": {"all": round(traffic.total / bookings, 3), **each},
        "answers_429": traffic.too_many,
    }
