"""Model-backed agents for whole dialogues: on models that say what the twins would, and on models that fail.

The agents, their prompts, the HTTP client and the wrappers that fall back to the twins are the real
ones; only what a provider would answer is made here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from contextlib import AsyncExitStack
from typing import Any, Literal

from application.agents.human import ModelHuman
from application.agents.logic import ModelLogic
from application.agents.router import ModelRouter
from application.claims import ClaimCheck
from application.ports.agents import (
    AgentName,
    Exchange,
    GuestMessage,
    Ranked,
    ReplyDone,
    ReplyPlan,
    ReplyText,
    Routed,
)
from application.ports.clock import Clock
from application.ports.language_model import LanguageModel
from domain.availability import Wish
from domain.dialogue import DialogueState
from domain.floor import Slot
from domain.understanding import (
    ByComparison,
    ByFeature,
    ByOrder,
    OfferChoice,
    Party,
    Understanding,
)
from domain.venue import Venue
from domain.when import When
from infrastructure.benchmarks.provider import Reply
from infrastructure.litellm.figures import Figures
from infrastructure.local.dates import DateReader
from infrastructure.local.human import LocalHuman
from infrastructure.local.logic import LocalLogic
from infrastructure.local.router import LocalRouter
from infrastructure.openai_compatible.model import OpenAICompatibleModel
from infrastructure.resilience.twins import TwinHuman, TwinLogic, TwinRouter
from tests.support.fake_provider import (
    HANG,
    INVALID_JSON,
    FakeProvider,
    broken,
    cut,
    invented_ids,
    too_many_requests,
)
from tests.support.house import Agents

MODEL = "openai/gpt-4o"

# --- models that say what the twins would --------------------------------------------------------


def understanding_as_answer(understanding: Understanding, text: str) -> str:
    """What a good model would have answered where the twin understood this: words, not values."""
    words = understanding.words
    party = understanding.party or Party(0, 0)
    mentions = [
        mention
        for expecting in (True, False)
        for mention in DateReader().read(
            text, language=understanding.language, expecting_time=expecting
        )
    ]

    def quoted(matches: Callable[[When], bool], resembles: Callable[[When], bool]) -> str:
        """The guest's words; where the twin put two expressions together, those of the last one."""
        for fits in (matches, resembles):
            found = [text[m.start : m.end] for m in mentions if fits(m.when)]
            if found:
                return found[-1]
        return ""

    def said(wanted: When) -> tuple[str, str]:
        day = wanted.day and quoted(lambda w: w.day == wanted.day, lambda w: w.day is not None)
        time = wanted.time and quoted(lambda w: w.time == wanted.time, lambda w: w.time is not None)
        return day or "", time or ""

    date, time = said(understanding.when)
    answer = {
        "lang": understanding.language,
        "intents": [intent.value for intent in understanding.intents],
        "date": date,
        "time": time,
        "previous": " ".join(filter(None, said(understanding.previous))),
        "people": _people(understanding.party),
        "children": party.children,
        "babies": party.babies,
        "service": words.get("service", understanding.service),
        "person": understanding.provider,
        "name": understanding.name,
        "phone": understanding.phone,
        "email": understanding.email,
        "code": understanding.code,
        "requests": list(understanding.requests),
        "allergies": list(understanding.allergies),
        "likes": sorted(understanding.preferences),
        "pick": _pick(understanding.choice),
        "topic": understanding.topic,
        "rude": understanding.abusive,
        "unsure": False,
    }
    return json.dumps({key: value for key, value in answer.items() if value}, ensure_ascii=False)


def _people(party: Party | None) -> str:
    if party is None:
        return ""
    return str(party.low) if party.is_exact else f"{party.low}-{party.high}"


def _pick(choice: OfferChoice | None) -> str:
    match choice:
        case ByOrder(position=position):
            return str(position)
        case ByComparison(which=which):
            return which.value
        case ByFeature(words=words):
            return words
        case None:
            return ""


class ReplayingRouter:
    """A model-backed router whose model is told, just before it is asked, what the twin understood."""

    def __init__(self, model: LanguageModel, tell: Callable[[str], None]) -> None:
        self._router = ModelRouter(model, DateReader())
        self._twin = LocalRouter()
        self._tell = tell

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        twins = await self._twin.run(message=message, state=state, venue=venue, history=history)
        self._tell(understanding_as_answer(twins.understanding, message.text))
        return await self._router.run(message=message, state=state, venue=venue, history=history)


