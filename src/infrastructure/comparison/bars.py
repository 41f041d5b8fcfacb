"""Grouped horizontal bars as inline SVG."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

_WIDTH = 720
_LABELS = 190
_NUMBERS = 110
_BAR = 13
_GAP = 9


@dataclass(frozen=True, slots=True)
class Group:
    """Bars that belong together: for each, its class in the page's style, its value, and how it is shown."""

    label: str
    bars: tuple[tuple[str, float | None, str], ...]


def bar_chart(title: str, groups: Sequence[Group]) -> str:
    """All bars on one scale from zero; a missing value has its sign and no bar."""
    longest = max((value or 0.0 for group in groups for _, value, _ in group.bars), default=0.0)
    parts: list[str] = []
    y = 0
    for group in groups:
        middle = y + len(group.bars) * _BAR / 2 + 4
        parts.append(
            f'<text x="{_LABELS - 8}" y="{middle:g}" text-anchor="end">{escape(group.label)}</text>'
        )
        for style, value, shown in group.bars:
            parts.append(_bar(style, (value or 0.0) / longest if longest else 0.0, shown, y))
            y += _BAR
        y += _GAP
    return (
        f'<svg viewBox="0 0 {_WIDTH} {max(y, 1)}" role="img" aria-label="{escape(title)}">'
        + "".join(parts)
        + "</svg>"
    )


def _bar(style: str, share: float, shown: str, y: int) -> str:
    width = round(share * (_WIDTH - _LABELS - _NUMBERS), 1)
    return (
        f'<rect class="{style}" x="{_LABELS}" y="{y}" width="{width:g}" height="{_BAR - 2}"/>'
        f'<text x="{_LABELS + width + 5:g}" y="{y + _BAR - 3}">{escape(shown)}</text>'
    )
