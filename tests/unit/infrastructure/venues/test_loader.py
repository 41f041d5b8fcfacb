"""Venue files: what a house may say, and how it is told that it said something else."""

from __future__ import annotations

import textwrap
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from domain.availability import Wish, find_slots, place, start_windows
from domain.floor import LAST_MINUTE, Allocation, build_sheet
from domain.venue import (
    FollowUpPolicy,
    Interval,
    NoAnswer,
    ResourceId,
    ResourceKind,
    ServiceId,
    Venue,
    WaitlistOrder,
    WaitlistPolicy,
)
from infrastructure.venues.loader import VenueFileError, load_venues

TODAY = date(2026, 11, 21)
NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)

SMALL = """
    id: small
    name: Small
    kind: restaurant
    zone: Europe/Oslo
    languages: [en]
    country: NO
    currency: NOK
    services:
      - id: dinner
        names: {en: dinner}
        hours: {daily: "18:00-23:00"}
        turn_times: 90m
    tables:
      - {id: T1, seats: 4}
"""


def write(folder: Path, text: str, name: str = "small.yaml") -> None:
    (folder / name).write_text(textwrap.dedent(text), encoding="utf-8")


def load(folder: Path, text: str) -> Venue:
    write(folder, text)
    return load_venues(folder, today=TODAY)[0]


def sample(name: str) -> Venue:
    return next(venue for venue in load_venues(today=TODAY) if venue.id == name)


# --- the samples ------------------------------------------------------------------------------


def test_the_samples_are_a_restaurant_and_a_clinic() -> None:
    assert [venue.id for venue in load_venues(today=TODAY)] == ["clinica-sonrisa", "la-terraza"]


def test_la_terraza_opens_for_dinner_every_day_and_for_lunch_but_on_mondays() -> None:
    venue = sample("la-terraza")
    dinner, lunch = ServiceId("dinner"), ServiceId("lunch")
    for day in range(23, 30):
        on = date(2026, 11, day)
        assert start_windows(venue, on, dinner) == ((1200, 1470),)
        assert start_windows(venue, on, lunch) == (() if on.isoweekday() == 1 else ((780, 960),))


def test_la_terraza_gives_four_people_table_seven_on_an_empty_friday() -> None:
    venue = sample("la-terraza")
    friday = date(2026, 11, 27)
    wish = Wish(friday, 4, 1260, 1260, 1260)
    found = find_slots(venue, build_sheet(venue, friday, [], now=NOW), wish, now=NOW)
    (slot,) = found.slots
    local = [each.astimezone(venue.zone).isoformat() for each in (slot.start, slot.end)]
    assert local == ["2026-11-27T21:00:00+01:00", "2026-11-27T22:45:00+01:00"]
    assert slot.resources == ("T7",)


@pytest.mark.parametrize("covers", range(1, 13))
def test_la_terraza_seats_every_party_it_takes_online(covers: int) -> None:
    venue = sample("la-terraza")
    friday = date(2026, 11, 27)
    wish = Wish(friday, covers, 1260, 1260, 1260)
    assert find_slots(venue, build_sheet(venue, friday, [], now=NOW), wish, now=NOW).slots


def test_la_terraza_has_twelve_tables_inside_and_on_the_terrace() -> None:
    venue = sample("la-terraza")
    assert [table.id for table in venue.resources] == [f"T{number}" for number in range(1, 13)]
    assert {table.area for table in venue.resources} == {"inside", "terrace"}


def test_clinica_sonrisa_has_three_dentists_two_rooms_and_three_services() -> None:
    venue = sample("clinica-sonrisa")
    kinds = [resource.kind for resource in venue.resources]
    assert kinds.count(ResourceKind.PRACTITIONER) == 3
    assert kinds.count(ResourceKind.ROOM) == 2
    lengths = {each.id: each.turn_time(1).total_seconds() / 60 for each in venue.services}
    assert lengths == {"check-up": 30, "cleaning": 45, "extraction": 60}


def test_clinica_sonrisa_closes_at_noon_on_saturdays_and_on_sundays_and_holidays() -> None:
    venue = sample("clinica-sonrisa")
    assert start_windows(venue, date(2026, 11, 27)) == ((510, 750), (870, 1110))
    assert start_windows(venue, date(2026, 11, 28)) == ((510, 750),)
    assert start_windows(venue, date(2026, 11, 29)) == ()
    assert start_windows(venue, date(2026, 12, 25)) == ()