class ReplayingLogic:
    """The same for the logic agent."""

    def __init__(self, model: LanguageModel, tell: Callable[[str], None]) -> None:
        self._logic = ModelLogic(model)
        self._twin = LocalLogic()
        self._tell = tell

    async def run(
        self, *, venue: Venue, wish: Wish, words: str, candidates: Sequence[Slot], language: str
    ) -> Ranked:
        asked: dict[str, Any] = {
            "venue": venue,
            "wish": wish,
            "words": words,
            "candidates": candidates,
            "language": language,
        }
        twins = await self._twin.run(**asked)
        ids = [str(position + 1) for position in twins.order]
        self._tell(json.dumps({"ids": ids, "code": twins.reason_code, "reason": twins.reason}))
        return await self._logic.run(**asked)


class ReplayingHuman:
    """The same for the human agent."""

    def __init__(self, model: LanguageModel, tell: Callable[[str], None]) -> None:
        self._twin = LocalHuman()
        self._human = ModelHuman(model, self._twin, ClaimCheck())
        self._tell = tell

    async def run(self, plan: ReplyPlan) -> AsyncIterator[ReplyText | ReplyDone]:
        self._tell(self._twin.word(plan))
        async for piece in self._human.run(plan):
            yield piece


_DEADLINE_S = 5.0


def replaying(provider: FakeProvider) -> Agents:
    """All three agents, asking over HTTP a provider that says what their twins would."""
    told: dict[AgentName, str] = {}
    provider.rule = lambda body: Reply(told[_agent_of(body)])

    def tell(agent: AgentName) -> Callable[[str], None]:
        return lambda text: told.update({agent: text})

    def make(clock: Clock, stack: AsyncExitStack) -> Mapping[str, Any]:
        model = OpenAICompatibleModel(
            MODEL,
            api_key="sk-test",
            api_base=provider.base_url,
            figures=Figures(MODEL),
            reads_schemas=True,
        )
        stack.push_async_callback(model.aclose)
        patience: dict[str, Any] = {"deadline_s": _DEADLINE_S, "clock": clock}
        router = ReplayingRouter(model, tell("router"))
        logic = ReplayingLogic(model, tell("logic"))
        human = ReplayingHuman(model, tell("human"))
        return {
            "router": TwinRouter(router, LocalRouter(), **patience),
            "logic": TwinLogic(logic, LocalLogic(), **patience),
            "human": TwinHuman(human, LocalHuman(), **patience),
        }

    return make


def _agent_of(body: Mapping[str, Any]) -> AgentName:
    wanted = body.get("response_format")
    if wanted is None:
        return "human"
    return "router" if wanted["json_schema"]["name"] == "router" else "logic"


# --- providers that fail -------------------------------------------------------------------------

Failure = Literal["timeout", "429", "500", "invalid answer", "hallucination", "cut stream"]

# Long enough for an answer from this machine, short enough to be waited for again and again.
_IMPATIENT_S = 0.15

_LIES = (
    "Perfecto, tu mesa está confirmada para el lunes 30 de noviembre a las 23:45."
    " Código: ABC-DEF-GHJ. Your table is booked for Monday at 11:45 pm."
)

_REPLIES: Mapping[Failure, Mapping[AgentName, Reply]] = {
    "timeout": dict.fromkeys(("router", "logic", "human"), HANG),
    "429": dict.fromkeys(("router", "logic", "human"), too_many_requests(retry_after_s=30)),
    "500": dict.fromkeys(("router", "logic", "human"), broken()),
    "invalid answer": dict.fromkeys(("router", "logic"), INVALID_JSON),
    "hallucination": {"logic": invented_ids(), "human": Reply(_LIES)},
    "cut stream": {
        "router": Reply(raw=b'{"choices": [{"message": {"content": "{\\"inte'),
        "logic": Reply(raw=b'{"choices": [{"mess'),
        "human": cut("Perfecto, tu mesa queda reservada.", after=3),
    },
}

FAILURES: Sequence[tuple[AgentName, Failure]] = tuple(
    (agent, failure) for failure, replies in _REPLIES.items() for agent in replies
)
"""Every agent with every way in which its provider can fail."""


def failing(provider: FakeProvider, agent: AgentName, failure: Failure) -> Mapping[str, Any]:
    """Settings with which one agent asks a provider that fails in this way; the others are the twins."""
    provider.rule = lambda _: _REPLIES[failure][agent]
    return _asking(provider, agent)


def all_down(provider: FakeProvider) -> Mapping[str, Any]:
    """Settings with which all agents ask a provider that answers 500."""
    provider.rule = lambda _: broken()
    return _asking(provider, "router", "logic", "human")


def _asking(provider: FakeProvider, *agents: AgentName) -> Mapping[str, Any]:
    models = {f"{agent}_model": "local" for agent in ("router", "logic", "human")}
    return {
        **models,
        **{f"{agent}_model": MODEL for agent in agents},
        **{f"{agent}_deadline_s": _IMPATIENT_S for agent in agents},
        "openai_api_key": "sk-test",
        "openai_base_url": provider.base_url,
    }
