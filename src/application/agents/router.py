"""The router: what a guest wants with a message and which details they gave, read by a model.

The model quotes; it never works anything out. Its answer holds the guest's own words for day and
time, which the date reader turns into expressions, and details, of which only those are kept that
stand in the message. So the worst a wrong answer can do is to lead to a question.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from time import perf_counter
from typing import Annotated

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field

from application.agents.quoting import Said
from application.agents.structured import ask, model_receipt, small_schema
from application.ports.agents import Exchange, GuestMessage, Routed
from application.ports.date_reader import DateReader
from application.ports.language_model import LanguageModel, Prompt
from application.redaction import Redactor, asked_names, redactor_for
from domain.dialogue import DialogueState, Expecting
from domain.names import fold
from domain.understanding import (
    ByComparison,
    ByFeature,
    ByOrder,
    Intent,
    OfferChoice,
    Relative,
    Understanding,
)
from domain.venue import Venue

LIKES = frozenset({"terrace", "inside", "window", "quiet", "high_chair", "wheelchair"})
"""Areas and features by key that are understood even where a venue has none of them."""
NAME_CHARS = 80
_NAME = re.compile(r"[^\W\d_](?:[^\W\d_]|[ .,'’·-])*")
_FOUR_DIGITS = re.compile(r"(?<!\d)\d{4}(?!\d)")

WINDOW = 10
"""Earlier messages that are looked at; of these as many are sent as fit HISTORY_CHARS."""
HISTORY_CHARS = 100
"""About 25 tokens: what keeps a call at 300 whatever the length of the conversation."""
MESSAGE_CHARS = 1200
"""Of a longer message its beginning and its end are sent."""


def _as_list(value: object) -> object:
    return [value] if isinstance(value, str) else value or []


Words = Annotated[list[str], BeforeValidator(_as_list)]


class RouterAnswer(BaseModel):
    """What is asked of the model. The docstrings of the details are part of the prompt."""

    model_config = ConfigDict(use_attribute_docstrings=True, coerce_numbers_to_str=True)

    lang: str = ""
    intents: Annotated[list[Intent], Field(min_length=1)]
    date: str = ""
    time: str = ""
    previous: str = ""
    """when their existing booking is"""
    people: str = ""
    """total: 4 or 8-9"""
    children: int = 0
    babies: int = 0
    service: str = ""
    person: str = ""
    """dentist or table asked for"""
    name: str = ""
    phone: str = ""
    email: str = ""
    code: str = ""
    requests: Words = []
    allergies: Words = []
    likes: Words = []
    """terrace inside window quiet high_chair wheelchair"""
    pick: str = ""
    """offer: 1, -1 last, earlier, later, any, other, or words"""
    topic: str = ""
    """hours address phone prices staff parking or other"""
    rude: bool = False
    unsure: bool = False


_TASK = (
    "Read a guest's message to a booking desk. Answer JSON: intents (main first; inform: an asked"
    " detail; correct: changes it; reschedule: a booking made; enquire: about the house), lang, and"
    " details only as quoted from the message. Copy ⟨…⟩."
)

_ASKED: Mapping[Expecting, str] = {
    Expecting.NOTHING: "",
    Expecting.SERVICE: "which service",
    Expecting.PARTY_SIZE: "how many people",
    Expecting.DATE: "which day",
    Expecting.TIME: "what time",
    Expecting.NAME: "the name",
    Expecting.PHONE: "the phone",
    Expecting.OFFER: "which offer, or yes or no to it",
    Expecting.CANCEL_YES: "whether to cancel",
    Expecting.WHICH_BOOKING: "which booking",
    Expecting.NEW_TIME: "the new day or time",
    Expecting.CODE: "the booking code",
    Expecting.LAST4: "four digits",
    Expecting.SUGGESTED_DAY: "whether the suggested day suits",
    Expecting.MENU: "a number of the menu",
    Expecting.WAITLIST: "whether to join the waitlist, or another day",
    Expecting.COMING: "whether they come to their booking, by a reminder",
    Expecting.PLACE: "whether they take the place that came free",
}


def _details() -> str:
    """The details by name, with what their docstrings say of those that need a word."""
    fields = RouterAnswer.model_fields
    described = (
        f"{name} ({field.description})" if field.description else name
        for name, field in fields.items()
        if name not in {"lang", "intents"}
    )
    return "Details: " + ", ".join(described)


def _prompt(asked: str) -> str:
    ending = f"\nAsked: {asked}." if asked else ""
    return f"{_TASK}\n{_details()}{ending}"


PROMPTS: Mapping[Expecting, str] = {state: _prompt(asked) for state, asked in _ASKED.items()}
"""One constant prompt for each thing a guest can have been asked: no clock, no name, no venue."""
SCHEMA = small_schema(RouterAnswer, "intents")


class ModelRouter:
    """Understands messages with a language model."""

    def __init__(
        self,
        model: LanguageModel,
        reader: DateReader,
        *,
        read_phone: Callable[[str, str], str] = lambda said, _country: said,
    ) -> None:
        """`read_phone` brings a number of a country (ISO 3166-1) into E.164 where it can."""
        self._model = model
        self._reader = reader
        self._read_phone = read_phone

    async def run(
        self,
        *,
        message: GuestMessage,
        state: DialogueState,
        venue: Venue,
        history: Sequence[Exchange],
    ) -> Routed:
        began = perf_counter()
        redactor = redactor_for(state, user_id=message.user_id)
        prompt = _build(message.text, state, history, redactor)
        answer, usage = await ask(self._model, prompt, RouterAnswer)
        said = Said(
            message.text,
            language=_language(answer.lang, state, venue),
            reader=self._reader,
            expecting_time=state.expecting in {Expecting.TIME, Expecting.NEW_TIME},
        )
        understanding = _understood(answer, said, redactor, state, venue)
        phone = self._read_phone(understanding.phone, venue.country)
        return Routed(
            replace(understanding, phone=phone), model_receipt("router", usage, began=began)
        )


def _build(
    text: str, state: DialogueState, history: Sequence[Exchange], redactor: Redactor
) -> Prompt:
    asked_name = state.expecting is Expecting.NAME
    hidden = redactor.hide(_cut(text), extra=asked_names(text) if asked_name else ())
    if state.expecting is Expecting.LAST4:
        hidden = _FOUR_DIGITS.sub("⟨DIGITS⟩", hidden)
    lines = [*_recent(history, redactor), *_situation(state), f"message: {_one_line(hidden)}"]
    return Prompt(
        system=PROMPTS[state.expecting],
        user="\n".join(lines),
        max_tokens=250,
        schema=SCHEMA,
        schema_name="router",
    )


def _situation(state: DialogueState) -> list[str]:
    """What the model needs to know of the state: what is being arranged and what is on the table."""
    parts = [f"task {state.task}"] if state.task else []
    if state.offers:
        parts.append(f"{len(state.offers)} offers")
    if state.candidates:
        parts.append(f"{len(state.candidates)} bookings named")
    return [", ".join(parts)] if parts else []


def _recent(history: Sequence[Exchange], redactor: Redactor) -> list[str]:
    """The last messages, newest last, as many as fit; of the oldest that fits, its end."""
    lines: list[str] = []
    left = HISTORY_CHARS
    for exchange in reversed(history[-WINDOW // 2 :]):
        for who, text in (("host", exchange.reply), ("guest", exchange.guest)):
            if not text or left <= 0:
                continue
            line = _one_line(redactor.hide(text))
            lines.append(f"{who}: {_ending(line, left)}")
            left -= len(line)
    return lines[::-1]


def _ending(line: str, length: int) -> str:
    if len(line) <= length:
        return line
    return "…" + line[-length:].partition(" ")[2]


def _one_line(text: str) -> str:
    return " ".join(text.split())


def _cut(text: str) -> str:
    if len(text) <= MESSAGE_CHARS:
        return text
    half = MESSAGE_CHARS // 2
    return f"{text[:half]} … {text[-half:]}"


def _language(said: str, state: DialogueState, venue: Venue) -> str:
    tag = said.lower()[:2]
    return tag if tag in {*venue.languages, "es", "en"} else state.language or venue.language


# --- from the answer to an understanding ---------------------------------------------------------


def _understood(
    answer: RouterAnswer, said: Said, redactor: Redactor, state: DialogueState, venue: Venue
) -> Understanding:
    """The answer with private values back in place, and without what the guest did not say."""

    def quote(words: str) -> str:
        return said.quoted(redactor.show(words))

    def quotes(many: Iterable[str]) -> tuple[str, ...]:
        return tuple(found for words in many if (found := said.nearly_quoted(redactor.show(words))))

    date, time, previous = quote(answer.date), quote(answer.time), quote(answer.previous)
    allergies = quotes(answer.allergies)
    words = {"date": date, "time": time, "previous": previous, "people": answer.people}
    return Understanding(
        intents=tuple(dict.fromkeys(answer.intents)),
        language=said.language,
        when=said.when(date, time),
        previous=said.when(previous, previous),
        party=said.party(answer.people, children=answer.children, babies=answer.babies),
        service=quote(answer.service),
        provider=quote(answer.person),
        name=_name(quote(answer.name)),
        phone=said.same_digits(redactor.show(answer.phone)),
        email=quote(answer.email),
        code=said.same_symbols(redactor.show(answer.code)),
        last4=said.four_digits() if state.expecting is Expecting.LAST4 else "",
        requests=tuple(dict.fromkeys((*quotes(answer.requests), *allergies))),
        allergies=allergies,
        preferences=_preferences(answer.likes, venue),
        choice=_choice(answer.pick, quote) if state.offers or state.candidates else None,
        topic=_topic(answer.topic, said, venue),
        abusive=answer.rude,
        certain=not answer.unsure,
        words={key: value for key, value in words.items() if value},
    )


def _name(said: str) -> str:
    """A name has letters and few marks: neither an address nor a placeholder nor markup is one."""
    return said if len(said) <= NAME_CHARS and _NAME.fullmatch(said) else ""


def _preferences(likes: Iterable[str], venue: Venue) -> frozenset[str]:
    known = {*LIKES, *(f for r in venue.resources for f in (*r.features, r.area) if f)}
    return frozenset(key for like in likes if (key := fold(like).replace(" ", "_")) in known)


def _choice(pick: str, quote: Callable[[str], str]) -> OfferChoice | None:
    pick = pick.strip()
    if re.fullmatch(r"-1|[1-9]\d?", pick):
        return ByOrder(int(pick))
    if pick in set(Relative):
        return ByComparison(Relative(pick))
    words = quote(pick)
    return ByFeature(words) if words else None


def _topic(topic: str, said: Said, venue: Venue) -> str:
    """The house's own topic the message names, else the one the model named, if there is any."""
    if not topic:
        return ""
    for own in venue.answers:
        names = (own.topic, *(alias for group in own.aliases.values() for alias in group))
        if fold(topic) == fold(own.topic) or any(said.quoted(name) for name in names):
            return own.topic
    return fold(topic)
