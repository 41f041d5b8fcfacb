"""litellm's traffic, request by request, from the agent down to the wire."""

from __future__ import annotations

import json
from typing import Any

import httpx
import pytest
import respx

from application.agents.router import ModelRouter
from application.errors import ModelUnavailable
from application.ports.agents import AgentReceipt, Exchange, GuestMessage, Routed
from application.ports.language_model import LanguageModel, Prompt, Usage
from domain.booking import BookingCode
from domain.dialogue import Details, DialogueState
from domain.understanding import Intent, Understanding
from infrastructure.litellm.model import LiteLLMModel
from infrastructure.local.dates import DateReader
from infrastructure.resilience.breaker import Breaker
from infrastructure.resilience.budget import CallLimits, DailyBudget
from infrastructure.resilience.onion import resilient
from infrastructure.resilience.twins import TwinRouter
from tests.fakes.clock import StillClock
from tests.integration.litellm.conftest import BASE
from tests.unit.domain.houses import NOW, restaurant

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning:litellm")

# litellm loads much of itself at its first call, and the machine may be busy.
PATIENCE_S = 30

BOOK = json.dumps({"intents": ["book"], "lang": "es", "people": "4"})


def completion(text: str, **usage: Any) -> httpx.Response:
    body = {
        "id": "c",
        "object": "chat.completion",
        "created": 1,
        "model": "gpt-4o",
        "choices": [{"index": 0, "finish_reason": "stop", "message": {"role": "assistant", "content": text}}],
        "usage": {"prompt_tokens": 200, "completion_tokens": 20, "total_tokens": 220, **usage},
    }  # fmt: skip
    return httpx.Response(200, json=body)


def stream(*words: str, ends: bool = True) -> httpx.Response:
    frame = {"id": "c", "object": "chat.completion.chunk", "created": 1, "model": "gpt-4o"}
    events: list[dict[str, Any]] = [
        frame | {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]}
        for word in words
    ]
    if ends:
        events.append(frame | {"choices": [{"index": 0, "delta": {}, "finish_reason": "stop"}]})
        usage = {"prompt_tokens": 200, "completion_tokens": 20, "total_tokens": 220}
        events.append(frame | {"choices": [], "usage": usage})

    async def body() -> Any:
        for event in events:
            yield f"data: {json.dumps(event)}\n\n".encode()
        if not ends:
            raise httpx.ReadError("the connection is gone")
        yield b"data: [DONE]\n\n"

    return httpx.Response(200, headers={"content-type": "text/event-stream"}, content=body())


class LocalRouter:
    async def run(self, **_: Any) -> Routed:
        said = Understanding((Intent.OUT_OF_SCOPE,), "es", certain=False)
        return Routed(said, AgentReceipt("router", "local", "local", 0.1))


def wrapped(name: str = "openai/gpt-4o") -> LanguageModel:
    clock = StillClock()
    model = LiteLLMModel(name, api_key="sk-test", api_base=BASE)
    return resilient(
        [model],
        deadline_s=PATIENCE_S,
        limits=CallLimits(),
        daily=DailyBudget(None, clock=clock),
        breakers={name: Breaker(name, clock=clock)},
        clock=clock,
    )


async def route(text: str = "mesa para 4", *, name: str = "openai/gpt-4o", **more: Any) -> Routed:
    router = TwinRouter(
        ModelRouter(wrapped(name), DateReader()),
        LocalRouter(),
        deadline_s=PATIENCE_S,
        clock=StillClock(),
    )
    message = GuestMessage(text, "+59170123456", "whatsapp", NOW)
    given: dict[str, Any] = {"state": DialogueState(), "history": (), **more}
    return await router.run(message=message, venue=restaurant(), **given)


async def test_a_message_is_understood_in_one_request(wire: respx.Route) -> None:
    wire.mock(return_value=completion(BOOK, prompt_tokens_details={"cached_tokens": 128}))
    routed = await route()
    receipt = routed.receipt
    assert routed.understanding.intent is Intent.BOOK
    assert wire.call_count == 1
    assert (receipt.source, receipt.model, receipt.calls) == ("model", "openai/gpt-4o", 1)
    assert (receipt.tokens_in, receipt.tokens_cached, receipt.tokens_out) == (200, 128, 20)
    # GPT-4o: 2.50 dollars a million tokens in, 1.25 cached, 10 out.
    assert receipt.cost_usd == pytest.approx(72 * 2.5e-6 + 128 * 1.25e-6 + 20 * 1e-5)


