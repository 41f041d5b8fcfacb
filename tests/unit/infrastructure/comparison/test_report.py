"""The table and the HTML report show what the JSON has."""

from __future__ import annotations

import re

from infrastructure.comparison.comparing import Comparison
from infrastructure.comparison.report import lines_of
from infrastructure.comparison.scenarios import Scenario
from tests.unit.infrastructure.comparison.played import agent, answer, played

SCENARIO = Scenario(
    id="s", venue="la-terraza", language="en", clock="2026-11-23 10:00", goal="book"
)


def compared() -> Comparison:
    comparison = Comparison([SCENARIO], 2, ("local", "openai/<gpt>"))
    booked = answer(action="schedule_appointment", agents=[agent("router", tokens=40)], cost=0.001)
    comparison.played["a"] = [played(repeat=0), played(repeat=1)]
    comparison.played["b"] = [
        played(repeat=0, answers=[answer(), booked]),
        played(repeat=1, faults=("it is <late>",)),
    ]
    return comparison


def test_every_number_of_the_report_is_the_json_s() -> None:
    numbers = compared().as_json()
    expected = [
        line.of(numbers["sides"][side]) for line in lines_of(numbers) for side in ("a", "b")
    ]
    shown = re.findall(r'<data value="([^"]*)">', compared().as_html())
    assert [float(value) for value in shown] == [v for v in expected if v is not None]


def test_the_report_needs_nothing_from_elsewhere() -> None:
    page = compared().as_html()
    assert page.count("<svg") == 4
    assert re.search(r"(src|href)=|url\(|@import|https?://", page) is None


def test_what_was_typed_cannot_become_markup() -> None:
    page = compared().as_html()
    assert "openai/&lt;gpt&gt;" in page
    assert "it is &lt;late&gt;" in page


def test_the_table_has_both_sides_and_says_what_failed() -> None:
    table = compared().as_table()
    assert re.search(r"pass\^1 +100.0 % +50.0 %", table)
    assert re.search(r"tokens per booking +– +40", table)
    assert "s (b, 1/2): it is <late>" in table
