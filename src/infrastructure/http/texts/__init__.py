"""What the guest's pages say: one file for each language, by page and name."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_FOLDER = Path(__file__).parent

LANGUAGES = ("es", "en")

Texts = Mapping[str, str]


@cache
def texts(language: str, page: str) -> Texts:
    """A page's texts. Raises: KeyError for a page or language that is not here."""
    if language not in LANGUAGES:
        raise KeyError(language)
    pages: Mapping[str, Texts] = json.loads((_FOLDER / f"{language}.json").read_text("utf-8"))
    return pages[page]


def language_for(*, asked: str, accepted: str, spoken: Sequence[str]) -> str:
    """The language of a page: the one asked for, else the browser's first of ours, else the house's.

    `accepted` is the header Accept-Language; `spoken` are the house's languages, its own first.
    """
    wanted = [asked, *_by_preference(accepted), *spoken]
    return next((each for each in wanted if each in LANGUAGES), LANGUAGES[0])


def _by_preference(accepted: str) -> list[str]:
    ranked: list[tuple[float, str]] = []
    for item in accepted[:500].split(","):
        tag, _, parameters = item.partition(";")
        quality = parameters.strip().removeprefix("q=") or "1"
        try:
            ranked.append((-float(quality), tag.strip().partition("-")[0].lower()))
        except ValueError:
            continue
    return [tag for quality, tag in sorted(ranked, key=lambda each: each[0]) if quality < 0]
