"""Reads days and times in a guest's own words."""

from __future__ import annotations

from typing import Protocol

from domain.when import Mention


class DateReader(Protocol):
    def read(
        self, text: str, *, language: str, expecting_time: bool = False
    ) -> tuple[Mention, ...]:
        """Every expression of day or time in order, not overlapping; positions count in `text`.

        `expecting_time`: the guest was asked for a time, so that a bare "9" is one.
        """
        ...
