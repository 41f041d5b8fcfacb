"""Reminders by real processes that die at the worst moment, or work side by side; and the whole server,
from the booking to the guest's "sí"."""

from __future__ import annotations

import asyncio
import re
import sqlite3
from collections.abc import Callable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pytest

from application.ports.messages import MessageState
from domain.guest import Guest
from tests.e2e.aftercare.conftest import OpenWatch
from tests.support.aftercare import ANA, reminder_key
from tests.support.mail import Inbox
from tests.support.night_watch import POINTS
from tests.support.server import Server, Site, client, message

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)  # Friday, 21:00 in Madrid
DAY, HOUR, MINUTE = timedelta(days=1), timedelta(hours=1), timedelta(minutes=1)
LEASE = timedelta(minutes=2, seconds=1)


@pytest.mark.slow
@pytest.mark.parametrize("point", POINTS)
async def test_killed_in_the_middle_of_a_delivery_the_guest_reads_it_once(
    point: str, open_watch: OpenWatch, inbox: Inbox
) -> None:
    """In the conversation always; an e-mail whose sender died before it could note it comes a second
    time, and mail programs see by its Message-ID that it is the same."""
    watch = open_watch(MONDAY, venue="reminds_only")
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    booking = await desks.book(NINE, guest=ANA)
    await desks.messages.plan()
    watch.clock.set(NINE - DAY)
    watch.start(dies_at=point)
    assert await asyncio.to_thread(watch.has_died) < 0

    watch.clock.move(LEASE)
    watch.start()
    await watch.settle()
    assert len(await desks.posts()) == 1
    assert len(inbox.arrived) == (2 if point == "after_sending" else 1)
    assert len({mail["Message-ID"] for mail in inbox.arrived}) == 1
    assert (await desks.message(reminder_key(booking, DAY))).state is MessageState.SENT
    await ledger.close()


@pytest.mark.slow
async def test_of_two_processes_that_look_at_the_same_moment_one_sends(
    open_watch: OpenWatch, inbox: Inbox
) -> None:
    watch = open_watch(MONDAY)
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    guests = [Guest(f"g{n}", f"Guest {n}", "", f"g{n}@example.org", "es") for n in range(4)]
    for name in ("one", "two"):
        watch.start(name)
    for guest in guests:
        await desks.book(NINE, guest=guest)
    await watch.at(MONDAY + MINUTE)
    await watch.at(NINE - DAY)
    # Whichever of them sends, the other is left when its lease has run out.
    watch.kill("one")
    await watch.at(NINE - 2 * HOUR)
    for guest in guests:
        ids = [mail["Message-ID"] for mail in inbox.mails(to=f"{guest.user_id}@")]
        assert len(ids) == len(set(ids)) == 3  # a confirmation and two reminders
        assert len(await desks.posts(guest)) == 2
    await ledger.close()


@pytest.mark.slow
async def test_a_cancelled_booking_is_never_reminded_of_whenever_it_was_cancelled(
    open_watch: OpenWatch, inbox: Inbox
) -> None:
    watch = open_watch(MONDAY)
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    bookings = [await desks.book(NINE, guest=Guest(f"g{n}", "G", "", f"g{n}@x.org")) for n in "ab"]
    watch.start()
    await watch.settle()
    await desks.cancel(bookings[0])
    await watch.at(NINE - DAY)
    await desks.cancel(bookings[1])
    await watch.at(NINE - 2 * HOUR)
    assert len(inbox.mails(to="ga@")) == 1
    assert len(inbox.mails(to="gb@")) == 2
    await ledger.close()


# --- the whole server ------------------------------------------------------------------------------

FRIDAY_NINE = datetime(2026, 11, 27, 21, tzinfo=MADRID)
GUEST = "+34600111222"


async def say(server: Server, text: str, number: int) -> dict[str, Any]:
    async with client(server.address) as guest:
        body = message(text, guest=GUEST, message_id=f"m{number}")
        answered = await guest.post("/chat", json={**body, "channel": "whatsapp"})
        assert answered.status_code == 200, answered.text
        answer: dict[str, Any] = answered.json()
        return answer


async def until(condition: Callable[[], object]) -> None:
    async with asyncio.timeout(40):
        while not condition():  # noqa: ASYNC110 - it comes true in another process
            await asyncio.sleep(0.05)


def reminders_planned(site: Site) -> int:
    with closing(sqlite3.connect(site.ledger, timeout=30)) as connection:
        [(count,)] = connection.execute("SELECT count(*) FROM messages WHERE kind = 'reminder'")
    return int(count)


@pytest.mark.slow
@pytest.mark.parametrize("answer", ["sí", "cancela"])
async def test_a_guest_who_is_reminded_answers_in_one_word(
    answer: str, tmp_path: Path, inbox: Inbox
) -> None:
    """The command `serve`, killed in between; staff have typed the guest's e-mail."""
    monday = FRIDAY_NINE - timedelta(days=4, hours=9)
    site = Site(tmp_path / "data", clock=monday, later=timedelta(0))
    mail = {"SMTP_URL": f"smtp://127.0.0.1:{inbox.port}", "MAIL_FROM": "sala@laterraza.example"}
    try:
        server = site.start(**mail)
        await say(
            server, "mesa para 2 el viernes a las nueve de la noche, a nombre de Laura Gil", 1
        )
        booked = await say(server, "sí", 2)
        assert booked["action"] == "schedule_appointment"
        code = booked["booking"]["code"]
        async with client(server.address) as staff:
            changed = await staff.patch(
                f"/bookings/{code}", json={"guest_email": "laura@example.org"}
            )
            assert changed.status_code == 200, changed.text
        server.kill()
        # Planned on Monday, due on Thursday.
        server = site.start(**mail)
        await until(lambda: reminders_planned(site) == 2)
        server.kill()
        server = site.start(**mail, CLOCK=(FRIDAY_NINE - DAY).isoformat())
        await until(lambda: any("Recordatorio" in mail["Subject"] for mail in inbox.arrived))
        answered = await say(server, answer, 3)
        if answer == "sí":
            assert answered["action"] == "none"
            assert re.search("esperamos|vemos", answered["response"])
        else:
            assert (answered["action"], answered["booking"]["code"]) == ("cancel_appointment", code)
        assert [post["asks"] for post in answered["posts"]] == [True]
        server.stop()
    finally:
        site.close()
    assert "laura@example.org" not in site.log()
