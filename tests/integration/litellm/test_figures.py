"""Prices, end dates and tokens from litellm's files."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import date
from pathlib import Path

import pytest

from application.ports.language_model import Prompt
from infrastructure.litellm import figures
from infrastructure.litellm.figures import Figures, count_tokens, read_facts


def test_the_default_models_have_prices() -> None:
    facts = read_facts(["openai/gpt-4o", "deepseek/deepseek-v4-flash"])
    assert all(f.input_usd > 0 and f.output_usd > 0 for f in facts.values())
    assert all(f.cached_usd < f.input_usd for f in facts.values())
    assert facts["openai/gpt-4o"].reads_schemas


def test_a_model_without_an_entry_costs_nothing() -> None:
    assert Figures("house/unknown").price_usd(tokens_in=100, tokens_out=100) == 0


def test_cached_tokens_are_cheaper() -> None:
    model = Figures("openai/gpt-4o")
    assert model.price_usd(tokens_in=1000, tokens_cached=400, tokens_out=100) == pytest.approx(
        600 * 2.5e-6 + 400 * 1.25e-6 + 100 * 1e-5
    )


def test_a_model_that_is_going_to_end_is_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    entries = {"old": {"deprecation_date": "2026-12-31"}, "odd": {"deprecation_date": "soon"}}
    (tmp_path / figures._PRICES).write_text(json.dumps(entries))
    monkeypatch.setattr(figures, "_folder", lambda: tmp_path)
    facts = read_facts(["openai/old", "odd", "house/unknown"])
    assert {name: each.ends_on for name, each in facts.items()} == {
        "openai/old": date(2026, 12, 31),
        "odd": None,
        "house/unknown": None,
    }


def test_tokens_are_counted_without_the_network_and_include_the_schema() -> None:
    model = Figures("openai/gpt-4o")
    bare = model.count_tokens(Prompt("uno dos tres", "hola"))
    assert bare > count_tokens("openai/gpt-4o", "uno dos tres")
    assert model.count_tokens(Prompt("uno dos tres", "hola", schema={"type": "object"})) > bare
    assert count_tokens("openai/gpt-4o", "hola <|endoftext|>") > 2


def test_neither_the_figures_nor_the_direct_adapter_import_litellm() -> None:
    script = (
        "import sys; from infrastructure.litellm.figures import Figures;"
        "import infrastructure.openai_compatible.model;"
        "Figures('openai/gpt-4o'); sys.exit('litellm' in sys.modules)"
    )
    source = Path(__file__).parents[3] / "src"
    assert subprocess.run([sys.executable, "-c", script], cwd=source, check=False).returncode == 0
