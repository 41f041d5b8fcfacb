"""What every `Mirror` promises."""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta, timezone

import pytest

from application.errors import Fenced
from application.ports.mirror import Known
from application.ports.notices import Notice, NoticeKind
from domain.booking import Booking, BookingCode, BookingStatus
from domain.cells import utc_days_of
from domain.errors import BookingChanged, DomainError, PacingExceeded, SlotTaken
from domain.floor import Placement
from domain.guest import Guest
from domain.store_row import RecordId, StoreRow
from domain.venue import VenueId
from tests.support.deeds import book, hold, move, set_status
from tests.support.ledgers import (
    EIGHT,
    HOLD_TIME,
    NOW,
    VENUE,
    SqlEvidence,
    StoreLedger,
    booking,
    cells_of,
    charge,
    codes,
    committers_fence,
    moved_to,
    overtaken_fence,
    owners,
    placement,
    store_row,
)

HOUR = timedelta(hours=1)
NINE = EIGHT + HOUR
MIDNIGHT = EIGHT + 4 * HOUR


async def adopt(
    ledger: StoreLedger,
    wanted: Booking,
    placed: Placement,
    *,
    expected: int | None = None,
    queue: bool = False,
    notices: Sequence[Notice] = (),
    fence: int | None = None,
    row: StoreRow | None = None,
) -> Sequence[BookingCode]:
    return await ledger.mirror.adopt(
        row=row or store_row(wanted),
        booking=wanted,
        placement=placed,
        expected=expected,
        queue=queue,
        notices=notices,
        fence=await committers_fence(ledger) if fence is None else fence,
        now=NOW,
    )


async def typed(
    ledger: StoreLedger, code: str, placed: Placement, *, user_id: str = ""
) -> tuple[Booking, Sequence[BookingCode]]:
    """A booking that staff typed, and with whom it shares cells."""
    made = booking(code, placed, user_id=user_id)
    return made, await adopt(ledger, made, placed)


async def readopt(
    ledger: StoreLedger, before: Booking, placed: Placement, **fields: object
) -> tuple[Booking, Sequence[BookingCode]]:
    after = replace(moved_to(before, placed), version=before.version + 1, **fields)  # type: ignore[arg-type]
    return after, await adopt(ledger, after, placed, expected=before.version)


async def shared(ledger: StoreLedger, of: Booking) -> list[str]:
    return list(await ledger.mirror.shared_with(booking=of.id))


# Rows as they were seen


async def test_a_row_is_known_exactly_as_it_was_seen(store_ledger: StoreLedger) -> None:
    fence = await committers_fence(store_ledger)
    bare = StoreRow(record=RecordId("rec0"), created_at=NOW)
    full = StoreRow(
        record=RecordId("rec1"),
        created_at=NOW + timedelta(microseconds=1),
        venue=VENUE,
        key=booking("AAA", placement()).id,
        version=3,
        code="AAA",
        start=EIGHT.astimezone(timezone(timedelta(hours=1))),
        end=NINE,
        covers=4,
        service=placement().slot.service,
        resources=placement("T2", "T1").slot.resources,
        status=BookingStatus.NO_SHOW,
        name="Zoë 🐙",
        phone="+34600000001",
        email="a@example.org",
        language="es",
        notes="dos\nlíneas",
        channel="staff",
        conflict="mirad esto",
        unreadable=("end", "covers"),
    )
    await store_ledger.mirror.note(row=bare, booking=None, fence=fence)
    await store_ledger.mirror.note(row=full, booking=full.key, fence=fence)
    records = [bare.record, full.record, RecordId("rec9")]
    assert await store_ledger.mirror.known(records=records) == {
        bare.record: Known(bare, None),
        full.record: Known(full, full.key),
    }
    assert await store_ledger.mirror.known(records=[]) == {}


async def test_a_row_that_is_seen_again_replaces_what_was_known(store_ledger: StoreLedger) -> None:
    fence = await committers_fence(store_ledger)
    made = booking("AAA", placement())
    half = StoreRow(record=RecordId("rec1"), created_at=NOW, name="Ana")
    await store_ledger.mirror.note(row=half, booking=None, fence=fence)
    whole = store_row(made, record=half.record)
    await store_ledger.mirror.note(row=whole, booking=made.id, fence=fence)
    known = await store_ledger.mirror.known(records=[half.record])
    assert known == {half.record: Known(whole, made.id)}
    assert await store_ledger.mirror.record_of(booking=made.id) == half.record


