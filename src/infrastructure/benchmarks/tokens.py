"""What the models are sent, in tokens of their own tokenizers: a call, a turn, early and late.

Dialogues of twenty turns run through the real agents and prompts on a model that keeps what it was
asked. So that they go on as they would with a good model, a message means what the local twin
understood, and a reply is the house's own words. Token counts are the same on every machine.
"""

from __future__ import annotations

import json
import math
from collections.abc import AsyncIterator, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from statistics import fmean, median

from application.actions import Actions
from application.agents.human import ModelHuman
from application.agents.logic import ModelLogic
from application.agents.router import ModelRouter
from application.claims import ClaimCheck
from application.conversation import Conversation, IncomingMessage
from application.ports.agents import AgentName, Exchange, GuestMessage, Routed
from application.ports.language_model import Completion, Prompt, Usage
from application.reservations import Reservations
from application.sheets import WarmSheets
from domain.dialogue import DialogueState
from domain.venue import Venue, VenueId
from infrastructure.litellm.figures import Figures
from infrastructure.local.dates.reader import DateReader
from infrastructure.local.human import LocalHuman
from infrastructure.local.logic import LocalLogic
from infrastructure.local.router import LocalRouter
from infrastructure.memory import MemoryLedger
from infrastructure.resilience.twins import TwinHuman, TwinLogic, TwinRouter
from infrastructure.venues.loader import load_venues

MODELS: Mapping[AgentName, str] = {
    "router": "openai/gpt-4o",
    "logic": "deepseek/deepseek-v4-flash",
    "human": "openai/gpt-4o",
}
_NOON_ON_MONDAY = datetime(2026, 11, 23, 11, tzinfo=UTC)
_DEADLINE_S = 60.0


@dataclass(frozen=True, slots=True)
class Script:
    """What one guest says. The second half is of the same kind as the first, so that a difference
    between them would come from the length of the conversation."""

    venue: VenueId
    lines: tuple[str, ...]


SCRIPTS: Mapping[str, Script] = {
    "restaurant, Spanish": Script(
        VenueId("la-terraza"),
        (
            "Hola, quería reservar una mesa para cuatro el viernes a las nueve de la noche",
            "¿tenéis parking cerca?",
            "perdona, al final somos cinco y mejor a las nueve y media",
            "¿y en la terraza podría ser?",
            "sí, perfecto",
            "a nombre de Laura Gil",
            "¿puedo ir con el perro?",
            "una cosa, ¿puedes pasarla al sábado a la misma hora?",
            "sí",
            "gracias, por cierto uno de nosotros es celíaco",
            "también quería otra mesa, para dos, el domingo a mediodía",
            "¿aceptáis tarjeta?",
            "mejor somos tres, y a eso de las tres de la tarde",
            "¿dentro y tranquila puede ser?",
            "la primera",
            "¿tenéis tronas para niños?",
            "¿qué reservas tengo?",
            "la del domingo cancélala, por favor",
            "sí, cancélala",
            "muchas gracias por todo, hasta el sábado",
        ),
    ),
    "restaurant, English": Script(
        VenueId("la-terraza"),
        (
            "Hi there, could I get a table for four this Friday at nine in the evening?",
            "is there any parking nearby?",
            "sorry, we'll be five after all, and half past nine would be better",
            "could it be on the terrace?",
            "yes, that's perfect",
            "the name is John Smith",
            "can I bring my dog?",
            "actually, could you move it to Saturday at the same time?",
            "yes",
            "thanks, and one of us can't eat gluten",
            "I'd also like another table, for two, on Sunday at lunchtime",
            "do you take cards?",
            "make it three people, and around three in the afternoon",
            "somewhere quiet inside, if you can",
            "the first one",
            "do you have high chairs for kids?",
            "what bookings do I have?",
            "please cancel the one on Sunday",
            "yes, cancel it",
            "thank you for everything, see you on Saturday",
        ),
    ),
    "clinic, Spanish": Script(
        VenueId("clinica-sonrisa"),
        (
            "Buenos días, necesito una cita para una limpieza",
            "el jueves por la mañana, si puede ser",
            "¿cuánto cuesta la limpieza?",
            "prefiero a las diez",
            "sí, esa",
            "Laura Gil",
            "¿dónde están exactamente?",
            "¿me la pueden pasar al viernes a la misma hora?",
            "sí, por favor",
            "muchas gracias",
            "también quiero una revisión para mi hijo la semana que viene",
            "el martes por la tarde",
            "¿hay que llevar algo?",
            "mejor a las cuatro",
            "la primera",
            "¿atienden los sábados?",
            "¿qué citas tengo?",
            "cancele la del martes, por favor",
            "sí",
            "gracias, hasta el viernes",
        ),
    ),
    "clinic, English": Script(
        VenueId("clinica-sonrisa"),
        (
            "Good morning, I need an appointment for a cleaning",
            "on Thursday morning, if possible",
            "how much is a cleaning?",
            "I'd prefer ten o'clock",
            "yes, that one",
            "John Smith",
            "where exactly are you?",
            "could you move it to Friday at the same time?",
            "yes please",
            "thank you very much",
            "I also want a check-up for my son next week",
            "on Tuesday afternoon",
            "do I need to bring anything?",
            "four o'clock would be better",
            "the first one",
            "are you open on Saturdays?",
            "which appointments do I have?",
            "please cancel the one on Tuesday",
            "yes",
            "thanks, see you on Friday",
        ),
    ),
}


@dataclass(frozen=True, slots=True)
class Call:
    """One call of a model, in the `turn`th turn of its dialogue."""

    agent: AgentName
    turn: int
    tokens: int