@pytest.mark.parametrize("service", ["check-up", "cleaning", "extraction"])
@pytest.mark.parametrize("day", range(23, 29))
def test_clinica_sonrisa_offers_every_service_on_every_weekday_it_can(
    service: str, day: int
) -> None:
    venue = sample("clinica-sonrisa")
    on = date(2026, 11, day)
    wish = Wish(on, 1, 0, LAST_MINUTE, 600, ServiceId(service))
    assert find_slots(venue, build_sheet(venue, on, [], now=NOW), wish, now=NOW).slots


def test_the_samples_answer_in_both_languages() -> None:
    for venue in load_venues(today=TODAY):
        assert len(venue.answers) >= 10
        for answer in venue.answers:
            assert set(answer.text) == set(answer.aliases) == {"es", "en"}


def test_prices_are_in_the_currencys_minor_unit() -> None:
    assert sample("clinica-sonrisa").service(ServiceId("check-up")).price == 15_000


# --- what a file may say ----------------------------------------------------------------------


def test_a_country_called_no_stays_norway(tmp_path: Path) -> None:
    venue = load(tmp_path, SMALL)
    assert venue.country == "NO"
    assert date(2027, 5, 17) in venue.holidays


def test_holidays_are_known_for_this_year_and_the_two_after_it(tmp_path: Path) -> None:
    assert {day.year for day in load(tmp_path, SMALL).holidays} == {2026, 2027, 2028}


def test_a_shared_table_is_sold_seat_by_seat(tmp_path: Path) -> None:
    venue = load(tmp_path, SMALL + "      - {id: BAR, name: Bar, seats: 5, shared: true}\n")
    day = date(2026, 11, 27)
    sheet = build_sheet(venue, day, [], now=NOW)
    taken: list[str] = []
    for guest in range(10):
        wish = Wish(day, 1, 1260, 1260, 1260, preferences=frozenset({"bar"}))
        for slot in find_slots(venue, sheet, wish, now=NOW).slots:
            placement = place(venue, slot)
            sheet = sheet.add(Allocation(str(guest), placement.claims, placement.charges))
            taken += slot.resources
    assert taken == ["BAR-1", "BAR-2", "BAR-3", "BAR-4", "BAR-5", "T1"]


def test_a_party_at_a_shared_table_sits_side_by_side(tmp_path: Path) -> None:
    venue = load(tmp_path, SMALL + "      - {id: BAR, seats: 4, shared: true}\n")
    runs = {combination.members: combination.max_covers for combination in venue.combinations}
    assert len(runs) == 3 + 2 + 1
    assert runs[(ResourceId("BAR-2"), ResourceId("BAR-3"))] == 2
    assert (ResourceId("BAR-1"), ResourceId("BAR-3")) not in runs


def test_an_absence_in_days_takes_its_last_day_too(tmp_path: Path) -> None:
    text = SMALL.replace("seats: 4}", "seats: 4, absences: [{from: 2026-12-01, to: 2026-12-02}]}")
    (absence,) = load(tmp_path, text).resources[0].absences
    assert absence.start == datetime(2026, 11, 30, 23, tzinfo=UTC)
    assert absence.end == datetime(2026, 12, 2, 23, tzinfo=UTC)


def test_a_price_in_a_currency_without_cents_is_taken_as_it_is(tmp_path: Path) -> None:
    text = SMALL.replace("currency: NOK", "currency: CLP").replace(
        "turn_times: 90m", 'turn_times: 90m\n        price: "15000"'
    )
    assert load(tmp_path, text).services[0].price == 15_000


def test_what_a_house_writes_after_a_booking_and_to_those_who_wait_may_be_left_out(
    tmp_path: Path,
) -> None:
    policy = load(tmp_path, SMALL).policy
    assert policy.follow_up == FollowUpPolicy()
    assert policy.waitlist == WaitlistPolicy()


