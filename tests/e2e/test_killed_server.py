"""A server that is killed at any instant has lost nothing and done nothing twice."""

from __future__ import annotations

import asyncio
import json
import random
import sqlite3
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from tests.support import truths
from tests.support.house import LedgerFile, Row
from tests.support.mortal_server import POINTS, WRITES
from tests.support.server import Site, client, message

Answer = Mapping[str, Any]

MONDAY = datetime(2026, 11, 23, 12, tzinfo=ZoneInfo("Europe/Madrid"))
LATER = timedelta(seconds=61)
GUEST = "+34600111222"
ASKED = "mesa para 2 el viernes a las nueve de la noche, a nombre de Laura Gil"
PATIENCE_S = 40.0


@pytest.fixture
def site(tmp_path: Path) -> Iterator[Site]:
    site = Site(tmp_path / "data", clock=MONDAY, later=LATER)
    yield site
    site.close()


# --- killed at a known point ---------------------------------------------------------------------

# What is said before the message whose turn dies, by what that turn does.
LED_UP_TO = {
    "schedule_appointment": [ASKED],
    "reschedule_appointment": [ASKED, "sí", "cámbiala a las diez de la noche, por favor"],
    "cancel_appointment": [ASKED, "sí", "quiero cancelar mi reserva"],
}
POINTS_AND_ACTIONS = [
    *((point, "schedule_appointment") for point in POINTS),
    ("after_the_write", "reschedule_appointment"),
    ("after_the_write", "cancel_appointment"),
]


async def say(server: httpx.AsyncClient, text: str, message_id: str) -> Answer:
    answered = await server.post("/chat", json=message(text, guest=GUEST, message_id=message_id))
    assert answered.status_code == 200, answered.text
    answer: Answer = answered.json()
    return answer


async def die(site: Site, point: str, action: str) -> None:
    """Talk to a server until it dies at this point, in the turn of the message `last`."""
    server = site.start("-m", "tests.support.mortal_server", point, action)
    async with client(server.address) as guest:
        for number, text in enumerate(LED_UP_TO[action]):
            await say(guest, text, f"message-{number}")
        with pytest.raises(httpx.TransportError):
            await say(guest, "sí", "last")
    assert server.exit_status() < 0


def bookings(site: Site) -> list[Row]:
    with closing(LedgerFile(site.ledger)) as ledger:
        assert not list(truths.the_floor_is_claimed_by_live_bookings_alone(ledger))
        return list(ledger.bookings().values())


def shows(answer: Answer, row: Row) -> bool:
    """Whether an answer shows a booking as it stands."""
    shown = answer["booking"]
    return bool(
        shown
        and shown["code"].replace("-", "") == row.code
        and datetime.fromisoformat(shown["start"]) == row.start
        and shown["party_size"] == row.party
        and shown["status"] == row.status
    )


def told(site: Site) -> dict[str, list[Answer]]:
    """All saved answers by guest, in the order of their turns."""
    answers: dict[str, list[Answer]] = defaultdict(list)
    with closing(sqlite3.connect(f"file:{site.ledger}?mode=ro", uri=True)) as ledger:
        for guest, response in ledger.execute(
            "SELECT user_id, response FROM turns WHERE reply IS NOT NULL"
            " ORDER BY conversation_id, number"
        ):
            answers[guest].append(json.loads(response))
    return answers


def unfinished(site: Site) -> int:
    """Turns that wrote something and have no answer yet."""
    with closing(sqlite3.connect(f"file:{site.ledger}?mode=ro", uri=True)) as ledger:
        (count,) = ledger.execute(
            "SELECT count(*) FROM turns t WHERE reply IS NULL AND EXISTS (SELECT 1 FROM idempotency i"
            " WHERE i.conversation_id = t.conversation_id AND i.turn = t.number)"
        ).fetchone()
        return int(count)


