"""Guests who all want one table while staff type a row for it, the servers die and Airtable fails.

Everything that happens follows from a seed, as far as processes and networks let it: `play` with the
same one again is the same crowd, the same faults, the same deaths at the same moments.
"""

from __future__ import annotations

import asyncio
import itertools
import random
import re
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

import httpx

from application.ports.outbox import Outbox
from application.ports.store_state import StoreState
from application.store_keeper import LAST_READING, WANTED
from domain.booking import Booking, BookingId
from domain.venue import VenueId
from infrastructure.database.engine import open_ledger
from tests.support.airtable_site import (
    ALL_TABLES,
    BOOKINGS,
    LIVE,
    VENUE,
    AirtableSite,
    Answer,
    Cells,
    Grid,
    asking,
    evening,
    plain,
    utc,
)

AT_NINE = evening(4)
TABLE = "T7"
"""The only one that is left on that evening."""
FAULTS = (
    "reset_before",
    "reset_after",
    "error_500_before",
    "error_500_after",
    "error_502_before",
    "error_502_after",
    "error_503_before",
    "error_503_after",
    "truncated",
    "slow",
    "stale_read",
    "ping_lost",
    "ping_duplicated",
    "ping_late",
)
RATE = 0.03
LATE_STAFF = 0.25
"""How often staff type their row when a guest has long been given the table."""
TAKEN_OVER_S = 6.0
TURN_LAPSES = timedelta(seconds=90)
"""How much later a server's clock must be for the turns of one that died to be answered anew."""
BUSY_S = 0.3
MOST_ROUNDS = 5
QUIET_WITHIN_S = 90.0
COME_BACK_AT_ONCE = 20

_TAKEN_BACK = re.compile(r"no he podido confirmar|casa ha cancelado")
_GIVEN_UP = re.compile(r"petición de anulación|queda cancelada", re.IGNORECASE)
"""A cancellation that the base had not yet: its answer says "received" as a booking's does."""
_CONFIRMED_LATER = re.compile(r"está confirmada\b")


def fill_the_evening(grid: Grid) -> None:
    """Staff have given every table but one away, from opening to closing."""
    for table in ALL_TABLES:
        if table != TABLE:
            start = AT_NINE - timedelta(hours=1)
            grid.writes(start, table, Personas=2, Fin=utc(start + timedelta(hours=4, minutes=30)))


@dataclass
class Visitor:
    """A guest who takes the table, or what is offered instead, and remembers what they were told."""

    phone: str
    takes_another: bool
    changes_their_mind: bool
    heard: list[Answer] = field(default_factory=list)
    unanswered: tuple[str, str] | None = None
    """Text and id of a message whose turn died with its server."""
    _said: int = 0

    async def comes(self, crowd: Crowd) -> None:
        answer = await self._says(crowd, asking(AT_NINE))
        for _ in range(MOST_ROUNDS):
            if answer is None or answer["status"] in {"confirmed", "received"}:
                break
            wanted = [o for o in answer["offers"] if datetime.fromisoformat(o["start"]) == AT_NINE]
            if not wanted and not (answer["offers"] and self.takes_another):
                return
            several = len(answer["offers"]) > 1
            answer = await self._says(crowd, "la primera" if several else "sí")
        if answer is not None and answer["status"] == "confirmed" and self.changes_their_mind:
            await self._says(crowd, "quiero cancelar mi reserva")
            await self._says(crowd, "sí")

    async def comes_back(self, crowd: Crowd) -> None:
        """What is left to hear is heard now: the answer that never came, and all news."""
        if self.unanswered is not None:
            text, message_id = self.unanswered
            self.unanswered = None
            await self._says(crowd, text, message_id)
        await self._says(crowd, "¿tenéis aparcamiento?")

    async def _says(self, crowd: Crowd, text: str, message_id: str = "") -> Answer | None:
        """None where the answer is lost for now, and the guest stops writing."""
        if self.unanswered is not None:
            return None
        if not message_id:
            self._said += 1
            message_id = f"{self.phone}-{self._said}"
        answer = await crowd.deliver(self.phone, text, message_id)
        if answer is None:
            self.unanswered = (text, message_id)
        else:
            self.heard.append(answer)
        return answer

    @property
    def holds(self) -> Answer | None:
        """The last answer that promised a booking which was not taken back since."""
        promise: Answer | None = None
        for answer in self.heard:
            if _TAKEN_BACK.search(answer["response"]):
                promise = None
            if answer["status"] in {"confirmed", "received"} and answer["booking"]:
                promise = answer
            if answer["status"] == "cancelled" or _GIVEN_UP.search(answer["response"]):
                promise = None
        return promise

    @property
    def was_told_it_is_confirmed(self) -> bool:
        """Whether what was "received" was called confirmed in the end."""
        promise = self.holds
        if promise is None or promise["status"] == "confirmed":
            return True
        later = self.heard[self.heard.index(promise) :]
        return any(_CONFIRMED_LATER.search(each["response"]) for each in later)


