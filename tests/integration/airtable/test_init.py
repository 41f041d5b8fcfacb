"""`anfitrion airtable init`: what it makes in a base, and what it leaves alone."""

from __future__ import annotations

from datetime import date

import pytest

from infrastructure.airtable.init import Prepared, prepare
from infrastructure.airtable.rows import read_rows
from infrastructure.airtable.tables import BOOKINGS, TABLES
from infrastructure.airtable.venues import read_venues
from infrastructure.airtable.wire import Wire
from infrastructure.venues.loader import load_venues, read_files
from tests.support.airtable_emulator.client import Control, start_emulator
from tests.support.bases import columns, tables, wire_to

SAMPLES = read_files()
TERRAZA = tuple(file for file in SAMPLES if file.id == "la-terraza")


def rows(control: Control) -> dict[str, int]:
    return {name: len(control.records(name)) for name in tables(control)}


@pytest.mark.parametrize("language", ["es", "en"])
async def test_an_empty_base_becomes_a_whole_one_in_either_language(
    wire: Wire, control: Control, language: str
) -> None:
    prepared = await prepare(wire, language=language)
    assert tables(control) == [each.names.in_language(language) for each in TABLES]
    assert prepared.base.lacks == ()
    assert prepared.base.language() == language
    bookings = columns(control, "Reservas" if language == "es" else "Bookings")
    wanted = [each.names.in_language(language) for each in BOOKINGS.columns]
    assert list(bookings) == wanted


async def test_a_second_time_nothing_is_made(wire: Wire, control: Control) -> None:
    await prepare(wire, houses=SAMPLES)
    before, seen = control.schema(), rows(control)
    control.reset_requests()
    again = await prepare(wire, houses=SAMPLES)
    assert again.made == ()
    assert again.rows == 0
    assert control.schema() == before
    assert rows(control) == seen
    kinds = control.requests()["by_kind"]
    assert set(kinds) == {"GET /meta/bases/{base}/tables", "GET /{base}/{table}"}


async def test_only_what_is_missing_is_made_in_a_half_made_base(
    wire: Wire, control: Control
) -> None:
    control.staff(
        "create_table",
        name="bookings",
        fields=[
            {"name": "GUEST", "type": "singleLineText"},
            {"name": "Colour of the menu", "type": "singleLineText"},
            {"name": "Notes", "type": "richText"},
        ],
    )
    control.create("bookings", {"GUEST": "Laura"})
    prepared = await prepare(wire)
    found = columns(control, "bookings")
    assert {"GUEST", "Colour of the menu", "Notes", "Start", "Booking Key"} <= set(found)
    assert "Name" not in found
    assert "Bookings" not in tables(control)
    assert [row["fields"]["GUEST"] for row in control.records("bookings")] == ["Laura"]
    assert prepared.base.language() == "en"
    assert any("Notes is a richText, not a long text" in line for line in prepared.by_hand)


async def test_a_renamed_table_or_column_is_not_made_again_where_its_id_is_remembered(
    wire: Wire, control: Control
) -> None:
    first = await prepare(wire, language="es")
    control.staff("rename_table", table="Reservas", name="Agenda")
    control.staff("rename_field", table="Agenda", field="Inicio", name="A qué hora")
    control.staff(
        "rename_option", table="Agenda", field="Estado", option="Sentada", name="En la mesa"
    )
    again = await prepare(wire, remembered=first.base.to_json())
    assert again.made == ()
    assert again.base.field_id("bookings", "start") == first.base.field_id("bookings", "start")
    assert again.base.tables["bookings"].fields["status"].options["seated"].name == "En la mesa"


async def test_a_column_of_another_type_is_left_and_told(wire: Wire, control: Control) -> None:
    await prepare(wire, language="en")
    control.staff("change_field", table="Bookings", field="Start", type="singleLineText")
    before = control.schema()
    again = await prepare(wire)
    assert control.schema() == before
    assert not again.base.is_usable
    assert any(
        line.startswith("Bookings: the column Start is a single line text, not a date with time; ")
        for line in again.by_hand
    )


async def test_a_missing_option_is_told_because_only_staff_can_add_it(
    wire: Wire, control: Control
) -> None:
    await prepare(wire, language="en")
    control.staff("remove_option", table="Bookings", field="Status", option="No-show")
    again = await prepare(wire)
    assert again.made == ()
    wanted = "Bookings: the column Status has no option No-show; add the option in Airtable"
    assert wanted in again.by_hand


