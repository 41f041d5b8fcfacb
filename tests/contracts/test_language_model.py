"""What every adapter of the language model port promises, over real HTTP on loopback."""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Iterator
from typing import Any

import pytest

from application.errors import ModelUnavailable
from application.ports.language_model import Prompt, Usage
from application.ports.model_figures import PricedModel
from infrastructure.benchmarks.provider import Reply
from infrastructure.litellm.figures import Figures
from infrastructure.litellm.model import LiteLLMModel
from infrastructure.openai_compatible.model import OpenAICompatibleModel
from tests.support.fake_provider import (
    HANG,
    FakeProvider,
    broken,
    cut,
    fake_provider,
    too_many_requests,
)

# litellm uses what pydantic has deprecated; that is not ours to mend.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm")

GPT, DEEPSEEK = "openai/gpt-4o", "deepseek/deepseek-v4-flash"
SCHEMA = {"type": "object", "properties": {"intents": {"type": "array"}}}
TEXT = Prompt("Be kind.", "hola", max_tokens=50)
JSON = Prompt("Answer JSON.", "hola", max_tokens=50, schema=SCHEMA, schema_name="router")


@pytest.fixture(scope="module")
def provider() -> Iterator[FakeProvider]:
    with fake_provider() as fake:
        yield fake