def test_a_house_says_what_it_writes_after_a_booking_and_to_those_who_wait(
    tmp_path: Path,
) -> None:
    policy = load(
        tmp_path,
        SMALL
        + """
    policy:
      follow_up:
        confirmation: false
        reminders: [3h, 2d]
        asks: yes
        no_answer: cancel
        answer_by: 1d
        quiet: 23:00-08:30
      waitlist: {enabled: no, order: largest, answer_time: 45m}
    """,
    ).policy
    assert policy.follow_up == FollowUpPolicy(
        confirmation=False,
        reminders=(timedelta(days=2), timedelta(hours=3)),
        asks=True,
        no_answer=NoAnswer.CANCEL,
        answer_by=timedelta(days=1),
        quiet=Interval(23 * 60, 32 * 60 + 30),
    )
    assert policy.waitlist == WaitlistPolicy(
        enabled=False, order=WaitlistOrder.LARGEST, answer_time=timedelta(minutes=45)
    )


def test_a_house_may_remind_of_nothing_and_be_quiet_never(tmp_path: Path) -> None:
    text = SMALL + "    policy: {follow_up: {reminders: [], quiet: none}}\n"
    follow_up = load(tmp_path, text).policy.follow_up
    assert (follow_up.reminders, follow_up.quiet) == ((), None)


def test_la_terraza_writes_out_the_usual_follow_up() -> None:
    """So that whoever copies the sample sees what there is to change."""
    assert sample("la-terraza").policy.follow_up == FollowUpPolicy()
    assert sample("la-terraza").policy.waitlist == WaitlistPolicy()


# --- what it may not --------------------------------------------------------------------------

FAULTS = [
    ("zone: Europe/Oslo", "zone: Europe/Olso", "zone: 'Europe/Olso' is not a time zone"),
    ("kind: restaurant", "kind: bistro", "kind: "),
    ("seats: 4", "seats: four", "tables.T1.seats: "),
    ("seats: 4", "seats: 4, min_party: 5", "T1 seats from 5 to 4"),
    ("seats: 4", "chairs: 4", "tables.T1.seats: Field required (and 1 more)"),
    ("name: Small", "name: Small\n    colour: red", "colour: is not a key of venue files"),
    ("name: Small", "name: Small\n    name: Two", "name: stands 2 times"),
    ('"18:00-23:00"', '"18-23"', "services.dinner.hours: '18' is not a time"),
    ("turn_times: 90m", "turn_times: {2: soon}", "services.dinner.turn_times.2: 'soon' is not"),
    ("turn_times: 90m", "turn_times: 90m\n        slot_interval: 7m", "cannot start every"),
    ("names: {en: dinner}", "names: {es: cena}", "services.dinner.names: has no text in 'en'"),
    ("seats: 4}", "seats: 4, services: [tea]}", "T1.services: tea is no service"),
    ("seats: 4}", "seats: 4}\n      - {id: T1, seats: 2}", "T1 is there 2 times"),
    ("country: NO", "country: XX", "country: Country XX not available"),
    ("country: NO", "country: NO\n    subdivision: QQ", "subdivision: "),
    (
        "    tables:\n      - {id: T1, seats: 4}",
        "    rooms: [{id: R1}]",
        "services.dinner: nothing here can serve it: it needs a table",
    ),
    (
        "currency: NOK",
        "currency: NOK\n    combinations: [{tables: [T1, T9], party: 5-6}]",
        "combinations: T9 is no table",
    ),
    (
        "currency: NOK",
        "currency: NOK\n    policy: {pacing: [{window: 50m, covers: 20}]}",
        "do not divide a day",
    ),
    (
        "currency: NOK",
        "currency: NOK\n    policy: {pacing: [{window: 30m, covers: 8}]}",
        "policy.pacing: pacing lets 8 covers start, so a party of 12",
    ),
    (
        "currency: NOK",
        "currency: NOK\n    closures: [{from: 2026-12-25, service: tea}]",
        "closures: tea is no service",
    ),
    ("currency: NOK", "currency: NOK\n    closures: [{to: 2026-12-25}]", "closures.0.from: "),
    *(
        ("currency: NOK", f"currency: NOK\n    policy: {policy}", told)
        for policy, told in [
            ("{follow_up: {quiet: at night}}", "policy.follow_up.quiet: 'at night' is not an"),
            ("{follow_up: {quiet: 1:00-23:00}}", "policy.follow_up.quiet: '1:00-23:00' leaves"),
            ("{follow_up: {reminders: 24h}}", "policy.follow_up.reminders: '24h' is not a list"),
            ("{follow_up: {reminders: [5m]}}", "policy.follow_up.reminders.0: 0:05:00 before the"),
            ("{follow_up: {answer_by: 0m}}", "policy.follow_up.answer_by: 0:00:00 before the"),
            (
                "{follow_up: {no_answer: shout}}",
                "policy.follow_up.no_answer: Input should be 'keep'",
            ),
            ("{follow_up: {sms: true}}", "policy.follow_up.sms: is not a key of venue files"),
            (
                "{follow_up: {no_answer: cancel, asks: false}}",
                "policy.follow_up: no_answer: cancel needs a reminder that asks",
            ),
            (
                "{follow_up: {no_answer: cancel, reminders: []}}",
                "policy.follow_up: no_answer: cancel needs a reminder that asks",
            ),
            (
                "{follow_up: {no_answer: tell_staff, reminders: [4h]}}",
                "policy.follow_up: answer_by is 4:00:00 before the start, when nobody has been",
            ),
            ("{waitlist: {order: random}}", "policy.waitlist.order: Input should be 'first' or"),
            ("{waitlist: {answer_time: 1m}}", "policy.waitlist.answer_time: 0:01:00 is too short"),
            ("{waitlist: {enabled: maybe}}", "policy.waitlist.enabled: Input should be a valid"),
        ]
    ),
    ("id: small", "id: [small", "is not YAML: "),
    ("id: small", "id: {[a]: b}", "is not YAML: "),
]