async def until_all_is_told(site: Site) -> None:
    give_up_at = time.monotonic() + PATIENCE_S
    while unfinished(site):
        assert time.monotonic() < give_up_at, site.log()
        await asyncio.sleep(0.1)


@pytest.mark.slow
@pytest.mark.parametrize(("point", "action"), POINTS_AND_ACTIONS)
async def test_the_same_message_again_gets_the_answer_and_nothing_is_done_twice(
    site: Site, point: str, action: str
) -> None:
    await die(site, point, action)
    async with client(site.start().address) as guest:
        answer = await say(guest, "sí", "last")
        again = await say(guest, "sí", "last")
    (row,) = bookings(site)
    assert answer["action"] == action
    assert shows(answer, row)
    assert again == answer


@pytest.mark.slow
@pytest.mark.parametrize(("point", "action"), POINTS_AND_ACTIONS)
async def test_the_next_message_is_told_what_was_done_before_the_end(
    site: Site, point: str, action: str
) -> None:
    await die(site, point, action)
    async with client(site.start().address) as guest:
        answer = await say(guest, "¿tenéis aparcamiento?", "another")
    rows = bookings(site)
    match point:
        case "before_the_write":
            assert rows == []
            assert answer["action"] == "none"
        case "after_the_save":
            assert shows(told(site)[GUEST][-2], rows[0])
            assert answer["action"] == "none"
        case _:
            assert len(rows) == 1
            assert answer["action"] == action
            assert shows(answer, rows[0])


@pytest.mark.slow
@pytest.mark.parametrize(("point", "action"), POINTS_AND_ACTIONS)
async def test_what_a_guest_never_asks_about_again_is_told_all_the_same(
    site: Site, point: str, action: str
) -> None:
    await die(site, point, action)
    server = site.start()
    await until_all_is_told(site)
    rows = bookings(site)
    if point == "before_the_write":
        assert rows == []
    else:
        assert len(rows) == 1
        assert shows(told(site)[GUEST][-1], rows[0])
    if point in {"after_the_write", "before_the_save"}:
        async with client(server.address) as guest:
            answer = await say(guest, "¿tenéis aparcamiento?", "another")
            assert answer["action"] == action
            assert shows(answer, rows[0])
            after = await say(guest, "¿tenéis tronas?", "yet another")
            assert after["action"] == "none"
        assert bookings(site) == rows
    server.ask_to_stop()
    assert server.exit_status() == 0


async def test_a_turn_under_way_when_the_server_is_asked_to_stop_is_finished_first(
    site: Site,
) -> None:
    server = site.start("-m", "tests.support.mortal_server", "dawdle", "")
    async with client(server.address) as guest:
        await say(guest, ASKED, "first")
        answering = asyncio.create_task(say(guest, "sí", "last"))
        await asyncio.sleep(0.3)
        server.ask_to_stop()
        answer = await answering
    assert server.exit_status() == 0
    (row,) = bookings(site)
    assert answer["status"] == "confirmed"
    assert shows(answer, row)


# --- killed at any instant -----------------------------------------------------------------------

KILLS = 12
GUESTS_AT_ONCE = 8
LONGEST_LIFE_S = 0.7
MOST_TRIES = 5


@dataclass
class Town:
    """Guests who talk to whichever server is up, and what they heard."""

    random: random.Random
    address: str = ""
    is_quiet: bool = False
    """Nobody begins a new booking any more."""
    heard: dict[str, list[Answer]] = field(default_factory=lambda: defaultdict(list))
    deaf: set[str] = field(default_factory=set)
    """Guests who did not wait for an answer: they went away, or said something else."""
    interrupted: int = 0
    _numbers: int = 0

    async def live(self) -> None:
        """One guest after the other, until it is quiet."""
        while not self.is_quiet:
            self._numbers += 1
            await _Guest(self, f"+3460{self._numbers:07}").book_and_change()


class WentAway(Exception):
    """A guest whose message was not answered does not come back."""


