"""The same dialogues with model-backed agents over real HTTP, on models that say what the twins would."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.support.dialogues import Dialogue, load_dialogues
from tests.support.fake_provider import FakeProvider
from tests.support.house import open_house
from tests.support.model_agents import replaying
from tests.support.playing import play

DIALOGUES = [dialogue for dialogue in load_dialogues() if "[" not in dialogue.id]


@pytest.mark.parametrize("dialogue", DIALOGUES, ids=lambda dialogue: dialogue.id)
async def test_dialogue_with_models(
    dialogue: Dialogue, tmp_path: Path, empty_ledger: Path, provider: FakeProvider
) -> None:
    async with open_house(
        tmp_path,
        start=dialogue.instant(dialogue.clock),
        agents=replaying(provider),
        template=empty_ledger,
    ) as house:
        played = await play(dialogue, house)
    played.must_be_fine()
    assert "model" in played.sources["human"]
