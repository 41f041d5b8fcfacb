"""Each thing that staff do in the grid, as guests and staff see what comes of it.

All tests visit one house, which hears of changes by signed pings; each has an evening of its own.
"""

from __future__ import annotations

import itertools
from dataclasses import dataclass
from datetime import datetime, timedelta

import pytest

from tests.support.airtable_site import (
    ALL_TABLES,
    BOOKINGS,
    VENUE,
    AirtableSite,
    Guest,
    evening,
    plain,
    until,
    utc,
)

ONE_HOUR = timedelta(hours=1)
HELLO = "hola"
_numbers = itertools.count(1)


@dataclass
class Night:
    """One evening at nine, and a guest whom only this test knows."""

    site: AirtableSite
    at_nine: datetime
    guest: Guest

    def booked(self, covers: int = 4) -> tuple[str, str]:
        """The guest's confirmed booking: its code and its record."""
        code = self.guest.books(self.at_nine, covers)
        return code, str(self.site.grid.row(code)["id"])

    def shows(self, code: str, **facts: object) -> None:
        """Wait until the engine's booking is so."""
        until(lambda: facts.items() <= self.site.booking(code).items())

    def listed(self, code: str) -> dict[str, object]:
        """The one conflict of a booking, as soon as it is on the list."""
        (conflict,) = until(lambda: self.site.conflicts(code))
        return dict(conflict)

    def is_written_beside(self, record: str, draft: object) -> None:
        """The message for the guest stands in a comment on the row, and the row says why."""
        until(lambda: any(str(draft) in comment for comment in self.site.comments(record)))
        assert self.site.grid.cells(record)["Conflicto"]

    def is_told(self, code: str, *words: str) -> None:
        """The guest hears it first thing in the next turn, once, and nobody has to call them."""
        reply = self.guest.says(HELLO)["response"]
        assert all(each in reply for each in words), reply
        assert not self.site.conflicts(code)
        again = self.guest.says("¿tenéis aparcamiento?")["response"]
        assert not any(each in again for each in words), again


@pytest.fixture
def night(shared_site: AirtableSite) -> Night:
    number = next(_numbers)
    at_nine = evening(number)
    return Night(shared_site, at_nine, shared_site.guest(f"+34601{number:06}"))


# --- create -------------------------------------------------------------------------------------


def test_a_row_that_staff_create_takes_its_tables_from_what_is_offered(night: Night) -> None:
    assert night.at_nine in night.site.starts(night.at_nine.date(), 12)
    record = night.site.grid.writes(night.at_nine, "T10", "T12")
    (row,) = night.site.grid.adopted(record)
    assert row["Fin"] == utc(night.at_nine + timedelta(minutes=105))
    assert row["Clave de reserva"]
    assert night.at_nine not in night.site.starts(night.at_nine.date(), 12)
    asked = night.guest.asks_for(night.at_nine, 12)
    assert night.at_nine not in [datetime.fromisoformat(o["start"]) for o in asked["offers"]]


def test_a_row_typed_key_by_key_is_one_booking_once_it_is_whole(night: Night) -> None:
    grid, control = night.site.grid, night.site.grid.control
    record = control.type(BOOKINGS, "Nombre", "Ana Ruiz", interval_s=0.06)
    whole = grid.typed(night.at_nine, "T10", "T12", Nombre="Ana Ruiz")
    for column in ("Personas", "Local", "Mesas", "Inicio"):
        grid.changes(record, **{column: whole[column]})
    # A sign that all this was read: a second row, whole at once and on another table.
    sign = grid.writes(night.at_nine, "T1", Personas=2)
    grid.adopted(sign)
    assert "Código" not in grid.cells(record)
    assert night.at_nine in night.site.starts(night.at_nine.date(), 12)
    grid.changes(record, Estado="Confirmada")
    (row,) = grid.adopted(record)
    assert night.site.booking(row["Código"])["guest_name"] == "Ana Ruiz"
    assert night.at_nine not in night.site.starts(night.at_nine.date(), 12)


def test_a_row_without_a_table_is_given_one(night: Night) -> None:
    record = night.site.grid.writes(night.at_nine)
    (row,) = night.site.grid.adopted(record)
    assert night.site.grid.keys_of(row)