async def test_more_records_can_be_asked_for_than_a_statement_takes(
    store_ledger: StoreLedger,
) -> None:
    fence = await committers_fence(store_ledger)
    row = StoreRow(record=RecordId("rec39999"), created_at=NOW)
    await store_ledger.mirror.note(row=row, booking=None, fence=fence)
    records = [RecordId(f"rec{number}") for number in range(40_000)]
    assert list(await store_ledger.mirror.known(records=records)) == [row.record]


async def test_rows_are_known_by_when_they_start(store_ledger: StoreLedger) -> None:
    fence = await committers_fence(store_ledger)
    elsewhere = VenueId("elsewhere")
    for name, start, venue in (
        ("before", EIGHT - timedelta(microseconds=1), VENUE),
        ("at", EIGHT, VENUE),
        ("elsewhere", EIGHT, elsewhere),
        ("end", NINE, VENUE),
        ("none", None, VENUE),
    ):
        row = StoreRow(record=RecordId(name), created_at=NOW, start=start, venue=venue)
        await store_ledger.mirror.note(row=row, booking=None, fence=fence)
    found = await store_ledger.mirror.known_between(start=EIGHT, end=NINE)
    assert set(found) == {"at", "elsewhere"}


async def test_a_row_that_is_gone_is_forgotten(store_ledger: StoreLedger) -> None:
    made, _ = await typed(store_ledger, "AAA", placement())
    fence = await committers_fence(store_ledger)
    record = store_row(made).record
    assert await store_ledger.mirror.record_of(booking=made.id) == record
    for _ in range(2):
        await store_ledger.mirror.forget(record=record, fence=fence)
    assert await store_ledger.mirror.record_of(booking=made.id) is None
    assert await store_ledger.mirror.known(records=[record]) == {}
    assert await store_ledger.mirror.booking(id=made.id) == made


