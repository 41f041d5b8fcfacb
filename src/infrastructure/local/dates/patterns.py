"""A notation for patterns over kinds of words, and the one operation on them: rewriting.

A message is a line of nodes. Each has a kind (`WEEKDAY`, `NUMBER`, `MONTH`, …) and a value. A rule
names a run of kinds, builds a value from them and puts one node of a new kind in their place, so a
table of rules, applied in order, turns words into expressions:

    @table.rule("DAY", "weekday:WEEKDAY COMMA? EL? day:NUMBER OF month:MONTH")
    def dated(day: Number, month: int, weekday: int | None) -> CalendarDay | None: ...

Upper-case names are kinds, `name:KIND` hands that node's value to the function (None where an
optional one is absent), and the rest is regular-expression syntax: `?`, `*`, `|`, groups,
look-around. A function that returns None refuses, and the line stays as it was.

Under the hood every kind is one character and every pattern an ordinary compiled `re`, which is
why hundreds of rules cost a fraction of a millisecond.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

Builder = TypeVar("Builder", bound=Callable[..., Any])

_FIRST_SYMBOL = 0xE000  # a private-use area: no message can contain a kind
_symbols: dict[str, str] = {}
_NAME = re.compile(r"(?:([a-z_]+):)?([A-Z][A-Z_]*)")


class Node(NamedTuple):
    """Characters [start, end) of the text, read as one `kind`."""

    kind: str
    start: int
    end: int
    value: Any


def kind(name: str) -> str:
    """The character that stands for a kind of node."""
    return _symbols.setdefault(name, chr(_FIRST_SYMBOL + len(_symbols)))


def _needed(pattern: str) -> frozenset[str]:
    """Kinds without which a pattern cannot match: a cheap question asked before the match."""
    while "(" in pattern:
        pattern = re.sub(r"\([^()]*\)[?*+]?", " ", pattern)
    if "|" in pattern:
        return frozenset()
    pattern = re.sub(r"\[[^\]]*\]", " ", pattern)
    return frozenset(kind(m[2]) for m in re.finditer(_NAME.pattern + r"(?![A-Z_?*])", pattern))


class Rule:
    """One pattern and the function that reads it."""

    __slots__ = ("_kind", "_needed", "_pattern", "_regex", "build", "fields")

    def __init__(self, makes: str, pattern: str, build: Callable[..., Any]) -> None:
        def symbol(match: re.Match[str]) -> str:
            return f"(?P<{match[1]}>{kind(match[2])})" if match[1] else kind(match[2])

        self._regex = re.compile(re.sub(r"\s+", "", _NAME.sub(symbol, pattern)))
        self.fields = tuple(self._regex.groupindex)
        self._needed = _needed(pattern)
        self._kind = kind(makes)
        self.build = build
        self._pattern = pattern

    def __repr__(self) -> str:
        return f"{self.build.__name__}: {' '.join(self._pattern.split())}"

    def could_match(self, present: frozenset[str]) -> bool:
        return self._needed <= present

    def rewrite(self, line: list[Node], kinds: str) -> list[Node]:
        """The line with every match replaced; the very same list where nothing matched."""
        result: list[Node] = []
        done = 0
        for match in self._regex.finditer(kinds):
            first, after = match.span()
            values = {
                field: None if (at := match.start(field)) < 0 else line[at].value
                for field in self.fields
            }
            value = self.build(**values)
            if value is None or first == after:
                continue
            result += line[done:first]
            result.append(Node(self._kind, line[first].start, line[after - 1].end, value))
            done = after
        return result + line[done:] if done else line


class Table:
    """Rules in the order in which they are tried."""

    def __init__(self) -> None:
        self._rules: list[Rule] = []

    def rule(self, makes: str, *patterns: str) -> Callable[[Builder], Builder]:
        def add(build: Builder) -> Builder:
            self._rules += [Rule(makes, pattern, build) for pattern in patterns]
            return build

        return add

    def __iter__(self) -> Iterator[Rule]:
        return iter(self._rules)

    def apply(self, line: list[Node]) -> list[Node]:
        kinds = "".join([node.kind for node in line])
        present = frozenset(kinds)
        for rule in self._rules:
            if not rule.could_match(present):
                continue
            rewritten = rule.rewrite(line, kinds)
            if rewritten is not line:
                line = rewritten
                kinds = "".join([node.kind for node in line])
                present = frozenset(kinds)
        return line