async def test_views_and_hidden_columns_are_told_in_the_base_s_own_words(wire: Wire) -> None:
    prepared = await prepare(wire, language="es")
    told = "\n".join(prepared.by_hand)
    assert "Reservas: make a grid view “Hoy” where Inicio is today" in told
    assert "hide Clave de reserva and Versión" in told


async def test_the_samples_read_back_from_the_base_are_the_samples(wire: Wire) -> None:
    prepared = await prepare(wire, houses=SAMPLES)
    reading = read_venues(await read_rows(wire, prepared.base), year=2026)
    assert reading.problems == ()
    assert reading.venues == load_venues(today=date(2026, 1, 1))
    assert prepared.rows == sum(len(some) for some in reading.rows.values())


async def test_dates_are_shown_in_the_house_s_zone_or_each_viewer_s_where_houses_differ(
    wire: Wire, control: Control
) -> None:
    await prepare(wire, houses=TERRAZA)
    assert columns(control, "Reservas")["Inicio"]["options"]["timeZone"] == "Europe/Madrid"
    control.reset()
    await prepare(wire, houses=SAMPLES)
    assert columns(control, "Reservas")["Inicio"]["options"]["timeZone"] == "client"


async def test_the_zone_of_houses_that_are_there_already_counts(
    wire: Wire, control: Control
) -> None:
    await prepare(wire, houses=TERRAZA)
    control.staff("delete_table", table="Reservas")
    await prepare(wire)
    assert columns(control, "Reservas")["Inicio"]["options"]["timeZone"] == "Europe/Madrid"


async def test_samples_that_staff_have_changed_are_left_as_they_are(
    wire: Wire, control: Control
) -> None:
    await prepare(wire, houses=SAMPLES)
    table = next(row for row in control.records("Recursos") if row["fields"]["Nombre"] == "Mesa 4")
    control.update("Recursos", table["id"], {"Plazas": 3})
    table = next(row for row in control.records("Recursos") if row["fields"]["Nombre"] == "Mesa 5")
    control.delete("Recursos", table["id"])
    seen = rows(control)
    again = await prepare(wire, houses=SAMPLES)
    assert rows(control) == seen
    assert again.rows == 0
    assert "Recursos: has rows of La Terraza, left as they are" in again.made


async def test_samples_that_broke_off_half_way_are_completed(wire: Wire, control: Control) -> None:
    whole = await prepare(wire, houses=SAMPLES)
    read = await read_rows(wire, whole.base)
    gone = [row.id for row in read["questions"][7:]] + [row.id for row in read["hours"][2:]]
    for first in range(0, len(gone), 10):
        hours = {row.id for row in read["hours"]}
        for table, ids in (
            ("Horarios", [each for each in gone[first : first + 10] if each in hours]),
            ("Preguntas", [each for each in gone[first : first + 10] if each not in hours]),
        ):
            if ids:
                control.delete(table, *ids)
    again = await prepare(wire, houses=SAMPLES)
    assert again.rows == len(gone)
    reading = read_venues(await read_rows(wire, again.base), year=2026)
    assert reading.venues == load_venues(today=date(2026, 1, 1))


async def test_a_base_without_columns_for_everything_still_takes_the_samples(
    wire: Wire, control: Control
) -> None:
    await prepare(wire, language="en")
    control.staff("change_field", table="Resources", field="Area", type="number")
    prepared = await prepare(wire, houses=TERRAZA)
    assert prepared.rows > 40
    assert not prepared.base.has("resources", "area")
    assert (await prepare(wire, houses=TERRAZA)).rows == 0


async def test_each_step_is_said_as_it_is_done(wire: Wire) -> None:
    said: list[str] = []
    prepared: Prepared = await prepare(wire, houses=TERRAZA, say=said.append)
    assert tuple(said) == prepared.made
    assert said[0] == "made the table Locales"
    assert "Recursos: wrote 12 rows of La Terraza" in said


@pytest.mark.slow
async def test_a_strict_base_is_made_and_filled_without_one_refusal() -> None:
    with start_emulator() as emulator:
        async with wire_to(emulator, budget_rps=4.0) as wire:
            prepared = await prepare(wire, houses=SAMPLES)
            assert prepared.rows > 80
        statuses = emulator.control.requests()["by_status"]
        assert set(statuses) == {"200"}, statuses
