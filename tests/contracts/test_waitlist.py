"""What every `Waitlist` promises."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest

from domain.acts import Offer
from domain.guest import Guest
from domain.venue import ResourceId, VenueId
from domain.waitlist import WaitlistEntry, WaitlistId, WaitlistStatus, Wants
from infrastructure.database.engine import open_ledger
from tests.support.ledgers import DINNER, NOW, VENUE, AnyLedger, placement

MINUTE = timedelta(minutes=1)
FRIDAY = date(2026, 11, 27)
ELSEWHERE = VenueId("elsewhere")
ENDED = [
    WaitlistStatus.BOOKED,
    WaitlistStatus.DECLINED,
    WaitlistStatus.EXPIRED,
    WaitlistStatus.REMOVED,
]


def entry(
    id: str, user_id: str = "", *, phone: str = "", minutes: int = 0, **fields: Any
) -> WaitlistEntry:
    """Two for dinner on Friday, on the list since some minutes after NOW."""
    made = WaitlistEntry(
        id=WaitlistId(id),
        venue=VENUE,
        day=FRIDAY,
        covers=2,
        earliest=1200,
        latest=1470,
        guest=Guest(user_id=user_id, phone=phone),
        created_at=NOW + minutes * MINUTE,
    )
    return replace(made, **fields)


ANA = entry("1", "ana")
FULL = replace(
    entry("9", "eva", phone="+34600000009"),
    guest=Guest("eva", "Eva", "+34600000009", "eva@example.org", "en"),
    service=DINNER,
    status=WaitlistStatus.OFFERED,
    offer=Offer("o1", placement().slot, NOW + 30 * MINUTE, hold_id="h1"),
    channel="staff",
    notes="cumpleaños",
    wants=Wants(1260, ResourceId("T2"), frozenset({"wheelchair"}), frozenset({"terrace", "quiet"})),
    version=3,
)


async def join(ledger: AnyLedger, *entries: WaitlistEntry) -> None:
    for each in entries:
        assert await ledger.waitlist.join(entry=each) == each


async def listed(ledger: AnyLedger) -> list[str]:
    return [each.id for each in await ledger.waitlist.listed()]


async def of_guest(
    ledger: AnyLedger, user_id: str, phone: str = "", *, venue: VenueId = VENUE
) -> list[str]:
    found = await ledger.waitlist.of_guest(venue=venue, user_id=user_id, phone=phone)
    return [each.id for each in found]


async def test_an_entry_is_found_as_it_was_written(ledger: AnyLedger) -> None:
    await join(ledger, ANA, FULL)
    for each in (ANA, FULL):
        assert await ledger.waitlist.get(id=each.id) == each
    assert await ledger.waitlist.get(id=WaitlistId("unknown")) is None


async def test_lists_are_in_the_order_of_joining(ledger: AnyLedger) -> None:
    second, third = entry("2", "eva", minutes=2), entry("0", "leo", minutes=3)
    first = replace(ANA, created_at=NOW + MINUTE)
    away = entry("4", "ana", minutes=4, venue=ELSEWHERE)
    saturday = entry("5", "ana", minutes=5, day=FRIDAY + timedelta(days=1))
    await join(ledger, third, second, first, away, saturday)
    assert await listed(ledger) == ["1", "2", "0", "4", "5"]
    on_friday = await ledger.waitlist.on_day(venue=VENUE, day=FRIDAY)
    assert on_friday == [first, second, third]
    assert await ledger.waitlist.on_day(venue=ELSEWHERE, day=FRIDAY) == [away]


@pytest.mark.parametrize("status", ENDED)
async def test_whose_wait_is_over_stays_on_the_days_list_alone(
    ledger: AnyLedger, status: WaitlistStatus
) -> None:
    await join(ledger, replace(ANA, status=status))
    assert await listed(ledger) == []
    assert await of_guest(ledger, "ana") == []
    assert [each.id for each in await ledger.waitlist.on_day(venue=VENUE, day=FRIDAY)] == ["1"]
    # They may wait again.
    again = entry("2", "ana", minutes=5)
    assert await ledger.waitlist.join(entry=again) == again
    assert await listed(ledger) == ["2"]


async def test_who_joins_again_keeps_their_place_with_the_hours_they_wish_now(
    ledger: AnyLedger,
) -> None:
    await join(ledger, replace(ANA, notes="terraza"), entry("2", "eva", minutes=1))
    again = entry(
        "3",
        "ana",
        minutes=2,
        earliest=1260,
        latest=1320,
        guest=Guest("ana", "Ana", "+34600000001"),
    )
    joined = await ledger.waitlist.join(entry=again)
    assert joined == replace(
        again, id=ANA.id, created_at=NOW, notes="terraza", version=ANA.version + 1
    )
    assert await ledger.waitlist.get(id=ANA.id) == joined
    assert await listed(ledger) == ["1", "2"]


async def test_who_joins_again_with_nothing_new_changes_nothing(ledger: AnyLedger) -> None:
    await join(ledger, ANA)
    assert await ledger.waitlist.join(entry=replace(ANA, id=WaitlistId("2"))) == ANA
    assert await ledger.waitlist.get(id=ANA.id) == ANA


async def test_the_same_entry_again_changes_nothing(ledger: AnyLedger) -> None:
    await join(ledger, ANA)
    taken = await ledger.waitlist.change(changed=replace(ANA, status=WaitlistStatus.BOOKED))
    assert await ledger.waitlist.join(entry=replace(ANA, latest=1300)) == taken
    assert await listed(ledger) == []


async def test_a_place_is_kept_also_while_something_is_offered(ledger: AnyLedger) -> None:
    await join(ledger, FULL)
    again = replace(FULL, id=WaitlistId("2"), offer=None, status=WaitlistStatus.WAITING, version=1)
    assert await ledger.waitlist.join(entry=again) == FULL


@pytest.mark.parametrize(
    "other",
    [
        {"day": FRIDAY + timedelta(days=1)},
        {"covers": 4},
        {"service": DINNER},
        {"venue": ELSEWHERE},
    ],
)
async def test_another_wish_of_the_same_guest_is_another_entry(
    ledger: AnyLedger, other: dict[str, Any]
) -> None:
    await join(ledger, ANA, entry("2", "ana", **other))
    assert await listed(ledger) == ["1", "2"]


async def test_a_guest_is_known_by_phone_whatever_their_user_id(ledger: AnyLedger) -> None:
    typed = entry("1", phone="+34600000001")
    await join(ledger, typed)
    by_chat = entry("2", "ana", phone="+34600000001")
    joined = await ledger.waitlist.join(entry=by_chat)
    assert (joined.id, joined.guest.user_id) == ("1", "ana")
    # A phone number is easily typed: the place stays with whoever has it.
    other = await ledger.waitlist.join(entry=entry("3", "eva", phone="+34600000001"))
    assert (other.id, other.guest.user_id) == ("1", "ana")
    assert await listed(ledger) == ["1"]


async def test_entries_without_user_and_phone_are_never_taken_for_each_other(
    ledger: AnyLedger,
) -> None:
    await join(ledger, entry("1"), entry("2"))
    assert await listed(ledger) == ["1", "2"]
    assert await of_guest(ledger, "") == []


async def test_a_guest_finds_what_they_wait_for_by_day(ledger: AnyLedger) -> None:
    saturday = entry("1", "ana", day=FRIDAY + timedelta(days=1))
    friday = entry("2", "ana", minutes=1, phone="+34600000001")
    await join(ledger, saturday, friday, entry("3", "eva"), entry("4", "ana", venue=ELSEWHERE))
    assert await of_guest(ledger, "ana") == ["2", "1"]
    assert await of_guest(ledger, "other", "+34600000001") == ["2"]
    assert await of_guest(ledger, "other", "+34600000002") == []
    assert await of_guest(ledger, "ana", venue=ELSEWHERE) == ["4"]


async def test_a_change_makes_the_next_version_of_what_was_read(ledger: AnyLedger) -> None:
    await join(ledger, ANA)
    offered = replace(ANA, status=WaitlistStatus.OFFERED, offer=FULL.offer)
    stored = await ledger.waitlist.change(changed=offered)
    assert stored == replace(offered, version=2)
    assert await ledger.waitlist.get(id=ANA.id) == stored
    assert await ledger.waitlist.change(changed=offered) is None
    assert await ledger.waitlist.get(id=ANA.id) == stored
    assert await ledger.waitlist.change(changed=replace(ANA, id=WaitlistId("unknown"))) is None


async def test_who_joined_again_was_changed_for_whoever_read_them_before(
    ledger: AnyLedger,
) -> None:
    await join(ledger, ANA)
    await ledger.waitlist.join(entry=replace(ANA, id=WaitlistId("2"), latest=1300))
    assert await ledger.waitlist.change(changed=replace(ANA, latest=1200)) is None


async def test_of_many_who_change_one_version_at_once_one_does(store_url: str) -> None:
    first, second = await open_ledger(store_url), await open_ledger(store_url)
    try:
        await join(first, ANA)
        changed = await asyncio.gather(
            *(
                ledger.waitlist.change(changed=replace(ANA, latest=1300 + i))
                for i, ledger in enumerate([first, second] * 4)
            )
        )
        (done,) = [each for each in changed if each is not None]
        assert await first.waitlist.get(id=ANA.id) == done
    finally:
        await first.close()
        await second.close()


async def test_a_guest_who_joins_many_times_at_once_has_one_place(store_url: str) -> None:
    ledgers = [await open_ledger(store_url) for _ in range(2)]
    wishes = [
        entry("by user", "ana"),
        entry("by phone", phone="+34600000001"),
        entry("by both", "ana", phone="+34600000001"),
    ]
    try:
        # Who is known by both stands first, or two of them would not know of each other.
        await join(ledgers[0], wishes[2])
        joined = await asyncio.gather(
            *(
                ledgers[i % 2].waitlist.join(entry=replace(each, id=WaitlistId(f"{i}")))
                for i, each in enumerate(wishes * 3)
            )
        )
        assert {each.id for each in joined} == {"by both"}
        assert await listed(ledgers[1]) == ["by both"]
        evas = await asyncio.gather(
            *(
                ledgers[i % 2].waitlist.join(entry=entry(f"eva {i}", "eva", latest=1300 + i))
                for i in range(8)
            )
        )
        assert len({each.id for each in evas}) == 1
        assert len(await listed(ledgers[0])) == 2
    finally:
        for ledger in ledgers:
            await ledger.close()
