"""Guests who want the same table at the same moment, judged by the bookings."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from tests.support import truths
from tests.support.house import House, open_house

MADRID = ZoneInfo("Europe/Madrid")
MONDAY = datetime(2026, 11, 23, 12, tzinfo=MADRID)
FRIDAY_AT_NINE = datetime(2026, 11, 27, 21, tzinfo=MADRID)
ASKED = "mesa para 8 el viernes a las nueve de la noche, a nombre de Laura Gil"
# Three parties of eight is all the floor can seat at once.
TABLES_FOR_EIGHT = 3


async def _say(house: House, guest: str, text: str) -> Mapping[str, Any]:
    answered = await house.say(
        text,
        venue="la-terraza",
        guest=guest,
        channel="whatsapp",
        message_id=house.next_id("message"),
    )
    assert answered.status_code == 200, answered.text
    answer: Mapping[str, Any] = answered.json()
    return answer


async def _leave_one_table_for_eight(house: House) -> None:
    for _ in range(TABLES_FOR_EIGHT - 1):
        taken = {"start": FRIDAY_AT_NINE.isoformat(), "party_size": 8, "guest_name": "Otros"}
        await house.book_as_staff("la-terraza", taken)


def _starts(answer: Mapping[str, Any]) -> list[datetime]:
    return [datetime.fromisoformat(offer["start"]) for offer in answer["offers"]]


def _booked_at_nine(house: House) -> int:
    return sum(
        row.start == FRIDAY_AT_NINE and row.is_live for row in house.ledger.bookings().values()
    )


async def test_two_guests_who_agree_to_the_last_table_at_once_do_not_both_get_it(
    tmp_path: Path, empty_ledger: Path
) -> None:
    async with open_house(tmp_path, start=MONDAY, template=empty_ledger) as house:
        await _leave_one_table_for_eight(house)
        first = await _say(house, "+34600000001", ASKED)
        house.clock.move(timedelta(minutes=11))  # the first guest's hold lapses
        second = await _say(house, "+34600000002", ASKED)
        assert _starts(first) == _starts(second) == [FRIDAY_AT_NINE]

        answers = await asyncio.gather(
            _say(house, "+34600000001", "sí"), _say(house, "+34600000002", "sí")
        )

        assert sorted(answer["action"] for answer in answers) == ["none", "schedule_appointment"]
        assert _booked_at_nine(house) == TABLES_FOR_EIGHT
        assert not list(truths.the_floor_is_claimed_by_live_bookings_alone(house.ledger))


async def test_no_more_guests_are_seated_than_there_are_tables_however_many_ask_at_once(
    tmp_path: Path, empty_ledger: Path
) -> None:
    guests = [f"+3460000010{n}" for n in range(8)]
    async with open_house(tmp_path, start=MONDAY, template=empty_ledger) as house:
        asked = await asyncio.gather(*(_say(house, guest, ASKED) for guest in guests))
        offered = [FRIDAY_AT_NINE in _starts(answer) for answer in asked]
        await asyncio.gather(*(_say(house, guest, "la primera") for guest in guests))

        assert sum(offered) == TABLES_FOR_EIGHT
        assert _booked_at_nine(house) == TABLES_FOR_EIGHT
        assert not list(truths.the_floor_is_claimed_by_live_bookings_alone(house.ledger))


async def test_a_message_delivered_twice_at_once_is_answered_once(
    tmp_path: Path, empty_ledger: Path
) -> None:
    async with open_house(tmp_path, start=MONDAY, template=empty_ledger) as house:
        await _say(house, "+34600000001", ASKED)
        same = {
            "venue": "la-terraza",
            "guest": "+34600000001",
            "channel": "whatsapp",
            "message_id": "wamid.1",
        }
        first, second = await asyncio.gather(house.say("sí", **same), house.say("sí", **same))

        assert first.json() == second.json()
        assert first.json()["action"] == "schedule_appointment"
        assert _booked_at_nine(house) == 1


async def test_two_messages_of_one_guest_sent_at_once_book_once(
    tmp_path: Path, empty_ledger: Path
) -> None:
    async with open_house(tmp_path, start=MONDAY, template=empty_ledger) as house:
        await _say(house, "+34600000001", ASKED)
        await asyncio.gather(*(_say(house, "+34600000001", "sí") for _ in range(3)))

        assert _booked_at_nine(house) == 1