class _Guest:
    def __init__(self, town: Town, name: str) -> None:
        self._town = town
        self._random = random.Random(town.random.random())
        self._name = name
        self._said = 0

    async def book_and_change(self) -> None:
        day = MONDAY + timedelta(days=self._random.randrange(2, 55))
        covers = self._random.choice((2, 2, 3, 4))
        hour = self._random.choice(("20:30", "21:00", "21:30", "22:00"))
        try:
            answer = await self._say(
                f"mesa para {covers} el {day:%d/%m} a las {hour}, a nombre de Laura Gil"
            )
            await self._agree(answer)
            match self._random.randrange(3):
                case 0:
                    await self._agree(await self._say("cámbiala a las 23:00, por favor"))
                case 1:
                    await self._agree(await self._say("cancela mi reserva"))
                case _:
                    pass
        except WentAway:
            pass

    async def _agree(self, answer: Answer) -> None:
        """Take what is offered."""
        for _ in range(MOST_TRIES):
            if answer["status"] not in {"offering", "awaiting_confirmation"}:
                return
            several = len(answer["offers"]) > 1
            answer = await self._say("la primera" if several else "sí")

    async def _say(self, text: str) -> Answer:
        """Say something, until it is answered.

        A guest whose server dies insists, says something else, or goes away.
        """
        message_id = self._next_id()
        was_interrupted = False
        while True:
            body = message(text, guest=self._name, message_id=message_id)
            try:
                async with client(self._town.address) as server:
                    answered = await server.post("/chat", json=body)
            except httpx.TransportError:
                if not was_interrupted:
                    was_interrupted = True
                    self._town.interrupted += 1
                    text, message_id = self._react(text, message_id)
                await asyncio.sleep(0.05)
                continue
            assert answered.status_code == 200, answered.text
            answer: Answer = answered.json()
            self._town.heard[self._name].append(answer)
            return answer

    def _react(self, text: str, message_id: str) -> tuple[str, str]:
        choice = self._random.randrange(4)
        if choice >= 2:
            return text, message_id
        self._town.deaf.add(self._name)
        if choice == 1:
            raise WentAway
        return "¿tenéis aparcamiento?", self._next_id()

    def _next_id(self) -> str:
        self._said += 1
        return f"{self._name}-{self._said}"


def last_deed(answers: Sequence[Answer]) -> Answer | None:
    """The answer that told the latest change of a booking."""
    return next((each for each in reversed(answers) if each["action"] in WRITES), None)


@pytest.mark.slow
@pytest.mark.timeout(300)
@pytest.mark.parametrize("seed", [1])
async def test_whatever_the_instant_every_booking_is_told_and_every_told_booking_is_there_once(
    site: Site, seed: int
) -> None:
    town = Town(random.Random(seed))
    server = site.start()
    town.address = server.address
    guests = [asyncio.create_task(town.live()) for _ in range(GUESTS_AT_ONCE)]
    for _ in range(KILLS):
        await asyncio.sleep(town.random.uniform(0.05, LONGEST_LIFE_S))
        await asyncio.to_thread(server.kill)
        server = await asyncio.to_thread(site.start)
        town.address = server.address
    town.is_quiet = True
    await asyncio.gather(*guests)
    await until_all_is_told(site)

    rows: dict[str, list[Row]] = defaultdict(list)
    for row in bookings(site):
        rows[row.user_id].append(row)
    saved = told(site)
    for guest in town.heard.keys() | town.deaf:
        heard = saved[guest] if guest in town.deaf else town.heard[guest]
        deed = last_deed(heard)
        assert len(rows[guest]) == (deed is not None), (guest, heard, rows[guest])
        if deed is not None:
            assert shows(deed, rows[guest][0]), (deed, rows[guest])
    assert town.interrupted >= KILLS
    assert len(rows) >= KILLS
    assert "turn.failed" not in site.log()
