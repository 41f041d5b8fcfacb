"""The packaged scenarios on the local twins: what `anfitrion compare` plays, held to a level."""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from statistics import fmean

import pytest_asyncio

from domain.venue import Venue
from infrastructure.comparison.figures import pass_hat
from infrastructure.comparison.playing import OpenHouse, Played, play
from infrastructure.comparison.scenarios import load_scenarios
from infrastructure.settings import Settings
from infrastructure.venues.loader import load_venues
from main import open_houses

SCENARIOS = load_scenarios()
REPEATS = 2


@pytest_asyncio.fixture
async def open_house(tmp_path: Path) -> AsyncIterator[OpenHouse]:
    settings = Settings(_env_file=None, data_dir=tmp_path)
    async with open_houses(settings, load_venues(None)) as houses:
        yield houses


async def test_scripted_guests_get_what_they_came_for(open_house: OpenHouse) -> None:
    venues: dict[str, Venue] = {venue.id: venue for venue in load_venues(None)}
    played: dict[str, list[Played]] = {
        scenario.id: [
            await play(scenario, open_house, venues, repeat=repeat) for repeat in range(REPEATS)
        ]
        for scenario in SCENARIOS
    }
    failed = [told(each) for tries in played.values() for each in tries if each.faults]
    successes = [sum(each.is_success for each in tries) for tries in played.values()]
    assert fmean(pass_hat(REPEATS, good, 1) for good in successes) >= 0.95, "\n".join(failed)


async def test_the_same_repeat_says_the_same_and_another_one_does_not(
    open_house: OpenHouse,
) -> None:
    venues: dict[str, Venue] = {venue.id: venue for venue in load_venues(None)}
    chatty = next(scenario for scenario in SCENARIOS if scenario.id == "en-restaurant-plain")
    first, again, *others = [
        (await play(chatty, open_house, venues, repeat=repeat)).messages
        for repeat in (0, 0, 1, 2, 3)
    ]
    assert first == again
    assert any(other != first for other in others)


def told(played: Played) -> str:
    replies = [str(answer["response"]) for answer in played.answers]
    talk = "".join(
        f"\n  > {said}\n  < {reply}" for said, reply in zip(played.messages, replies, strict=True)
    )
    return f"{played.scenario} ({played.repeat}): {'; '.join(played.faults)}{talk}"
