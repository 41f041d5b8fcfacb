"""Holds what a model says a guest wrote against what the guest wrote.

A model may shorten, translate or invent. What does not stand in the message is dropped here: the
dialogue then asks, which costs a turn; acting on it could cost a table.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property

from application.ports.date_reader import DateReader
from domain.booking import spoken_code
from domain.names import fold
from domain.understanding import Party
from domain.when import Mention, When

_DIGITS = re.compile(r"\d+")
_WORDS = re.compile(r"[^\W_]+")
_NUMBER_WORDS = {
    word: number
    for number, words in enumerate(
        (
            "cero zero", "un uno una one a an", "dos two pareja couple par pair", "tres three",
            "cuatro four", "cinco five", "seis six", "siete seven", "ocho eight", "nueve nine",
            "diez ten", "once eleven", "doce twelve dozen docena", "trece thirteen",
            "catorce fourteen", "quince fifteen", "dieciseis sixteen", "diecisiete seventeen",
            "dieciocho eighteen", "diecinueve nineteen", "veinte twenty",
        )
    )
    for word in words.split()
}  # fmt: skip
_COMPANY = frozenset(
    """
    yo me i myself nosotros we us both ambos mujer marido esposa esposo novia novio pareja wife
    husband girlfriend boyfriend partner amigo amiga friend madre padre mama papa mother father mum
    mom dad hijo hija son daughter hermano hermana brother sister hijos padres parents kids children
    """.split()  # noqa: SIM905
)
_LONGEST_COMPANY = 6
"""People counted by their relation ("my wife, my mother and I"), without a number being said."""
_LONG_WORD = 4
_LAST_DIGITS = 7
"""Digits of a phone that must agree: the country code may have been added or left out."""


class Said:
    """One message and what can be quoted from it."""

    def __init__(
        self, text: str, *, language: str, reader: DateReader, expecting_time: bool = False
    ) -> None:
        self.text = text
        self.language = language
        self._reader = reader
        self._expecting_time = expecting_time
        self._plain = fold(text)

    def quoted(self, words: str) -> str:
        """The words, where they stand in the message one after the other; else nothing."""
        plain = fold(words).strip(" .,;:!?¿¡\"'")
        return words.strip() if plain and plain in self._plain else ""

    def nearly_quoted(self, words: str) -> str:
        """The words, where at least one long word of them stands in the message.

        For wishes and allergies, where losing one is worse than wording it a little differently.
        """
        said = set(_WORDS.findall(self._plain))
        shared = {word for word in _WORDS.findall(fold(words)) if len(word) >= _LONG_WORD} & said
        return words.strip() if shared else self.quoted(words)

    def same_digits(self, phone: str) -> str:
        digits = "".join(_DIGITS.findall(phone))
        if not digits:
            return self.quoted(phone)
        said = "".join(_DIGITS.findall(self.text))
        return phone.strip() if digits[-_LAST_DIGITS:] in said else ""

    def same_symbols(self, code: str) -> str:
        """A booking code in its stored form, where its symbols stand in the message."""
        symbols = spoken_code(code)
        return symbols if symbols and symbols in spoken_code(self.text) else ""

    def four_digits(self) -> str:
        """The one group of exactly four digits, where there is just one."""
        groups = [group for group in _DIGITS.findall(self.text) if len(group) == 4]
        return groups[0] if len(groups) == 1 else ""

    def when(self, day_words: str, time_words: str) -> When:
        """What the quoted words say of a day and of a time."""
        day = next((m.when.day for m in self._mentions(day_words) if m.when.day), None)
        time = next(
            (m.when.time for m in self._mentions(time_words, time=True) if m.when.time), None
        )
        return When(day=day, time=time)

    def party(self, people: str, *, children: int, babies: int) -> Party | None:
        """How many come, where the message bears the number out."""
        numbers = sorted(_numbers(people))[:2]
        if not numbers or not all(self._bears_out(number) for number in numbers):
            return None
        low, high = numbers[0], numbers[-1]
        if low < 1:
            return None
        children, babies = max(children, 0), max(babies, 0)
        fits = children + babies <= low
        return Party(low, high, children if fits else 0, babies if fits else 0)

    def _mentions(self, words: str, *, time: bool = False) -> Iterable[Mention]:
        """Mentions where the words stand in the message, then those of the words alone.

        The message first: a model that quotes "9" of "a las 9 de la noche" has lost the evening.
        """
        start = self.text.casefold().find(words.casefold()) if words else -1
        if start >= 0:
            end = start + len(words)
            yield from (m for m in self._all_mentions if m.start < end and start < m.end)
        if words:
            yield from self._reader.read(words, language=self.language, expecting_time=time)

    @cached_property
    def _all_mentions(self) -> tuple[Mention, ...]:
        return self._reader.read(
            self.text, language=self.language, expecting_time=self._expecting_time
        )

    def _bears_out(self, number: int) -> bool:
        """Whether a number of people was said, or follows from what was said."""
        said = _numbers(self._plain)
        if number in said or any(a + b == number for a in said for b in (*said, 1)):
            return True
        together = _COMPANY & set(_WORDS.findall(self._plain))
        return bool(together) and number <= _LONGEST_COMPANY


def _numbers(text: str) -> list[int]:
    words = _WORDS.findall(fold(text))
    return [
        int(word) if word.isdecimal() else _NUMBER_WORDS[word]
        for word in words
        if (word.isdecimal() and len(word) <= 3) or word in _NUMBER_WORDS
    ]
