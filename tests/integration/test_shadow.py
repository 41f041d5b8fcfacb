"""LOGIC_SHADOW_MODEL on a running app: another model's ranking beside the one that was served."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime
from pathlib import Path

from structlog.testing import capture_logs

from tests.support.fake_provider import HANG, FakeProvider, fake_provider
from tests.support.house import House, open_house

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)
PATIENCE_S = 5.0


def settings(provider: FakeProvider) -> dict[str, object]:
    """Twins answer; a model looks over the ranking's shoulder."""
    return {
        "router_model": "local",
        "logic_model": "local",
        "human_model": "local",
        "logic_shadow_model": "openai/gpt-4o",
        "logic_shadow_rate": 1,
        "openai_api_key": "sk-test",
        "openai_base_url": provider.base_url,
    }


async def ask_for_an_evening(house: House) -> dict[str, object]:
    answered = await house.say(
        "mesa para 2 el viernes por la noche",
        venue="la-terraza",
        guest="+34600111222",
        channel="whatsapp",
        message_id="m1",
    )
    answer: dict[str, object] = answered.json()
    return answer


async def test_a_served_ranking_is_compared_with_the_shadows(tmp_path: Path) -> None:
    with fake_provider() as provider, capture_logs() as logs:
        async with (
            open_house(
                tmp_path, start=MONDAY, settings=settings(provider), in_memory=True
            ) as house,
            asyncio.timeout(PATIENCE_S),
        ):
            answer = await ask_for_an_evening(house)
            while not any(log["event"] == "logic.shadowed" for log in logs):  # noqa: ASYNC110
                await asyncio.sleep(0.01)
    (log,) = [log for log in logs if log["event"] == "logic.shadowed"]
    assert answer["status"] == "offering"
    assert (log["served"], log["shadow"]) == ("local", "openai/gpt-4o")
    assert log["tokens_in"] > 0
    assert log["cost_usd"] > 0
    assert "600111222" not in str(log)


async def test_a_shadow_that_hangs_holds_up_nobody(tmp_path: Path) -> None:
    with fake_provider() as provider:
        provider.rule = lambda body: HANG
        async with asyncio.timeout(PATIENCE_S):
            async with open_house(
                tmp_path, start=MONDAY, settings=settings(provider), in_memory=True
            ) as house:
                answer = await ask_for_an_evening(house)
    assert answer["status"] == "offering"
