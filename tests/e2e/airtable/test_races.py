"""The race scenarios, each played on a house whose bookings are in the base, by two processes.

The scenarios come with the evaluation sets; one that is not played here is a failure.
"""

from __future__ import annotations

import itertools
import json
import threading
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any, TypeVar

import httpx
import pytest

from tests.e2e.airtable.conftest import OpenSite
from tests.support.airtable_emulator.client import RunningEmulator
from tests.support.airtable_site import (
    ALL_TABLES,
    LIVE,
    MADRID,
    VENUE,
    AirtableSite,
    Cells,
    Guest,
    asking,
    evening,
    plain,
    until,
    utc,
)
from tests.support.nursery import Nursery

SCENARIOS = Path(__file__).parents[4] / "shared" / "eval" / "robustness" / "race_scenarios.jsonl"
HOUR = timedelta(hours=1)
FOR_TWELVE = ("T10", "T11")
"""Taken, only one place is left for twelve."""
LATER = timedelta(minutes=90)
"""Not too late to dine, and another time altogether."""
AGREED = "sí"
WRITES, READS = "PATCH", "GET"
"""How rows are put, and how they are read back."""

Test = TypeVar("Test", bound=Callable[..., object])
_played: set[str] = set()
_nights = itertools.count(1)
_phones = itertools.count(1)


def plays(scenario: str) -> Callable[[Test], Test]:
    _played.add(scenario)
    return lambda test: test


@pytest.mark.skipif(not SCENARIOS.exists(), reason="the evaluation sets are not at ../shared/eval")
def test_every_scenario_is_played() -> None:
    named = {json.loads(line)["name"] for line in SCENARIOS.read_text().splitlines()}
    assert named == _played


@pytest.fixture(scope="module")
def house(
    emulator_apart: RunningEmulator, nursery: Nursery, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[AirtableSite]:
    """Two processes on one ledger; each test has an evening of its own."""
    folder = tmp_path_factory.mktemp("races")
    site = AirtableSite(folder, emulator_apart, servers=2, nursery=nursery)
    for number in (0, 1):
        site.start(number)
    until(lambda: "store.read" in site.log())
    yield site
    site.close()


@pytest.fixture
def at_nine(house: AirtableSite) -> datetime:
    house.grid.control.no_faults()
    return evening(next(_nights))


def guest(site: AirtableSite) -> Guest:
    return site.guest(f"+34607{next(_phones):06}")


def at_once(deeds: Sequence[Callable[[], Any]]) -> list[Any]:
    """All released by one barrier; their results in order."""
    barrier = threading.Barrier(len(deeds))

    def released(deed: Callable[[], Any]) -> Any:
        barrier.wait()
        return deed()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(released, deeds))


def live_rows(site: AirtableSite, start: datetime) -> list[Cells]:
    return [
        row
        for row in site.grid.rows()
        if row.get("Inicio") == utc(start) and row.get("Estado") in LIVE
    ]


def taken_by_phone(site: AirtableSite, start: datetime, table: str) -> str:
    """A booking that staff took; its code, once the base has it and it is confirmed."""
    answered = site.staff_book(start, table, key=f"phone-{next(_phones)}")
    assert answered.status_code == httpx.codes.CREATED, answered.text
    code = str(answered.json()["code"])
    until(lambda: site.grid.has(code) and site.booking(code)["status"] == "confirmed")
    return code


def _starts_at(site: AirtableSite, code: str, start: datetime) -> bool:
    return bool(site.grid.row(code)["Inicio"] == utc(start))


def statuses(answers: Sequence[httpx.Response]) -> list[int]:
    return sorted(answer.status_code for answer in answers)


def leave_one_place_for_twelve(site: AirtableSite, start: datetime) -> None:
    site.grid.adopted(*[site.grid.writes(start, each, Personas=2) for each in FOR_TWELVE])


