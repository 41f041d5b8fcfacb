"""The two small models: where they look, what they may weigh, that they hold no sentences."""

from __future__ import annotations

import json
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from domain.understanding import Intent
from infrastructure.local.understanding import classifier, tagger
from infrastructure.local.understanding.text import Said


@pytest.mark.parametrize(
    ("text", "spans"),
    [
        ("a table for 4 at 7pm", {"people": "4", "time": "7pm"}),
        ("book me in for Friday under Anna Lopez", {"date": "Friday", "first_name": "Anna", "last_name": "Lopez"}),
        ("we are 6 people coming on 3rd of May", {"people": "6 people", "date": "3rd of May"}),
        ("do you have parking", {}),
    ],
)  # fmt: skip
def test_details_are_spotted_where_they_stand(text: str, spans: dict[str, str]) -> None:
    found = tagger.default_tagger().tag(text)
    assert {tag.slot: text[tag.start : tag.end] for tag in found} == spans


def test_what_was_asked_for_decides_what_a_bare_number_is() -> None:
    spot = tagger.default_tagger().tag
    assert [tag.slot for tag in spot("4", ("people",))] == ["people"]
    assert [tag.slot for tag in spot("4", ("time",))] == ["time"]


@given(st.text(max_size=300))
def test_spotted_spans_are_in_order_and_apart(text: str) -> None:
    end = 0
    for tag in tagger.default_tagger().tag(text):
        assert end <= tag.start < tag.end <= len(text)
        end = tag.end


@pytest.mark.parametrize(
    ("text", "rule", "intent"),
    [
        ("how much is my monthly salary", Intent.ENQUIRE, Intent.OUT_OF_SCOPE),
        ("what is the exchange rate for dollars", Intent.ENQUIRE, Intent.OUT_OF_SCOPE),
        ("do you have a table for four tonight", Intent.BOOK, Intent.BOOK),
        ("cancel my booking for tonight", Intent.CANCEL, Intent.CANCEL),
    ],
)
def test_the_second_opinion_knows_what_concerns_the_house(
    text: str, rule: Intent, intent: Intent
) -> None:
    assert classifier.default_classifier().decide(Said.of(text).plain, rule)[0] is intent


@pytest.mark.parametrize("name", ["spans.json", "intents.json"])
def test_weights_are_small_and_hold_no_sentences(name: str) -> None:
    raw = files("infrastructure.local.understanding").joinpath(name).read_text(encoding="utf-8")
    assert len(raw.encode()) < 2_000_000
    model = json.loads(raw)
    features = model.get("state") or model["weights"]
    assert all(len(feature.replace("|", " ").split()) <= 3 for feature in features)
