"""The packaged zone table comes before the system's."""

from __future__ import annotations

import re
import zoneinfo

from infrastructure.zones import use_packaged_zones, zone_table_version


def test_zones_are_read_from_the_package_and_not_from_the_system() -> None:
    use_packaged_zones()
    assert zoneinfo.TZPATH == ()
    assert zoneinfo.ZoneInfo("Europe/Madrid").key == "Europe/Madrid"


def test_asking_again_keeps_the_zones_already_read() -> None:
    use_packaged_zones()
    before = zoneinfo.ZoneInfo("Europe/Madrid")
    use_packaged_zones()
    assert zoneinfo.ZoneInfo("Europe/Madrid") is before


def test_the_table_says_its_release() -> None:
    assert re.fullmatch(r"20\d\d[a-z]", zone_table_version())
