"""Which sites may show a venue's chat: written as a browser compares them, and nothing else."""

from __future__ import annotations

from pathlib import Path

import pytest

from infrastructure.venues.loader import VenueFileError, load_venues

SMALL = """
id: small
name: Small
kind: restaurant
zone: Europe/Oslo
languages: [en]
country: NO
currency: NOK
services:
  - {id: dinner, names: {en: dinner}, hours: {daily: "18:00-23:00"}, turn_times: 90m}
tables:
  - {id: T1, seats: 4}
"""


def _origins(folder: Path, line: str) -> tuple[str, ...]:
    (folder / "small.yaml").write_text(f"{SMALL}\n{line}\n", encoding="utf-8")
    return load_venues(folder)[0].widget_origins


def test_a_venue_names_its_own_sites_and_none_unless_it_does(tmp_path: Path) -> None:
    assert _origins(tmp_path, "") == ()
    listed = 'widget_origins: ["https://a.example", "http://localhost:3000", "https://*.b.example"]'
    assert _origins(tmp_path, listed) == (
        "https://a.example",
        "http://localhost:3000",
        "https://*.b.example",
    )


@pytest.mark.parametrize(
    "origin",
    [
        "*",
        "https:",
        "a.example",
        "https://a.example/",
        "https://a.example/path",
        "https://a.example; script-src *",
        "https://a.example 'unsafe-inline'",
        "https://A.example",
        "https://*",
        "data:",
    ],
)
def test_what_a_policy_could_misread_is_refused(tmp_path: Path, origin: str) -> None:
    with pytest.raises(VenueFileError, match="widget_origins"):
        _origins(tmp_path, f'widget_origins: ["{origin}"]')
