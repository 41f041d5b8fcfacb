"""The same dialogues while the model provider fails: the guest is served all the same, and as well.

The agents are composed by `create_app` and ask a provider on loopback. Every dialogue meets one
failure of one agent, in turn; some meet all three agents without a provider.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from application.ports.agents import AgentName
from tests.support.dialogues import Dialogue, load_dialogues
from tests.support.fake_provider import FakeProvider
from tests.support.house import open_house
from tests.support.model_agents import FAILURES, Failure, all_down, failing
from tests.support.playing import play

# Variants of one dialogue differ in a word that the twins read: one of each is enough here.
DIALOGUES = [dialogue for dialogue in load_dialogues() if "[" not in dialogue.id]
MET = [
    pytest.param(dialogue, *FAILURES[number % len(FAILURES)], id=dialogue.id)
    for number, dialogue in enumerate(DIALOGUES)
]


@pytest.mark.parametrize(("dialogue", "agent", "failure"), MET)
async def test_a_failing_agent_changes_nothing_for_the_guest(
    dialogue: Dialogue,
    agent: AgentName,
    failure: Failure,
    tmp_path: Path,
    empty_ledger: Path,
    provider: FakeProvider,
) -> None:
    async with open_house(
        tmp_path,
        start=dialogue.instant(dialogue.clock),
        settings=failing(provider, agent, failure),
        template=empty_ledger,
    ) as house:
        played = await play(dialogue, house)
    played.must_be_fine()
    assert played.sources[agent] <= {"local"}, f"{agent} answered in spite of {failure}"


@pytest.mark.parametrize("dialogue", DIALOGUES[::4], ids=lambda dialogue: dialogue.id)
async def test_with_every_provider_down_guests_are_served(
    dialogue: Dialogue, tmp_path: Path, empty_ledger: Path, provider: FakeProvider
) -> None:
    async with open_house(
        tmp_path,
        start=dialogue.instant(dialogue.clock),
        settings=all_down(provider),
        template=empty_ledger,
    ) as house:
        played = await play(dialogue, house)
    played.must_be_fine()
    assert provider.requests, "nobody asked the provider"