@dataclass
class CallBook:
    """All calls so far, and the turn that is being played."""

    calls: list[Call] = field(default_factory=list)
    turn: int = 0


async def run(names: Sequence[str] = tuple(SCRIPTS)) -> dict[str, object]:
    """Input tokens by agent, by call and by turn; model calls a turn; and whether they grow."""
    dialogues = {name: await _played(SCRIPTS[name]) for name in names}
    calls = [call for dialogue in dialogues.values() for call in dialogue]
    turns = [turn for name, dialogue in dialogues.items() for turn in _turns(name, dialogue)]
    by_agent: dict[str, dict[str, float]] = {
        agent: _spread(call.tokens for call in calls if call.agent == agent) for agent in MODELS
    }
    return {
        "tokens_a_call": by_agent | {"all": _spread(call.tokens for call in calls)},
        "tokens_a_turn": _spread(sum(call.tokens for call in turn) for turn in turns),
        "calls_a_turn": {
            "median": median(len(turn) for turn in turns),
            "mean": round(fmean(len(turn) for turn in turns), 2),
            "max": max(len(turn) for turn in turns),
        },
        "turns_11_20_to_2_10": {
            "all": _growth(calls),
            **{name: _growth(dialogue) for name, dialogue in dialogues.items()},
        },
    }


def _turns(name: str, calls: Sequence[Call]) -> list[list[Call]]:
    """The calls of each turn; a turn without any counts as well."""
    numbers = range(1, len(SCRIPTS[name].lines) + 1)
    return [[call for call in calls if call.turn == number] for number in numbers]


def _growth(calls: Iterable[Call]) -> float:
    """Mean tokens of a turn late in the conversation, as a multiple of those early in it."""
    early, late = 0, 0
    for call in calls:
        early += call.tokens * (2 <= call.turn <= 10)
        late += call.tokens * (11 <= call.turn <= 20)
    return round((late / 10) / (early / 9), 2)


def _spread(tokens: Iterable[int]) -> dict[str, float]:
    ascending = sorted(tokens)
    if not ascending:
        return {"count": 0, "mean": 0.0, "p95": 0, "max": 0}
    p95 = ascending[math.ceil(len(ascending) * 0.95) - 1]
    mean = round(fmean(ascending), 1)
    return {"count": len(ascending), "mean": mean, "p95": p95, "max": ascending[-1]}


# --- the dialogues -------------------------------------------------------------------------------


async def _played(script: Script) -> list[Call]:
    book = CallBook()
    conversation = _conversation(book)
    for number, line in enumerate(script.lines, start=1):
        book.turn = number
        incoming = IncomingMessage(script.venue, "+34600111222", line, f"message-{number}")
        async for _ in conversation.handle_message(incoming):
            pass
    return book.calls


def _conversation(book: CallBook) -> Conversation:
    """A house on models that keep what they are asked, with a ledger in memory."""
    clock, ledger = _StillClock(), MemoryLedger()
    reservations = Reservations(
        venues=load_venues(None),
        holds=ledger.holds,
        bookings=ledger.bookings,
        sheets=WarmSheets(ledger.day_sheets),
        clock=clock,
    )
    models = {agent: _Model(agent, name, book) for agent, name in MODELS.items()}
    twins = LocalRouter(), LocalLogic(), LocalHuman()
    router = _ReadByTwin(ModelRouter(models["router"], DateReader()), twins[0])
    logic = ModelLogic(models["logic"])
    human = ModelHuman(models["human"], twins[2], ClaimCheck())
    return Conversation(
        router=TwinRouter(router, twins[0], deadline_s=_DEADLINE_S, clock=clock),
        human=TwinHuman(human, twins[2], deadline_s=_DEADLINE_S, clock=clock),
        actions=Actions(
            reservations=reservations,
            logic=TwinLogic(logic, twins[1], deadline_s=_DEADLINE_S, clock=clock),
        ),
        reservations=reservations,
        conversations=ledger.conversations,
        bookings=ledger.bookings,
        clock=clock,
        phone_of=str,
        guest_key=str,
    )


class _StillClock:
    def now(self) -> datetime:
        return _NOON_ON_MONDAY

    def monotonic(self) -> float:
        return 0.0


class _ReadByTwin:
    """Asks the model, and takes the twin's understanding for what it answered."""

    def __init__(self, router: ModelRouter, twin: LocalRouter) -> None:
        self._router = router
        self._twin = twin

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        asked = await self._router.run(message=message, state=state, venue=venue, history=history)
        read = await self._twin.run(message=message, state=state, venue=venue, history=history)
        return replace(asked, understanding=read.understanding)


class _Model:
    """Keeps the size of what it is asked, and answers well enough for the dialogue to go on."""

    def __init__(self, agent: AgentName, name: str, book: CallBook) -> None:
        self.name = name
        self._agent = agent
        self._book = book
        self._figures = Figures(name)

    async def complete(self, prompt: Prompt) -> Completion:
        answer = {"intents": ["inform"]} if self._agent == "router" else {"ids": ["1"]}
        return Completion(json.dumps(answer), self._usage(prompt))

    async def stream(self, prompt: Prompt) -> AsyncIterator[str | Usage]:
        yield " ".join(json.loads(prompt.user)["facts"])
        yield self._usage(prompt)

    def _usage(self, prompt: Prompt) -> Usage:
        tokens = self._figures.count_tokens(prompt)
        self._book.calls.append(Call(self._agent, self._book.turn, tokens))
        return Usage(self.name, tokens_in=tokens)
