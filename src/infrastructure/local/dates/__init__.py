"""Days and times in a guest's own words, read by rule: Spanish, English, and both mixed."""

from infrastructure.local.dates.reader import DateReader

__all__ = ["DateReader"]
