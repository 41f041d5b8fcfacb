"""The notation for patterns, and that every rule of the grammar fits its function."""

from __future__ import annotations

import inspect

import pytest

from infrastructure.local.dates import clocks, days, joining, numbers, reader
from infrastructure.local.dates.patterns import Node, Rule, Table, kind

TABLES = [
    value for module in (numbers, clocks, days, joining, reader) for value in vars(module).values()
]
RULES = [rule for table in TABLES if isinstance(table, Table) for rule in table]


def line_of(*kinds: str) -> list[Node]:
    return [Node(kind(name), at, at + 1, name.lower()) for at, name in enumerate(kinds)]


@pytest.mark.parametrize("rule", RULES, ids=repr)
def test_a_rule_names_what_its_function_takes(rule: Rule) -> None:
    takes = inspect.signature(rule.build).parameters
    needs = {name for name, each in takes.items() if each.default is inspect.Parameter.empty}
    assert needs <= set(rule.fields) <= set(takes)


def test_a_match_becomes_one_node_with_the_characters_of_all() -> None:
    table = Table()
    table.rule("PAIRED", "left:LEFT GLUE? right:RIGHT")(lambda left, right: left + right)
    rewritten = table.apply(line_of("START", "LEFT", "GLUE", "RIGHT", "LEFT", "RIGHT"))
    assert [(node.start, node.end, node.value) for node in rewritten] == [
        (0, 1, "start"),
        (1, 4, "leftright"),
        (4, 6, "leftright"),
    ]


def test_a_function_that_returns_none_leaves_the_line_as_it_was() -> None:
    table = Table()
    table.rule("PAIRED", "left:LEFT RIGHT")(lambda left: None)
    line = line_of("LEFT", "RIGHT")
    assert table.apply(line) is line


def test_what_is_optional_is_handed_over_as_none() -> None:
    table = Table()
    table.rule("SEEN", "(?:left:LEFT)? RIGHT")(lambda left: [left])
    assert table.apply(line_of("RIGHT"))[0].value == [None]
    assert table.apply(line_of("LEFT", "RIGHT"))[0].value == ["left"]
