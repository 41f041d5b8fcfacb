"""The base is all that is needed: without its ledger a house knows the same as before."""

from __future__ import annotations

import itertools
import random
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import date, timedelta
from typing import Any

import pytest

from tests.e2e.airtable.conftest import OpenSite
from tests.support.airtable_site import AirtableSite, evening, until

QUESTIONS = 1000
HOUSES: dict[str, tuple[Sequence[str | None], range]] = {
    "la-terraza": (["lunch", "dinner", None], range(1, 13)),
    "clinica-sonrisa": ([None], range(1, 2)),
}


def _questions() -> Iterator[tuple[str, dict[str, Any]]]:
    days = [evening(number).date() for number in range(1, 75)]
    for day, (house, (services, parties)) in itertools.product(days, HOUSES.items()):
        for service, party in itertools.product(services, parties):
            query: dict[str, Any] = {"date": day.isoformat(), "party_size": party}
            yield f"/venues/{house}/availability", query | ({"service": service} if service else {})


def _answers(site: AirtableSite) -> list[Any]:
    asked = random.Random(3).sample(list(_questions()), QUESTIONS)
    found = [site.get(path, **query) for path, query in asked]
    return [(each["slots"], each["refusals"]) for each in found]


def _fill(site: AirtableSite) -> None:
    """Bookings of guests and of staff, a move, cancellations, a closed day, a table that is away."""
    draw = random.Random(4)
    grid = site.grid
    for number in range(1, 41):
        start = evening(draw.randrange(1, 30), draw.choice((20, 21, 22)))
        table = f"T{draw.randrange(1, 13)}"
        grid.writes(start, table, Personas=draw.randrange(1, 3), Nombre=f"Fila {number}")
    codes = [site.guest(f"+3460600{n:04}").books(evening(n, 21), 4) for n in range(1, 9)]
    grid.changes(str(grid.row(codes[0])["id"]), Estado="Cancelada")
    grid.control.delete("Reservas", str(grid.row(codes[1])["id"]))
    grid.control.update("Recursos", grid.record("Recursos", "T8"), {"Activo": False})
    closed: date = evening(12).date()
    grid.control.create(
        "Cierres",
        {
            "Motivo": "Obras",
            "Local": [grid.record("Locales", "la-terraza")],
            "Primer día": closed.isoformat(),
            "Último día": (closed + timedelta(days=2)).isoformat(),
        },
    )
    until(lambda: all(row.get("Código") for row in grid.rows()))
    until(lambda: not site.starts(closed, 2))
    until(lambda: site.booking(codes[1])["status"] == "cancelled")


def _unwritten(site: AirtableSite) -> int:
    with closing(sqlite3.connect(f"file:{site.ledger}?mode=ro", uri=True)) as ledger:
        (count,) = ledger.execute("SELECT count(*) FROM outbox").fetchone()
        return int(count)


@pytest.mark.slow
def test_a_thousand_answers_are_the_same_from_the_base_alone(open_site: OpenSite) -> None:
    site = open_site()
    site.start()
    _fill(site)
    until(lambda: not _unwritten(site))
    before = _answers(site)
    assert len({repr(each) for each in before}) > QUESTIONS / 20, "they should differ"
    rows = site.grid.rows()

    site.kill()
    for file in site.folder.glob("anfitrion.db*"):
        file.unlink()
    (site.folder / "server.log").unlink()
    site.start()
    until(lambda: "store.read" in site.log())
    after = _answers(site)
    wrong = [(a, b) for a, b in zip(before, after, strict=True) if a != b]
    assert not wrong, f"{len(wrong)} differ, the first: {wrong[0]}"
    assert site.grid.rows() == rows, "nothing had to be written for that"
