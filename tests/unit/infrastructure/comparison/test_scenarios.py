"""The packaged scenarios and phrase tables, and how their files are read."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, get_args

import pytest

from infrastructure.comparison.phrases import table
from infrastructure.comparison.scenarios import Goal, Manner, ScenarioError, load_scenarios

SCENARIOS = load_scenarios()


def test_there_are_many_in_both_languages_for_both_kinds_of_house() -> None:
    count = Counter((scenario.language, scenario.venue) for scenario in SCENARIOS)
    assert len(SCENARIOS) >= 60
    assert len(count) == 4
    assert min(count.values()) >= 15


def test_every_goal_and_every_manner_is_played_in_both_languages() -> None:
    for language in ("es", "en"):
        own = [scenario for scenario in SCENARIOS if scenario.language == language]
        assert {scenario.goal for scenario in own} == set(get_args(Goal))
        assert {manner for scenario in own for manner in scenario.manner} == set(get_args(Manner))


def test_both_languages_have_the_same_phrases_with_the_same_facts() -> None:
    spanish, english = dict(_phrases(table("es"))), dict(_phrases(table("en")))
    assert spanish.keys() == english.keys()
    for path, phrases in spanish.items():
        if path[0] not in {"days", "clocks"}:
            assert _facts(phrases) == _facts(english[path]), path


def _phrases(node: Mapping[str, Any], *path: Any) -> Iterator[tuple[tuple[Any, ...], list[str]]]:
    for key, value in node.items():
        if key in {"tidy", "short", "notes", "parts", "near"}:
            continue
        if isinstance(value, Mapping):
            yield from _phrases(value, *path, key)
        else:
            yield (*path, key), value


def _facts(phrases: list[str]) -> set[str]:
    return {fact for phrase in phrases for fact in re.findall(r"\{(\w+)\}", phrase)}


GOOD = "shared: {venue: v, language: es, clock: 2026-11-23 10:00}\nscenarios:\n"


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        (GOOD + "  - {id: a, goal: dance}", "goal"),
        (GOOD + "  - {id: a, goal: book, facts: {partty: 2}}", "partty"),
        (GOOD + "  - {id: a, goal: book, clock: tomorrow}", "clock"),
        (GOOD + "  - {id: a, goal: ask}\n  - {id: a, goal: ask}", "second scenario"),
        ("scenarios: [", "broken.yaml"),
        ("", "broken.yaml"),
    ],
)
def test_a_wrong_file_is_named_with_its_fault(tmp_path: Path, text: str, complaint: str) -> None:
    (tmp_path / "broken.yaml").write_text(text, encoding="utf-8")
    with pytest.raises(ScenarioError, match=complaint) as caught:
        load_scenarios(tmp_path)
    assert "broken.yaml" in str(caught.value)


def test_a_folder_without_scenarios_is_a_fault(tmp_path: Path) -> None:
    with pytest.raises(ScenarioError, match="no scenarios"):
        load_scenarios(tmp_path)