class Crowd:
    """The visitors of one seed, and the servers that they write to."""

    def __init__(self, site: AirtableSite, *, seed: int, visitors: int, patience_s: float) -> None:
        """`patience_s`: for one answer; then the guest comes back when all is over."""
        self.site = site
        self._random = random.Random(seed)
        self._patience_s = patience_s
        self._seed = seed
        self.visitors = [
            Visitor(
                f"+3460{number:07}",
                takes_another=self._random.random() < 0.4,
                changes_their_mind=self._random.random() < 0.1,
            )
            for number in range(visitors)
        ]
        self.staff_row = ""
        self.fault_hits: Mapping[str, int] = {}
        self.gave_in = False
        """Whether staff had to take their row back."""
        self._open: list[int] = [0, 1]
        self._passes = itertools.count()
        self._http = httpx.AsyncClient(
            timeout=patience_s, trust_env=False, limits=httpx.Limits(max_connections=None)
        )

    async def play(self, *, lasts_s: float) -> None:
        """All at once. The deaths and staff's row fall somewhere into the first `lasts_s`."""
        draw = self._random.uniform
        deaths = [(number, draw(0.05, lasts_s), draw(0.05, 0.5)) for number in (0, 1)]
        typing_at_s = draw(0.0, lasts_s)
        if self._random.random() < LATE_STAFF:
            # Late enough for a guest to have been told "confirmed" before.
            typing_at_s += lasts_s + TAKEN_OVER_S
        self.site.grid.control.faults(
            seed=self._seed,
            rates=dict.fromkeys(FAULTS, RATE),
            slow_s=1.0,
            stale_s=0.5,
            late_s=1.0,
        )
        async with asyncio.TaskGroup() as group:
            for visitor in self.visitors:
                group.create_task(visitor.comes(self))
            group.create_task(self._staff_type(typing_at_s))
            for death in deaths:
                group.create_task(self._dies(*death))

    async def settle(self) -> None:
        """The servers are replaced once more and everybody comes back; once all is written Airtable is
        well again, is read again, and everybody hears what is left to hear."""
        for number in (0, 1):
            self.site.kill(number)
        await asyncio.to_thread(self.site.start, 0, later=TURN_LAPSES)
        self._open = [0]
        await self._everybody_comes_back()
        await self._all_is_written()
        self.fault_hits = self.site.grid.control.fault_hits()
        self.site.grid.control.no_faults()
        await self.quiet()
        await self._everybody_comes_back()
        await self._http.aclose()

    async def _everybody_comes_back(self) -> None:
        """Not all in the same instant: what is judged now is the answer, not how many fit."""
        at_once = asyncio.Semaphore(COME_BACK_AT_ONCE)

        async def comes_back(visitor: Visitor) -> None:
            async with at_once:
                await visitor.comes_back(self)

        await asyncio.gather(*(comes_back(visitor) for visitor in self.visitors))

    async def deliver(self, phone: str, text: str, message_id: str) -> Answer | None:
        """As a channel does: again and again under the same id, to whichever server is up."""
        body = {
            "venue": VENUE,
            "user_id": phone,
            "message": text,
            "message_id": message_id,
            "channel": "whatsapp",
        }
        number = zlib.crc32(message_id.encode()) % len(self._open)
        give_up_at = asyncio.get_running_loop().time() + self._patience_s
        while asyncio.get_running_loop().time() < give_up_at:
            number = (number + 1) % len(self._open)
            url = f"{self.site.address(self._open[number])}/chat"
            try:
                answered = await self._http.post(url, json=body)
            except httpx.TransportError:
                await asyncio.sleep(0.05)
                continue
            if answered.status_code == 200:
                answer: Answer = answered.json()
                return answer
            assert answered.status_code in {409, 503}, answered.text
            await asyncio.sleep(BUSY_S)
        return None

    async def quiet(self) -> None:
        """Until nothing waits to be written, and everything has been read once more."""
        ledger = await open_ledger(self.site.ledger_url, queues_for_store=True)
        try:
            async with asyncio.timeout(QUIET_WITHIN_S):
                await _written(ledger.outbox)
                await _read_again(ledger.store_state, f"{self._seed}-{next(self._passes)}")
                await _written(ledger.outbox)
        finally:
            await ledger.close()

    async def _all_is_written(self) -> None:
        ledger = await open_ledger(self.site.ledger_url, queues_for_store=True)
        try:
            async with asyncio.timeout(QUIET_WITHIN_S):
                await _written(ledger.outbox)
        finally:
            await ledger.close()

    # --- what staff do ---------------------------------------------------------------------------

    async def staff_give_in(self) -> None:
        """Where a guest had been promised the table before staff typed their row, the list says so;
        staff then give their own row up."""
        listed = await asyncio.to_thread(self.site.conflicts)
        if any(each["kind"] == "double_booked" for each in listed):
            self.gave_in = True
            await asyncio.to_thread(self.site.grid.control.delete, BOOKINGS, self.staff_row)
            await self.quiet()

    async def _staff_type(self, at_s: float) -> None:
        await asyncio.sleep(at_s)
        await asyncio.to_thread(self._type)

    def _type(self) -> None:
        grid = self.site.grid
        self.staff_row = grid.control.type(BOOKINGS, "Nombre", "Ana Ruiz", interval_s=0.02)
        whole = grid.typed(AT_NINE, TABLE, Nombre="Ana Ruiz")
        for column in ("Personas", "Local", "Mesas", "Inicio", "Estado"):
            grid.changes(self.staff_row, **{column: whole[column]})

    async def _dies(self, number: int, at_s: float, down_s: float) -> None:
        await asyncio.sleep(at_s)
        await asyncio.to_thread(self.site.kill, number)
        await asyncio.sleep(down_s)
        await asyncio.to_thread(self.site.start, number)

    # --- the truth -------------------------------------------------------------------------------

    async def complaints(self) -> list[str]:
        """What is wrong at the end: between base and ledger, and in what guests were told."""
        ledger = await open_ledger(self.site.ledger_url, queues_for_store=True)
        try:
            grid = self.site.grid
            rows = [row for row in grid.rows() if row.get("Estado") in LIVE]
            kept = await ledger.bookings.between(
                venue=VenueId(VENUE), start=AT_NINE - timedelta(30), end=AT_NINE + timedelta(90)
            )
        finally:
            await ledger.close()
        live = {booking.id: booking for booking in kept if booking.is_live}
        promised = [visitor.holds for visitor in self.visitors]
        codes = {plain(each["booking"]["code"]) for each in promised if each is not None}
        acknowledged = [b.id for b in live.values() if b.code in codes]
        found = grid.complaints(acknowledged=acknowledged, known=list(live))
        found += _differences(rows, live)
        found += [
            complaint for visitor in self.visitors for complaint in self._untruths(visitor, rows)
        ]
        at_the_table = [row for row in rows if self._is_at_the_table(row)]
        if len(at_the_table) != 1:
            found.append(f"{len(at_the_table)} have the table: {at_the_table}")
        return found

    def _is_at_the_table(self, row: Cells) -> bool:
        start, end = (datetime.fromisoformat(row[edge]) for edge in ("Inicio", "Fin"))
        return TABLE in self.site.grid.keys_of(row) and start <= AT_NINE < end

    def _untruths(self, visitor: Visitor, rows: list[Cells]) -> Iterator[str]:
        own = [row for row in rows if row.get("Teléfono") == visitor.phone]
        promise = visitor.holds
        if visitor.unanswered:
            yield f"{visitor.phone} was never answered: {visitor.unanswered}"
        if promise is None:
            if own:
                yield f"{visitor.phone} knows of no booking, the base has {own}"
            return
        booking = promise["booking"]
        shown = (plain(booking["code"]), utc(datetime.fromisoformat(booking["start"])))
        if [(row.get("Código"), utc(datetime.fromisoformat(row["Inicio"]))) for row in own] != [
            shown
        ]:
            yield f"{visitor.phone} was promised {shown}, the base has {own}"
        elif own[0]["Estado"] != "Confirmada":
            yield f"{visitor.phone} has a booking that is {own[0]['Estado']}"
        if not visitor.was_told_it_is_confirmed:
            yield f"{visitor.phone} was told received and nothing since"


def _differences(rows: list[Cells], live: Mapping[BookingId, Booking]) -> Iterator[str]:
    """Between the live rows of the base and the live bookings of the ledger."""
    by_key = {row.get("Clave de reserva"): row for row in rows}
    for row in rows:
        if row.get("Clave de reserva") not in live:
            yield f"the ledger does not know {row}"
    for booking in live.values():
        found = by_key.get(booking.id)
        if found is None:
            yield f"the base does not have {booking}"
        elif utc(booking.start) != utc(datetime.fromisoformat(found["Inicio"])):
            yield f"the base has another time for {booking}: {found}"


async def _written(outbox: Outbox) -> None:
    while (await outbox.backlog()).waiting:  # noqa: ASYNC110 - what changes is in a database
        await asyncio.sleep(0.1)


async def _read_again(state: StoreState, token: str) -> None:
    await state.put(name=WANTED, value={"token": token})
    while True:
        done = await state.get(name=LAST_READING)
        if done is not None and done.value.get("token") == token:
            return
        await asyncio.sleep(0.1)