@pytest.fixture(params=["litellm", "direct"])
def adapter(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
async def build(adapter: str, provider: FakeProvider) -> AsyncIterator[Any]:
    """Makes a model of the adapter under test, and closes it."""
    provider.script.clear()
    provider.requests.clear()
    provider.rule = lambda body: Reply("una mesa para dos", tokens_cached=16)
    built: list[LiteLLMModel | OpenAICompatibleModel] = []

    def make(name: str = GPT, *, api_base: str | None = None, timeout_s: float = 5) -> PricedModel:
        model: LiteLLMModel | OpenAICompatibleModel
        base = api_base or provider.base_url
        if adapter == "litellm":
            model = LiteLLMModel(name, api_key="sk-test", api_base=base, timeout_s=timeout_s)
        else:
            figures = Figures(name)
            model = OpenAICompatibleModel(
                name,
                api_key="sk-test",
                api_base=base,
                figures=figures,
                reads_schemas=figures.facts.reads_schemas,
                timeout_s=timeout_s,
            )
        built.append(model)
        return model

    yield make
    for model in built:
        await model.aclose()


async def streamed(model: PricedModel, prompt: Prompt = TEXT) -> tuple[str, Usage]:
    *pieces, usage = [piece async for piece in model.stream(prompt)]
    assert isinstance(usage, Usage)
    return "".join(str(piece) for piece in pieces), usage


async def test_a_completion_has_its_text_usage_and_price(
    build: Any, provider: FakeProvider
) -> None:
    model = build()
    completion = await model.complete(TEXT)
    usage = completion.usage
    assert completion.text == "una mesa para dos"
    assert (usage.model, usage.tokens_cached, usage.calls) == (GPT, 16, 1)
    assert usage.tokens_in > 0
    assert usage.tokens_out > 0
    assert usage.cost_usd == pytest.approx(
        model.figures.price_usd(
            tokens_in=usage.tokens_in, tokens_cached=16, tokens_out=usage.tokens_out
        )
    )
    assert usage.cost_usd != 0
    assert len(provider.requests) == 1


async def test_a_stream_comes_in_pieces_and_ends_with_its_usage(build: Any) -> None:
    model = build()
    pieces = [piece async for piece in model.stream(TEXT)]
    assert "".join(piece for piece in pieces if isinstance(piece, str)) == "una mesa para dos"
    assert len(pieces) == 5
    usage = pieces[-1]
    assert isinstance(usage, Usage)
    assert usage.tokens_out > 0
    assert usage.cost_usd > 0


async def test_what_stays_the_same_is_sent_first(build: Any, provider: FakeProvider) -> None:
    await build().complete(TEXT)
    sent = provider.requests[0]
    assert [message["role"] for message in sent["messages"]] == ["system", "user"]
    assert sent["messages"][0]["content"] == "Be kind."
    assert sent["max_tokens"] == 50
    assert sent["model"] == "gpt-4o"


async def test_a_schema_is_sent_where_the_model_takes_one(
    build: Any, provider: FakeProvider
) -> None:
    provider.will(Reply('{"intents": ["greet"]}'))
    completion = await build().complete(JSON)
    assert json.loads(completion.text) == {"intents": ["greet"]}
    wanted = provider.requests[0]["response_format"]
    assert wanted["json_schema"]["name"] == "router"
    assert wanted["json_schema"]["schema"] == SCHEMA


async def test_deepseek_gets_json_mode_the_schema_in_words_and_no_reasoning(
    build: Any, provider: FakeProvider
) -> None:
    provider.will(Reply('{"intents": []}', reasoning="The guest seems to want a table."))
    completion = await build(DEEPSEEK).complete(JSON)
    sent = provider.requests[0]
    assert sent["response_format"] == {"type": "json_object"}
    assert "JSON schema:" in sent["messages"][0]["content"]
    assert sent["thinking"] == {"type": "disabled"}
    assert completion.text == '{"intents": []}'
    assert completion.usage.cost_usd > 0


async def test_what_a_model_thinks_is_never_streamed(build: Any, provider: FakeProvider) -> None:
    provider.will(Reply("una mesa", reasoning="secret thoughts"))
    text, _ = await streamed(build(DEEPSEEK))
    assert text == "una mesa"


async def test_a_provider_that_refuses_a_schema_is_asked_in_json_mode_from_then_on(
    build: Any, provider: FakeProvider
) -> None:
    refusal = json.dumps({"error": {"message": "response_format json_schema is not supported"}})
    provider.will(Reply(status=400, raw=refusal.encode()))
    model = build()
    await model.complete(JSON)
    await model.complete(JSON)
    formats = [body["response_format"]["type"] for body in provider.requests]
    assert formats == ["json_schema", "json_object", "json_object"]


@pytest.mark.parametrize(
    ("reply", "reason"),
    [
        (too_many_requests(), "rate_limited"),
        (broken(500), "server_error"),
        (broken(502), "server_error"),
        (broken(503), "server_error"),
        (broken(504), "timeout"),
        (broken(401), "unconfigured"),
        (broken(404), "unconfigured"),
        (broken(400), "refused"),
        (broken(422), "refused"),
        (Reply(raw=b"<html>hello</html>"), "server_error"),
    ],
)
async def test_failures_have_one_word_and_are_not_repeated_here(
    build: Any, provider: FakeProvider, reply: Reply, reason: str
) -> None:
    model = build()
    for call in (model.complete(TEXT), streamed(model)):
        provider.script.clear()
        provider.requests.clear()
        provider.will(reply)
        with pytest.raises(ModelUnavailable) as failure:
            await call
        assert failure.value.reason == reason
        assert len(provider.requests) == 1


async def test_the_wait_a_provider_asks_for_is_passed_on(
    build: Any, provider: FakeProvider
) -> None:
    provider.will(too_many_requests(retry_after_s=7))
    with pytest.raises(ModelUnavailable) as failure:
        await build().complete(TEXT)
    assert failure.value.retry_after_s == 7


async def test_a_provider_that_hangs_is_a_timeout(build: Any, provider: FakeProvider) -> None:
    model = build(timeout_s=0.2)
    for call in (model.complete(TEXT), streamed(model)):
        provider.will(HANG)
        with pytest.raises(ModelUnavailable) as failure:
            await call
        assert failure.value.reason == "timeout"
    assert len(provider.requests) == 2


async def test_nobody_at_the_address_is_a_connection_failure(build: Any) -> None:
    with pytest.raises(ModelUnavailable) as failure:
        await build(api_base="http://127.0.0.1:9/v1").complete(TEXT)
    assert failure.value.reason == "connection"


async def test_a_cut_stream_is_told_apart_after_its_first_piece(
    build: Any, provider: FakeProvider
) -> None:
    provider.will(cut("una mesa para dos", after=2))
    pieces = build().stream(TEXT)
    assert [await anext(pieces), await anext(pieces)] == ["una ", "mesa "]
    with pytest.raises(ModelUnavailable) as failure:
        await anext(pieces)
    assert failure.value.reason == "cut_stream"
