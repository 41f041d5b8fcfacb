"""What the processes of one deployment share about the booking store: small documents by name."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Document:
    value: Mapping[str, Any]
    revision: int
    """Grows by one with every change."""


class StoreState(Protocol):
    async def get(self, *, name: str) -> Document | None: ...

    async def revisions(self) -> Mapping[str, int]:
        """The revision of every document: a cheap question, asked often."""
        ...

    async def put(self, *, name: str, value: Mapping[str, Any], fence: int | None = None) -> int:
        """Replace a document; returns its revision. With `fence`, only the holder of the committer's
        lease may.

        Raises: Fenced.
        """
        ...
