"""From a message to a line of nodes: folding, lexing, and looking words up.

Folding keeps a map back to the message, so that every node knows its characters there. Numbers in a
shape that no booking has (prices, phone numbers, codes, decimals) become `OTHER` here and are out
of every rule's reach.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from typing import NamedTuple

from domain.when import CalendarDay, ClockTime, Half, Month
from infrastructure.local.dates import words
from infrastructure.local.dates.patterns import Node, kind
from infrastructure.local.dates.words import Entry


class Number(NamedTuple):
    """A whole number; `digits` says how many figures it was written with, 0 when in words."""

    value: int
    digits: int = 0


class Pair(NamedTuple):
    """Two numbers joined by one sign: "27/11", "8-10", "20.30"."""

    left: Number
    sign: str
    right: Number
    month_first: bool | None

    def as_day(self) -> CalendarDay | None:
        return numeric_day(self.left.value, self.right.value, None, self.month_first)


def numeric_day(
    left: int, right: int, year: int | None, month_first: bool | None
) -> CalendarDay | None:
    """A date in figures; the order gives way where only the other one can be meant."""
    day, month = (right, left) if month_first else (left, right)
    if month > 12:
        day, month = month, day
    if not (1 <= day <= 31 and 1 <= month <= 12):
        return None
    unclear = month_first is None and day <= 12 and day != month
    return CalendarDay(day, month, year, order_unclear=unclear)


def full_year(year: int) -> int:
    return year if year > 99 else 2000 + year


_ACCENTS = str.maketrans("áéíóúüñÁÉÍÓÚÜÑàèìòùçâêôã’´`“”–—", "aeiouunaeiouunaeioucaeoa'''\"\"--")
_COMBINING = re.compile("[\u0300-\u036f]")


def fold(text: str) -> tuple[str, Sequence[int]]:
    """The text in plain lower case, and for each of its characters the place in the original."""
    if text.isascii():
        return text.lower(), range(len(text) + 1)
    plain = text.translate(_ACCENTS).lower()
    if plain.isascii():
        return plain, range(len(text) + 1)
    letters: list[str] = []
    places: list[int] = []
    for place, letter in enumerate(text):
        for part in _COMBINING.sub("", unicodedata.normalize("NFKD", letter.lower())):
            letters.append(part.translate(_ACCENTS))
            places.append(place)
    places.append(len(text))
    return "".join(letters), places


# Alternatives are tried from the top; every repeat has a bound, so that no text is slow to read.
_LEXER = re.compile(
    r"""
      (?P<ISO>(?P<iso_y>\d{4})(?P<iso_s>[/.-])(?P<iso_m>\d{1,2})(?P=iso_s)(?P<iso_d>\d{1,2})
        (?:t(?=\d)|(?![/.-]?\d)))
    | (?P<OPAQUE>
          https?://\S{1,300} | www\.\S{1,300} | [\w.+-]{1,40}@[\w-]{1,40}(?:\.[\w-]{1,20}){1,3}
        | [$€£]\s?(?:\d[\d.,]{0,12}k?|[a-z]{2,6}\b)
        | \+\d[\d\s()-]{5,20}\d
        | \d{3}(?:[ .-]\d{3}){1,3}(?!\d) | \d{3,4}(?:[ -]\d{2,5}){2,4}(?!\d)
        | \d{1,9}(?:[.,]\d{1,3}){0,2}\s?(?:[$€£%]|(?:euros?|eur|usd|percent|por\s?ciento)\b)
      )
    | (?P<SLANG>2(?:nite|night|morrow|moro|mrw|day)\b)
    | (?P<DMY>(?P<dmy_1>\d{1,2})(?P<dmy_s>[/.-])(?P<dmy_2>\d{1,2})(?P=dmy_s)
        (?P<dmy_y>\d{4}|\d{2})(?![/.-]?\d))
    | (?P<MY>(?P<my_m>\d{1,2})\s?[/.-]\s?(?P<my_y>(?:19|20)\d{2})(?![/.:-]?\d))
    | (?P<YM>(?P<ym_y>(?:19|20)\d{2})\s?[/-]\s?(?P<ym_m>\d{1,2})(?![/.:-]?\d))
    | (?P<NTH>(?P<nth>\d{1,2})(?:\s?(?:st|nd|rd|th)|ro|er|do|ero|era|ra|\.?o)\b)
    | (?P<HHMM>(?P<hh>\d{1,2})(?::\s?|h)(?P<mm>\d{2})(?::\d{2})?(?!\d|:\d))
    | (?P<PAIR>(?P<left>\d{1,2})(?P<sign>[/.-])(?P<right>\d{1,2})(?!\d|(?P=sign)\d|[.,:]\d))
    | (?P<JUNK>(?!\d{4}-\d{4}(?![\d-]))\d{1,30}(?:[.,/:-]\d{1,30}){1,9}|\d{5,200})
    | (?P<DIGITS>\d{1,4})
    | (?P<AMPM>(?P<half>[ap])(?:\s?\.\s?m\b(?:\s?\.(?!\w))?|\s?m\b)|(?<=\d)(?P<bare_half>[ap])(?![a-z0-9]))
    | (?P<OCLOCK>o\s?['"]?\s?clock)
    | (?P<WORD>[a-z]+(?:'s\b)?)
    | (?P<SIGN>\S)
    """,
    re.X,
)
_SIGNS = {
    ",": "COMMA", "(": "COMMA", ")": "COMMA", "|": "COMMA", "-": "DASH", "/": "DASH", "&": "AND",
    "@": "AT", "~": "AROUND", "'": "PRIME", ".": "STOP", ";": "STOP", ":": "STOP", "!": "STOP",
    "?": "STOP",
}  # fmt: skip
_SIGN_KINDS = {sign: kind(name) for sign, name in _SIGNS.items()}
_OTHER = kind("OTHER")


class Lexicon:
    """The words of one language, with those of the other where they do not clash."""

    def __init__(self, language: str) -> None:
        own, other, ordinary = (
            (words.ENGLISH, words.SPANISH, words.ENGLISH_ORDINARY)
            if language == "en"
            else (words.SPANISH, words.ENGLISH, words.SPANISH_ORDINARY)
        )
        self._words: dict[str, Entry] = {}
        self._phrases: dict[str, list[tuple[tuple[str, ...], Entry]]] = {}
        ignored = set(ordinary.split())
        for table in (other, own):
            for spelling, (name, value) in words.entries(table):
                if table is other and spelling[0] in ignored:
                    continue
                if len(spelling) == 1:
                    self._words[spelling[0]] = (kind(name), value)
                else:
                    self._phrases.setdefault(spelling[0], []).append(
                        (spelling, (kind(name), value))
                    )
        for known in self._phrases.values():
            known.sort(key=lambda phrase: -len(phrase[0]))
        self._slips = self._one_letter_away(own)

    def _one_letter_away(self, own: words.Words) -> dict[str, str]:
        """Every long name less one letter, so that a slip is found by look-up (as SymSpell does)."""
        names = [
            word
            for (word, *rest), (name, _) in words.entries(own)
            if not rest
            and (word in words.FUZZY_EXTRA or (name in ("WEEKDAY", "MONTH") and len(word) >= 6))
        ]
        slips: dict[str, str] = {}
        for name in names:
            slips[name] = name
            for i in range(1, len(name)):
                slips.setdefault(name[:i] + name[i + 1 :], name)
        return slips

    def find(self, spellings: Sequence[str], at: int) -> tuple[Entry | None, int]:
        """What stands at a place, as one word or as a longer phrase, and of how many tokens."""
        word = spellings[at]
        for phrase, entry in self._phrases.get(word, ()):
            if tuple(spellings[at : at + len(phrase)]) == phrase:
                return entry, len(phrase)
        found = self._words.get(word)
        if found is None and len(word) > 4:
            plain = word.removesuffix("'s")
            found = self._words.get(plain) or self._forgive(plain)
        return found, 1

    def _forgive(self, word: str) -> Entry | None:
        """The name that a word becomes by one letter more, less, other or swapped; b is v."""
        if len(word) > 12 or word in words.NOT_TYPOS:
            return None
        first = word[0].replace("b", "v")
        for i in range(len(word), 0, -1):
            name = self._slips.get(
                first + (word[1:i] + word[i + 1 :] if i < len(word) else word[1:])
            )
            if name is not None and abs(len(name) - len(word)) <= 1:
                return self._words[name]
        return None


LEXICONS = {"es": Lexicon("es"), "en": Lexicon("en")}


def read_line(text: str, *, language: str, month_first: bool | None) -> list[Node]:
    """The nodes of a folded text."""
    lexicon = LEXICONS["en" if language == "en" else "es"]
    matches = list(_LEXER.finditer(text))
    spellings = [match.group() for match in matches]
    line: list[Node] = []
    at = 0
    while at < len(matches):
        match, count = matches[at], 1
        if match.lastgroup in ("WORD", "DIGITS", "SLANG"):
            found, count = lexicon.find(spellings, at)
            if found is None and match.lastgroup == "DIGITS":
                found = kind("NUMBER"), Number(int(spellings[at]), len(spellings[at]))
        else:
            found = _read_shape(match, month_first)
        symbol, value = found or (_OTHER, None)
        start, end = match.start(), matches[at + count - 1].end()
        at += count
        _append(line, Node(symbol, start, end, value))
    return line


def _append(line: list[Node], node: Node) -> None:
    """Put a node on the line; letters and figures written as one word ("T7", "12cd") are a code."""
    if line and line[-1].end == node.start:
        before = line[-1]
        if node.kind == _OTHER and before.kind == kind("NUMBER"):
            line[-1] = before._replace(kind=_OTHER)
        elif before.kind == _OTHER and node.kind in _FIGURES:
            node = node._replace(kind=_OTHER)
    line.append(node)


_FIGURES = {kind("NUMBER"), kind("PAIR"), kind("HHMM")}


def _read_shape(match: re.Match[str], month_first: bool | None) -> tuple[str, object] | None:
    """Kind and value of a token that is no word."""
    shape = match.lastgroup
    if shape == "SIGN":
        sign = _SIGN_KINDS.get(match.group())
        return (sign, None) if sign else None
    if shape == "OCLOCK":
        return kind("OCLOCK"), None
    if shape == "AMPM":
        return kind("AMPM"), Half.AM if (match["half"] or match["bare_half"]) == "a" else Half.PM
    read = _SHAPES.get(shape or "")
    value = read(match, month_first) if read else None
    return None if value is None else (kind(_SHAPE_KINDS[shape or ""]), value)


def _read_nth(match: re.Match[str], _month_first: bool | None) -> Number:
    return Number(int(match["nth"]), 2)


def _read_clock(match: re.Match[str], _month_first: bool | None) -> ClockTime | None:
    hour, minute = int(match["hh"]), int(match["mm"])
    if hour > 24 or minute > 59:
        return None
    certain = hour > 12 or hour == 0 or match["hh"].startswith("0")
    return ClockTime(hour, minute, twenty_four=certain)


def _read_pair(match: re.Match[str], month_first: bool | None) -> Pair:
    left, right = (Number(int(match[side]), len(match[side])) for side in ("left", "right"))
    return Pair(left, match["sign"], right, month_first)


def _read_iso(match: re.Match[str], _month_first: bool | None) -> CalendarDay | None:
    return numeric_day(int(match["iso_d"]), int(match["iso_m"]), int(match["iso_y"]), False)


def _read_day(match: re.Match[str], month_first: bool | None) -> CalendarDay | None:
    year = full_year(int(match["dmy_y"]))
    return numeric_day(int(match["dmy_1"]), int(match["dmy_2"]), year, month_first)


def _read_month(match: re.Match[str], _month_first: bool | None) -> Month | None:
    month, year = match["my_m"] or match["ym_m"], match["my_y"] or match["ym_y"]
    return Month(int(month), year=int(year)) if 1 <= int(month) <= 12 else None


_SHAPES = {
    "NTH": _read_nth,
    "HHMM": _read_clock,
    "PAIR": _read_pair,
    "ISO": _read_iso,
    "DMY": _read_day,
    "MY": _read_month,
    "YM": _read_month,
}
_SHAPE_KINDS = {
    "NTH": "ORDINAL", "HHMM": "HHMM", "PAIR": "PAIR", "ISO": "DAY", "DMY": "DAY", "MY": "DAY", "YM": "DAY",
}  # fmt: skip
