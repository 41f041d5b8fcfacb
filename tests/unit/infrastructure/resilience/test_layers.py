"""Retry, budget, coalescing, the chain and the single attempt: one layer at a time."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, AsyncIterator

import pytest
from structlog.testing import capture_logs

from application.errors import BudgetExceeded, ModelUnavailable
from application.ports.language_model import Completion, LanguageModel, Prompt, Usage
from infrastructure.resilience.attempt import Attempt
from infrastructure.resilience.budget import Budgeted, CallLimits, DailyBudget
from infrastructure.resilience.chain import Chain
from infrastructure.resilience.coalesce import Coalesced
from infrastructure.resilience.retry import SAFE, Retry
from infrastructure.resilience.spending import TurnBudget, begin_turn, metered
from tests.fakes.clock import StillClock
from tests.fakes.scripted_model import Answer, Cut, FixedFigures, Never, ScriptedModel

PROMPT = Prompt("system", "user", max_tokens=100)


async def text_of(model: LanguageModel, prompt: Prompt = PROMPT) -> str:
    return "".join([piece async for piece in model.stream(prompt) if isinstance(piece, str)])


# --- retry -----------------------------------------------------------------------------------------


class Sleeps(list[float]):
    async def __call__(self, seconds: float) -> None:
        self.append(seconds)


def retry(*answers: Answer, attempts: int = 2) -> tuple[Retry, ScriptedModel, Sleeps]:
    model, sleeps = ScriptedModel(list(answers)), Sleeps()
    return Retry(model, attempts=attempts, within_s=4, sleep=sleeps), model, sleeps


@pytest.mark.parametrize("reason", sorted(SAFE))
async def test_what_is_safe_to_repeat_is_repeated(reason: str) -> None:
    layer, model, sleeps = retry(ModelUnavailable(reason), "fine")
    assert (await layer.complete(PROMPT)).text == "fine"
    assert (model.calls, len(sleeps)) == (2, 1)


@pytest.mark.parametrize("reason", ["timeout", "refused", "unconfigured", "cut_stream"])
async def test_what_is_not_safe_is_tried_once(reason: str) -> None:
    layer, model, _ = retry(ModelUnavailable(reason), "fine")
    with pytest.raises(ModelUnavailable):
        await layer.complete(PROMPT)
    assert model.calls == 1


async def test_the_last_failure_is_raised_as_it_is() -> None:
    layer, model, _ = retry(ModelUnavailable("server_error"), attempts=3)
    with pytest.raises(ModelUnavailable, match="server_error"):
        await layer.complete(PROMPT)
    assert model.calls == 3


async def test_the_wait_the_provider_asks_for_is_kept() -> None:
    layer, _, sleeps = retry(ModelUnavailable("rate_limited", retry_after_s=1.5), "fine")
    await layer.complete(PROMPT)
    assert sleeps == [1.5]


async def test_a_wait_beyond_the_deadline_is_not_waited_for() -> None:
    layer, model, sleeps = retry(ModelUnavailable("rate_limited", retry_after_s=60), "fine")
    with pytest.raises(ModelUnavailable) as failure:
        await layer.complete(PROMPT)
    assert (model.calls, sleeps) == (1, [])
    assert failure.value.retry_after_s == 60


async def test_waits_grow_and_differ() -> None:
    waits: list[float] = []
    for _ in range(20):
        layer, _, sleeps = retry(ModelUnavailable("server_error"), attempts=3)
        with pytest.raises(ModelUnavailable):
            await layer.complete(PROMPT)
        waits += sleeps
    assert len(set(waits)) > 20
    assert max(waits) <= 2


async def test_a_stream_is_repeated_only_before_its_first_piece() -> None:
    layer, model, _ = retry(ModelUnavailable("connection"), "una mesa")
    assert await text_of(layer) == "una mesa"
    layer, model, _ = retry(Cut("una"), "una mesa")
    with pytest.raises(ModelUnavailable, match="cut_stream"):
        await text_of(layer)
    assert model.calls == 1


# --- budget ----------------------------------------------------------------------------------------


def budgeted(
    model: ScriptedModel,
    *,
    daily_usd: float | None = None,
    clock: StillClock | None = None,
    **limits: float,
) -> tuple[Budgeted, DailyBudget]:
    daily = DailyBudget(daily_usd, clock=clock or StillClock())
    limit = CallLimits(**limits)  # type: ignore[arg-type]
    return Budgeted(model, figures=model.figures, limits=limit, daily=daily), daily


async def test_a_call_with_too_many_tokens_is_not_made() -> None:
    model = ScriptedModel(["fine"])
    layer, _ = budgeted(model, max_tokens=199)
    with pytest.raises(BudgetExceeded) as refusal:
        await layer.complete(PROMPT)
    assert (refusal.value.limit, model.calls) == ("MAX_TOKENS_PER_CALL", 0)


async def test_a_call_that_could_cost_too_much_is_not_made() -> None:
    model = ScriptedModel(["fine"], figures=FixedFigures(tokens=100, usd=0.001))
    layer, _ = budgeted(model, max_cost_usd=0.19)
    with pytest.raises(BudgetExceeded) as refusal:
        _ = [piece async for piece in layer.stream(PROMPT)]
    assert (refusal.value.limit, model.calls) == ("MAX_COST_PER_CALL_USD", 0)


async def test_the_days_money_counts_what_calls_really_cost() -> None:
    model = ScriptedModel(["fine"], cost_usd=0.001)
    layer, daily = budgeted(model, daily_usd=0.01)
    await layer.complete(PROMPT)
    await text_of(layer)
    assert daily.spent_usd == pytest.approx(0.002)


async def test_the_days_money_runs_out_and_comes_back_at_midnight() -> None:
    clock = StillClock()
    model = ScriptedModel(["fine"], cost_usd=0.002)
    layer, daily = budgeted(model, daily_usd=0.003, clock=clock)
    await layer.complete(PROMPT)
    with pytest.raises(BudgetExceeded, match="DAILY_BUDGET_USD"):
        await layer.complete(PROMPT)
    clock.move(24 * 3600)
    await layer.complete(PROMPT)
    assert daily.spent_usd == pytest.approx(0.002)


async def test_calls_under_way_count_with_the_most_they_can_cost() -> None:
    model = ScriptedModel([Never()], figures=FixedFigures(tokens=100, usd=0.00001))
    layer, daily = budgeted(model, daily_usd=0.003)
    first = asyncio.create_task(layer.complete(PROMPT))
    await asyncio.sleep(0)
    assert daily.spent_usd == pytest.approx(0.002)
    with pytest.raises(BudgetExceeded):
        await layer.complete(PROMPT)
    first.cancel()
    await asyncio.wait([first])
    assert daily.spent_usd == 0


async def test_a_failed_call_costs_nothing_and_a_cut_stream_all_it_could() -> None:
    model = ScriptedModel([ModelUnavailable("server_error"), Cut("una")])
    layer, daily = budgeted(model, daily_usd=1)
    with pytest.raises(ModelUnavailable):
        await layer.complete(PROMPT)
    assert daily.spent_usd == 0
    with pytest.raises(ModelUnavailable):
        await text_of(layer)
    assert daily.spent_usd == pytest.approx(0.002)


async def test_a_turn_has_so_many_calls_and_tokens() -> None:
    begin_turn(TurnBudget(0.0, max_calls=2))
    model = ScriptedModel(["fine"])
    attempt = Attempt(model, timeout_s=1)
    await attempt.complete(PROMPT)
    await text_of(attempt)
    with pytest.raises(BudgetExceeded, match="calls per turn"):
        await attempt.complete(PROMPT)
    begin_turn(TurnBudget(0.0, max_tokens=250))
    layer, _ = budgeted(model)
    await layer.complete(PROMPT)
    await attempt.complete(PROMPT)
    with pytest.raises(BudgetExceeded, match="tokens per turn"):
        await layer.complete(PROMPT)


# --- attempt ---------------------------------------------------------------------------------------


async def test_an_attempt_gives_up_in_time() -> None:
    attempt = Attempt(ScriptedModel([Never()]), timeout_s=0.01)
    with pytest.raises(ModelUnavailable, match="timeout"):
        await attempt.complete(PROMPT)
    with pytest.raises(ModelUnavailable, match="timeout"):
        await text_of(attempt)


async def test_requests_are_metered_failed_ones_too() -> None:
    layer = Retry(
        Attempt(ScriptedModel([ModelUnavailable("connection"), "fine"]), timeout_s=1),
        within_s=4,
        sleep=Sleeps(),
    )
    with metered() as meter:
        await layer.complete(PROMPT)
    await layer.complete(PROMPT)
    assert (meter.calls, meter.tokens_in, meter.tokens_out) == (2, 100, 20)
    assert meter.cost_usd == pytest.approx(0.001)


async def test_a_stream_that_is_stopped_is_metered_by_estimate() -> None:
    model = ScriptedModel(["Una frase que se corta aquí."])
    with metered() as meter:
        pieces = Attempt(model, timeout_s=1).stream(PROMPT)
        first = await anext(pieces)
        assert isinstance(pieces, AsyncGenerator)
        await pieces.aclose()
    assert first == "Una "
    assert (meter.calls, meter.tokens_out) == (1, 1)
    assert meter.tokens_in == model.figures.count_tokens(PROMPT) > 0
    assert meter.cost_usd > 0


# --- coalescing --------------------------------------------------------------------------------------


class Slow(ScriptedModel):
    """Answers once it is let go."""

    def __init__(self) -> None:
        super().__init__([])
        self.go = asyncio.Event()

    async def complete(self, prompt: Prompt) -> Completion:
        self.prompts.append(prompt)
        await self.go.wait()
        return Completion("fine", Usage(self.name, tokens_in=10, cost_usd=0.1))


async def started(*tasks: asyncio.Task[Completion]) -> None:
    for _ in range(3):
        await asyncio.sleep(0)


async def test_identical_requests_in_flight_are_one() -> None:
    model = Slow()
    layer = Coalesced(model)
    tasks = [asyncio.create_task(layer.complete(PROMPT)) for _ in range(5)]
    other = asyncio.create_task(layer.complete(Prompt("system", "other")))
    await started(*tasks)
    model.go.set()
    completions = await asyncio.gather(*tasks, other)
    assert len(model.prompts) == 2
    assert [c.usage.cost_usd for c in completions] == [0.1, 0, 0, 0, 0, 0.1]
    await layer.complete(PROMPT)
    assert len(model.prompts) == 3, "what is over is not shared"


async def test_the_first_one_leaving_does_not_take_the_answer_from_the_others() -> None:
    model = Slow()
    layer = Coalesced(model)
    first, second = (asyncio.create_task(layer.complete(PROMPT)) for _ in range(2))
    await started(first, second)
    first.cancel()
    await asyncio.wait([first])
    model.go.set()
    assert (await second).text == "fine"
    assert len(model.prompts) == 1


async def test_a_request_nobody_waits_for_is_given_up_and_not_joined() -> None:
    model = Slow()
    layer = Coalesced(model)
    only = asyncio.create_task(layer.complete(PROMPT))
    await started(only)
    only.cancel()
    await asyncio.wait([only])
    model.go.set()
    assert (await layer.complete(PROMPT)).text == "fine"
    assert len(model.prompts) == 2


async def test_a_shared_failure_reaches_everybody() -> None:
    layer = Coalesced(ScriptedModel([ModelUnavailable("server_error")]))
    results = await asyncio.gather(
        *(layer.complete(PROMPT) for _ in range(3)), return_exceptions=True
    )
    assert [type(result) for result in results] == [ModelUnavailable] * 3


# --- chain -------------------------------------------------------------------------------------------


def chain(*models: LanguageModel, deadline_s: float = 4) -> Chain:
    return Chain(models, deadline_s=deadline_s, clock=StillClock())


async def test_the_next_model_answers_where_the_first_fails() -> None:
    first = ScriptedModel([ModelUnavailable("server_error")], name="a/a")
    second = ScriptedModel(["fine"], name="b/b")
    with capture_logs() as logs:
        assert (await chain(first, second).complete(PROMPT)).usage.model == "b/b"
        assert await text_of(chain(first, second)) == "fine"
    assert [(log["event"], log["to"], log["reason"]) for log in logs] == [
        ("model.fell_back", "b/b", "server_error")
    ] * 2


async def test_the_last_models_failure_is_the_chains() -> None:
    models = [ScriptedModel([ModelUnavailable(r)]) for r in ("server_error", "rate_limited")]
    with pytest.raises(ModelUnavailable, match="rate_limited"):
        await chain(*models).complete(PROMPT)
    with pytest.raises(ModelUnavailable, match="rate_limited"):
        await text_of(chain(*models))


async def test_a_slow_first_model_leaves_the_second_one_time() -> None:
    slow, quick = ScriptedModel([Never()]), ScriptedModel(["fine"])
    assert (await chain(slow, quick, deadline_s=0.05).complete(PROMPT)).text == "fine"
    assert await text_of(chain(slow, quick, deadline_s=0.05)) == "fine"


async def test_the_deadline_is_a_failure_of_its_own() -> None:
    with pytest.raises(ModelUnavailable, match="deadline"):
        await chain(ScriptedModel([Never()]), deadline_s=0.01).complete(PROMPT)


async def test_the_time_left_of_the_turn_is_a_deadline_too() -> None:
    begin_turn(TurnBudget(started=1000 - 29.99))
    with pytest.raises(ModelUnavailable, match="deadline"):
        await chain(ScriptedModel([Never()]), deadline_s=60).complete(PROMPT)


async def test_after_the_first_piece_no_other_model_takes_over() -> None:
    second = ScriptedModel(["fine"])
    pieces = chain(ScriptedModel([Cut("una mesa")]), second).stream(PROMPT)
    assert [await anext(pieces), await anext(pieces)] == ["una ", "mesa"]
    with pytest.raises(ModelUnavailable, match="cut_stream"):
        await anext(pieces)
    assert second.calls == 0


async def test_a_stream_that_stalls_is_cut_at_the_deadline() -> None:
    class Stalling(ScriptedModel):
        async def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
            yield "una "
            await asyncio.Event().wait()

    clock = StillClock()
    stalling = Chain([Stalling([])], deadline_s=0.02, clock=clock).stream(PROMPT)
    assert await anext(stalling) == "una "
    with pytest.raises(ModelUnavailable, match="cut_stream"):
        await anext(stalling)