def test_a_row_for_which_no_table_is_left_is_listed_until_one_is(night: Night) -> None:
    grid = night.site.grid
    taken = [grid.writes(night.at_nine, table, Personas=1) for table in ALL_TABLES]
    grid.adopted(*taken)
    record = grid.writes(night.at_nine)

    def listed() -> list[str]:
        return [c["kind"] for c in night.site.conflicts() if c["record"] == record]

    until(listed)
    assert listed() == ["no_resource"]
    until(lambda: grid.cells(record).get("Conflicto"))
    grid.changes(taken[6], Estado="Cancelada")
    grid.changes(record, Mesas=grid.tables("T7"))
    until(lambda: not listed())
    (row,) = grid.adopted(record)
    assert night.site.booking(row["Código"])["resources"] == ["T7"]


# --- move, resize ---------------------------------------------------------------------------------


def test_a_booking_that_staff_move_is_listed_drafted_commented_and_told(night: Night) -> None:
    code, record = night.booked()
    later = night.at_nine + ONE_HOUR
    night.site.grid.changes(record, Inicio=utc(later))
    conflict = night.listed(code)
    assert conflict["kind"] == "moved"
    assert "22:00" in str(conflict["draft"])
    night.shows(code, start=later.isoformat())
    ends = utc(later + timedelta(minutes=105))
    until(lambda: night.site.grid.cells(record)["Fin"] == ends)
    night.is_written_beside(record, conflict["draft"])
    night.is_told(code, "22:00", code)


def test_a_booking_that_staff_make_larger_is_told(night: Night) -> None:
    code, record = night.booked()
    night.site.grid.changes(record, Personas=3)
    conflict = night.listed(code)
    night.shows(code, party_size=3)
    night.is_written_beside(record, conflict["draft"])
    night.is_told(code, "3 personas", code)


def test_a_longer_stay_keeps_the_table_longer_and_nobody_has_to_hear(night: Night) -> None:
    code, record = night.booked()
    end = night.at_nine + timedelta(hours=3)
    night.site.grid.changes(record, Fin=utc(end))
    night.shows(code, end=end.isoformat())
    assert not night.site.conflicts(code)


def test_another_table_is_taken_without_a_word(night: Night) -> None:
    code, record = night.booked()
    night.site.grid.changes(record, Mesas=night.site.grid.tables("T11"))
    night.shows(code, resources=["T11"])
    assert not night.site.conflicts(code)


# --- cancel, delete -------------------------------------------------------------------------------


def test_a_booking_that_staff_cancel_is_listed_drafted_commented_and_told(night: Night) -> None:
    code, record = night.booked()
    night.site.grid.changes(record, Estado="Cancelada")
    conflict = night.listed(code)
    assert conflict["kind"] == "cancelled"
    night.shows(code, status="cancelled")
    night.is_written_beside(record, conflict["draft"])
    night.is_told(code, "ha cancelado")


def test_a_row_that_staff_delete_is_a_cancellation_and_frees_its_table(night: Night) -> None:
    code, record = night.booked(12)
    assert night.at_nine in night.site.starts(night.at_nine.date(), 12)  # one more of two
    night.site.grid.control.delete(BOOKINGS, record)
    conflict = night.listed(code)
    assert conflict["kind"] == "cancelled"
    assert conflict["draft"]
    night.shows(code, status="cancelled")
    night.is_told(code, "ha cancelado")
    assert not night.site.grid.has(code)


def test_a_guest_in_the_middle_of_a_sentence_hears_of_the_cancellation(night: Night) -> None:
    code, record = night.booked()
    night.guest.says("cámbiala a las diez de la noche, por favor")
    night.site.grid.changes(record, Estado="Cancelada")
    night.listed(code)
    reply = night.guest.says("sí")
    assert "ha cancelado" in reply["response"]
    assert reply["action"] == "none"
    assert night.site.grid.cells(record)["Estado"] == "Cancelada"


# --- double bookings ------------------------------------------------------------------------------


def test_a_booking_whose_table_staff_give_away_gets_another_without_a_word(night: Night) -> None:
    code, record = night.booked()
    table = night.site.booking(code)["resources"]
    night.site.grid.writes(night.at_nine, *table)
    until(lambda: night.site.booking(code)["resources"] != table)
    until(lambda: list(night.site.grid.keys_of(night.site.grid.cells(record))) != table)
    night.shows(code, status="confirmed")
    assert not night.site.conflicts(code)


