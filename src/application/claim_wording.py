"""Tests of how a sentence is worded: whom it names, in which language, with what markup."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from application.claim_argument import Argument
from application.claim_grammar import grammar_of
from application.claim_words import WORDS
from application.wording import fold

MARKUP = re.compile(r"<[a-z/!][^>]*>?|\]\(|!\[|```|\{\{|&[a-z]+;|⟨|⟩", re.IGNORECASE)


def markup(argument: Argument) -> Iterator[str]:
    if MARKUP.search(argument.reading.text):
        yield "markup"


_ZONE = re.compile(
    r"\b(?i:hora(?:rio)?|heure|ora|fuso)s? (?:de|del|di) ([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?)|\b([A-ZÀ-Þ]\w+(?: [A-ZÀ-Þ]\w+)?)(?: (?:[Tt]ime|time zone)|er Zeit)\b"
    r"|\b((?:UTC|GMT)(?:[+-]\d+)?|CES?T|WES?T|[ECMP][SD]T|BRT|BOT|BST)\b"
)


def zones(argument: Argument) -> Iterator[str]:
    for match in _ZONE.finditer(argument.reading.text):
        named = set(fold(next(g for g in match.groups() if g)).split())
        if not named <= argument.facts.zones | argument.grammar.common:
            yield "zone"


_NAME = r"[A-ZÀ-ÖØ-Þ][\w'’-]*"


_PERSON = re.compile(
    rf"\b(?i:{'|'.join(w.person for w in WORDS.values())})\s+({_NAME}(?:\s+(?:(?:de|del|de la|da|do|von|van)\s+)?{_NAME})*)"
)


_CAPITAL = re.compile(r"(?<=\s)([A-ZÀ-ÖØ-Þ][a-zß-ÿ][\w'-]*)(?=(.{0,1}))")


# Where a capital letter is only a beginning.
_OPENS = re.compile(r"(?:^|[.!?…:;·•|\"“«(¿¡\n–—/-])\s*$")


_CALLED = re.compile(
    r"(?:^|[,!¡])\s*(?:\w+\s+){0,2}$|\b(?:hola|hello|hi|dear|gracias|thanks|thank you|merci|grazie|obrigad[oa]|danke|welcome|bienvenid[oa]|estimad[oa])\s+$",
    re.IGNORECASE,
)


_EVERYDAY_CAPITALS = frozenset(
    {
        "whatsapp",
        "google",
        "english",
        "spanish",
        "christmas",
        "navidad",
        "i'm",
        "i'll",
        "i've",
        "i'd",
    }
)


_TITLES = frozenset(re.findall(r"[a-z]+", " ".join(w.person for w in WORDS.values())))


def people(argument: Argument) -> Iterator[str]:
    facts, text = argument.facts, argument.reading.text
    known = facts.names | facts.words | argument.grammar.common | _EVERYDAY_CAPITALS
    for match in _PERSON.finditer(text):
        if any(word not in known for word in _name_words(match.group(1))):
            yield "person"
    if facts.language == "de":  # every noun has a capital there
        return
    for match in _CAPITAL.finditer(text):
        word = fold(match.group(1)).split("'")[0]
        if word in known or word in facts.zones or word in _TITLES:
            continue
        if not _OPENS.search(text, 0, match.start()) and not _is_called(text, match):
            yield "person"


def _name_words(name: str) -> Iterator[str]:
    return (w for w in re.findall(r"\w+", fold(name)) if w not in ("de", "del", "la", "da", "do"))


def _is_called(text: str, match: re.Match[str]) -> bool:
    """ "Gracias, Laura": a name the guest is called by tells nothing of anybody."""
    return match.group(2) in ("", ",", ".", "!", "?", ":") and bool(
        _CALLED.search(text, 0, match.start())
    )


_LETTER = re.compile(r"[^\W\d_]")


_LATIN = re.compile(r"[A-Za-zªºÀ-ɏḀ-ỿ]")


_WORD = re.compile(r"[^\W\d_]+(?:'[^\W\d_]+)?")


_FEWEST_WORDS = 5
"""Shorter sentences are too short to tell a language by."""


def another_language(argument: Argument) -> Iterator[str]:
    """Stops what this check cannot read: a claim in another language would pass unseen."""
    reading, facts = argument.reading, argument.facts
    if facts.language not in WORDS or any(
        not _LATIN.match(c) for c in _LETTER.findall(reading.text)
    ):
        yield "language"
        return
    words = [
        m.group()
        for m in _WORD.finditer(reading.plain)
        if m.group() not in facts.names
        and not any(c.at <= m.start() < c.at + len(c.text) for c in reading.codes)
    ]
    if len(words) < _FEWEST_WORDS:
        return
    own = _known_words(words, facts.language)
    best = max(_known_words(words, other) for other in WORDS)
    if own * 4 < len(words) or best >= own + 3:
        yield "language"


def _known_words(words: Sequence[str], language: str) -> int:
    common = grammar_of(language).common
    return sum(w in common or w.split("'")[0] in common for w in words)