@plays("same_slot_50")
def test_of_fifty_at_once_one_has_the_table(house: AirtableSite, at_nine: datetime) -> None:
    def book(n: int) -> Callable[[], httpx.Response]:
        return lambda: house.staff_book(at_nine, "T7", key=f"fifty-{n}", number=n % 2)

    answers = at_once([book(number) for number in range(50)])
    assert statuses(answers) == [201] + [409] * 49
    (winner,) = [answer.json() for answer in answers if answer.status_code == 201]
    until(lambda: house.grid.has(winner["code"]))
    (row,) = live_rows(house, at_nine)
    assert row["Código"] == plain(winner["code"])


@plays("double_confirm")
@pytest.mark.slow
def test_two_who_confirm_one_request_change_it_once_and_the_guest_hears_once(
    open_site: OpenSite,
) -> None:
    site = open_site(servers=2, STORE_DEADLINE_S="0.5")
    for number in (0, 1):
        site.start(number)
    until(lambda: "store.read" in site.log())
    asks = guest(site)
    asks.asks_for(evening(4))
    site.grid.control.faults(rates={"error_503_before": 1.0})
    received = asks.says(AGREED)
    assert received["status"] == "received"
    code = received["booking"]["code"]
    version = site.booking(code)["version"]
    answers = at_once(
        [
            lambda: site.staff_change(code, 0, status="confirmed", version=version),
            lambda: site.staff_change(code, 1, status="confirmed", version=version),
        ]
    )
    assert set(statuses(answers)) <= {200, 409}
    assert site.booking(code)["version"] <= version + 1
    site.grid.control.no_faults()
    until(lambda: site.grid.has(code) and site.booking(code)["status"] == "confirmed")
    until(lambda: site.grid.row(code)["Estado"] == "Confirmada")
    said = [asks.says(text)["response"] for text in ("¿tenéis aparcamiento?", "¿tenéis tronas?")]
    assert sum("está confirmada" in each for each in said) <= 1
    assert len(site.grid.rows()) == 1


@plays("seats_shared")
def test_five_places_seat_five_of_ten_parties_and_nobody_has_two(
    house: AirtableSite, at_nine: datetime
) -> None:
    """A unit is a table here: five that are left seat five parties of one."""
    closing = utc(at_nine + 3 * HOUR)
    house.grid.adopted(
        *[
            house.grid.writes(at_nine - HOUR, table, Personas=2, Fin=closing)
            for table in ALL_TABLES[5:]
        ]
    )

    parties = [guest(house) for _ in range(10)]

    def comes(n: int) -> Callable[[], Any]:
        return lambda: parties[n].says(asking(at_nine, 1), number=n % 2)

    asked = at_once([comes(number) for number in range(10)])
    lucky = [
        party
        for party, answer in zip(parties, asked, strict=True)
        if at_nine in [datetime.fromisoformat(offer["start"]) for offer in answer["offers"]]
    ]
    assert len(lucky) == 5
    answers = at_once([partial(party.says, AGREED) for party in lucky])
    assert [answer["status"] for answer in answers] == ["confirmed"] * 5
    tables = [
        house.grid.keys_of(row)
        for row in live_rows(house, at_nine)
        if row.get("Teléfono") in [party.phone for party in lucky]
    ]
    assert sorted(tables) == [(table,) for table in ALL_TABLES[:5]]


@plays("hold_expired")
@pytest.mark.slow
def test_whoever_comes_after_their_hold_has_lapsed_does_not_push_another_out(
    open_site: OpenSite,
) -> None:
    site, start = open_site(), evening(4)
    site.start()
    leave_one_place_for_twelve(site, start)
    late, quick = guest(site), guest(site)
    assert late.asks_for(start, 12)["offers"]
    site.stop()
    site.start(later=timedelta(minutes=11))
    code = quick.books(start, 12)
    answer = late.says(AGREED)
    assert (answer["action"], answer["booking"]) == ("none", None)
    assert site.grid.row(code)["Estado"] == "Confirmada"
    assert [row["Código"] for row in live_rows(site, start) if row["Personas"] == 12] == [
        plain(code)
    ]


