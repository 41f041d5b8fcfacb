"""`deploy/` and `docs/operations.md` speak of figures that there are, and of all of them."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml
from prometheus_client import CollectorRegistry, ProcessCollector

from infrastructure.metrics.catalogue import Catalogue

ROOT = Path(__file__).parents[3]
OPERATIONS = (ROOT / "docs" / "operations.md").read_text()

_SUFFIXES = {
    "counter": ("_total",),
    "histogram": ("_bucket", "_count", "_sum"),
    "gauge": ("",),
}
# What is left of an expression once labels, texts, numbers and durations are out.
_NOT_A_NAME = re.compile(
    r"\{[^}]*\}|\"[^\"]*\"|\[[^\]]*\]|\b(?:by|on|without) \([^)]*\)|\b\d[\d.]*\w*"
)
_LANGUAGE = {"sum", "rate", "increase", "deriv", "min", "max", "by", "and", "histogram_quantile"}
_LANGUAGE |= {"up"}  # Prometheus' own figure: whether a target answered


@cache
def families() -> dict[str, str]:
    """Every family by its name, with its type."""
    registry = CollectorRegistry()
    Catalogue(registry)
    ProcessCollector(registry=registry)
    return {family.name: family.type for family in registry.collect()}


@cache
def samples() -> frozenset[str]:
    return frozenset(
        name + suffix for name, kind in families().items() for suffix in _SUFFIXES[kind]
    )


def names_in(expression: str) -> set[str]:
    left = _NOT_A_NAME.sub(" ", expression)
    return {name for name in re.findall(r"[a-zA-Z_:][\w:]*", left) if name not in _LANGUAGE}


def rules() -> list[dict[str, Any]]:
    read = yaml.safe_load((ROOT / "deploy" / "alerts.yml").read_text())
    assert set(read) == {"groups"}
    assert [set(group) for group in read["groups"]] == [{"name", "rules"}]
    return [rule for group in read["groups"] for rule in group["rules"]]


def panels() -> list[dict[str, Any]]:
    read = json.loads((ROOT / "deploy" / "grafana" / "anfitrion.json").read_text())
    assert {"title", "uid", "schemaVersion", "panels", "templating"} <= set(read)
    return [panel for panel in read["panels"] if panel["type"] != "row"]


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_a_rule_is_whole_and_asks_for_figures_that_there_are(rule: dict[str, Any]) -> None:
    assert set(rule) == {"alert", "expr", "for", "labels", "annotations"}
    assert re.fullmatch(r"\d+[smh]", rule["for"])
    assert rule["labels"]["severity"] in {"page", "warn"}
    assert rule["expr"].count("(") == rule["expr"].count(")")
    assert names_in(rule["expr"]) <= samples()
    assert re.search(r"(?:[<>]|==) ?[\d.]+", rule["expr"]), "it says from what on it is wrong"


@pytest.mark.parametrize("rule", rules(), ids=lambda rule: str(rule["alert"]))
def test_for_every_alert_it_is_written_what_to_do(rule: dict[str, Any]) -> None:
    anchor = rule["annotations"]["runbook"].partition("#")[2]
    assert rule["annotations"]["summary"]
    assert anchor == rule["alert"].lower()
    assert f"\n### {rule['alert']}\n" in OPERATIONS


def test_the_alerts_are_those_that_were_asked_for() -> None:
    expressions = {rule["alert"]: rule["expr"] for rule in rules()}
    for alert, part in {
        "AnfitrionSlowTurns": "> 3",
        "AnfitrionErrors": "> 0.01",
        "AnfitrionQueueGrows": "deriv(outbox_waiting",
        "AnfitrionBreakerOpen": "breaker_state) > 0",
        "AnfitrionAllowanceLow": "< 0.2",
        "AnfitrionCacheCold": "< 0.3",
    }.items():
        assert part in expressions[alert]


def test_every_panel_draws_figures_that_there_are() -> None:
    ids = [panel["id"] for panel in panels()]
    assert len(ids) == len(set(ids)) > 20
    for panel in panels():
        assert panel["targets"], panel["title"]
        for target in panel["targets"]:
            assert target["expr"].count("(") == target["expr"].count(")")
            wrong = names_in(target["expr"]) - samples()
            assert not wrong, (panel["title"], wrong)


def test_a_name_that_does_not_exist_would_be_noticed() -> None:
    assert names_in('sum by (le) (rate(no_such_bucket{a="b"}[5m])) > 0.01') == {"no_such_bucket"}
    assert "turn_duration_seconds_bucket" in samples()
    assert "no_such_bucket" not in samples()


def test_every_figure_is_explained_and_every_explained_figure_exists() -> None:
    section = OPERATIONS.partition("## The figures for Prometheus")[2].partition("\n## ")[0]
    explained = set(re.findall(r"^\| `(\w+?)(?:\{[^}]*\})?` \|", section, re.MULTILINE))
    ours = {
        name + ("_total" if kind == "counter" else "")
        for name, kind in families().items()
        if not name.startswith("process_")
    }
    assert explained == ours
