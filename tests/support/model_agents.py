"""Model-backed agents for whole dialogues: with models that say what the twins would, and with models that fail.

The agents, their prompts, their reading of answers and the wrappers that fall back to the twins are
the real ones; only what a provider would send is made here.
"""

from __future__ import annotations

import json
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from typing import Any, Literal

from application.agents.human import ModelHuman
from application.agents.logic import ModelLogic
from application.agents.router import ModelRouter
from application.claims import ClaimCheck
from application.errors import ModelUnavailable
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
from application.ports.language_model import LanguageModel, Prompt
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
from infrastructure.local.dates import DateReader
from infrastructure.local.human import LocalHuman
from infrastructure.local.logic import LocalLogic
from infrastructure.local.router import LocalRouter
from infrastructure.resilience.twins import TwinHuman, TwinLogic, TwinRouter
from tests.fakes.scripted_model import Answer, Cut, Never, ScriptedModel
from tests.support.house import Agents

# --- models that say what the twins would --------------------------------------------------------


def understanding_as_answer(understanding: Understanding) -> str:
    """What a good model would have answered for this understanding: the guest's words, not values."""
    words = understanding.words
    party = understanding.party or Party(0, 0)
    answer = {
        "lang": understanding.language,
        "intents": [intent.value for intent in understanding.intents],
        "date": words.get("date", ""),
        "time": words.get("time", ""),
        "previous": words.get("previous", ""),
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
        self._tell(understanding_as_answer(twins.understanding))
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


class _Told:
    """A model that says what it was told last."""

    def __init__(self) -> None:
        self.model = ScriptedModel([self._say])
        self._text = ""

    def tell(self, text: str) -> None:
        self._text = text

    def _say(self, _: Prompt) -> str:
        return self._text


def replaying(clock: Clock) -> Mapping[str, Any]:
    """All three agents on models that say what their twins would."""
    router, logic, human = _Told(), _Told(), _Told()
    return {
        "router": TwinRouter(
            ReplayingRouter(router.model, router.tell), LocalRouter(), deadline_s=5, clock=clock
        ),
        "logic": TwinLogic(
            ReplayingLogic(logic.model, logic.tell), LocalLogic(), deadline_s=5, clock=clock
        ),
        "human": TwinHuman(
            ReplayingHuman(human.model, human.tell), LocalHuman(), deadline_s=5, clock=clock
        ),
    }


# --- models that fail ----------------------------------------------------------------------------

Failure = Literal["timeout", "429", "500", "invalid answer", "hallucination", "cut stream"]

# Long enough for the twin, short enough to be waited for once a turn.
_DEADLINE_S = 0.02

_LIES = (
    "Perfecto, tu mesa está confirmada para el lunes 30 de noviembre a las 23:45."
    " Código: ABC-DEF-GHJ. Your table is booked for Monday at 11:45 pm."
)

_ANSWERS: Mapping[Failure, Mapping[AgentName, Answer]] = {
    "timeout": dict.fromkeys(("router", "logic", "human"), Never()),
    "429": dict.fromkeys(
        ("router", "logic", "human"), ModelUnavailable("rate_limited", retry_after_s=30)
    ),
    "500": dict.fromkeys(("router", "logic", "human"), ModelUnavailable("server_error")),
    "invalid answer": {"router": "Of course! {intents: book", "logic": '{"best": "the first"}'},
    "hallucination": {
        "logic": '{"ids": ["99", "T-14", "0"], "code": "fit", "reason": "A las 23:45 está libre."}',
        "human": _LIES,
    },
    "cut stream": {
        "router": ModelUnavailable("cut_stream"),
        "logic": ModelUnavailable("cut_stream"),
        "human": Cut("Perfecto, queda"),
    },
}

FAILURES: Sequence[tuple[AgentName, Failure]] = tuple(
    (agent, failure) for failure, answers in _ANSWERS.items() for agent in answers
)
"""Every agent with every way in which it can fail."""


def failing(agent: AgentName, failure: Failure) -> Agents:
    """One agent on a model that fails in this way, every time; the others are the twins."""
    model = ScriptedModel([_ANSWERS[failure][agent]])

    def make(clock: Clock) -> Mapping[str, Any]:
        if agent == "router":
            router = ModelRouter(model, DateReader())
            return {
                "router": TwinRouter(router, LocalRouter(), deadline_s=_DEADLINE_S, clock=clock)
            }
        if agent == "logic":
            logic = ModelLogic(model)
            return {"logic": TwinLogic(logic, LocalLogic(), deadline_s=_DEADLINE_S, clock=clock)}
        twin = LocalHuman()
        human = ModelHuman(model, twin, ClaimCheck())
        return {"human": TwinHuman(human, twin, deadline_s=_DEADLINE_S, clock=clock)}

    return make


def all_down(clock: Clock) -> Mapping[str, Any]:
    """Every provider answers 500."""
    agents: dict[str, Any] = {}
    for agent in ("router", "logic", "human"):
        agents |= failing(agent, "500")(clock)
    return agents