@plays("idem_other_body")
def test_one_key_for_two_requests_is_refused_and_writes_nothing(
    house: AirtableSite, at_nine: datetime
) -> None:
    first = house.staff_book(at_nine, "T7", key="one-key")
    other = house.staff_book(at_nine + LATER, "T8", key="one-key", number=1)
    again = house.staff_book(at_nine, "T7", key="one-key", number=1)
    assert [a.status_code for a in (first, other, again)] == [201, 422, 201]
    assert again.json()["code"] == first.json()["code"]
    until(lambda: house.grid.has(first.json()["code"]))
    assert len(live_rows(house, at_nine)) == 1
    assert not live_rows(house, at_nine + LATER)


@plays("idem_after_crash")
@pytest.mark.slow
def test_a_message_repeated_after_a_crash_gets_the_booking_that_was_written(
    open_site: OpenSite,
) -> None:
    site, start = open_site(), evening(4)
    site.start()
    until(lambda: "store.read" in site.log())
    asks = guest(site)
    asks.asks_for(start)
    # The row is written, its reading back takes long: the server dies in between.
    site.grid.control.faults(rates={}, slow_s=20)
    site.grid.control.next_fault("slow", method=READS, times=5)
    with ThreadPoolExecutor(1) as pool:
        lost = pool.submit(asks.says, AGREED, message_id="the-last-word")
        until(lambda: live_rows(site, start))
        site.kill()
        assert isinstance(lost.exception(), httpx.TransportError)
    site.grid.control.no_faults()
    site.start(later=timedelta(seconds=90))
    answer = asks.says(AGREED, message_id="the-last-word")
    assert answer["action"] == "schedule_appointment"
    (row,) = site.grid.rows()
    assert row["Código"] == plain(answer["booking"]["code"])
    until(lambda: site.booking(answer["booking"]["code"])["status"] == "confirmed")
    assert len(site.grid.rows()) == 1


@plays("cancel_vs_move")
def test_of_a_cancellation_and_a_move_at_once_one_wins(
    house: AirtableSite, at_nine: datetime
) -> None:
    code, later = taken_by_phone(house, at_nine, "T7"), at_nine + LATER
    version = house.booking(code)["version"]
    cancelled, moved = at_once(
        [
            lambda: house.staff_cancel(code, 0, version=version),
            lambda: house.staff_change(code, 1, start=later.isoformat(), version=version),
        ]
    )
    assert statuses([cancelled, moved]) == [200, 409]
    if cancelled.status_code == 200:
        until(lambda: house.grid.row(code)["Estado"] == "Cancelada")
        assert house.grid.row(code)["Inicio"] == utc(at_nine)
    else:
        until(lambda: house.grid.row(code)["Inicio"] == utc(later))
        assert house.grid.row(code)["Estado"] in LIVE


@plays("move_swap")
def test_two_who_swap_both_succeed_or_keep_what_they_had(
    house: AirtableSite, at_nine: datetime
) -> None:
    early, late = at_nine - HOUR, at_nine + HOUR
    codes = {start: taken_by_phone(house, start, "T7") for start in (early, late)}
    wanted = {codes[early]: late, codes[late]: early}
    answers = at_once(
        [
            lambda: house.staff_change(codes[early], 0, start=late.isoformat(), resources=["T7"]),
            lambda: house.staff_change(codes[late], 1, start=early.isoformat(), resources=["T7"]),
        ]
    )
    assert set(statuses(answers)) <= {200, 409}
    for (had, code), answer in zip(codes.items(), answers, strict=True):
        stands = wanted[code] if answer.status_code == 200 else had
        until(partial(_starts_at, house, code, stands))
        assert house.grid.row(code)["Estado"] in LIVE
    starts = {house.grid.row(code)["Inicio"] for code in codes.values()}
    assert len(starts) == 2


