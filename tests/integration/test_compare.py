"""`anfitrion compare`: the twins against models of a provider on loopback."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import Result

from tests.support.commands import run
from tests.support.fake_provider import FakeProvider, fake_provider

SCENARIOS = """
shared: {venue: la-terraza, language: es, clock: 2026-11-23 10:00}
scenarios:
  - {id: book, goal: book, facts: {party: 2, day: 2026-11-27, time: "21:00", name: Laura Gil}}
  - {id: park, goal: ask, asks: parking}
"""


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "scenarios").mkdir()
    (tmp_path / "scenarios" / "two.yaml").write_text(SCENARIOS, encoding="utf-8")
    return tmp_path


def compare(*arguments: str) -> Result:
    return run("compare", *arguments)


def provided(monkeypatch: pytest.MonkeyPatch, provider: FakeProvider) -> None:
    monkeypatch.setenv("OPENAI_API_KEY", "sk-test")
    monkeypatch.setenv("OPENAI_BASE_URL", provider.base_url)


def test_twins_and_models_stand_side_by_side(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_provider() as provider:
        provided(monkeypatch, provider)
        done = compare(
            *("--scenario", "scenarios", "--a", "local", "--b", "openai/gpt-4o"),
            *("--repeats", "2", "--json", "numbers.json", "--html", "report.html"),
        )
        asked = len(provider.requests)
    assert done.exit_code == 0, done.stderr
    assert "8/8 dialogues" in done.stderr
    assert re.search(r"a: local +b: openai/gpt-4o", done.stdout)
    sides = json.loads((home / "numbers.json").read_text(encoding="utf-8"))["sides"]
    assert sides["a"]["success"] == {"pass^1": 1.0, "pass^2": 1.0}
    assert (sides["a"]["model_answers"], sides["a"]["tokens"], sides["a"]["cost_usd"]) == (0, 0, 0)
    assert 0 < sides["b"]["model_answers"] <= asked
    assert sides["b"]["tokens"] > 0
    assert sides["b"]["cost_usd"] > 0
    assert f'value="{sides["b"]["tokens"]}"' in (home / "report.html").read_text(encoding="utf-8")
    assert not (home / "data").exists()


def test_each_agent_can_have_its_own_model(home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with fake_provider() as provider:
        provided(monkeypatch, provider)
        setting = "router=local,human=openai/gpt-4o"
        done = compare("--scenario", "scenarios", "--a", "local", "--b", setting)
        asks_for_json = {"response_format" in body for body in provider.requests}
    assert done.exit_code == 0, done.stderr
    assert asks_for_json == {False}
    assert f"b: {setting}" in done.stdout


def test_the_numbers_can_be_printed_for_a_program(home: Path) -> None:
    options = ["--scenario", "scenarios", "--a", "local", "--b", "local", "--json", "-"]
    command = [sys.executable, "-m", "main", "compare", *options]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    numbers: dict[str, Any] = json.loads(done.stdout)
    assert (numbers["scenarios"], numbers["repeats"]) == (2, 1)
    assert [each["a"]["successes"] for each in numbers["by_scenario"]] == [1, 1]


@pytest.mark.parametrize(
    ("arguments", "complaint"),
    [
        (("--a", "local"), "--b"),
        (("--a", "local", "--b", "openai/gpt-4o"), "no key for openai/gpt-4o"),
        (("--a", "local", "--b", "writer=openai/gpt-4o"), "writer=openai/gpt-4o"),
        (("--a", "local", "--b", "router="), "ROUTER_MODEL"),
        (("--a", "local", "--b", "local", "--scenario", "nowhere"), "nowhere"),
        (("--a", "local", "--b", "local", "--repeats", "0"), "--repeats"),
    ],
)
def test_wrong_use_exits_with_2(home: Path, arguments: tuple[str, ...], complaint: str) -> None:
    stopped = compare(*arguments)
    assert stopped.exit_code == 2
    assert complaint in stopped.stderr


def test_scenarios_that_cannot_be_used_are_a_failure(home: Path) -> None:
    file = home / "scenarios" / "two.yaml"
    for wrong, complaint in (("goal: dance", "two.yaml"), ("goal: ask, venue: x", "no venue x")):
        file.write_text(SCENARIOS.replace("goal: ask", wrong), encoding="utf-8")
        failed = compare("--scenario", "scenarios", "--a", "local", "--b", "local")
        assert failed.exit_code == 1
        assert complaint in failed.stderr


def test_help_says_what_is_judged() -> None:
    helped = compare("--help")
    assert helped.exit_code == 0
    assert "never by wording" in " ".join(helped.stdout.split())