@pytest.mark.parametrize(("right", "wrong", "told"), FAULTS)
def test_a_fault_is_told_in_one_line_with_file_and_key(
    tmp_path: Path, right: str, wrong: str, told: str
) -> None:
    assert right in SMALL
    with pytest.raises(VenueFileError) as caught:
        load(tmp_path, SMALL.replace(right, wrong, 1))
    assert str(caught.value).startswith("small.yaml: ")
    assert told in str(caught.value)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize("text", ["", "- a\n- b\n", "just words"])
def test_a_file_that_is_no_table_is_told_so(tmp_path: Path, text: str) -> None:
    with pytest.raises(VenueFileError, match=r"small\.yaml: is not a table of keys"):
        load(tmp_path, text)


def test_a_file_that_is_no_text_is_told_so(tmp_path: Path) -> None:
    (tmp_path / "small.yaml").write_bytes(b"\xff\xfe\x00bad")
    with pytest.raises(VenueFileError, match=r"small\.yaml: is not YAML"):
        load_venues(tmp_path)


def test_a_folder_without_files_is_told_so(tmp_path: Path) -> None:
    for folder in (tmp_path, tmp_path / "missing"):
        with pytest.raises(VenueFileError, match=r"holds no \.yaml file"):
            load_venues(folder)


def test_one_venue_in_two_files_is_told_so(tmp_path: Path) -> None:
    write(tmp_path, SMALL)
    write(tmp_path, SMALL, name="copy.yml")
    with pytest.raises(VenueFileError, match="small is in two files"):
        load_venues(tmp_path)


def origins(folder: Path, line: str) -> tuple[str, ...]:
    """Which sites may show the venue's chat."""
    return load(folder, f"{SMALL}    {line}\n").widget_origins


def test_a_venue_names_its_own_sites_and_none_unless_it_does(tmp_path: Path) -> None:
    assert origins(tmp_path, "") == ()
    listed = 'widget_origins: ["https://a.example", "http://localhost:3000", "https://*.b.example"]'
    assert origins(tmp_path, listed) == (
        "https://a.example",
        "http://localhost:3000",
        "https://*.b.example",
    )


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "a.example",
        "https://a.example/",
        "https://a.example/path",
        "https://a.example; script-src *",
        "https://a.example 'unsafe-inline'",
        "https://A.example",
        "https://*",
        "data:",
    ],
)
def test_what_a_policy_could_misread_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(VenueFileError, match="widget_origins"):
        origins(tmp_path, f'widget_origins: ["{origin}"]')