@plays("move_to_taken")
def test_a_move_to_a_taken_slot_leaves_the_row_untouched(
    house: AirtableSite, at_nine: datetime
) -> None:
    taken_by_phone(house, at_nine + LATER, "T7")
    moving = taken_by_phone(house, at_nine - HOUR, "T7")
    before = house.grid.row(moving)
    to = (at_nine + LATER).isoformat()
    assert house.staff_change(moving, 1, start=to, resources=["T7"]).status_code == 409
    assert house.grid.row(moving) == before
    assert house.booking(moving)["start"] == (at_nine - HOUR).isoformat()


@plays("read_back_lost")
@pytest.mark.slow
def test_a_row_that_could_not_be_read_back_is_called_received_and_is_there_once(
    open_site: OpenSite,
) -> None:
    site, start = open_site(STORE_DEADLINE_S="1"), evening(4)
    site.start()
    until(lambda: "store.read" in site.log())
    asks = guest(site)
    asks.asks_for(start)
    site.grid.control.next_fault("error_503_before", method=READS, times=1000)
    answer = asks.says(AGREED)
    assert answer["status"] == "received"
    assert len(site.grid.rows()) == 1
    site.grid.control.no_faults()
    code = answer["booking"]["code"]
    until(lambda: site.booking(code)["status"] == "confirmed")
    assert [row["Código"] for row in site.grid.rows()] == [plain(code)]
    assert "confirmada" in asks.says("gracias")["response"]


@plays("timeout_after_apply")
def test_a_write_whose_answer_is_lost_is_not_done_twice(
    house: AirtableSite, at_nine: datetime
) -> None:
    asks = guest(house)
    asks.asks_for(at_nine)
    house.grid.control.next_fault("reset_after", method=WRITES, times=1)
    answer = asks.says(AGREED)
    assert house.grid.control.fault_hits()["reset_after"] == 1
    assert answer["status"] in {"confirmed", "received"}
    until(lambda: house.booking(answer["booking"]["code"])["status"] == "confirmed")
    assert len(live_rows(house, at_nine)) == 1


@plays("cache_stale")
def test_what_is_known_to_be_free_and_is_not_is_never_confirmed(open_site: OpenSite) -> None:
    site, start = open_site(), evening(4)
    site.start(pinged=False)
    until(lambda: "store.read" in site.log())
    asks = guest(site)
    assert asks.asks_for(start, 12)["offers"]
    taken = {site.grid.writes(start, each, Personas=2) for each in ("T9", "T10", "T11", "T12")}
    answer = asks.says(AGREED)
    assert answer["status"] not in {"confirmed", "received"}, answer
    until(lambda: {row["id"] for row in live_rows(site, start)} == taken)
    assert not [row for row in live_rows(site, start) if row.get("Teléfono") == asks.phone]


@plays("webhook_twice")
def test_one_message_five_times_over_two_processes_is_one_turn(
    house: AirtableSite, at_nine: datetime
) -> None:
    asks = guest(house)
    asks.asks_for(at_nine)

    def agrees(number: int) -> Callable[[], Any]:
        return lambda: asks.says(
            AGREED, channel="whatsapp", message_id=f"wamid.{asks.phone}", number=number
        )

    answers = at_once([agrees(0), agrees(1), agrees(0)])
    answers += [agrees(1)(), agrees(0)()]
    assert answers[0]["action"] == "schedule_appointment"
    assert all(answer == answers[0] for answer in answers)
    assert len(live_rows(house, at_nine)) == 1


