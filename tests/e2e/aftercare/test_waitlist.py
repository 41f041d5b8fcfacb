"""The waitlist by real processes, killed and side by side; and in the guests' own words, through the app."""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from domain.booking import Booking
from domain.guest import Guest
from domain.waitlist import WaitlistEntry, WaitlistStatus
from infrastructure.database.engine import open_ledger
from tests.e2e.aftercare.conftest import OpenWatch
from tests.support.aftercare import Aftercare, Way, one_table
from tests.support.house import House, open_house
from tests.support.mail import Inbox

FRIDAY = datetime(2026, 11, 27).date()
# Two days before the clocks go back in Madrid, and two before they go forward; 12:00 there.
BEFORE_CHANGES = (datetime(2026, 10, 23, 10, tzinfo=UTC), datetime(2027, 3, 26, 11, tzinfo=UTC))
MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
MINUTE, HOUR, DAY = timedelta(minutes=1), timedelta(hours=1), timedelta(days=1)


def evening_of(day: datetime) -> datetime:
    """The start at 20:00 by Madrid's clock."""
    return day.astimezone(one_table().zone).replace(hour=20, minute=0).astimezone(UTC)


async def fill(desks: Aftercare, first: datetime) -> list[Booking]:
    """Leave nothing of an evening."""
    starts = [first, first + HOUR * 3 / 2, first + 3 * HOUR]
    return [await desks.book(at, guest=Guest(f"o{n}", "Otros")) for n, at in enumerate(starts)]


async def wait_for_a_place(desks: Aftercare, start: datetime, names: str) -> list[WaitlistEntry]:
    day = start.astimezone(desks.venue.zone).date()
    entries = []
    for name in names:
        entries.append(
            await desks.waitlist.add(
                desks.venue,
                day=day,
                covers=2,
                earliest=20 * 60,
                latest=23 * 60,
                name=name,
                email=f"{name}@example.org",
            )
        )
        desks.clock.move(MINUTE)  # type: ignore[attr-defined]
    return entries


@pytest.mark.slow
@pytest.mark.parametrize("start", BEFORE_CHANGES, ids=["back", "forward"])
async def test_a_freed_place_goes_down_the_list_over_a_change_of_clocks_and_restarts(
    start: datetime, open_watch: OpenWatch, inbox: Inbox
) -> None:
    """For Sunday, after the night on which clocks change; offered in turn, each for half an hour that
    really passes, never at night."""
    watch = open_watch(start, venue="one_table")
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    sunday = evening_of(start + 2 * DAY)
    first, *_ = await fill(desks, sunday)
    await wait_for_a_place(desks, sunday, "abc")
    watch.start()
    night = start + timedelta(days=1, hours=11)  # Saturday 23:00
    await watch.at(night)
    await desks.cancel(first)
    await watch.at(night + HOUR)
    assert inbox.arrived == []
    # In quiet hours nothing is offered that is further off than twelve hours: so at 08:00 on Sunday.
    quiet_until = sunday - 12 * HOUR
    await watch.at(quiet_until - MINUTE)
    assert inbox.arrived == []
    for number, name in enumerate("abc"):
        at = quiet_until + number * HOUR / 2
        await watch.at(at)
        watch.kill()
        watch.clock.set(at + 29 * MINUTE)
        watch.start()
        await watch.settle()
        assert [mail["To"].addresses[0].username for mail in inbox.arrived] == [
            *"abc"[: number + 1]
        ], name
    await watch.at(quiet_until + 3 * HOUR / 2)
    listed = await desks.waitlist.on_day(desks.venue.id, sunday.date())
    assert [entry.status for entry in listed] == [WaitlistStatus.EXPIRED] * 3
    await ledger.close()


@pytest.mark.slow
async def test_two_processes_that_sweep_at_once_offer_each_place_once(
    open_watch: OpenWatch, inbox: Inbox
) -> None:
    watch = open_watch(MONDAY, venue="one_table")
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    evenings = [evening_of(MONDAY + n * DAY) for n in range(2, 6)]
    freed = []
    for evening in evenings:
        first, *_ = await fill(desks, evening)
        freed.append(first)
        await wait_for_a_place(desks, evening, "ab")
    for name in ("one", "two"):
        watch.start(name)
    await watch.at(MONDAY + HOUR)
    await asyncio.gather(*(desks.cancel(booking) for booking in freed))
    for _ in range(5):
        watch.clock.move(LITTLE)
        await watch.settle()
    for evening in evenings:
        listed = await desks.waitlist.on_day(desks.venue.id, evening.date())
        assert [entry.status for entry in listed] == [
            WaitlistStatus.OFFERED,
            WaitlistStatus.WAITING,
        ]
    assert [mail["To"].addresses[0].username for mail in inbox.arrived] == ["a"] * len(evenings)
    held = watch.rows("SELECT id FROM allocations WHERE kind = 'hold'")
    assert len(held) == len(evenings)
    await ledger.close()


