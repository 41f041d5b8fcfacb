"""Staff's edits, and only theirs, become known by the webhook; what cannot be known is said to be lost."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import pytest

from application.errors import StoreUnavailable
from application.ports.booking_store import PutOutcome, StoreChanges, StoreWrite
from application.ports.mirror import Known
from domain.booking import Booking
from domain.store_row import RecordId, StoreRow
from infrastructure.airtable.changes import DOCUMENT, AirtableFeed
from tests.fakes.clock import StillClock
from tests.integration.airtable_emulator.listener import listening, until
from tests.support.airtable_house import House, MemoryState
from tests.support.ledgers import booking, placement

DAY_S = 86_400.0


@dataclass
class KnownRows:
    """A mirror that knows the rows that a test tells it."""

    rows: dict[RecordId, StoreRow] = field(default_factory=dict)

    def note(self, row: StoreRow) -> None:
        self.rows[row.record] = row

    async def known(self, *, records: Collection[RecordId]) -> Mapping[RecordId, Known]:
        return {each: Known(self.rows[each], None) for each in records if each in self.rows}


@dataclass
class Desk:
    """A feed, read from where it was left."""

    base: House
    feed: AirtableFeed
    state: MemoryState
    mirror: KnownRows
    clock: StillClock
    position: int = 0

    async def news(self) -> StoreChanges:
        changes = await self.feed.changes(position=self.position)
        self.position = changes.position
        return changes

    async def put(self, made: Booking, seen: StoreRow | None = None) -> StoreRow:
        """We write a booking, and the mirror notes its row."""
        (result,) = await self.base.store.put(writes=[StoreWrite(made, seen)])
        assert result.outcome is PutOutcome.STORED
        assert result.row is not None
        self.mirror.note(result.row)
        return result.row

    def pass_days(self, days: float) -> None:
        self.clock.move(days * DAY_S)
        self.base.control.advance(days * DAY_S)

    def another(self, url: str | None) -> AirtableFeed:
        return feed_of(self.base, self.state, self.mirror, self.clock, url)


def feed_of(
    base: House,
    state: MemoryState,
    mirror: KnownRows,
    clock: StillClock,
    url: str | None,
    put_lately: Callable[[RecordId], StoreRow | None] = lambda _record: None,
) -> AirtableFeed:
    return AirtableFeed(
        wire=base.wire,
        schema=base.schema,
        rows=base.rows,
        state=state,
        mirror=mirror,
        clock=clock,
        public_url=url,
        put_lately=put_lately,
    )


def desk_at(base: House, url: str | None) -> Desk:
    clock = StillClock(datetime.fromisoformat(base.control.now()).astimezone(UTC))
    state, mirror = MemoryState(), KnownRows()
    return Desk(base, feed_of(base, state, mirror, clock, url), state, mirror, clock)


@pytest.fixture
async def desk(base: House) -> Desk:
    """Without a public address, its first reading behind it."""
    desk = desk_at(base, None)
    assert (await desk.news()).lost
    base.control.reset_requests()
    return desk


def only(*records: str) -> frozenset[RecordId]:
    return frozenset(map(RecordId, records))


def quiet(position: int) -> StoreChanges:
    return StoreChanges(position=position)


# --- bookings


async def test_the_first_reading_says_that_everything_must_be_read(base: House) -> None:
    desk = desk_at(base, None)
    assert (await desk.news()).lost
    assert await desk.news() == quiet(desk.position)


async def test_reading_is_one_request(desk: Desk) -> None:
    await desk.news()
    assert desk.base.requests() == 1


async def test_a_row_that_staff_add_change_or_delete_is_told(desk: Desk) -> None:
    record = RecordId(desk.base.control.create("Bookings", {"Name": "Laura"}))
    assert (await desk.news()).changed == {record}
    desk.base.control.update("Bookings", record, {"Party": 4})
    assert (await desk.news()).changed == {record}
    desk.base.control.delete("Bookings", record)
    news = await desk.news()
    assert (news.changed, news.deleted) == (only(), only(record))
    assert await desk.news() == quiet(desk.position)


async def test_a_row_that_came_and_went_is_deleted_only(desk: Desk) -> None:
    record = RecordId(desk.base.control.create("Bookings", {"Name": "Laura"}))
    desk.base.control.delete("Bookings", record)
    news = await desk.news()
    assert (news.changed, news.deleted) == (only(), only(record))


async def test_a_name_typed_key_by_key_is_one_row_to_read(desk: Desk) -> None:
    record = RecordId(desk.base.control.type("Bookings", "Name", "Laura Gil"))
    news = await desk.news()
    assert (news.changed, news.more) == (only(record), False)


async def test_more_than_fifty_payloads_come_page_by_page(desk: Desk) -> None:
    desk.base.control.type("Bookings", "Name", "x" * 60)
    first, second = await desk.news(), await desk.news()
    assert (first.more, second.more) == (True, False)
    assert len(first.changed | second.changed) == 1


async def test_an_action_split_over_payloads_is_told_whole(desk: Desk) -> None:
    desk.base.control.webhook_settings(most_records_per_payload=2)
    made = [booking(f"A{number}", placement("T1")) for number in range(7)]
    await desk.base.store.put(writes=[StoreWrite(each) for each in made])
    news = await desk.news()
    assert news.changed == {row["id"] for row in desk.base.truth()}


async def test_a_column_of_staffs_own_is_nobody_elses_business(desk: Desk) -> None:
    row = await desk.put(booking("AAA", placement()))
    definition = {"name": "Aniversario", "type": "singleLineText"}
    desk.base.control.staff("create_field", table="Bookings", definition=definition)
    await desk.news()
    desk.base.control.update("Bookings", row.record, {"Aniversario": "sí"})
    assert await desk.news() == quiet(desk.position)


# --- our own writes


async def test_what_we_wrote_ourselves_is_no_news(desk: Desk) -> None:
    made = replace(booking("AAA", placement("T1", "T2")), notes="tarta")
    seen = await desk.put(made)
    assert await desk.news() == quiet(desk.position)
    seen = await desk.put(replace(made, version=2, notes=""), seen)
    assert await desk.news() == quiet(desk.position)
    await desk.base.store.note_conflict(record=seen.record, note="Mesa doble", comment="")
    desk.mirror.note(replace(seen, conflict="Mesa doble"))
    assert await desk.news() == quiet(desk.position)


async def test_what_we_wrote_and_do_not_know_yet_is_news(desk: Desk) -> None:
    await desk.base.store.put(writes=[StoreWrite(booking("AAA", placement()))])
    (row,) = desk.base.truth()
    assert (await desk.news()).changed == {row["id"]}


async def test_what_we_wrote_is_no_news_before_the_ledger_has_noted_it(base: House) -> None:
    clock, mirror = StillClock(datetime.now(UTC)), KnownRows()
    lately = base.store.put_lately
    feed = feed_of(base, MemoryState(), mirror, clock, None, put_lately=lately)
    position = (await feed.changes(position=0)).position
    made = booking("AAA", placement())
    await base.store.put(writes=[StoreWrite(made)])
    changes = await feed.changes(position=position)
    assert changes.changed == frozenset()
    # Once the ledger knows that version, the ledger's word counts.
    row = base.store.put_lately(RecordId(base.truth()[0]["id"]))
    assert row is not None
    mirror.note(replace(row, covers=7))
    party = base.schema.field("bookings", "covers")
    table = base.schema.table("bookings")
    for covers in (7, row.covers):
        await base.wire.update(table, [{"id": row.record, "fields": {party: covers}}])
    assert (await feed.changes(position=changes.position)).changed == {row.record}


async def test_staffs_edit_is_news_even_where_its_cells_are_known_already(desk: Desk) -> None:
    made = booking("AAA", placement())
    seen = await desk.put(made)
    await desk.news()
    desk.base.control.update("Bookings", seen.record, {"Party": 5})
    # What a write is answered with shows staff's cells too, and nobody has looked at them yet.
    row = await desk.put(replace(made, version=2, notes="x"), seen)
    assert row.covers == 5
    assert (await desk.news()).changed == {seen.record}


async def test_another_program_that_writes_through_the_api_is_news(desk: Desk) -> None:
    row = await desk.put(booking("AAA", placement()))
    await desk.news()
    party = desk.base.schema.field("bookings", "covers")
    table = desk.base.schema.table("bookings")
    await desk.base.wire.update(table, [{"id": row.record, "fields": {party: 7}}])
    assert (await desk.news()).changed == {row.record}


# --- the house and the schema


async def test_hours_closures_and_tables_concern_the_house(desk: Desk) -> None:
    create, venue = desk.base.control.create, desk.base.record_of("Venues", "la-terraza")
    hours = create("Opening Hours", {"What": "Cena", "From": "20:00"})
    assert (await desk.news()).house
    desk.base.control.update("Opening Hours", hours, {"From": "19:30"})
    assert (await desk.news()).house
    desk.base.control.delete("Opening Hours", hours)
    assert (await desk.news()).house
    create("Closures", {"Reason": "Obras", "Venue": [venue], "First day": "2026-12-24"})
    assert (await desk.news()).house
    desk.base.control.update("Resources", desk.base.record_of("Resources", "T1"), {"Seats": 6})
    news = await desk.news()
    assert (news.house, news.schema, news.changed) == (True, False, frozenset())


async def test_a_booking_changes_the_other_end_of_its_links_but_not_the_house(desk: Desk) -> None:
    row = await desk.put(booking("AAA", placement("T1")))
    table = desk.base.record_of("Resources", "T2")
    desk.base.control.update("Bookings", row.record, {"Tables": [table]})
    news = await desk.news()
    assert (news.house, news.changed) == (False, only(row.record))


async def test_guests_and_the_waitlist_are_no_news(desk: Desk) -> None:
    desk.base.control.create("Guests", {"Name": "Laura"})
    assert await desk.news() == quiet(desk.position)


async def test_renamed_made_and_deleted_columns_and_tables_concern_the_schema(desk: Desk) -> None:
    staff = desk.base.control.staff
    staff("rename_field", table="Bookings", field="Start", name="Comienza")
    assert (await desk.news()).schema
    definition = {"name": "Propina", "type": "singleLineText"}
    staff("create_field", table="Bookings", definition=definition)
    assert (await desk.news()).schema
    staff("delete_field", table="Bookings", field="Propina")
    assert (await desk.news()).schema
    staff("rename_table", table="Waitlist", name="Espera")
    assert (await desk.news()).schema
    staff("delete_table", table="Guests")
    news = await desk.news()
    assert (news.schema, news.house, news.changed) == (True, False, frozenset())


# --- the webhook's life


async def test_with_a_public_address_pings_come_and_are_known_as_ours(base: House) -> None:
    with listening() as listener:
        public = listener.url.removesuffix("/airtable")
        desk = desk_at(base, f"{public}/")
        await desk.feed.keep_alive()
        listener.wait_for(1)
        base.control.create("Bookings", {"Name": "Laura"})
        until(lambda: len(listener.pings) > 1)
        for body, signature in listener.pings:
            assert await desk.feed.is_ping(body, signature)
            assert not await desk.feed.is_ping(body + b" ", signature)
            assert not await desk.feed.is_ping(body, None)


async def test_before_there_is_a_webhook_nothing_is_a_ping(base: House) -> None:
    desk = desk_at(base, None)
    assert not await desk.feed.is_ping(b"{}", "hmac-sha256=" + "0" * 64)


async def test_lost_and_duplicated_pings_lose_nothing(base: House) -> None:
    with listening() as listener:
        desk = desk_at(base, listener.url.removesuffix("/airtable"))
        await desk.news()
        for fault in ("ping_lost", "ping_duplicated"):
            base.control.next_fault(fault)
            record = base.control.create("Bookings", {"Name": fault})
            assert (await desk.news()).changed == {record}
            assert await desk.news() == quiet(desk.position)


async def test_a_webhook_in_use_is_asked_about_now_and_then_only(desk: Desk) -> None:
    for _ in range(20):
        desk.pass_days(1)
        assert not (await desk.news()).lost
    # Reading prolongs its life; what is asked besides is when that was.
    assert desk.base.requests() <= 20 + 2 * 5


async def test_a_webhook_near_its_end_is_renewed_and_loses_nothing(desk: Desk) -> None:
    desk.pass_days(5)
    record = desk.base.control.create("Bookings", {"Name": "Laura"})
    await desk.feed.keep_alive()
    desk.pass_days(5)
    news = await desk.news()
    assert (news.lost, news.changed) == (False, only(record))


async def test_a_webhook_that_has_expired_is_made_anew_and_says_so(desk: Desk) -> None:
    desk.pass_days(8)
    desk.base.control.create("Bookings", {"Name": "Laura"})
    assert (await desk.news()).lost
    record = desk.base.control.create("Bookings", {"Name": "Pau"})
    news = await desk.news()
    assert (news.lost, news.changed) == (False, only(record))


async def test_a_webhook_that_somebody_deleted_is_made_anew_and_says_so(desk: Desk) -> None:
    (hook,) = await desk.base.wire.webhooks()
    await desk.base.wire.delete_webhook(hook["id"])
    assert (await desk.news()).lost
    assert not (await desk.news()).lost
    assert len(await desk.base.wire.webhooks()) == 1


async def test_a_webhook_that_reports_an_error_is_made_anew_and_says_so(desk: Desk) -> None:
    desk.base.control.next_fault("payload_error")
    desk.base.control.create("Bookings", {"Name": "Laura"})
    (before,) = await desk.base.wire.webhooks()
    assert (await desk.news()).lost
    (after,) = await desk.base.wire.webhooks()
    assert before["id"] != after["id"]
    assert not (await desk.news()).lost


async def test_a_position_in_an_earlier_webhook_is_not_taken_for_one_in_this(desk: Desk) -> None:
    for name in "abc":
        desk.base.control.create("Bookings", {"Name": name})
    await desk.news()
    old = desk.position
    (hook,) = await desk.base.wire.webhooks()
    await desk.base.wire.delete_webhook(hook["id"])
    await desk.feed.keep_alive()
    for name in "abcde":
        desk.base.control.create("Bookings", {"Name": name})
    assert (await desk.feed.changes(position=old)).lost


async def test_pings_that_were_switched_off_are_switched_on_again(base: House) -> None:
    desk = desk_at(base, "http://127.0.0.1:9")
    await desk.feed.keep_alive()
    (hook,) = await base.wire.webhooks()
    await base.wire.enable_webhook(hook["id"], enable=False)
    await desk.feed.keep_alive()
    (hook,) = await base.wire.webhooks()
    assert hook["areNotificationsEnabled"]


async def test_a_webhook_whose_secret_is_lost_is_replaced(base: House) -> None:
    desk = desk_at(base, "http://127.0.0.1:9")
    await desk.feed.keep_alive()
    (before,) = await base.wire.webhooks()
    desk.state.documents.clear()
    await desk.feed.keep_alive()
    (after,) = await base.wire.webhooks()
    assert before["id"] != after["id"]


async def test_webhooks_of_others_are_left_alone(base: House) -> None:
    theirs = {"options": {"filters": {"dataTypes": ["tableData"]}}}
    for url in ("http://127.0.0.1:9/somebody", None):
        await base.wire.create_webhook(specification=theirs, notification_url=url)
    desk = desk_at(base, "http://127.0.0.1:9")
    await desk.feed.keep_alive()
    assert len(await base.wire.webhooks()) == 3


async def test_a_new_public_address_makes_a_new_webhook(desk: Desk) -> None:
    moved = desk.another("http://127.0.0.1:9")
    await moved.keep_alive()
    (hook,) = await desk.base.wire.webhooks()
    assert hook["notificationUrl"] == "http://127.0.0.1:9/webhooks/airtable"
    assert (await moved.changes(position=desk.position)).lost


async def test_payloads_that_were_forgotten_before_they_were_read_are_lost(desk: Desk) -> None:
    desk.base.control.create("Bookings", {"Name": "Laura"})
    desk.pass_days(3)
    (hook,) = await desk.base.wire.webhooks()
    await desk.base.wire.refresh_webhook(hook["id"])
    desk.pass_days(5)
    record = desk.base.control.create("Bookings", {"Name": "Pau"})
    news = await desk.news()
    assert (news.lost, news.changed) == (True, only(record))


# --- where there is none


@pytest.mark.parametrize("position", [0, 7])
async def test_a_token_without_the_right_to_webhooks_polls(base: House, position: int) -> None:
    base.control.put_token("patTEST", scopes=["data.records:read", "data.records:write"])
    desk = desk_at(base, "http://127.0.0.1:9")
    assert await desk.feed.changes(position=position) == StoreChanges(lost=True, position=position)
    assert not desk.feed.delivers
    asked = base.requests()
    assert (await desk.feed.changes(position=position)).lost
    await desk.feed.keep_alive()
    assert base.requests() == asked


async def test_an_hour_later_the_right_to_webhooks_is_asked_for_again(base: House) -> None:
    desk = desk_at(base, None)
    base.control.put_token("patTEST", scopes=["data.records:read"])
    assert (await desk.news()).lost
    base.control.put_token("patTEST", scopes=["webhook:manage"])
    desk.clock.move(timedelta(hours=1).total_seconds())
    assert (await desk.news()).lost
    assert desk.feed.delivers
    assert not (await desk.news()).lost


async def test_where_others_have_all_ten_webhooks_it_polls(base: House) -> None:
    theirs = {"options": {"filters": {"dataTypes": ["tableData"]}}}
    for _ in range(10):
        await base.wire.create_webhook(specification=theirs, notification_url=None)
    desk = desk_at(base, None)
    assert (await desk.news()).lost
    assert not desk.feed.delivers
    assert DOCUMENT not in desk.state.documents


async def test_a_revoked_token_is_no_reason_to_poll(desk: Desk) -> None:
    desk.base.control.revoke_token()
    with pytest.raises(StoreUnavailable):
        await desk.news()