@plays("webhook_out_of_order")
def test_messages_in_the_wrong_order_never_take_the_state_back(
    house: AirtableSite, at_nine: datetime
) -> None:
    """As far as /chat knows an order: by its ids. Channels bring timestamps of their own."""
    asks = guest(house)
    early = asks.says(AGREED, channel="whatsapp", message_id=f"{asks.phone}.2")
    assert early["action"] == "none"
    first = asks.says(asking(at_nine), channel="whatsapp", message_id=f"{asks.phone}.1")
    booked = asks.says(AGREED, channel="whatsapp", message_id=f"{asks.phone}.3")
    assert booked["status"] == "confirmed"
    for text, number, known in ((asking(at_nine), 1, first), (AGREED, 2, early)):
        again = asks.says(text, channel="whatsapp", message_id=f"{asks.phone}.{number}")
        assert again == known
    (row,) = live_rows(house, at_nine)
    assert row["Código"] == plain(booked["booking"]["code"])
    assert row["Estado"] == "Confirmada"


@plays("session_parallel")
def test_one_guest_on_two_channels_does_not_take_one_place_twice(
    house: AirtableSite, at_nine: datetime
) -> None:
    asks = guest(house)
    leave_one_place_for_twelve(house, at_nine)
    channels = ((0, "chat"), (1, "whatsapp"))
    for text in (asking(at_nine, 12), AGREED):
        at_once(
            [
                partial(asks.says, text, number=number, channel=channel)
                for number, channel in channels
            ]
        )
    until(lambda: any(row["Personas"] == 12 for row in live_rows(house, at_nine)))
    assert [row["Personas"] for row in live_rows(house, at_nine)].count(12) == 1


@plays("dst_fold")
@pytest.mark.slow
def test_a_time_that_the_clock_shows_twice_is_two_instants(
    open_site: OpenSite, emulator: RunningEmulator
) -> None:
    """Whoever books it twice on one table has a conflict; the base holds instants."""
    tuesday = datetime(2026, 10, 20, 12, tzinfo=MADRID)
    site = open_site(begins=tuesday)
    emulator.control.set_clock(tuesday.isoformat())
    emulator.control.create(
        "Horarios",
        {
            "Qué": "La Terraza",
            "Local": [site.grid.record("Locales", VENUE)],
            "Servicio": [site.grid.record("Servicios", "dinner")],
            "Solo el día": "2026-10-24",
            "Desde": "20:00",
            "Hasta": "05:00",
        },
    )
    site.start()
    summer = datetime.fromisoformat("2026-10-25T02:30:00+02:00")
    winter = datetime.fromisoformat("2026-10-25T02:30:00+01:00")
    first = site.staff_book(summer, "T7", key="summer")
    again = site.staff_book(winter, "T7", key="winter")
    assert [first.status_code, again.status_code] == [201, 409], again.text
    code = first.json()["code"]
    until(lambda: site.grid.has(code))
    assert site.grid.row(code)["Inicio"] == utc(summer)
    # What is offered is the first showing; in the grid staff may write the second.
    typed = site.grid.writes(winter, "T8")
    (row,) = site.grid.adopted(typed)
    assert row["Inicio"] == utc(winter)
    assert site.booking(row["Código"])["start"] == winter.isoformat()


@plays("clock_step")
@pytest.mark.slow
@pytest.mark.parametrize("hours", [2, -2])
def test_a_clock_that_jumps_during_a_hold_gives_one_place_to_one_guest(
    open_site: OpenSite, hours: int
) -> None:
    """The wall clock decides about holds, as several machines share one ledger: a jump forward lets
    a hold lapse early, one back keeps it longer; neither gives a place to two."""
    site, start = open_site(), evening(4)
    site.start()
    leave_one_place_for_twelve(site, start)
    holds, other = guest(site), guest(site)
    assert holds.asks_for(start, 12)["offers"]
    site.stop()
    site.start(later=timedelta(hours=hours))
    offers = [datetime.fromisoformat(o["start"]) for o in other.asks_for(start, 12)["offers"]]
    assert (start in offers) == (hours > 0)
    answers = [holds.says(AGREED), other.says(AGREED if hours > 0 else "no, gracias")]
    assert [answer["status"] for answer in answers].count("confirmed") == 1
    assert [row["Personas"] for row in live_rows(site, start)].count(12) == 1