async def test_a_committer_that_was_overtaken_writes_nothing(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    overtaken = await overtaken_fence(store_ledger)
    kept, _ = await typed(store_ledger, "AAA", placement())
    placed = placement("T2")
    other = booking("BBB", placed)
    with pytest.raises(Fenced):
        await store_ledger.mirror.note(row=store_row(other), booking=None, fence=overtaken)
    with pytest.raises(Fenced):
        await store_ledger.mirror.forget(record=store_row(kept).record, fence=overtaken)
    with pytest.raises(Fenced):
        await adopt(store_ledger, other, placed, fence=overtaken)
    records = [store_row(kept).record, store_row(other).record]
    assert list(await store_ledger.mirror.known(records=records)) == [records[0]]
    assert owners(await store_evidence.claims()) == {"aaa"}


# Bookings that staff make and change


async def test_a_booking_that_staff_typed_gets_its_claims(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement("T1", "T2", charges=[charge(2)])
    made, sharing = await typed(store_ledger, "AAA", placed)
    assert sharing == []
    assert await store_ledger.mirror.booking(id=made.id) == made
    assert await store_ledger.bookings.get(code=made.code) == made
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await store_evidence.shared() == {}
    assert await store_evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}
    assert await store_evidence.read("SELECT * FROM outbox") == []
    known = await store_ledger.mirror.known(records=[store_row(made).record])
    assert known == {store_row(made).record: Known(store_row(made), made.id)}
    with pytest.raises(SlotTaken):
        await book(store_ledger, "BBB", placement("T2", start=NINE))


async def test_a_booking_that_staff_change_is_changed_as_a_whole(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    made = await book(store_ledger, "AAA", placement(charges=[charge(2, key="k@1")]))
    placed = placement("T2", start=NINE, covers=4, charges=[charge(4, key="k@2")])
    after = replace(
        moved_to(made, placed),
        guest=Guest("ana", "Anna", "+34600000009", "a@example.org", "ca"),
        notes="terraza",
        version=2,
        sequence=1,
    )
    await adopt(store_ledger, after, placed, expected=1)
    assert await store_ledger.bookings.get(code=made.code) == after
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await store_evidence.pacing() == {(VENUE, "k@2"): (4, 1)}


async def test_what_staff_write_is_not_held_against_limits(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    full = charge(4, max_covers=4, max_parties=1)
    await book(store_ledger, "AAA", placement("T1", charges=[full]))
    await typed(store_ledger, "BBB", placement("T2", charges=[full]))
    assert await store_evidence.pacing() == {(VENUE, "kitchen@1"): (8, 2)}
    with pytest.raises(PacingExceeded):
        await book(store_ledger, "CCC", placement("T3", charges=[full]))


async def test_a_booking_that_has_changed_is_to_be_read_again(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement()
    made = await book(store_ledger, "AAA", placed)
    moved = await move(store_ledger, made, placement("T2"))
    for expected in (None, 1, 3):
        with pytest.raises(BookingChanged):
            await adopt(store_ledger, replace(made, version=4), placed, expected=expected)
    with pytest.raises(BookingChanged):
        await typed(store_ledger, "AAA", placed)
    gone = booking("ZZZ", placement("T3"), version=2)
    with pytest.raises(BookingChanged):
        await adopt(store_ledger, gone, placement("T3"), expected=1)
    assert await store_ledger.bookings.get(code=made.code) == moved
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placement("T2")), "aaa")
    assert await store_ledger.mirror.record_of(booking=made.id) is None


@pytest.mark.parametrize(
    ("fields", "placed", "action"),
    [
        ({"notes": "trona"}, placement(), "edited"),
        ({}, placement("T2"), "moved"),
        ({}, placement(start=NINE), "moved"),
        ({"status": BookingStatus.SEATED}, placement(), "seated"),
        ({"status": BookingStatus.CANCELLED}, placement("T2"), "cancelled"),
    ],
)
async def test_the_audit_trail_says_what_staff_did(
    store_ledger: StoreLedger, fields: dict[str, object], placed: Placement, action: str
) -> None:
    made, _ = await typed(store_ledger, "AAA", placement())
    after, _ = await readopt(store_ledger, made, placed, **fields)
    booked, changed = await store_ledger.bookings.audit(code=made.code)
    assert (booked.actor, booked.action, booked.before) == ("staff", "booked", None)
    assert (changed.actor, changed.action) == ("staff", action)
    assert changed.before == booked.after
    assert changed.after is not None
    assert changed.after["version"] == after.version == 2


async def test_every_day_that_is_touched_has_a_new_revision(store_ledger: StoreLedger) -> None:
    before, after = placement(start=EIGHT), placement(start=EIGHT + 48 * HOUR)
    hold_over_midnight = placement("T2", start=MIDNIGHT - HOUR, minutes=120)
    cells = [claim.first for claim in (*before.claims, *after.claims)]
    days = list(utc_days_of(min(cells), max(cells) + 1))
    made, _ = await typed(store_ledger, "AAA", before)
    first = await store_ledger.day_sheets.revisions(venue=VENUE, utc_days=days)
    await readopt(store_ledger, made, after)
    second = await store_ledger.day_sheets.revisions(venue=VENUE, utc_days=days)
    assert [second[day] > first[day] for day in days] == [True, False, True]
    await hold(store_ledger, "h", hold_over_midnight, holder="eva")
    third = await store_ledger.day_sheets.revisions(venue=VENUE, utc_days=days)
    await typed(store_ledger, "BBB", placement("T2", start=MIDNIGHT - HOUR, minutes=30))
    fourth = await store_ledger.day_sheets.revisions(venue=VENUE, utc_days=days)
    assert [fourth[day] > third[day] for day in days] == [True, True, False]


# Claims by force


@pytest.mark.parametrize("lapsed", [False, True])
async def test_holds_in_the_way_end(
    store_ledger: StoreLedger, store_evidence: SqlEvidence, *, lapsed: bool
) -> None:
    long_ago = NOW - 2 * HOLD_TIME
    placed = placement("T1", "T2", charges=[charge(2, key="k@1")])
    await hold(store_ledger, "h", placed, now=long_ago if lapsed else NOW, holder="eva")
    await hold(store_ledger, "beside", placement("T3"), holder="eva")
    wanted = placement("T1", start=NINE, charges=[charge(4, key="k@2")])
    _, sharing = await typed(store_ledger, "AAA", wanted)
    assert sharing == []
    assert await store_ledger.holds.get(hold_id="h", now=long_ago) is None
    assert await store_ledger.holds.get(hold_id="beside", now=NOW) is not None
    expected = dict.fromkeys(cells_of(wanted), "aaa")
    expected |= dict.fromkeys(cells_of(placement("T3")), "beside")
    assert await store_evidence.claims() == expected
    assert await store_evidence.pacing() == {(VENUE, "k@2"): (4, 1)}


async def test_what_another_booking_has_is_shared_and_nobody_else_gets_it(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    ours, theirs = placement("T1", start=EIGHT), placement("T1", "T2", start=NINE)
    first = await book(store_ledger, "AAA", ours)
    second, sharing = await typed(store_ledger, "BBB", theirs)
    assert sharing == ["AAA"]
    assert await shared(store_ledger, first) == ["BBB"]
    assert await shared(store_ledger, second) == ["AAA"]
    both = cells_of(ours) & cells_of(theirs)
    assert both
    assert await store_evidence.shared() == {key: {"bbb"} for key in both}
    expected = dict.fromkeys(cells_of(theirs), "bbb") | dict.fromkeys(cells_of(ours), "aaa")
    assert await store_evidence.claims() == expected
    for table, start in (("T1", EIGHT), ("T1", NINE), ("T2", NINE)):
        with pytest.raises(SlotTaken):
            await book(store_ledger, "CCC", placement(table, start=start))
        with pytest.raises(SlotTaken):
            await hold(store_ledger, "h", placement(table, start=start), holder="eva")


@pytest.mark.parametrize("which", ["owner", "waiting"])
@pytest.mark.parametrize("way", ["cancelled", "moved", "cancelled by staff", "moved by staff"])
async def test_whoever_stays_has_all_of_its_cells_once_the_other_gives_way(
    store_ledger: StoreLedger, store_evidence: SqlEvidence, which: str, way: str
) -> None:
    places = {"AAA": placement("T1"), "BBB": placement("T1", "T2", start=NINE)}
    first = await book(store_ledger, "AAA", places["AAA"])
    second, _ = await typed(store_ledger, "BBB", places["BBB"])
    going, staying = (first, second) if which == "owner" else (second, first)
    away = placement("T5")
    match way:
        case "cancelled":
            await set_status(store_ledger, going, BookingStatus.CANCELLED)
        case "moved":
            await move(store_ledger, going, away)
        case "cancelled by staff":
            placed = places[going.code]
            await readopt(store_ledger, going, placed, status=BookingStatus.CANCELLED)
        case "moved by staff":
            await readopt(store_ledger, going, away)
    expected = dict.fromkeys(cells_of(places[staying.code]), str(staying.id))
    if way.startswith("moved"):
        expected |= dict.fromkeys(cells_of(away), str(going.id))
    assert await store_evidence.claims() == expected
    assert await store_evidence.shared() == {}
    assert await shared(store_ledger, staying) == []
    assert await shared(store_ledger, going) == []


async def test_cells_go_from_one_to_the_next_until_the_last_has_them(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement()
    made = [(await typed(store_ledger, code, placed))[0] for code in ("AAA", "BBB", "CCC")]
    cells = cells_of(placed)
    assert await shared(store_ledger, made[1]) == ["AAA", "CCC"]
    assert await store_evidence.shared() == {key: {"bbb", "ccc"} for key in cells}
    await set_status(store_ledger, made[0], BookingStatus.CANCELLED)
    assert await store_evidence.claims() == dict.fromkeys(cells, "bbb")
    assert await store_evidence.shared() == {key: {"ccc"} for key in cells}
    await set_status(store_ledger, made[1], BookingStatus.CANCELLED)
    assert await store_evidence.claims() == dict.fromkeys(cells, "ccc")
    await set_status(store_ledger, made[2], BookingStatus.CANCELLED)
    assert await store_evidence.claims() == {}
    assert await store_evidence.shared() == {}


async def test_a_guest_cannot_move_within_a_place_that_is_shared(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    first = await book(store_ledger, "AAA", placement("T1"))
    second, _ = await typed(store_ledger, "BBB", placement("T1", start=NINE))
    before = await store_evidence.claims(), await store_evidence.shared()
    within, onto, back = EIGHT - HOUR / 4, EIGHT + HOUR / 2, NINE + HOUR / 4
    for made, start in ((first, within), (first, onto), (second, back)):
        with pytest.raises(SlotTaken):
            await move(store_ledger, made, placement("T1", start=start))
    assert (await store_evidence.claims(), await store_evidence.shared()) == before
    await move(store_ledger, first, placement("T1", start=EIGHT - HOUR / 2))
    assert await store_evidence.shared() == {}


async def test_an_edit_of_a_booking_that_waits_leaves_it_waiting(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement()
    await book(store_ledger, "AAA", placed)
    made, _ = await typed(store_ledger, "BBB", placed)
    before = await store_evidence.claims(), await store_evidence.shared()
    _, sharing = await readopt(store_ledger, made, placed, notes="trona")
    assert sharing == ["AAA"]
    assert (await store_evidence.claims(), await store_evidence.shared()) == before


async def test_bookings_of_other_tables_and_times_are_not_shared_with(
    store_ledger: StoreLedger,
) -> None:
    await book(store_ledger, "AAA", placement("T2"))
    await book(store_ledger, "BBB", placement("T1", start=EIGHT - 2 * HOUR))
    cancelled = await book(store_ledger, "CCC", placement("T1"))
    await set_status(store_ledger, cancelled, BookingStatus.CANCELLED)
    made, sharing = await typed(store_ledger, "DDD", placement("T1"))
    assert sharing == []
    assert await shared(store_ledger, made) == []
    assert await store_ledger.mirror.shared_with(booking=booking("ZZZ", placement()).id) == []


async def test_a_booking_that_is_not_live_takes_nothing_and_comes_back_where_it_was_put_last(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    made, _ = await typed(store_ledger, "AAA", placement("T1", charges=[charge(2)]))
    placed = placement("T2", charges=[charge(2)])
    gone, _ = await readopt(store_ledger, made, placed, status=BookingStatus.NO_SHOW)
    assert await store_evidence.claims() == {}
    assert await store_evidence.pacing() == {}
    await set_status(store_ledger, gone, BookingStatus.SEATED)
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")
    assert await store_evidence.pacing() == {(VENUE, "kitchen@1"): (2, 1)}


async def test_a_booking_that_staff_typed_as_a_no_show_claims_when_it_comes_to_life(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement()
    made = booking("AAA", placed, status=BookingStatus.NO_SHOW)
    assert await adopt(store_ledger, made, placed) == []
    assert await store_evidence.claims() == {}
    other = await book(store_ledger, "BBB", placed)
    with pytest.raises(SlotTaken):
        await set_status(store_ledger, made, BookingStatus.SEATED)
    await set_status(store_ledger, other, BookingStatus.CANCELLED)
    await set_status(store_ledger, made, BookingStatus.SEATED)
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placed), "aaa")


async def test_staff_can_bring_a_cancelled_booking_back_onto_a_taken_table(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    placed = placement()
    made = await book(store_ledger, "AAA", placed)
    cancelled = await set_status(store_ledger, made, BookingStatus.CANCELLED)
    await book(store_ledger, "BBB", placed)
    _, sharing = await readopt(store_ledger, cancelled, placed, status=BookingStatus.CONFIRMED)
    assert sharing == ["BBB"]
    assert await store_evidence.claims() == dict.fromkeys(cells_of(placed), "bbb")
    assert await store_evidence.shared() == {key: {"aaa"} for key in cells_of(placed)}


# Outbox and notices


async def test_a_row_that_lacks_something_goes_on_the_outbox_with_what_was_seen(
    store_ledger: StoreLedger,
) -> None:
    placed = placement()
    made = booking("AAA", placed)
    half = store_row(made, code="", end=None, key=None)
    await adopt(store_ledger, made, placed, queue=True, row=half)
    (waiting,) = await store_ledger.outbox.waiting(limit=9, now=NOW)
    assert (waiting.booking, waiting.seen, waiting.tries) == (made, half, 0)


async def test_what_staff_wrote_in_full_need_not_be_written_any_more(
    store_ledger: StoreLedger,
) -> None:
    made = await book(store_ledger, "AAA", placement())
    assert await store_ledger.outbox.pending(booking=made.id)
    await readopt(store_ledger, made, placement("T2"))
    assert not await store_ledger.outbox.pending(booking=made.id)


async def test_notices_are_written_with_the_change(store_ledger: StoreLedger) -> None:
    made = await book(store_ledger, "AAA", placement())
    placed = placement("T2", start=NINE)
    after = replace(moved_to(made, placed), version=2)
    notice = Notice(NoticeKind.MOVED, after, before=made)
    with pytest.raises(BookingChanged):
        await adopt(store_ledger, after, placed, expected=7, notices=[notice])
    assert await store_ledger.notices.untold(venue=VENUE, user_id="ana", phone="") == []
    await adopt(store_ledger, after, placed, expected=1, notices=[notice])
    (heard,) = await store_ledger.notices.untold(venue=VENUE, user_id="ana", phone="")
    assert replace(heard, id=0) == notice


@pytest.mark.parametrize("queue", [False, True])
@pytest.mark.parametrize("has_notice", [False, True])
async def test_a_guest_who_was_told_received_hears_one_outcome_of_what_staff_decided(
    store_ledger: StoreLedger, *, queue: bool, has_notice: bool
) -> None:
    made = await book(store_ledger, "AAA", placement())
    await store_ledger.outbox.defer(code=made.code, now=NOW)
    placed = placement("T2")
    after = replace(moved_to(made, placed), version=2)
    moved = Notice(NoticeKind.MOVED, after, before=made)
    notices = [moved] if has_notice else []
    await adopt(store_ledger, after, placed, expected=1, queue=queue, notices=notices)
    if queue:
        fence = await committers_fence(store_ledger)
        await store_ledger.outbox.settle(
            booking=after.id, version=2, row=store_row(after), fence=fence, now=NOW
        )
    heard = await store_ledger.notices.untold(venue=VENUE, user_id="ana", phone="")
    expected = moved if has_notice else Notice(NoticeKind.CONFIRMED, after)
    assert [replace(notice, id=0) for notice in heard] == [expected]


# What is asked of it


async def test_open_bookings_come_by_start_from_an_instant_on(store_ledger: StoreLedger) -> None:
    for code, table, start in (
        ("EARLY", "T1", EIGHT - timedelta(minutes=5)),
        ("LATE", "T2", NINE),
        ("BBB", "T3", EIGHT),
        ("AAA", "T4", EIGHT),
        ("GONE", "T5", EIGHT),
    ):
        made = await book(store_ledger, code, placement(table, start=start))
    await set_status(store_ledger, made, BookingStatus.CANCELLED)
    found = await store_ledger.mirror.open_from(venue=VENUE, start=EIGHT)
    assert codes(found) == ["AAA", "BBB", "LATE"]
    assert await store_ledger.mirror.open_from(venue=VenueId("elsewhere"), start=EIGHT) == []


# All at once


async def test_staff_and_guests_who_want_one_table_at_once_leave_it_with_one_owner(
    store_ledger: StoreLedger, store_evidence: SqlEvidence
) -> None:
    """Holds, bookings, moves and staff's rows on one table over midnight: locks in one order."""
    fence = await committers_fence(store_ledger)
    places = [placement("T1", start=MIDNIGHT + i * HOUR / 2, minutes=90) for i in range(-4, 4)]
    elsewhere = [await book(store_ledger, f"M{i}", placement(f"T{i + 2}")) for i in range(4)]

    async def guest(number: int) -> None:
        await hold(store_ledger, f"h{number}", places[number], holder="eva")
        await store_ledger.holds.release(hold_id=f"h{number}")
        await book(store_ledger, f"G{number}", places[number])

    async def staff(number: int) -> None:
        code, placed = f"S{number}", places[number]
        made = booking(code, placed, user_id="")
        await adopt(store_ledger, made, placed, fence=fence)
        placed = places[-number]
        after = replace(moved_to(made, placed), version=2)
        await adopt(store_ledger, after, placed, expected=1, fence=fence)

    results = await asyncio.gather(
        *(guest(i) for i in range(8)),
        *(staff(i) for i in range(8)),
        *(move(store_ledger, each, places[2 * i]) for i, each in enumerate(elsewhere)),
        return_exceptions=True,
    )
    failures = [each for each in results if isinstance(each, BaseException)]
    assert all(isinstance(each, DomainError) for each in failures), failures
    claims, waiting = await store_evidence.claims(), await store_evidence.shared()
    live: dict[tuple[str, str, int], set[str]] = {}
    found = await store_ledger.day_sheets.allocations(
        venue=VENUE, first_cell=places[0].claims[0].first - 99, end_cell=2**40, now=NOW
    )
    for each in found:
        for claim in each.claims:
            for cell in range(claim.first, claim.end):
                live.setdefault((VENUE, claim.resource, cell), set()).add(each.id)
    assert {cell: {claims[cell]} | waiting.get(cell, set()) for cell in claims} == live
    assert all(claims[cell] not in names for cell, names in waiting.items())
