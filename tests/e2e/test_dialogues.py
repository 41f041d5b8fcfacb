"""Whole dialogues through `create_app`, on the local twins, judged by the bookings they leave."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dialogues import Dialogue, load_dialogues
from tests.support.house import open_house
from tests.support.playing import play

DIALOGUES = load_dialogues()

# The ledger in memory must make no difference; a few dialogues of every file show it.
IN_MEMORY = DIALOGUES[::12]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.id)
async def test_dialogue(dialogue: Dialogue, tmp_path: Path, empty_ledger: Path) -> None:
    start = dialogue.instant(dialogue.clock)
    async with open_house(tmp_path, start=start, template=empty_ledger) as house:
        played = await play(dialogue, house)
    played.must_be_fine()


@pytest.mark.parametrize("dialogue", IN_MEMORY, ids=lambda dialogue: dialogue.id)
async def test_dialogue_on_a_ledger_in_memory(dialogue: Dialogue, tmp_path: Path) -> None:
    start = dialogue.instant(dialogue.clock)
    async with open_house(tmp_path, start=start, in_memory=True) as house:
        played = await play(dialogue, house)
    played.must_be_fine()
