"""The map of a base: found by ids before names, kept as JSON, read again when staff change it."""

from __future__ import annotations

import json
from datetime import UTC, datetime

import pytest

from domain.store_row import RecordId
from domain.venue import ResourceId, ServiceId, VenueId
from infrastructure.airtable.directory import BaseDirectory
from infrastructure.airtable.init import Prepared, prepare
from infrastructure.airtable.rows import read_rows
from infrastructure.airtable.schema import BaseMap, BaseSchema, find_map
from infrastructure.airtable.wire import Wire
from infrastructure.venues.loader import read_files
from tests.support.airtable_emulator.client import Control
from tests.support.bases import columns

TERRAZA = VenueId("la-terraza")


@pytest.fixture
async def prepared(wire: Wire) -> Prepared:
    return await prepare(wire, language="es", houses=read_files())


def live(wire: Wire, found: BaseMap) -> tuple[BaseSchema, list[BaseMap]]:
    kept: list[BaseMap] = []

    async def keep(changed: BaseMap) -> None:
        kept.append(changed)

    return BaseSchema(wire, found, on_change=keep), kept


async def test_a_map_is_the_same_after_it_was_kept_as_json(prepared: Prepared) -> None:
    kept = json.loads(json.dumps(prepared.base.to_json()))
    again = BaseMap.from_json(kept)
    assert again.to_json() == prepared.base.to_json()
    assert again.field_id("bookings", "start") == prepared.base.field_id("bookings", "start")


