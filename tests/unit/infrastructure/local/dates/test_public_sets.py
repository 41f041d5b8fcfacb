"""The reader against public sets of dates in words, where they lie beside the checkout.

The thresholds are what was reached, less a point or two: a change that costs more is a mistake.
"""

from __future__ import annotations

import importlib.util
import statistics
import time
from datetime import datetime
from functools import cache
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from domain.when import days_meant
from infrastructure.local.dates import DateReader
from infrastructure.local.dates.calendar import resolve_for_calendar

EVALUATION = Path(__file__).parents[6] / "shared" / "eval"
pytestmark = pytest.mark.skipif(
    not (EVALUATION / "score.py").exists(), reason="the shared evaluation sets are not here"
)


@cache
def scorer() -> ModuleType:
    spec = importlib.util.spec_from_file_location("score", EVALUATION / "score.py")
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@cache
def calendar_scores() -> tuple[dict[str, Any], float]:
    """Strict scores by group, and the median milliseconds a text."""
    american, british = DateReader(), DateReader(english_month_first=False)
    gold = scorer().load(EVALUATION / "datetime.jsonl")
    predicted, took = {}, []
    for item in gold:
        reader = british if item["id"].startswith("nlupp") else american
        began = time.thread_time()
        mentions = reader.read(item["text"], language=item["lang"])
        atoms = resolve_for_calendar(mentions, datetime.fromisoformat(item["ref"]), item["lang"])
        took.append(time.thread_time() - began)
        predicted[item["id"]] = {"pred": atoms}
    return scorer().score_datetime(gold, predicted, []), statistics.median(took) * 1000


@pytest.mark.parametrize(
    ("group", "least"),
    [
        ("lang=en", 0.92),
        ("lang=es", 0.90),
        ("lang=en,points", 0.95),
        ("lang=es,points", 0.93),
        ("lang=en,ranges", 0.80),
        ("lang=es,ranges", 0.83),
        ("lang=en,none", 0.97),
        ("lang=es,none", 0.97),
        ("lang=en,source=sgd", 0.985),
    ],
)
def test_dates_and_times_are_resolved_as_well_as_they_were(group: str, least: float) -> None:
    scores, _ = calendar_scores()
    assert scores[group]["strict_acc"] >= least


def test_a_text_takes_a_fraction_of_a_millisecond() -> None:
    _, milliseconds = calendar_scores()
    assert milliseconds <= 0.3


def test_expressions_are_found_where_they_stand() -> None:
    reader = DateReader()
    gold = scorer().load(EVALUATION / "datetime_spans.jsonl")
    predicted = {
        item["id"]: {"spans": [list(span) for span in reader.spans(item["text"], language="es")]}
        for item in gold
    }
    exact = scorer().score_spans(gold, predicted, [])["exact(leading prepositions ignored)"]
    assert exact["f1"] >= 0.92


def test_no_expression_of_the_public_sets_stops_the_calendar() -> None:
    reader = DateReader(english_month_first=None)
    for item in scorer().load(EVALUATION / "datetime.jsonl"):
        today = datetime.fromisoformat(item["ref"]).date()
        for mention in reader.read(item["text"], language=item["lang"]):
            if mention.when.day is not None:
                days_meant(mention.when.day, today=today)