LITTLE = timedelta(seconds=1)


# --- in the guests' own words ----------------------------------------------------------------------


class Evening:
    """The app with one table, and another process's sweeps on the same ledger."""

    def __init__(self, house: House, sweeps: Aftercare, email: Way) -> None:
        self._house = house
        self.sweeps = sweeps
        self.email = email
        self.clock = house.clock

    async def says(self, text: str, *, guest: str) -> dict[str, Any]:
        answered = await self._house.say(
            text, venue="house", guest=guest, channel="chat", message_id=self._house.next_id("m")
        )
        assert answered.status_code == 200, answered.text
        answer: dict[str, Any] = answered.json()
        return answer

    async def joins(self, name: str, *, guest: str) -> None:
        for text in (
            "mesa para 2 el viernes a las nueve de la noche",
            "apúntame en la lista de espera para el viernes a las nueve de la noche",
        ):
            answer = await self.says(text, guest=guest)
        for _ in range(3):
            if not answer["missing"]:
                break
            answer = await self.says(f"a nombre de {name}", guest=guest)
        assert re.search("lista de espera", answer["response"]), answer["response"]

    async def posts(self, guest: str) -> list[dict[str, Any]]:
        found = await self._house.get("/chat/posts", venue="house", user_id=guest)
        posts: list[dict[str, Any]] = found["posts"]
        return posts


@asynccontextmanager
async def full_evening(folder: Path) -> AsyncIterator[tuple[Evening, Booking]]:
    """A Friday without a free place; the booking is the one that will make way."""
    async with open_house(folder, start=MONDAY, venues=[one_table()]) as house:
        ledger = await open_ledger(f"sqlite:///{folder / 'anfitrion.db'}")
        email = Way()
        sweeps = Aftercare(ledger, house.clock, venue=one_table(), ways=[email])
        _, second, _ = await fill(sweeps, evening_of(datetime(2026, 11, 27, 11, tzinfo=UTC)))
        yield Evening(house, sweeps, email), second
        await ledger.close()


async def test_a_guest_joins_in_the_chat_is_offered_the_place_and_takes_it_with_a_word(
    tmp_path: Path,
) -> None:
    async with full_evening(tmp_path) as (evening, second):
        await evening.joins("Laura Gil", guest="laura")
        evening.clock.move(MINUTE)
        await evening.joins("Pedro Paz", guest="pedro")
        await evening.sweeps.cancel(second)
        await evening.sweeps.work()
        [offered] = await evening.posts("laura")
        assert offered["asks"]
        assert datetime.fromisoformat(offered["offers"][0]["start"]) == second.start
        assert await evening.posts("pedro") == []
        evening.clock.move(MINUTE)
        answer = await evening.says("sí", guest="laura")
        assert answer["action"] == "schedule_appointment"
        assert datetime.fromisoformat(answer["booking"]["start"]) == second.start
        evening.clock.move(HOUR)
        await evening.sweeps.work()
        statuses = [
            entry.status for entry in await evening.sweeps.waitlist.on_day(second.venue, FRIDAY)
        ]
        assert statuses == [WaitlistStatus.BOOKED, WaitlistStatus.WAITING]


async def test_a_no_passes_the_place_on_and_a_late_yes_hears_that_it_has_gone(
    tmp_path: Path,
) -> None:
    async with full_evening(tmp_path) as (evening, second):
        for name in ("Ana Gil", "Bea Paz", "Luis Mir"):
            await evening.joins(name, guest=name.split()[0].lower())
            evening.clock.move(MINUTE)
        await evening.sweeps.cancel(second)
        await evening.sweeps.work()
        answer = await evening.says("no", guest="ana")
        assert answer["action"] == "none"
        await evening.sweeps.work()
        assert len(await evening.posts("bea")) == 1
        evening.clock.move(31 * MINUTE)
        await evening.sweeps.work()
        assert len(await evening.posts("luis")) == 1
        late = await evening.says("sí", guest="bea")
        assert late["action"] != "schedule_appointment"
        taken = await evening.says("sí", guest="luis")
        assert taken["action"] == "schedule_appointment"
