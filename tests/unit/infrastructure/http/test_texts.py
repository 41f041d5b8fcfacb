"""The words of pages: the same keys and places in every language."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

from domain.booking import BookingStatus
from infrastructure.http import pages, texts

_FILES = Path(texts.__file__).parent
_ALL = {
    language: json.loads((_FILES / f"{language}.json").read_text("utf-8"))
    for language in texts.LANGUAGES
}
_FIRST, *_OTHERS = texts.LANGUAGES


def _places(text: str) -> list[str]:
    return sorted(re.findall(r"\{\w+\}", text))


def test_every_file_here_is_a_language_of_the_pages() -> None:
    assert {file.stem for file in _FILES.glob("*.json")} == set(texts.LANGUAGES)


@pytest.mark.parametrize("language", _OTHERS)
def test_every_language_says_the_same_things_with_the_same_places(language: str) -> None:
    expected, found = _ALL[_FIRST], _ALL[language]
    assert found.keys() == expected.keys()
    for page, said in expected.items():
        assert found[page].keys() == said.keys()
        for name, text in said.items():
            assert found[page][name].strip()
            assert _places(found[page][name]) == _places(text), name


def test_every_status_of_a_booking_has_a_name() -> None:
    for language in texts.LANGUAGES:
        said = texts.texts(language, "booking")
        assert all(said[f"status_{status.value}"] for status in BookingStatus)


def test_the_scripts_use_no_text_that_is_missing_and_none_is_left_over() -> None:
    scripts = "".join(
        file.read_text("utf-8") for file in (pages.PAGES / "assets" / "chat").glob("*.js")
    )
    html = (pages.PAGES / "chat.html").read_text("utf-8")
    used = set(re.findall(r"(?:said|here)\.([a-z_]+)", scripts))
    used |= set(re.findall(r"\$([a-z_]+)", html))
    named = set(re.findall(r'"([a-z_]+)"', scripts)) | {"title", "language", "language_code"}
    known = set(_ALL[_FIRST]["chat"])
    rendered = {
        "lang",
        "heading",
        "body_class",
        "turned",
        "venues",
        "one_venue",
        "many_venues",
        "known",
    }
    assert used <= known | rendered
    stages = {"received", "router", "logic", "human"}
    left_over = {name for name in known - used - named - stages if not name.startswith("area_")}
    assert left_over == set()


@pytest.mark.parametrize(
    ("asked", "accepted", "spoken", "language"),
    [
        ("en", "es", ("es",), "en"),
        ("", "en-GB,en;q=0.9,es;q=0.8", ("es",), "en"),
        ("", "fr-FR, es;q=0.5", ("en",), "es"),
        ("", "en;q=0, es;q=0.1", (), "es"),
        ("xx", "fr", ("fr", "en"), "en"),
        ("", ";;q=high,,", (), "es"),
    ],
)
def test_a_page_is_in_the_language_asked_for_else_the_browsers_else_the_houses(
    asked: str, accepted: str, spoken: tuple[str, ...], language: str
) -> None:
    assert texts.language_for(asked=asked, accepted=accepted, spoken=spoken) == language
