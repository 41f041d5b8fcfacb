"""Reminders over the nights on which clocks change, by a process that is killed again and again: each
comes once, at the right time by the wall clock.

A real ledger, DBOS, and a real mail server; the clock is the test's. The instants are worked out by hand.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from domain.guest import Guest
from tests.e2e.aftercare.conftest import OpenWatch
from tests.support.mail import Inbox

STEP = timedelta(minutes=30)
MINUTE = timedelta(minutes=1)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


# In Madrid clocks go back from 3:00 to 2:00 on 25 October 2026, and forward from 2:00 to 3:00 on
# 28 March 2027. Reminders: a day before by the wall clock, and two hours before.
CHANGES = {
    # 21:00 on Sunday is 20:00 UTC; 21:00 on Saturday was 19:00 UTC: 25 hours before.
    "back": (
        ("dinner", "2026-10-25T20:00", ["2026-10-24T19:00", "2026-10-25T18:00"]),
        # 13:30 on Sunday is 12:30 UTC, on Saturday it was 11:30 UTC.
        ("lunch", "2026-10-25T12:30", ["2026-10-24T11:30", "2026-10-25T10:30"]),
        # 23:00 on Sunday: a day before it is quiet until 09:00 of Sunday, which is 08:00 UTC.
        ("night", "2026-10-25T22:00", ["2026-10-25T08:00", "2026-10-25T20:00"]),
    ),
    # 21:00 on Sunday is 19:00 UTC; 21:00 on Saturday was 20:00 UTC: 23 hours before.
    "forward": (
        ("dinner", "2027-03-28T19:00", ["2027-03-27T20:00", "2027-03-28T17:00"]),
        ("lunch", "2027-03-28T11:30", ["2027-03-27T12:30", "2027-03-28T09:30"]),
        ("night", "2027-03-28T21:00", ["2027-03-28T07:00", "2027-03-28T19:00"]),
    ),
}


@pytest.mark.slow
@pytest.mark.parametrize("change", CHANGES)
async def test_every_reminder_comes_once_at_its_hour_over_a_change_of_clocks(
    change: str, open_watch: OpenWatch, inbox: Inbox
) -> None:
    plans = CHANGES[change]
    first = min(utc(due) for _, _, dues in plans for due in dues)
    last = max(utc(start) for _, start, _ in plans)
    watch = open_watch(first - timedelta(days=4))
    ledger = await watch.open_ledger()
    desks = watch.desks(ledger)
    for name, start, _ in plans:
        guest = Guest(name, name.capitalize(), "", f"{name}@example.org", "es")
        await desks.book(utc(start), guest=guest)
    watch.start()
    await watch.settle()
    assert [mail["Auto-Submitted"] for mail in inbox.arrived] == ["auto-generated"] * 3
    inbox.arrived.clear()

    at, steps = first - STEP, 0
    while at <= last:
        await watch.at(at - MINUTE)
        await watch.at(at)
        at, steps = at + STEP, steps + 1
        if steps % 20 == 0:
            watch.kill()
            watch.clock.set(at - timedelta(minutes=20))
            watch.start()

    for name, _, dues in plans:
        due = [utc(each) for each in dues]
        assert [mail["Date"].datetime for mail in inbox.mails(to=f"{name}@")] == due
        assert [post.at for post in await desks.posts(Guest(name))] == due
    assert not watch.rows("SELECT key FROM messages WHERE state NOT IN ('sent')")
    await ledger.close()