def test_a_double_booking_without_a_way_out_is_listed_told_and_settled_by_staff(
    night: Night,
) -> None:
    code, record = night.booked()
    grid = night.site.grid
    (table,) = night.site.booking(code)["resources"]
    others = [each for each in ALL_TABLES if each != table]
    taken = [grid.writes(night.at_nine, each, Personas=1) for each in others]
    grid.adopted(*taken)
    second = grid.control.duplicate(BOOKINGS, record, {"Nombre": "Del cuaderno", "Teléfono": None})
    conflict = night.listed(code)
    other = until(lambda: (c := grid.cells(second)["Código"]) != plain(code) and c)
    assert conflict["kind"] == "double_booked"
    assert plain(str(conflict["other"])) == other
    assert conflict["draft"]
    night.is_written_beside(record, conflict["draft"])
    assert "Hay un problema" in night.guest.says(HELLO)["response"]
    assert night.site.conflicts(code), "only staff can settle this"
    grid.changes(second, Estado="Cancelada")
    until(lambda: not night.site.conflicts(code))
    until(lambda: not grid.cells(record).get("Conflicto"))
    assert night.site.booking(code)["status"] == "confirmed"


def test_a_row_that_staff_duplicate_is_a_booking_of_its_own(night: Night) -> None:
    code, record = night.booked()
    later = night.at_nine + timedelta(minutes=105)
    copy = night.site.grid.control.duplicate(
        BOOKINGS, record, {"Inicio": utc(later), "Fin": None, "Nombre": "Otra", "Teléfono": None}
    )
    other = until(lambda: (c := night.site.grid.cells(copy)["Código"]) != plain(code) and c)
    night.shows(other, start=later.isoformat(), guest_name="Otra")
    night.shows(code, start=night.at_nine.isoformat(), status="confirmed")
    rows = [night.site.grid.cells(each) for each in (record, copy)]
    assert len({row["Clave de reserva"] for row in rows}) == 2


# --- hours and closures ---------------------------------------------------------------------------


def test_a_day_that_staff_close_is_closed_for_new_guests_and_strands_the_old(night: Night) -> None:
    code, record = night.booked()
    day = night.at_nine.date()
    closure = night.site.grid.control.create(
        "Cierres",
        {
            "Motivo": "Boda",
            "Local": [night.site.grid.record("Locales", VENUE)],
            "Primer día": day.isoformat(),
            "Último día": day.isoformat(),
        },
    )
    conflict = night.listed(code)
    assert conflict["kind"] == "closed"
    assert not night.site.starts(day, 2)
    night.is_written_beside(record, conflict["draft"])
    assert "Hay un problema" in night.guest.says(HELLO)["response"]
    night.site.grid.control.delete("Cierres", closure)
    until(lambda: not night.site.conflicts(code))
    assert night.site.starts(day, 2)
    until(lambda: not night.site.grid.cells(record).get("Conflicto"))


def test_hours_that_staff_change_hold_for_the_next_guest(night: Night) -> None:
    code, _ = night.booked()
    grid = night.site.grid
    hours = [
        row
        for row in grid.control.records("Horarios")
        if row["fields"].get("Desde") == "20:00" and not row["fields"].get("Solo el día")
    ]
    (dinner,) = hours
    grid.control.update("Horarios", dinner["id"], {"Desde": "22:00"})
    try:
        assert night.listed(code)["kind"] == "closed"
        assert min(night.site.starts(night.at_nine.date(), 2)) == night.at_nine + ONE_HOUR
    finally:
        grid.control.update("Horarios", dinner["id"], {"Desde": "20:00"})
    until(lambda: "closed" not in [each["kind"] for each in night.site.conflicts()])
    assert night.at_nine - ONE_HOUR in night.site.starts(night.at_nine.date(), 2)


# --- the grid itself ------------------------------------------------------------------------------


def test_a_column_that_staff_rename_is_read_and_written_as_before(night: Night) -> None:
    control = night.site.grid.control
    control.staff("rename_field", table=BOOKINGS, field="Personas", name="Comensales ya")
    try:
        code, record = night.booked()
        assert night.site.grid.cells(record)["Comensales ya"] == 4
        night.site.grid.changes(record, **{"Comensales ya": 3})
        night.shows(code, party_size=3)
    finally:
        control.staff("rename_field", table=BOOKINGS, field="Comensales ya", name="Personas")


def test_an_option_that_staff_rename_is_read_and_written_as_before(night: Night) -> None:
    control = night.site.grid.control
    rename = {"table": BOOKINGS, "field": "Estado"}
    control.staff("rename_option", **rename, option="Cancelada", name="No vendrán")
    try:
        code, record = night.booked()
        night.site.grid.changes(record, Estado="No vendrán")
        night.shows(code, status="cancelled")
        other = night.guest.books(night.at_nine, 2)
        night.guest.says("quiero cancelar mi reserva")
        assert night.guest.says("sí")["status"] == "cancelled"
        until(lambda: night.site.grid.row(other)["Estado"] == "No vendrán")
    finally:
        control.staff("rename_option", **rename, option="No vendrán", name="Cancelada")
