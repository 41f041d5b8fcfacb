"""Agents whose twin takes over, and what their receipts say of it."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Any

import pytest
from structlog.testing import capture_logs

from application.agents.logic import ModelLogic
from application.agents.router import ModelRouter
from application.errors import AnswerInvalid, BudgetExceeded, DependencyError, ModelUnavailable
from application.ports.agents import (
    AgentReceipt,
    GuestMessage,
    Ranked,
    ReplyDone,
    ReplyPlan,
    ReplyText,
    Routed,
)
from application.ports.language_model import Usage
from domain.dialogue import Details, DialogueState, Expecting, Task
from domain.understanding import Intent, Understanding
from infrastructure.local.dates import DateReader
from infrastructure.local.router import LocalRouter as RuleRouter
from infrastructure.resilience.breaker import Breaker
from infrastructure.resilience.budget import CallLimits, DailyBudget
from infrastructure.resilience.onion import resilient
from infrastructure.resilience.spending import Meter, TurnBudget, begin_turn, current_turn
from infrastructure.resilience.twins import TurnOpening, TwinHuman, TwinLogic, TwinRouter
from tests.fakes.clock import StillClock
from tests.fakes.scripted_model import Answer, Never, ScriptedModel
from tests.unit.domain.houses import NINE, NOW, exactly, restaurant
from tests.unit.infrastructure.local.understanding.houses import RESTAURANT, offers

GREETS = '{"intents": ["greet"], "lang": "es"}'


def receipt(agent: Any, source: Any = "local") -> AgentReceipt:
    return AgentReceipt(agent, source, "local", 0.1)


class LocalRouter:
    def __init__(self, *, certain: bool = False) -> None:
        self._said = Understanding((Intent.OUT_OF_SCOPE,), "es", certain=certain)

    async def run(self, **_: Any) -> Routed:
        return Routed(self._said, receipt("router"))


class LocalLogic:
    async def run(self, **_: Any) -> Ranked:
        return Ranked((0,), "", "other", receipt("logic"))


def onion(*answers: Answer, deadline_s: float = 4.0) -> Any:
    clock = StillClock()
    model = ScriptedModel(list(answers))
    return resilient(
        [model],
        deadline_s=deadline_s,
        limits=CallLimits(),
        daily=DailyBudget(None, clock=clock),
        breakers={model.name: Breaker(model.name, clock=clock)},
        clock=clock,
    )


def router(model: Any, *, certain: bool = False, deadline_s: float = 4.0) -> TwinRouter:
    return TwinRouter(
        ModelRouter(model, DateReader()),
        LocalRouter(certain=certain),
        deadline_s=deadline_s,
        clock=StillClock(),
    )


async def route(agent: TwinRouter) -> Routed:
    return await agent.run(
        message=GuestMessage("hola", "u", "chat", NOW),
        state=DialogueState(),
        venue=restaurant(),
        history=(),
    )


async def test_the_model_answers_where_it_can() -> None:
    routed = await route(router(onion(GREETS)))
    assert routed.understanding.intent is Intent.GREET
    assert (routed.receipt.source, routed.receipt.fallback_reason) == ("model", None)
    assert (routed.receipt.calls, routed.receipt.tokens_in) == (1, 100)


async def test_a_message_the_twin_is_certain_of_needs_no_model() -> None:
    model = ScriptedModel([GREETS])
    routed = await route(router(model, certain=True))
    assert (routed.receipt.source, routed.receipt.fallback_reason) == ("local", "certain")
    assert model.calls == 0


@pytest.mark.parametrize(
    ("answers", "reason", "calls"),
    [
        ([ModelUnavailable("refused")], "refused", 1),
        ([ModelUnavailable("unconfigured")], "unconfigured", 1),
        ([ModelUnavailable("rate_limited", retry_after_s=60)], "rate_limited", 1),
        (["no", "no"], "invalid", 2),
        ([BudgetExceeded("DAILY_BUDGET_USD")], "budget", 1),
    ],
)
async def test_the_twin_answers_where_the_model_fails_and_says_why(
    answers: list[Answer], reason: str, calls: int
) -> None:
    with capture_logs() as logs:
        routed = await route(router(onion(*answers)))
    assert routed.understanding.intent is Intent.OUT_OF_SCOPE
    assert (routed.receipt.source, routed.receipt.model) == ("local", "local")
    assert (routed.receipt.fallback_reason, routed.receipt.calls) == (reason, calls)
    assert [(log["event"], log["agent"], log["reason"]) for log in logs] == [
        ("model.fell_back", "router", reason)
    ]


async def test_what_the_failed_try_took_is_still_accounted_for() -> None:
    routed = await route(router(onion("no", "no")))
    assert (routed.receipt.tokens_in, routed.receipt.tokens_out) == (200, 40)
    assert routed.receipt.cost_usd == pytest.approx(0.002)


async def test_past_the_deadline_the_twin_answers() -> None:
    routed = await route(router(ScriptedModel([Never()]), deadline_s=0.01))
    assert routed.receipt.fallback_reason == "deadline"


async def test_a_mistake_of_our_own_is_not_hidden_by_the_twin() -> None:
    def broken(_: Any) -> str:
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await route(router(onion(broken)))


async def test_each_turn_has_its_own_budget() -> None:
    agent = router(onion("no"))
    reasons = [(await route(agent)).receipt.fallback_reason for _ in range(4)]
    assert reasons == ["invalid"] * 4


async def test_logic_falls_back_in_the_same_way() -> None:
    for answer, source, reason in (
        ('{"ids": ["1"], "code": "fit", "reason": ""}', "model", None),
        ('{"ids": ["77"], "code": "fit", "reason": ""}', "local", "invalid"),
    ):
        agent = TwinLogic(ModelLogic(onion(answer)), LocalLogic(), deadline_s=4, clock=StillClock())
        venue = restaurant()
        slot = _slot()
        ranked = await agent.run(
            venue=venue, wish=exactly(NINE), words="", candidates=[slot, slot], language="es"
        )
        assert (ranked.receipt.source, ranked.receipt.fallback_reason) == (source, reason)
        assert ranked.receipt.calls == 1


def _slot() -> Any:
    from tests.unit.application.agents.test_logic import slots

    return slots(1)[0]


class Human:
    """Says its words, and fails before the word that is an error."""

    def __init__(self, *words: str | DependencyError, source: Any = "model") -> None:
        self._words = words
        self._source = source

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        for word in self._words:
            if isinstance(word, DependencyError):
                raise word
            yield ReplyText(word)
        yield ReplyDone("".join(map(str, self._words)), receipt("human", self._source))


PLAN = ReplyPlan(restaurant(), "es", (), NOW)


async def said(agent: TwinHuman) -> tuple[str, AgentReceipt]:
    *pieces, done = [piece async for piece in agent.run(PLAN)]
    assert isinstance(done, ReplyDone)
    return "".join(p.text for p in pieces if isinstance(p, ReplyText)), done.receipt


async def test_the_models_words_pass_as_they_come() -> None:
    agent = TwinHuman(
        Human("Hola. ", "Adiós."), Human("local", source="local"), deadline_s=1, clock=StillClock()
    )
    assert await said(agent) == ("Hola. Adiós.", AgentReceipt("human", "model", "local", 0.0))


@pytest.mark.parametrize(
    ("failure", "reason"),
    [(ModelUnavailable("breaker_open"), "breaker_open"), (AnswerInvalid("no"), "invalid")],
)
async def test_before_the_first_piece_the_twin_takes_over(
    failure: DependencyError, reason: str
) -> None:
    agent = TwinHuman(
        Human(failure), Human("Hola.", source="local"), deadline_s=1, clock=StillClock()
    )
    text, accounted = await said(agent)
    assert text == "Hola."
    assert (accounted.source, accounted.fallback_reason) == ("local", reason)


async def test_after_the_first_piece_it_does_not() -> None:
    agent = TwinHuman(
        Human("Hola. ", ModelUnavailable("cut_stream")),
        Human("local"),
        deadline_s=1,
        clock=StillClock(),
    )
    with pytest.raises(ModelUnavailable):
        await said(agent)


async def test_a_turn_has_its_budget_although_its_router_has_no_model() -> None:
    begin_turn(TurnBudget(0.0, meter=Meter(calls=4)))
    clock = StillClock()
    await TurnOpening(LocalRouter(), clock=clock).run(
        message=GuestMessage("hola", "u", "chat", NOW),
        state=DialogueState(),
        venue=restaurant(),
        history=(),
    )
    turn = current_turn()
    assert turn is not None
    assert (turn.meter.calls, turn.started) == (0, clock.monotonic())


def test_who_answered_too_much_once_is_expected_to_do_so_again() -> None:
    turn = TurnBudget(0.0, max_tokens=1000)
    turn.meter.add(Usage("m", tokens_in=100, tokens_out=500))
    with pytest.raises(BudgetExceeded):
        turn.check_tokens(100, 50)
    fresh = TurnBudget(0.0, max_tokens=1000)
    fresh.check_tokens(100, 50)


# --- a yes that the guest has not said -----------------------------------------------------------

ONE_OFFER = DialogueState(
    language="es",
    task=Task.BOOK,
    expecting=Expecting.OFFER,
    offers=offers(21),
    details=Details(covers=4, name="Laura Gil"),
)
CANCELLING = DialogueState(language="es", task=Task.CANCEL, expecting=Expecting.CANCEL_YES)

YES = '{"intents": ["affirm"], "lang": "es"}'
GO_AHEAD = '{"intents": ["book"], "lang": "es"}'
FIRST_ONE = '{"intents": ["inform"], "pick": "1", "lang": "es"}'


async def reads(text: str, state: DialogueState, answer: str) -> Routed:
    agent = TwinRouter(
        ModelRouter(ScriptedModel([answer]), DateReader()),
        RuleRouter(),
        deadline_s=4,
        clock=StillClock(),
    )
    return await agent.run(
        message=GuestMessage(text, "u", "chat", NOW), state=state, venue=RESTAURANT, history=()
    )


@pytest.mark.parametrize("answer", [YES, GO_AHEAD, FIRST_ONE])
@pytest.mark.parametrize(
    "text",
    [
        "no, esa no me convence del todo",
        "¿hay aparcamiento cerca de ahí?",
        "espera, que somos seis en total",
        "casi mejor el domingo a mediodía",
        "quiero hablar con una persona de verdad",
        "¿eres un robot o qué?",
        "quiero cancelar mi otra reserva",
        "¿cuánto suele costar por cabeza?",
        "mi nombre es Marta Soler, por si acaso",
    ],
)
async def test_a_model_cannot_say_yes_to_an_offer_for_the_guest(text: str, answer: str) -> None:
    routed = await reads(text, ONE_OFFER, answer)
    assert Intent.AFFIRM not in routed.understanding.intents
    assert routed.understanding.choice is None
    assert routed.receipt.fallback_reason in {"agreed_unasked", "certain"}


@pytest.mark.parametrize("text", ["¿y si la cambio al domingo?", "no sé, ¿cuánto cobráis?"])
@pytest.mark.parametrize("answer", [YES, '{"intents": ["cancel"], "lang": "es"}'])
async def test_a_model_cannot_cancel_for_the_guest(text: str, answer: str) -> None:
    routed = await reads(text, CANCELLING, answer)
    assert not {Intent.AFFIRM, Intent.CANCEL} & set(routed.understanding.intents)


@pytest.mark.parametrize("text", ["tira millas", "pa lante con ello", "ça marche, parfait"])
async def test_a_yes_in_words_the_twin_does_not_know_is_the_models_to_read(text: str) -> None:
    routed = await reads(text, ONE_OFFER, YES)
    assert routed.understanding.intents == (Intent.AFFIRM,)
    assert routed.receipt.source == "model"


async def test_where_nothing_was_put_to_the_guest_a_yes_is_the_models_to_read() -> None:
    routed = await reads("¿te apunto algo más?", DialogueState(language="es"), YES)
    assert routed.understanding.intents == (Intent.AFFIRM,)


# --- a no that cancels ---------------------------------------------------------------------------

REMINDED = DialogueState(language="es", expecting=Expecting.COMING)
NO = '{"intents": ["deny"], "lang": "es"}'
CANCEL = '{"intents": ["cancel"], "lang": "es"}'


@pytest.mark.parametrize("answer", [NO, CANCEL])
@pytest.mark.parametrize(
    "text", ["¿hasta cuándo puedo cancelar?", "¿hay parking?", "mejor a las diez", "no sé", "uf"]
)
async def test_a_models_word_alone_cancels_nothing(text: str, answer: str) -> None:
    said = (await reads(text, REMINDED, answer)).understanding
    refuses = Intent.DENY in said.intents or said.intent is Intent.CANCEL
    assert not (refuses and said.certain)


async def test_a_plain_no_needs_no_model() -> None:
    routed = await reads("no podremos ir", REMINDED, YES)
    assert routed.understanding.certain
    assert Intent.DENY in routed.understanding.intents
    assert routed.receipt.fallback_reason == "certain"


async def test_a_model_cannot_say_that_the_guest_comes_where_they_say_otherwise() -> None:
    for text in ("no lo veo claro para esa noche", "quiero cambiarla al sábado"):
        said = (await reads(text, REMINDED, YES)).understanding
        assert Intent.AFFIRM not in said.intents