async def test_a_column_that_staff_rename_stays_the_same_column(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, kept = live(wire, prepared.base)
    start = schema.field("bookings", "start")
    control.staff("rename_field", table="Reservas", field="Inicio", name="Fin de la espera")
    control.staff("rename_field", table="Reservas", field="Fin", name="Inicio")
    await schema.refresh()
    assert schema.field("bookings", "start") == start
    assert schema.field("bookings", "end") == columns(control, "Reservas")["Inicio"]["id"]
    assert len(kept) == 1
    await schema.refresh()
    assert len(kept) == 1, "nothing changed, so nothing had to be kept"


async def test_a_renamed_option_is_written_with_its_new_name(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, _ = live(wire, prepared.base)
    control.staff(
        "rename_option",
        table="Reservas",
        field="Estado",
        option="No se presentó",
        name="Plantón 👻",
    )
    await schema.refresh()
    assert schema.option_name("bookings", "status", "no_show") == "Plantón 👻"
    assert schema.option_key("bookings", "status", "Plantón 👻") == "no_show"
    cells = schema.found.fields("bookings", {"name": "Laura", "status": "no_show"})
    (made,) = await wire.create(schema.table("bookings"), [cells])
    assert schema.found.row("bookings", made).cells == {"name": "Laura", "status": "no_show"}


async def test_a_column_made_anew_under_its_name_is_found_again(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, kept = live(wire, prepared.base)
    control.staff("delete_field", table="Reservas", field="Notas")
    await schema.refresh()
    assert schema.field("bookings", "notes") is None
    control.staff(
        "create_field", table="Reservas", definition={"name": "notas ", "type": "multilineText"}
    )
    await schema.refresh()
    assert schema.field("bookings", "notes") == columns(control, "Reservas")["notas "]["id"]
    assert len(kept) == 2


async def test_cells_of_every_type_come_back_as_they_were_written(
    wire: Wire, prepared: Prepared
) -> None:
    base = prepared.base
    rows = await read_rows(wire, base, ("venues", "services", "resources"))
    venue = next(row.id for row in rows["venues"] if row.cells["key"] == TERRAZA)
    table = next(row.id for row in rows["resources"] if row.cells["key"] == "T4")
    cells = {
        "name": "Laura",
        "covers": 4,
        "start": datetime(2026, 11, 27, 20, tzinfo=UTC),
        "resources": (table,),
        "venue": (venue,),
        "status": "confirmed",
        "channel": "walk_in",
        "phone": "+34600000001",
        "notes": "una\ndos",
        "version": 3,
    }
    (made,) = await wire.create(base.table("bookings").id, [base.fields("bookings", cells)])
    assert base.row("bookings", made).cells == cells
    emptied = dict.fromkeys(cells, None) | {"name": "Laura"}
    change = {"id": made["id"], "fields": base.fields("bookings", emptied)}
    (changed,) = await wire.update(base.table("bookings").id, [change])
    assert base.row("bookings", changed).cells == {"name": "Laura"}


async def test_a_channel_that_the_base_does_not_know_is_written_as_other(
    wire: Wire, prepared: Prepared
) -> None:
    written = prepared.base.fields("bookings", {"channel": "telegram"})
    assert list(written.values()) == ["Otro"]


async def test_a_naive_time_is_never_written(prepared: Prepared) -> None:
    with pytest.raises(ValueError, match="time zone"):
        prepared.base.fields("bookings", {"start": datetime(2026, 11, 27, 20)})


async def test_the_directory_knows_records_by_key_and_keys_by_record(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, _ = live(wire, prepared.base)
    directory = BaseDirectory(wire, schema, await read_rows(wire, prepared.base))
    assert directory.only_venue is None
    record = directory.record_of_resource(ResourceId("T4"), TERRAZA)
    assert record is not None
    assert directory.resource_of(record) == "T4"
    assert directory.house_of(record) == TERRAZA
    assert directory.record_of_resource(ResourceId("T4"), VenueId("clinica-sonrisa")) is None
    service = directory.record_of_service(ServiceId("dinner"))
    assert service is not None
    assert directory.service_of(service) == "dinner"
    venue = directory.record_of_venue(TERRAZA)
    assert venue is not None
    assert directory.venue_of(venue) == TERRAZA


async def test_a_key_that_two_houses_have_is_found_only_with_its_venue(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, _ = live(wire, prepared.base)
    directory = BaseDirectory(wire, schema, {})
    await directory.refresh()
    sonrisa = directory.record_of_venue(VenueId("clinica-sonrisa"))
    made = control.create(
        "Recursos", {"Nombre": "Sillón", "Clave": "T4", "Local": [sonrisa], "Tipo": "Sala"}
    )
    await directory.refresh()
    assert directory.record_of_resource(ResourceId("T4")) is None
    assert directory.record_of_resource(ResourceId("T4"), VenueId("clinica-sonrisa")) == made
    assert directory.record_of_resource(ResourceId("T4"), TERRAZA) not in (None, made)


async def test_a_row_keeps_the_key_that_bookings_know_it_by(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    schema, _ = live(wire, prepared.base)
    directory = BaseDirectory(wire, schema, await read_rows(wire, prepared.base))
    record = directory.record_of_resource(ResourceId("T4"))
    assert record is not None
    control.update("Recursos", record, {"Clave": "T"})
    terraza = directory.record_of_venue(TERRAZA)
    new = control.create("Recursos", {"Nombre": "Mesa 13", "Clave": "T", "Local": [terraza]})
    await directory.refresh()
    assert directory.resource_of(record) == "T4"
    assert directory.resource_of(RecordId(new)) == "T"
    control.update("Recursos", new, {"Clave": "T13"})
    await directory.refresh()
    assert directory.resource_of(RecordId(new)) == "T13", "it is not active yet"
    assert directory.resource_of(RecordId("recNOBODY")) is None


async def test_a_base_found_by_its_names_in_any_spelling(wire: Wire, control: Control) -> None:
    control.staff(
        "create_table",
        name=" RESERVAS ",
        fields=[
            {"name": "nombre", "type": "singleLineText"},
            {"name": "Personas", "type": "multilineText"},
            {
                "name": "ESTADO",
                "type": "singleSelect",
                "options": {
                    "choices": [{"name": "✔️ x"}, {"name": "CONFIRMADA"}, {"name": "no_show"}]
                },
            },
            {"name": "Pax", "type": "number", "options": {"precision": 0}},
        ],
    )
    base = find_map(await wire.schema())
    assert set(base.tables) == {"bookings"}
    found = base.tables["bookings"]
    assert set(found.fields) == {"name", "status", "covers"}
    assert found.fields["covers"].name == "Pax", "one of the right type goes first"
    status = found.fields["status"]
    assert {key: each.name for key, each in status.options.items()} == {
        "confirmed": "CONFIRMADA",
        "no_show": "no_show",
    }
    assert status.other_options == ("✔️ x",)
    assert base.language() == "es"
