"""A comparison to look at: a table for the terminal, and one HTML file that needs nothing else.

Both show the numbers of `Comparison.as_json()`, by the same list of lines.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any, Literal

from infrastructure.comparison.bars import Group, bar_chart
from infrastructure.comparison.figures import STAGES

SIDES = ("a", "b")

Unit = Literal["share", "count", "ms", "usd"]


@dataclass(frozen=True, slots=True)
class Line:
    """One number of each side: where it stands in the JSON, and what it is called."""

    label: str
    path: tuple[str, ...]
    unit: Unit

    def of(self, side: Mapping[str, Any]) -> float | None:
        value: Any = side
        for name in self.path:
            value = value[name]
        number: float | None = value
        return number

    def shown(self, side: Mapping[str, Any]) -> str:
        value = self.of(side)
        if value is None:
            return "–"
        match self.unit:
            case "share":
                return f"{value * 100:.1f} %"
            case "ms":
                return f"{value:,.1f} ms"
            case "usd":
                return f"${value:.6f}"
            case _:
                return f"{value:,.2f}".rstrip("0").rstrip(".")


def lines_of(compared: Mapping[str, Any]) -> list[Line]:
    """The lines of the table, in order."""
    tries = compared["sides"]["a"]["success"]
    return [
        *(Line(name, ("success", name), "share") for name in tries),
        Line("turns to booking, mean", ("turns_to_booking", "mean"), "count"),
        Line("turns to booking, p95", ("turns_to_booking", "p95"), "count"),
        Line("messages", ("messages",), "count"),
        Line("answers by a model", ("model_answers",), "count"),
        Line("claim-check stops", ("claim_check_stops",), "count"),
        Line("twin fallbacks", ("twin_fallbacks",), "count"),
        *_latency_lines(),
        Line("confirmed bookings", ("confirmed_bookings",), "count"),
        Line("tokens", ("tokens",), "count"),
        Line("tokens per booking", ("tokens_per_booking",), "count"),
        Line("cost", ("cost_usd",), "usd"),
        Line("cost per booking", ("cost_usd_per_booking",), "usd"),
    ]


def _latency_lines() -> Iterator[Line]:
    for stage in STAGES:
        for share in ("p50", "p95"):
            yield Line(f"{stage} {share}", ("latency_ms", stage, share), "ms")


def as_table(compared: Mapping[str, Any]) -> str:
    """Both sides, side by side, and the scenarios that did not always succeed."""
    sides = compared["sides"]
    rows = [("", *(f"{name}: {sides[name]['setting']}" for name in SIDES))]
    rows += [
        (line.label, *(line.shown(sides[name]) for name in SIDES)) for line in lines_of(compared)
    ]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = [
        f"{label:<{widths[0]}}  {a:>{widths[1]}}  {b:>{widths[2]}}".rstrip() for label, a, b in rows
    ]
    return "\n".join([*table, *_failures(compared)])


def _failures(compared: Mapping[str, Any]) -> Iterator[str]:
    for scenario in _failed(compared):
        for name in SIDES:
            verdict = scenario[name]
            if verdict["faults"]:
                done = f"{verdict['successes']}/{compared['repeats']}"
                yield f"{scenario['id']} ({name}, {done}): {'; '.join(verdict['faults'])}"


def _failed(compared: Mapping[str, Any]) -> Sequence[Mapping[str, Any]]:
    return [each for each in compared["by_scenario"] if any(each[name]["faults"] for name in SIDES)]


_STYLE = """
:root { color-scheme: light dark; --a: #2563a8; --b: #c2681c; --line: #8885; }
body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; padding: 0 1rem; }
h1 { font-size: 1.5rem; } h2 { font-size: 1.1rem; margin-top: 2rem; }
table { border-collapse: collapse; width: 100%; }
th, td { padding: .25rem .5rem; border-bottom: 1px solid var(--line); text-align: right; vertical-align: top; }
th:first-child, td:first-child, .words th, .words td { text-align: left; }
svg { width: 100%; height: auto; } svg text { fill: currentColor; font-size: 11px; }
.a { fill: var(--a); color: var(--a); } .b { fill: var(--b); color: var(--b); }
""".strip()


def as_html(compared: Mapping[str, Any]) -> str:
    """One page with its style and its charts inside. Every number is a `data` element with its exact
    value."""
    sides = compared["sides"]
    legend = " against ".join(
        f'<span class="{name}">{name}: {escape(sides[name]["setting"])}</span>' for name in SIDES
    )
    played = f"{compared['scenarios']} scenarios × {compared['repeats']} on each side."
    return f"""<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">
<title>anfitrion: models compared</title>
<style>{_STYLE}</style></head>
<body>
<h1>{legend}</h1>
<p>{played}</p>
{_charts(compared)}
<h2>All numbers</h2>
{_table(compared)}
<h2>Scenarios that did not always succeed</h2>
{_failure_table(compared)}
</body>
</html>
"""


def _charts(compared: Mapping[str, Any]) -> str:
    lines = lines_of(compared)
    charts = {
        "All k of k tries succeed": [line for line in lines if line.path[0] == "success"],
        "Latency": [line for line in lines if line.path[0] == "latency_ms"],
        "Tokens per confirmed booking": [
            line for line in lines if line.path == ("tokens_per_booking",)
        ],
        "Cost per confirmed booking": [
            line for line in lines if line.path == ("cost_usd_per_booking",)
        ],
    }
    return "\n".join(
        f"<h2>{title}</h2>\n{bar_chart(title, _groups(compared, chosen))}"
        for title, chosen in charts.items()
    )


def _groups(compared: Mapping[str, Any], lines: Sequence[Line]) -> list[Group]:
    sides = compared["sides"]
    return [
        Group(
            line.label,
            tuple((name, line.of(sides[name]), line.shown(sides[name])) for name in SIDES),
        )
        for line in lines
    ]


def _table(compared: Mapping[str, Any]) -> str:
    sides = compared["sides"]
    rows = [
        f"<tr><td>{line.label}</td>"
        + "".join(f"<td>{_number(line, sides[name])}</td>" for name in SIDES)
        + "</tr>"
        for line in lines_of(compared)
    ]
    head = '<tr><th></th><th class="a">a</th><th class="b">b</th></tr>'
    return "\n".join(["<table>", head, *rows, "</table>"])


def _number(line: Line, side: Mapping[str, Any]) -> str:
    value = line.of(side)
    shown = line.shown(side)
    return shown if value is None else f'<data value="{value}">{shown}</data>'


def _failure_table(compared: Mapping[str, Any]) -> str:
    rows = [
        f"<tr><td>{escape(scenario['id'])}</td>"
        + "".join(f"<td>{_verdict(scenario[name], compared['repeats'])}</td>" for name in SIDES)
        + "</tr>"
        for scenario in _failed(compared)
    ]
    if not rows:
        return "<p>None.</p>"
    head = '<tr><th></th><th class="a">a</th><th class="b">b</th></tr>'
    return "\n".join(['<table class="words">', head, *rows, "</table>"])


def _verdict(verdict: Mapping[str, Any], repeats: int) -> str:
    done = f"{verdict['successes']} of {repeats}"
    return "<br>".join([done, *(escape(fault) for fault in verdict["faults"])])
