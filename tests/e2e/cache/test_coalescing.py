"""Many ask for the same at once: one asks the ledger for all."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest

from infrastructure.database.day_sheets import DatabaseDaySheets
from tests.support.evenings import MONDAY, book, look, nine_on
from tests.support.house import House, open_house
from tests.support.redis_servers import Server

AT_ONCE = 200


@pytest.fixture
def read_days(monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """The first cell of every read of allocations in the ledger."""
    read: list[int] = []
    allocations = DatabaseDaySheets.allocations

    async def counted(self: DatabaseDaySheets, **given: Any) -> Any:
        read.append(given["first_cell"])
        return await allocations(self, **given)

    monkeypatch.setattr(DatabaseDaySheets, "allocations", counted)
    return read


async def looked_at_once(house: House, *, covers: int = 4) -> list[Any]:
    answered = await asyncio.gather(
        *(look(house, nine_on(0), covers=covers) for _ in range(AT_ONCE))
    )
    assert {each.status_code for each in answered} == {200}
    return [each.json()["slots"] for each in answered]


@pytest.mark.parametrize("kept", ["off", "redis"])
async def test_200_equal_requests_for_a_cold_day_read_the_ledger_once(
    kept: str, server: Server, tmp_path: Path, empty_ledger: Path, read_days: list[int]
) -> None:
    settings = {"redis_url": "off" if kept == "off" else server.url}
    async with open_house(
        tmp_path, start=MONDAY, template=empty_ledger, settings=settings
    ) as house:
        assert (await book(house, nine_on(0))).status_code == 201
        read_days.clear()
        first, *others = await looked_at_once(house)
        assert first
        assert all(each == first for each in others)
        assert len(read_days) == 1
        await looked_at_once(house)
        assert len(read_days) == 1, "and is warm now"


async def test_who_asks_after_a_booking_is_not_given_what_was_read_before_it(
    tmp_path: Path, empty_ledger: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    read, go_on = asyncio.Event(), asyncio.Event()
    allocations = DatabaseDaySheets.allocations

    async def held_up(self: DatabaseDaySheets, **given: Any) -> Any:
        found = await allocations(self, **given)
        if not read.is_set():
            read.set()
            await go_on.wait()
        return found

    async with (
        open_house(tmp_path, start=MONDAY, template=empty_ledger) as house,
        open_house(tmp_path, start=MONDAY) as other,
    ):
        for _ in range(2):
            await _book_eight(other)
        monkeypatch.setattr(DatabaseDaySheets, "allocations", held_up)
        before = asyncio.create_task(look(house, nine_on(0), covers=8))
        await read.wait()
        await _book_eight(other)
        after = await look(house, nine_on(0), covers=8)
        go_on.set()
        assert nine_on(0).isoformat() in _starts(await before)
        assert nine_on(0).isoformat() not in _starts(after)
        assert _starts(await look(house, nine_on(0), covers=8)) == _starts(after)


async def _book_eight(house: House) -> None:
    assert (await book(house, nine_on(0), covers=8)).status_code == 201


def _starts(answered: Any) -> list[str]:
    return [slot["start"] for slot in answered.json()["slots"]]
