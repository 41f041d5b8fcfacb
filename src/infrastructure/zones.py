"""The zone table: the pinned `tzdata` package, ahead of whatever the system has.

A system's table is often a year or more behind, and then some zones are an hour wrong.
"""

from __future__ import annotations

import zoneinfo
from importlib import import_module


def use_packaged_zones() -> None:
    """Read every zone from the `tzdata` package from here on.

    Zones read before keep their old table, so this comes first at start. Calling it again does
    nothing, so that zones already read stay the same objects.
    """
    if zoneinfo.TZPATH:
        zoneinfo.reset_tzpath(())
        zoneinfo.ZoneInfo.clear_cache()


def zone_table_version() -> str:
    """The IANA release in use, such as `2026f`."""
    # Imported by name because the package carries data and no type information.
    version: str = import_module("tzdata").IANA_VERSION
    return version
