"""The agents over real HTTP, asked by the direct adapter."""

from __future__ import annotations

from collections.abc import AsyncIterator

import pytest

from application.agents.logic import ModelLogic
from application.agents.router import ModelRouter
from application.errors import AnswerInvalid
from application.ports.agents import GuestMessage
from application.ports.language_model import Prompt
from domain.dialogue import DialogueState
from domain.understanding import Intent, Party
from infrastructure.benchmarks.provider import running_provider
from infrastructure.litellm.figures import Figures
from infrastructure.local.dates import DateReader
from infrastructure.openai_compatible.model import OpenAICompatibleModel, can_serve
from tests.support.fake_provider import FakeProvider, fake_provider, invented_ids
from tests.unit.application.agents.test_logic import slots
from tests.unit.domain.houses import NINE, NOW, exactly, restaurant


def model_at(base_url: str) -> OpenAICompatibleModel:
    return OpenAICompatibleModel(
        "openai/gpt-4o",
        api_key="sk-test",
        api_base=base_url,
        figures=Figures("openai/gpt-4o"),
        reads_schemas=True,
    )


@pytest.fixture
async def served() -> AsyncIterator[tuple[OpenAICompatibleModel, FakeProvider]]:
    with fake_provider() as provider:
        model = model_at(provider.base_url)
        yield model, provider
        await model.aclose()


Served = tuple[OpenAICompatibleModel, FakeProvider]


async def test_the_measuring_provider_answers_a_router_sensibly(served: Served) -> None:
    model, provider = served
    routed = await ModelRouter(model, DateReader()).run(
        message=GuestMessage(
            "Mesa para 4 el viernes a las nueve, a nombre de Laura Gil", "u", "chat", NOW
        ),
        state=DialogueState(),
        venue=restaurant(),
        history=(),
    )
    said = routed.understanding
    assert said.intents == (Intent.BOOK,)
    assert (said.party, said.name) == (Party(4, 4), "Laura Gil")
    assert said.when.day is not None
    assert said.when.time is not None
    assert "Laura" not in provider.sent


async def test_it_answers_a_ranking_and_can_be_told_to_invent(served: Served) -> None:
    model, provider = served
    logic = ModelLogic(model)
    venue, wish = restaurant(), exactly(NINE)
    ranked = await logic.run(venue=venue, wish=wish, words="", candidates=slots(3), language="es")
    assert ranked.order == (0,)
    provider.will(invented_ids())
    with pytest.raises(AnswerInvalid):
        await logic.run(venue=venue, wish=wish, words="", candidates=slots(3), language="es")


async def test_it_runs_in_a_process_of_its_own() -> None:
    with running_provider(delay_ms=1) as address:
        model = model_at(f"{address}/v1")
        pieces = [piece async for piece in model.stream(Prompt("s", "u"))]
        await model.aclose()
    assert "".join(str(piece) for piece in pieces[:-1]) == "De acuerdo. ¿En qué más puedo ayudarle?"


def test_models_with_other_parameters_are_left_to_litellm() -> None:
    assert can_serve("openai/gpt-4o")
    assert can_serve("deepseek/deepseek-v4-flash")
    assert not can_serve("openai/gpt-5-mini")
    assert not can_serve("anthropic/claude-sonnet")
