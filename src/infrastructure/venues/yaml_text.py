"""YAML as venue files use it.

Every scalar is read as text and typed by the model, so that `NO` stays Norway and `13:00` a time.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import Any

import yaml

from infrastructure.venues.assembly import Problem


def read_yaml(text: str) -> object:
    """Texts, lists and tables; None for an empty text.

    Raises: Problem.
    """
    try:
        # BaseLoader builds nothing but text, lists and tables: as safe as SafeLoader, and plainer.
        return yaml.load(text, Loader=_TextLoader)  # noqa: S506
    except yaml.YAMLError as error:
        raise Problem("", f"is not YAML: {' '.join(str(error).split())}") from None


def write_yaml(table: Mapping[str, Any]) -> str:
    """What `read_yaml` reads back, in the table's order; short lists on one line."""
    return yaml.safe_dump(
        dict(table), allow_unicode=True, sort_keys=False, default_flow_style=None, width=100
    )


# The parser in C is ten times as fast; a few builds of PyYAML come without it.
_BaseLoader: type[yaml.BaseLoader] = getattr(yaml, "CBaseLoader", yaml.BaseLoader)


class _TextLoader(_BaseLoader):  # type: ignore[misc,valid-type]
    """Every scalar as text; a key that stands twice in one table is a fault."""

    def construct_mapping(self, node: yaml.MappingNode, deep: bool = False) -> dict[Any, Any]:
        mapping: dict[Any, Any] = super().construct_mapping(node, deep=deep)
        keys = Counter(self.construct_object(key, deep=True) for key, _ in node.value)
        for key, count in keys.items():
            if count > 1:
                line = node.start_mark.line + 1
                raise Problem(str(key), f"stands {count} times in the table of line {line}")
        return mapping
