"""Sentences and letters: what the claim check and the twins need to know about written text."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import AsyncGenerator, AsyncIterable, Iterator

# A full stop after one of these ends no sentence.
_ABBREVIATIONS = frozenset(
    [
        "sr",
        "sra",
        "srta",
        "dr",
        "dra",
        "drs",
        "d",
        "dna",
        "ud",
        "uds",
        "vd",
        "vds",
        "av",
        "avda",
        "c",
        "ctra",
        "n",
        "no",
        "num",
        "nº",
        "tel",
        "p",
        "ej",
        "etc",
        "aprox",
        "min",
        "max",
        "mr",
        "mrs",
        "ms",
        "st",
        "vs",
        "approx",
        "a",
        "m",
        "p.m",
        "a.m",
        "mme",
        "mlle",
        "m",
        "sig",
        "sigra",
        "dott",
        "dssa",
        "prof",
        "hr",
        "fr",
        "z",
        "b",
        "nr",
        "str",
        "bs",
        "us",
        "lun",
        "mar",
        "mie",
        "jue",
        "vie",
        "sab",
        "dom",
        "ene",
        "feb",
        "abr",
        "may",
        "jun",
        "jul",
        "ago",
        "sep",
        "sept",
        "oct",
        "nov",
        "dic",
        "mon",
        "tue",
        "tues",
        "wed",
        "thu",
        "thur",
        "thurs",
        "fri",
        "sat",
        "sun",
        "jan",
        "apr",
        "aug",
        "dec",
    ]
)

# "27. November" is one date.
_GERMAN_MONTHS = (
    *("Januar", "Februar", "März", "April", "Mai", "Juni", "Juli", "August"),
    *("September", "Oktober", "November", "Dezember"),
)

_END = re.compile(r"[.!?…]+[\"'”’»)\]]*[✅✔🎉😊🙂\ufe0f]*(?=\s)|\n+")
_LAST_WORD = re.compile(r"[^\s(¿¡\"“«]+$")


def split_sentences(text: str) -> list[str]:
    """The sentences of a text, each with the space after it: joined they are the text again."""
    pieces, start = [], 0
    for end in _ends(text, finished=True):
        pieces.append(text[start:end])
        start = end
    if start < len(text):
        pieces.append(text[start:])
    return pieces


async def sentences(chunks: AsyncIterable[str]) -> AsyncGenerator[str]:
    """Whole sentences from text that comes in any pieces; the last one may lack its full stop.

    A sentence is let go when the first letter after it has come: before that, "8 p." might still
    become "8 p. m.".
    """
    held = ""
    async for chunk in chunks:
        held += chunk
        start = 0
        for end in _ends(held, finished=False):
            yield held[start:end]
            start = end
        held = held[start:]
    for sentence in split_sentences(held):
        yield sentence


def _ends(text: str, *, finished: bool) -> Iterator[int]:
    """Where each sentence ends, spaces included; in unfinished text only ends that are certain."""
    start = 0
    for match in _END.finditer(text):
        if match.group()[0] == "." and _is_abbreviation(text, start, match):
            continue
        end = match.end()
        while end < len(text) and text[end].isspace():
            end += 1
        if end == len(text) and not finished:
            return
        if text[start:end].strip():
            yield end
            start = end


def _is_abbreviation(text: str, start: int, stop: re.Match[str]) -> bool:
    if len(stop.group()) > 1:
        return False
    before = _LAST_WORD.search(text, start, stop.start())
    if before is None:
        return False
    word = before.group().lower()
    after = text[stop.end() :].lstrip()
    if word.isdigit():
        return _begins_line(text, before.start()) or after.startswith(_GERMAN_MONTHS)
    if word in ("m", "p.m", "a.m"):
        return not after[:1].isupper()
    return word in _ABBREVIATIONS or (len(word) == 1 and word.isalpha())


def _begins_line(text: str, at: int) -> bool:
    """ "1." at the start of a line numbers it."""
    return at == 0 or text[at - 1] == "\n"


_INVISIBLE = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")
_QUOTES = str.maketrans({"’": "'", "‘": "'", "`": "'", "´": "'", "“": '"', "”": '"', "\u00a0": " "})


def tidy(text: str) -> str:
    """The text as a reader sees it: composed letters, plain quotes, nothing invisible."""
    return unicodedata.normalize("NFKC", _INVISIBLE.sub("", text).translate(_QUOTES)).translate(
        _QUOTES
    )


def lower(text: str) -> str:
    """Lower case, of the same length."""
    low = text.lower()
    return low if len(low) == len(text) else "".join(c.lower()[0] for c in text)


_BASE = str.maketrans(
    {
        chr(code): unicodedata.normalize("NFD", chr(code))[0]
        for code in (*range(0xC0, 0x250), *range(0x1E00, 0x1F00))
        if unicodedata.decomposition(chr(code)) and not chr(code).isspace()
    }
)


def without_accents(text: str) -> str:
    """ "Sábado" as "Sabado": letters lose their marks, the length stays."""
    return text.translate(_BASE)


def fold(text: str) -> str:
    """Text as it is compared: tidy, lower case, no accents, single spaces."""
    return " ".join(without_accents(lower(tidy(text))).split())
