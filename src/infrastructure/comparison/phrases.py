"""How scripted guests put things: facts into words by the phrase tables of `phrases/`."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import date, time
from functools import cache
from pathlib import Path
from random import Random
from typing import Any

import yaml

from infrastructure.comparison.scenarios import Facts, Language

_FOLDER = Path(__file__).with_name("phrases")
_ORDER = ("party", "service", "person", "preferences", "day", "time", "requests", "name", "phone")
"""Details in the order in which a sentence has them."""

_APART = frozenset({"requests", "name", "phone"})
"""Details that are sentences of their own, set apart by a comma."""

_LONG_WORD = re.compile(r"\b[a-zñ]{6,}\b")


class Phrasebook:
    """What one guest would say. The same dice say the same."""

    def __init__(
        self,
        *,
        kind: str,
        style: str,
        today: date,
        dice: Random,
        has_typos: bool = False,
    ) -> None:
        """`kind` is the venue's: guests ask a restaurant for a table and a clinic for an appointment."""
        self._kind = kind
        self._style = style
        self._today = today
        self._dice = dice
        self._has_typos = has_typos
        self.language: Language = "es"

    def opening(self, goal: str, facts: Facts, told: Sequence[str]) -> str:
        """A first sentence: a greeting, what is wanted, and the details that are given at once."""
        hello = self._draw(self._table["hello"])
        wish = self._draw(self._table[goal][self._kind])
        inner = self._within(facts, told)
        if goal == "move" and inner:
            inner = self._draw(self._table["move_to"]).format(facts=inner)
        return self._written(" ".join(filter(None, (hello, wish, inner))))

    def details(self, facts: Facts, told: Sequence[str], *, fully: bool = False) -> str:
        """Details as the answer to a question. `fully`: so that nobody can take them otherwise."""
        if len(told) == 1:
            words = self._words(facts, told[0], fully=fully)
            return self._written(self._draw(self._table["alone"][told[0]]).format(**words))
        return self._written(self._within(facts, told, fully=fully))

    def framed(self, key: str, facts: Facts, told: Sequence[str]) -> str:
        """Details inside a sentence of their own: `correct`, `change` or `restate`."""
        inner = self._within(facts, told, fully=True)
        return self._written(self._draw(self._table[key]).format(facts=inner))

    def say(self, key: str, **facts: str) -> str:
        return self._written(self._draw(self._table[key]).format(**facts))

    def question(self, topic: str) -> str:
        return self._written(self._draw(self._table["ask"][topic]))

    def choice(self, clock: time) -> str:
        """One of several offers, by its clock."""
        text = self._draw(self._table["choose"]).format(clock=self._figures(clock))
        return self._written(text)

    def booking_on(self, day: date) -> str:
        """Which of their bookings the guest means."""
        ofday = self._draw(self._table["days"]["of"]).format(**self._day_parts(day))
        return self._written(self._draw(self._table["which"]).format(ofday=ofday))

    # --- details in words ------------------------------------------------------------------------

    @property
    def _table(self) -> Mapping[str, Any]:
        return table(self.language)

    def _within(self, facts: Facts, told: Sequence[str], *, fully: bool = False) -> str:
        parts = [(name, self._draw(self._table["within"][name])) for name in _ORDER if name in told]
        text = ""
        for name, phrase in parts:
            gap = ", " if name in _APART else " "
            text += gap * bool(text) + phrase.format(**self._words(facts, name, fully=fully))
        return text

    def _words(self, facts: Facts, name: str, *, fully: bool) -> dict[str, str]:
        value = getattr(facts, name)
        match name:
            case "day":
                return {name: self._day(value, fully=fully)}
            case "time":
                return {name: self._clock(value, fully=fully)}
            case "service" | "person":
                return {name: self._draw(self._table[f"{name}s"][value])}
            case "preferences":
                return {name: " ".join(self._draw(self._table[name][key]) for key in value)}
            case "requests":
                said = [self._draw(self._table[name][key]["say"]) for key in value]
                return {name: ", ".join(said)}
            case _:
                return {name: str(value)}

    def _day(self, day: date, *, fully: bool) -> str:
        days = self._table["days"]
        ahead = (day - self._today).days
        if fully:
            forms = days["full"]
        elif ahead in days["near"]:
            forms = days["near"][ahead]
        else:
            forms = days["this_week"] if ahead < 7 else days["later"]
        return self._draw(forms).format(**self._day_parts(day))

    def _day_parts(self, day: date) -> dict[str, object]:
        days = self._table["days"]
        return {
            "weekday": days["weekdays"][day.weekday()],
            "number": day.day,
            "month": days["months"][day.month - 1],
        }

    def _clock(self, clock: time, *, fully: bool) -> str:
        clocks = self._table["clocks"]
        in_words = not clock.minute % 15 and self._dice.random() < 0.5
        form = "full" if fully else "words" if in_words else "figures"
        text = self._draw(clocks[form])
        return text.format(
            h24=f"{clock:%H:%M}",
            h12=_twelve(clock),
            words=self._spoken(clock) if form == "words" else "",
            part=self._part(clock.hour),
        )

    def _figures(self, clock: time) -> str:
        return _twelve(clock) if self.language == "en" else f"{clock:%H:%M}"

    def _spoken(self, clock: time) -> str:
        clocks = self._table["clocks"]
        hours = clocks["hours"]
        quarter: str = clocks["quarters"][clock.minute // 15]
        return quarter.format(hour=hours[clock.hour % 12], next=hours[(clock.hour + 1) % 12])

    def _part(self, hour: int) -> str:
        parts = self._table["clocks"]["parts"]
        return str(parts[max(begin for begin in parts if begin <= hour)])

    # --- how it is written -----------------------------------------------------------------------

    def _draw(self, phrases: Mapping[str, Sequence[str]] | Sequence[str]) -> str:
        if isinstance(phrases, Mapping):
            phrases = phrases.get(self._style, phrases["plain"])
        return self._dice.choice(phrases)

    def _written(self, text: str) -> str:
        for wrong, right in self._table["tidy"].items():
            text = text.replace(wrong, right)
        return self._mistyped(text) if self._has_typos else text

    def _mistyped(self, text: str) -> str:
        """As it is typed in a hurry: no accents, short forms, two letters of a long word swapped.

        Names and numbers stay as they are.
        """
        text = _plain(text)
        for word, shorter in self._table["short"].items():
            if self._dice.random() < 0.5:
                text = re.sub(rf"\b{_plain(word)}\b", shorter, text)
        long_words = list(_LONG_WORD.finditer(text))
        if not long_words:
            return text
        word = self._dice.choice(long_words)
        swapped = word.start() + self._dice.randrange(2, len(word[0]) - 2)
        return text[:swapped] + text[swapped + 1] + text[swapped] + text[swapped + 2 :]


def notes_words(request: str, language: Language) -> Sequence[str]:
    """Of which a booking's notes must hold one, in plain letters, where the guest has said a request."""
    words: Sequence[str] = table(language)["requests"][request]["notes"]
    return words


@cache
def table(language: Language) -> Mapping[str, Any]:
    text = (_FOLDER / f"{language}.yaml").read_text(encoding="utf-8")
    loaded: Mapping[str, Any] = yaml.safe_load(text)
    return loaded


def _plain(text: str) -> str:
    """Without accents and opening marks; ñ is a letter of its own."""
    kept = text.replace("ñ", "\0").translate({ord("¿"): None, ord("¡"): None})
    bare = "".join(c for c in unicodedata.normalize("NFD", kept) if not unicodedata.combining(c))
    return bare.replace("\0", "ñ")


def _twelve(clock: time) -> str:
    """ "9:30pm", "9pm"."""
    half = "am" if clock.hour < 12 else "pm"
    minutes = f":{clock.minute:02d}" if clock.minute else ""
    return f"{clock.hour % 12 or 12}{minutes}{half}"
