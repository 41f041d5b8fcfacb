"""A language's small words, compiled: what denies, softens, opens a condition or tells of a deed."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache

from application.claim_words import WORDS, Words


@dataclass(frozen=True, slots=True)
class Grammar:
    """A language's small words, compiled."""

    common: frozenset[str]
    harmless: re.Pattern[str]
    negation: re.Pattern[str]
    softener: re.Pattern[str]
    frame: re.Pattern[str]
    condition: re.Pattern[str]
    strict_condition: re.Pattern[str]
    opener: re.Pattern[str]
    ignorance: re.Pattern[str]
    formerly: re.Pattern[str]
    once: re.Pattern[str]
    nightly: re.Pattern[str]
    notes: re.Pattern[str]
    deeds: re.Pattern[str]
    innocent: re.Pattern[str]
    seats: re.Pattern[str] | None
    asides: re.Pattern[str]
    is_so: re.Pattern[str]


@lru_cache(maxsize=16)
def grammar_of(language: str) -> Grammar:
    words = WORDS.get(language, WORDS["en"])
    lexicon = {
        word
        for names in (*words.months, *words.weekdays)
        for word in re.findall(r"\w+", names)
        if word
    }
    lexicon.update(w for n in (*words.numbers, *words.near_days, *words.parts) for w in n.split())
    return Grammar(
        common=words.common | lexicon,
        harmless=re.compile(rf"\b(?:{words.harmless})"),
        negation=re.compile(rf"\b(?:{words.negations})\b"),
        softener=re.compile(rf"\b(?:{words.softeners})\b"),
        frame=re.compile(rf"\b(?:{words.frames})"),
        condition=re.compile(rf"\b(?:{words.conditions})\b(?! ?[,.!])"),
        strict_condition=re.compile(rf"\b(?:{words.strict_conditions})"),
        opener=re.compile(rf"\W*(?:{words.openers})\b"),
        ignorance=re.compile(rf"\b(?:{words.ignorance})"),
        formerly=re.compile(rf"\b(?:{words.formerly})\b\W*(?:\w+ ){{0,2}}$"),
        once=re.compile(rf"\b(?:{words.once})\b"),
        nightly=re.compile(rf"\b(?:{words.nightly})"),
        notes=re.compile(rf"\b(?:{words.notes})"),
        deeds=re.compile(words.deeds),
        innocent=re.compile(words.innocent),
        seats=re.compile(rf"\b(?:{words.seats})\b") if words.seats else None,
        asides=re.compile(rf"\b(?:{words.asides})\b"),
        is_so=re.compile(rf"\s(?:{words.is_so})\b"),
    )


def united(pick: Callable[[Words], dict[str, str]]) -> dict[str, re.Pattern[str]]:
    keys = dict.fromkeys(key for words in WORDS.values() for key in pick(words))
    return {
        key: re.compile(
            r"(?<!\w)(?:"
            + "|".join(pick(w)[key] for w in WORDS.values() if key in pick(w))
            + r")(?!\w)"
        )
        for key in keys
    }
