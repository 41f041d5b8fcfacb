"""Who is offered a freed place, when, for how long, and what staff may do about it."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest

from application.ports.bookings import Once
from application.ports.messages import MessageState
from application.reservations import CannotPlace
from domain.acts import Offer
from domain.booking import Booking, BookingStatus
from domain.dialogue import JoinWaitlist, PlaceFree
from domain.errors import SlotTaken
from domain.guest import Guest
from domain.venue import ResourceId, WaitlistOrder, WaitlistPolicy
from domain.waitlist import WaitlistEntry, WaitlistId, WaitlistStatus, Wants
from infrastructure.memory import MemoryLedger
from tests.fakes.clock import StillClock
from tests.support.aftercare import ANA, BEA, Aftercare, Way, house, one_table
from tests.unit.domain.houses import table

MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
FRIDAY = date(2026, 11, 27)
NINE = datetime(2026, 11, 27, 20, tzinfo=UTC)  # 21:00 in Madrid
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)
CARLA = Guest("carla", "Carla Mir", "", "carla@example.org", "es")
EVENING = (20 * 60, 23 * 60)


@dataclass
class Street:
    waitlist: WaitlistPolicy = field(default_factory=WaitlistPolicy)
    own: dict[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.clock = StillClock(MONDAY)
        self.email = Way()
        venue = self.own.pop("venue", None) or one_table(waitlist=self.waitlist, lead_time=HOUR)
        self.aftercare = Aftercare(MemoryLedger(), self.clock, venue=venue, ways=[self.email])
        self.desk = self.aftercare.waitlist

    async def full(self, who: str = "other") -> list[Booking]:
        """Bookings that leave nothing of the evening at one table."""
        starts = [NINE - HOUR, NINE + HOUR / 2, NINE + 2 * HOUR]
        return [
            await self.aftercare.book(start, guest=Guest(f"{who}-{n}", "Otros"))
            for n, start in enumerate(starts)
        ]

    async def joins(self, guest: Guest, **own: Any) -> WaitlistEntry:
        self.clock.move(60)
        earliest, latest = own.pop("between", EVENING)
        wish = JoinWaitlist(
            FRIDAY,
            own.pop("covers", 2),
            earliest,
            latest,
            None,
            guest.name,
            guest.phone,
            "",
            "",
            own.pop("wants", Wants()),
        )
        return await self.desk.join(
            self.aftercare.venue, wish, guest=guest, channel="chat", now=self.clock.now()
        )

    async def now(self, entry: WaitlistEntry) -> WaitlistEntry:
        found = await self.desk.get(entry.id)
        assert found is not None
        return found

    async def offer(self, entry: WaitlistEntry) -> Offer:
        offer = (await self.now(entry)).offer
        assert offer is not None
        return offer

    async def says_yes(self, entry: WaitlistEntry) -> Booking:
        """What the conversation does with a yes."""
        offer = await self.offer(entry)
        booking = await self.aftercare.reservations.book(
            self.aftercare.venue,
            offer.slot,
            guest=entry.guest,
            notes="",
            channel="chat",
            hold_id=offer.hold_id,
            once=Once(f"yes:{entry.id}", "yes"),
        )
        await self.desk.take_up(entry.id, booking)
        return booking


async def test_nobody_is_offered_anything_while_the_house_is_full() -> None:
    street = Street()
    await street.full()
    entry = await street.joins(ANA)
    assert await street.desk.sweep() == 0
    assert (await street.now(entry)).status is WaitlistStatus.WAITING


async def test_a_freed_place_is_offered_to_the_first_with_a_hold_and_a_deadline() -> None:
    street = Street()
    first, *_ = await street.full()
    ana, bea = await street.joins(ANA), await street.joins(BEA)
    await street.aftercare.cancel(first)
    await street.aftercare.work()
    offer = await street.offer(ana)
    assert offer.slot.start == first.start
    assert offer.expires_at == street.clock.now() + 30 * MINUTE
    assert offer.waitlist == ana.id
    assert [letter.guest.name for letter in street.email.letters] == ["Ana Ruiz"]
    assert (await street.now(bea)).status is WaitlistStatus.WAITING
    with pytest.raises(LookupError):
        await street.aftercare.book(first.start, guest=CARLA)  # it is kept


async def test_of_several_starts_the_one_nearest_to_the_wish_is_offered() -> None:
    street = Street()
    for booking in await street.full():
        await street.aftercare.cancel(booking)
    ana = await street.joins(ANA, wants=Wants(target=21 * 60 + 30))
    await street.desk.sweep()
    assert (await street.offer(ana)).slot.start == NINE + HOUR / 2


@pytest.mark.parametrize(
    "wants", [Wants(required=frozenset({"wheelchair"})), Wants(resource=ResourceId("T2"))]
)
async def test_a_place_that_the_guest_cannot_use_is_offered_to_the_next(wants: Wants) -> None:
    venue = one_table(lead_time=HOUR)
    wheelchair = replace(table("T2", 2), features=frozenset({"wheelchair"}))
    street = Street(own={"venue": replace(venue, resources=(*venue.resources, wheelchair))})
    full = [*await street.full(), *await street.full("yet-another")]
    ana, bea = await street.joins(ANA, wants=wants), await street.joins(BEA)
    await street.aftercare.cancel(next(each for each in full if each.resources == ("T1",)))
    await street.desk.sweep()
    assert (await street.now(ana)).status is WaitlistStatus.WAITING
    assert (await street.now(bea)).status is WaitlistStatus.OFFERED
    await street.aftercare.cancel(next(each for each in full if each.resources == ("T2",)))
    await street.desk.sweep()
    assert (await street.offer(ana)).slot.resources == ("T2",)


async def test_the_guests_yes_books_the_held_place() -> None:
    street = Street()
    first, *_ = await street.full()
    ana = await street.joins(ANA)
    await street.aftercare.cancel(first)
    await street.aftercare.work()
    prompt = await street.aftercare.messages.prompt_for(
        venue=street.aftercare.venue, user_id="ana", phone=""
    )
    assert isinstance(prompt, PlaceFree)
    assert (prompt.entry, prompt.offer) == (ana.id, await street.offer(ana))
    booking = await street.says_yes(ana)
    assert (booking.start, booking.status) == (first.start, BookingStatus.CONFIRMED)
    assert (await street.now(ana)).status is WaitlistStatus.BOOKED
    street.clock.move(3600)
    await street.aftercare.work()
    assert (await street.now(ana)).status is WaitlistStatus.BOOKED


async def test_when_the_deadline_passes_the_next_is_asked_and_a_late_yes_books_nothing() -> None:
    street = Street()
    first, *_ = await street.full()
    ana, bea = await street.joins(ANA), await street.joins(BEA)
    await street.aftercare.cancel(first)
    await street.aftercare.work()
    street.clock.move((29 * MINUTE).total_seconds())
    await street.aftercare.work()
    assert (await street.now(bea)).status is WaitlistStatus.WAITING
    street.clock.move(60)
    await street.aftercare.work()
    assert (await street.now(ana)).status is WaitlistStatus.EXPIRED
    assert (await street.offer(bea)).slot.start == first.start
    with pytest.raises(SlotTaken):
        await street.says_yes(ana)


async def test_whoever_declines_gives_the_place_to_the_next_at_once() -> None:
    street = Street()
    first, *_ = await street.full()
    ana, bea = await street.joins(ANA), await street.joins(BEA)
    await street.aftercare.cancel(first)
    await street.aftercare.work()
    declined = await street.desk.decline(ana.id)
    assert declined is not None
    assert declined.status is WaitlistStatus.DECLINED
    assert await street.desk.decline(ana.id) is None
    await street.aftercare.work()
    assert (await street.now(bea)).status is WaitlistStatus.OFFERED


async def test_whoever_leaves_before_an_offer_is_asked_no_more() -> None:
    street = Street()
    first, *_ = await street.full()
    ana = await street.joins(ANA)
    left = await street.desk.decline(ana.id)
    assert left is not None
    assert left.status is WaitlistStatus.REMOVED
    await street.aftercare.cancel(first)
    assert await street.desk.sweep() == 0


async def test_the_largest_party_comes_first_where_the_house_wants_that() -> None:
    largest = WaitlistPolicy(order=WaitlistOrder.LARGEST)
    street = Street(own={"venue": house(waitlist=largest)})
    ana, bea = await street.joins(ANA, covers=2), await street.joins(BEA, covers=8)
    calls: list[str] = []
    place = street.aftercare.ledger.holds.place

    async def watched(**given: Any) -> Any:
        calls.append(given["holder"])
        return await place(**given)

    holds: Any = street.aftercare.ledger.holds
    holds.place = watched
    assert await street.desk.sweep() == 2
    assert calls == [f"waitlist:{bea.id}", f"waitlist:{ana.id}"]


async def test_a_place_at_an_hour_that_does_not_suit_is_not_offered() -> None:
    street = Street()
    _, second, _ = await street.full()
    ana = await street.joins(ANA, between=(20 * 60, 20 * 60 + 30))
    bea = await street.joins(BEA)
    await street.aftercare.cancel(second)
    await street.aftercare.work()
    assert (await street.now(ana)).status is WaitlistStatus.WAITING
    assert (await street.offer(bea)).slot.start == second.start


async def test_nobody_is_offered_a_place_at_night_unless_it_is_for_the_next_hours() -> None:
    street = Street()
    first, *_ = await street.full()
    ana = await street.joins(ANA)
    await street.aftercare.cancel(first)
    street.clock.move((datetime(2026, 11, 26, 22, tzinfo=UTC) - street.clock.at).total_seconds())
    assert await street.desk.sweep() == 0
    street.clock.move((8 * HOUR + 59 * MINUTE).total_seconds())
    assert await street.desk.sweep() == 0
    street.clock.move(60)  # 08:00: twelve hours before it
    assert await street.desk.sweep() == 1
    assert (await street.now(ana)).status is WaitlistStatus.OFFERED


async def test_a_place_of_the_same_night_is_offered_in_quiet_hours_too() -> None:
    street = Street()
    *_, last = await street.full()
    entry = await street.joins(ANA)
    street.clock.move((NINE + HOUR - street.clock.at).total_seconds())  # 22:00
    await street.aftercare.cancel(last)
    assert await street.desk.sweep() == 1
    assert (await street.offer(entry)).expires_at <= last.start


async def test_an_entry_whose_hours_are_past_ends() -> None:
    street = Street()
    await street.full()
    ana = await street.joins(ANA)
    street.clock.move((NINE + 2 * HOUR - street.clock.at).total_seconds())  # 23:00
    await street.desk.sweep()
    assert (await street.now(ana)).status is WaitlistStatus.EXPIRED


async def test_who_joins_again_keeps_their_place_in_the_line() -> None:
    street = Street()
    first = await street.joins(ANA)
    await street.joins(BEA)
    again = await street.joins(ANA, between=(21 * 60, 22 * 60))
    assert (again.id, again.created_at, again.earliest) == (first.id, first.created_at, 21 * 60)
    listed = await street.desk.on_day(street.aftercare.venue.id, FRIDAY)
    assert [entry.guest.name for entry in listed] == ["Ana Ruiz", "Bea Gil"]
    mine = await street.desk.of_guest(street.aftercare.venue, user_id="ana", phone="")
    assert [entry.id for entry in mine] == [first.id]


async def test_two_processes_that_sweep_at_once_offer_once() -> None:
    street = Street()
    first, *_ = await street.full()
    ana, bea = await street.joins(ANA), await street.joins(BEA)
    await street.aftercare.cancel(first)
    other = Aftercare(
        street.aftercare.ledger, street.clock, venue=street.aftercare.venue, ways=[street.email]
    )
    offered = await asyncio.gather(*(desk.sweep() for desk in (street.desk, other.waitlist) * 3))
    assert sum(offered) == 1
    assert (await street.now(bea)).status is WaitlistStatus.WAITING
    await street.aftercare.work()
    assert len(street.email.letters) == 1
    assert (await street.offer(ana)).slot.start == first.start


@pytest.mark.parametrize(("part", "write"), [("waitlist", "change"), ("messages", "plan")])
async def test_a_sweep_that_dies_between_its_writes_is_completed_by_the_next(
    part: str, write: str
) -> None:
    street = Street()
    first, *_ = await street.full()
    ana = await street.joins(ANA)
    await street.aftercare.cancel(first)
    owner = getattr(street.aftercare.ledger, part)
    whole = getattr(owner, write)

    async def die(**given: Any) -> None:
        raise RuntimeError("the process died here")

    setattr(owner, write, die)
    with pytest.raises(RuntimeError):
        await street.desk.sweep()
    setattr(owner, write, whole)
    await street.aftercare.work()
    assert (await street.offer(ana)).slot.start == first.start
    assert len(street.email.letters) == 1


async def test_an_offer_that_reaches_nobody_is_listed_for_staff() -> None:
    street = Street()
    entry = await street.desk.add(
        street.aftercare.venue,
        day=FRIDAY,
        covers=2,
        earliest=EVENING[0],
        latest=EVENING[1],
        name="Rosa",
        phone="+34600000009",
    )
    await street.aftercare.work()
    assert (await street.now(entry)).status is WaitlistStatus.OFFERED
    [failed] = await street.aftercare.messages.undelivered(street.aftercare.venue.id)
    assert (failed.state, failed.guest.phone) == (MessageState.FAILED, "+34600000009")


async def test_an_offer_by_a_way_that_cannot_be_answered_says_where_to_answer() -> None:
    street = Street()
    street.email.can_be_answered = False
    await street.joins(ANA)
    await street.aftercare.work()
    assert "https://house.example/?venue=house" in street.email.letters[0].text
    [post] = await street.aftercare.posts()
    assert "https://" not in post.text


# --- staff ---------------------------------------------------------------------------------------


async def test_staff_offer_a_place_out_of_turn_and_at_night() -> None:
    street = Street()
    first, *_ = await street.full()
    ana, bea = await street.joins(ANA), await street.joins(BEA)
    await street.aftercare.cancel(first)
    street.clock.move((datetime(2026, 11, 25, 23, tzinfo=UTC) - street.clock.at).total_seconds())
    offered = await street.desk.offer(bea.id)
    assert offered.status is WaitlistStatus.OFFERED
    await street.aftercare.work()
    assert [letter.guest.name for letter in street.email.letters] == ["Bea Gil"]
    assert (await street.now(ana)).status is WaitlistStatus.WAITING
    with pytest.raises(CannotPlace):
        await street.desk.offer(ana.id)


async def test_staff_name_the_start_and_the_place_held_before_is_free_again() -> None:
    street = Street(own={"venue": house()})
    ana = await street.joins(ANA)
    await street.desk.sweep()
    before = await street.offer(ana)
    offered = await street.desk.offer(ana.id, start=NINE + HOUR)
    assert offered.offer is not None
    assert offered.offer.slot.start == NINE + HOUR
    holds = street.aftercare.ledger.holds
    assert await holds.get(hold_id=before.hold_id, now=street.clock.now()) is None
    await street.aftercare.work()
    assert [letter.key for letter in street.email.letters] == [offered.offer.hold_id]


async def test_whoever_missed_an_offer_can_be_offered_another_by_staff() -> None:
    street = Street()
    ana = await street.joins(ANA)
    await street.desk.sweep()
    street.clock.move(3600)
    await street.desk.sweep()
    assert (await street.now(ana)).status is WaitlistStatus.EXPIRED
    assert (await street.desk.offer(ana.id)).status is WaitlistStatus.OFFERED


async def test_staff_take_somebody_off_the_list_and_what_was_held_is_free() -> None:
    street = Street()
    ana = await street.joins(ANA)
    await street.desk.sweep()
    offer = await street.offer(ana)
    removed = await street.desk.remove(ana.id)
    assert removed is not None
    assert removed.status is WaitlistStatus.REMOVED
    assert await street.desk.remove(ana.id) is None
    await street.aftercare.book(offer.slot.start, guest=BEA)
    with pytest.raises(KeyError):
        await street.desk.offer(ana.id)


async def test_the_same_request_of_staffs_makes_one_entry() -> None:
    street = Street()
    again = {"day": FRIDAY, "covers": 2, "earliest": 1200, "latest": 1320, "name": "Rosa"}
    venue = street.aftercare.venue
    first = await street.desk.add(venue, **again, id=WaitlistId("k1"))  # type: ignore[arg-type]
    second = await street.desk.add(venue, **again, id=WaitlistId("k1"))  # type: ignore[arg-type]
    assert first == second
    assert len(await street.desk.on_day(venue.id, FRIDAY)) == 1


async def test_a_house_without_a_waitlist_offers_nothing_of_itself() -> None:
    street = Street(WaitlistPolicy(enabled=False))
    await street.joins(ANA)
    assert await street.desk.sweep() == 0


async def test_a_prompt_to_a_place_that_was_lost_is_given_back_until_its_start() -> None:
    street = Street()
    ana = await street.joins(ANA)
    await street.aftercare.work()
    street.clock.move(3600)
    await street.aftercare.work()
    desk, venue = street.aftercare.messages, street.aftercare.venue
    prompt = await desk.prompt_for(venue=venue, user_id="ana", phone="")
    assert isinstance(prompt, PlaceFree)
    assert prompt.offer.expires_at < street.clock.now()
    await street.desk.remove(replace(ana).id)
    booked = await street.desk.offer(ana.id)
    await street.desk.remove(booked.id)
    assert await desk.prompt_for(venue=venue, user_id="ana", phone="") is None
