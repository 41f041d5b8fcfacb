"""What every `Notices` promises."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

from application.ports.notices import Notice, NoticeKind
from domain.booking import BookingStatus, PartySize
from domain.guest import Guest
from domain.venue import VenueId
from tests.support.deeds import book, move, set_status
from tests.support.ledgers import (
    EIGHT,
    NOW,
    VENUE,
    StoreLedger,
    booking,
    moved_to,
    once,
    placement,
)

ANAS = booking("AAA", placement())
LATER = moved_to(ANAS, placement(start=EIGHT + timedelta(hours=1)))
SECOND = booking("BBB", placement("T2"))
PHONE = ANAS.guest.phone


async def heard(ledger: StoreLedger, *, user_id: str = "ana", phone: str = "") -> list[Notice]:
    return list(await ledger.notices.untold(venue=VENUE, user_id=user_id, phone=phone))


async def add(ledger: StoreLedger, *notices: Notice) -> None:
    for notice in notices:
        await ledger.notices.add(notice=notice, now=NOW)


async def test_a_guest_hears_what_they_have_not_heard_oldest_first(
    store_ledger: StoreLedger,
) -> None:
    moved = Notice(NoticeKind.MOVED, LATER, before=ANAS)
    confirmed = Notice(NoticeKind.CONFIRMED, SECOND)
    await add(store_ledger, moved, confirmed)
    first, second = await heard(store_ledger)
    assert (replace(first, id=0), replace(second, id=0)) == (moved, confirmed)
    assert 0 < first.id < second.id


async def test_of_several_notices_about_one_booking_the_newest_is_heard(
    store_ledger: StoreLedger,
) -> None:
    await add(
        store_ledger,
        Notice(NoticeKind.MOVED, LATER, before=ANAS),
        Notice(NoticeKind.CONFIRMED, SECOND),
        Notice(NoticeKind.CANCELLED, LATER),
    )
    kinds = [notice.kind for notice in await heard(store_ledger)]
    assert kinds == [NoticeKind.CONFIRMED, NoticeKind.CANCELLED]


async def test_what_was_told_is_told_with_all_that_was_older(store_ledger: StoreLedger) -> None:
    await add(
        store_ledger,
        Notice(NoticeKind.MOVED, LATER, before=ANAS),
        Notice(NoticeKind.CONFIRMED, SECOND),
        Notice(NoticeKind.CANCELLED, LATER),
    )
    _, cancelled = await heard(store_ledger)
    await store_ledger.notices.told(ids=[cancelled.id], now=NOW)
    assert [notice.kind for notice in await heard(store_ledger)] == [NoticeKind.CONFIRMED]


async def test_what_came_after_the_one_that_was_told_is_still_to_be_heard(
    store_ledger: StoreLedger,
) -> None:
    await add(store_ledger, Notice(NoticeKind.MOVED, LATER, before=ANAS))
    (moved,) = await heard(store_ledger)
    await add(store_ledger, Notice(NoticeKind.CANCELLED, LATER))
    await store_ledger.notices.told(ids=[moved.id], now=NOW)
    assert [notice.kind for notice in await heard(store_ledger)] == [NoticeKind.CANCELLED]


async def test_telling_nothing_or_the_same_again_changes_nothing(store_ledger: StoreLedger) -> None:
    await add(store_ledger, Notice(NoticeKind.CONFIRMED, ANAS), Notice(NoticeKind.MOVED, SECOND))
    first, second = await heard(store_ledger)
    await store_ledger.notices.told(ids=[], now=NOW)
    for _ in range(2):
        await store_ledger.notices.told(ids=[first.id], now=NOW)
    assert await heard(store_ledger) == [second]


async def test_notices_are_for_the_bookings_guest_by_user_or_by_proven_phone(
    store_ledger: StoreLedger,
) -> None:
    await add(store_ledger, Notice(NoticeKind.MOVED, LATER, before=ANAS))
    assert len(await heard(store_ledger)) == 1
    assert len(await heard(store_ledger, user_id="else", phone=PHONE)) == 1
    assert await heard(store_ledger, user_id="else", phone="") == []
    assert await heard(store_ledger, user_id="else", phone="+34600000002") == []
    elsewhere = VenueId("elsewhere")
    assert await store_ledger.notices.untold(venue=elsewhere, user_id="ana", phone=PHONE) == []


async def test_without_a_phone_nobody_is_matched_by_phone(store_ledger: StoreLedger) -> None:
    nameless = replace(SECOND, guest=Guest(user_id="eva"))
    await add(store_ledger, Notice(NoticeKind.CONFIRMED, nameless))
    assert await heard(store_ledger, user_id="else", phone="") == []


async def test_who_has_no_user_id_does_not_hear_of_bookings_that_staff_typed(
    store_ledger: StoreLedger,
) -> None:
    typed = replace(SECOND, guest=Guest(user_id="", phone=PHONE))
    await add(store_ledger, Notice(NoticeKind.MOVED, typed))
    assert await heard(store_ledger, user_id="") == []
    assert len(await heard(store_ledger, user_id="", phone=PHONE)) == 1


async def test_what_no_guest_has_heard_is_fresh_whoever_they_are(
    store_ledger: StoreLedger,
) -> None:
    beas = booking("CCC", placement("T3"), user_id="bea")
    await add(
        store_ledger,
        Notice(NoticeKind.MOVED, LATER, before=ANAS),
        Notice(NoticeKind.CANCELLED, beas),
        Notice(NoticeKind.CANCELLED, SECOND),
    )
    notices, since = store_ledger.notices, NOW
    found = await notices.fresh(since=since, after=0, limit=10)
    assert [each.booking.code for each in found] == ["AAA", "CCC", "BBB"]
    first, second, _ = found
    assert [n.id for n in await notices.fresh(since=since, after=first.id, limit=1)] == [second.id]
    later = NOW + timedelta(seconds=1)
    assert list(await notices.fresh(since=later, after=0, limit=10)) == []
    await notices.told(ids=[second.id], now=NOW)
    left = await notices.fresh(since=since, after=0, limit=10)
    assert [each.booking.code for each in left] == ["AAA", "BBB"]


# --- what staff do through us ----------------------------------------------------------------------


async def test_whoever_is_cancelled_by_staff_hears_it_and_only_once(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger, "AAA", placement())
    for _ in range(2):
        await set_status(store_ledger, made, BookingStatus.CANCELLED)
    (told,) = await heard(store_ledger)
    assert (told.kind, told.booking.code) == (NoticeKind.CANCELLED, "AAA")


async def test_whoever_is_given_another_time_by_staff_hears_both(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger, "AAA", placement())
    later = placement(start=EIGHT + timedelta(hours=3))
    moved = await move(store_ledger, made, later, actor="staff")
    (told,) = await heard(store_ledger)
    assert told.kind is NoticeKind.MOVED
    assert told.before is not None
    assert (told.before.start, told.booking.start) == (made.start, moved.start)


async def test_whoever_is_given_another_party_size_by_staff_hears_it(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger, "AAA", placement())
    smaller = replace(made, party_size=PartySize(1))
    for covers in (1, 2):
        changed = await store_ledger.bookings.move(
            changed=replace(smaller, party_size=PartySize(covers), version=covers),
            placement=placement(),
            hold_id=None,
            once=once(f"party-{covers}"),
            actor="staff",
            now=NOW,
        )
        (told,) = await heard(store_ledger)
        assert told.kind is NoticeKind.MOVED
        assert told.booking.party_size == changed.party_size


async def test_of_another_table_and_of_coming_nobody_has_to_be_told(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger, "AAA", placement())
    await move(store_ledger, made, placement("T2"), actor="staff")
    other = await book(store_ledger, "BBB", placement("T3"))
    await set_status(store_ledger, other, BookingStatus.NO_SHOW)
    assert await heard(store_ledger) == []


async def test_what_guests_do_themselves_is_no_news(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger, "AAA", placement())
    moved = await move(store_ledger, made, placement(start=EIGHT + timedelta(hours=3)))
    await set_status(store_ledger, moved, BookingStatus.CANCELLED, actor="guest")
    assert await heard(store_ledger) == []


async def test_of_what_is_over_nobody_is_told(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger, "AAA", placement())
    await set_status(store_ledger, made, BookingStatus.CANCELLED, now=EIGHT + timedelta(days=1))
    assert await heard(store_ledger) == []