async def test_a_provider_without_schemas_gets_json_mode(wire: respx.Route) -> None:
    wire.mock(return_value=completion(BOOK))
    await route(name="deepseek/deepseek-v4-flash")
    sent = json.loads(wire.calls[0].request.content)
    assert sent["response_format"] == {"type": "json_object"}


async def test_an_answer_that_does_not_fit_is_repaired_once(wire: respx.Route) -> None:
    wire.mock(side_effect=[completion("Claro, una mesa"), completion(BOOK)])
    routed = await route()
    assert (routed.receipt.source, routed.receipt.calls, routed.receipt.tokens_in) == (
        "model",
        2,
        400,
    )


async def test_two_invalid_answers_are_the_twins_turn(wire: respx.Route) -> None:
    wire.mock(return_value=completion("Claro, una mesa"))
    routed = await route()
    assert (routed.receipt.source, routed.receipt.fallback_reason) == ("local", "invalid")
    assert routed.receipt.calls == 2


async def test_a_short_retry_after_is_waited_for(wire: respx.Route) -> None:
    busy = httpx.Response(429, headers={"retry-after": "0.01"}, json={"error": {"message": "busy"}})
    wire.mock(side_effect=[busy, completion(BOOK)])
    routed = await route()
    assert (routed.receipt.source, routed.receipt.calls) == ("model", 2)


async def test_a_long_retry_after_is_the_twins_turn(wire: respx.Route) -> None:
    busy = httpx.Response(429, headers={"retry-after": "60"}, json={"error": {"message": "busy"}})
    wire.mock(return_value=busy)
    routed = await route()
    assert (routed.receipt.fallback_reason, wire.call_count) == ("rate_limited", 1)


async def test_a_broken_provider_is_tried_twice_and_then_the_twin(wire: respx.Route) -> None:
    wire.mock(return_value=httpx.Response(500, json={"error": {"message": "oops"}}))
    routed = await route()
    assert (routed.receipt.fallback_reason, wire.call_count) == ("server_error", 2)


async def test_a_timeout_is_not_tried_again(wire: respx.Route) -> None:
    wire.mock(side_effect=httpx.ReadTimeout("too slow"))
    routed = await route()
    assert (routed.receipt.fallback_reason, wire.call_count) == ("timeout", 1)


async def test_a_stream_has_its_price_at_the_end(wire: respx.Route) -> None:
    wire.mock(return_value=stream("Hola. ", "¿Para ", "cuántos?"))
    *pieces, usage = [piece async for piece in wrapped().stream(Prompt("s", "u"))]
    assert "".join(map(str, pieces)) == "Hola. ¿Para cuántos?"
    assert isinstance(usage, Usage)
    assert usage.cost_usd == pytest.approx(200 * 2.5e-6 + 20 * 1e-5)


async def test_a_cut_stream_says_so_and_is_not_begun_again(wire: respx.Route) -> None:
    wire.mock(return_value=stream("Hola. ", "¿Para ", ends=False))
    pieces = wrapped().stream(Prompt("s", "u"))
    said = [await anext(pieces), await anext(pieces)]
    with pytest.raises(ModelUnavailable, match="cut_stream"):
        await anext(pieces)
    assert said == ["Hola. ", "¿Para "]
    assert wire.call_count == 1


async def test_nothing_on_the_wire_identifies_a_guest(wire: respx.Route) -> None:
    wire.mock(return_value=completion(BOOK))
    state = DialogueState(
        details=Details(name="Laura Gil", phone="+34600111222", email="laura@ejemplo.es"),
        last_booking=BookingCode("HJKLMPQRT"),
    )
    history = (Exchange("soy Laura Gil, 600111222", "Gracias, Laura Gil. Código HJK-LMP-QRT."),)
    for text in (
        "a nombre de Pedro Soto, pedro.soto@correo.es",
        "llámame al +34 600 111 222, soy Laura",
        "la reserva HJKLMPQRT a nombre de laura gil",
        "my name is Ana Pérez and my card is 4111 1111 1111 1111",
    ):
        await route(text, state=state, history=history)
    assert wire.call_count == 4
    sent = b"".join(call.request.content for call in wire.calls).decode().casefold()
    for secret in ("laura", "pedro", "soto", "ana pérez", "600", "111", "@", "hjk", "70123456"):
        assert secret not in sent
