"""`anfitrion airtable check`: what it says of a base that is right, renamed, broken or out of reach."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from infrastructure.airtable.care import BaseCare
from infrastructure.airtable.check import Finding, Verdict, check_base
from infrastructure.airtable.init import Prepared, prepare
from infrastructure.airtable.schema import BaseMap
from infrastructure.airtable.wire import Wire
from infrastructure.clock import SystemClock
from infrastructure.venues.loader import read_files
from tests.support.airtable_emulator.client import Control, RunningEmulator
from tests.support.bases import wire_to

NOW = datetime(2026, 11, 21, 10, tzinfo=UTC)
FRIDAY = "2026-11-27T20:00:00.000Z"


@pytest.fixture
async def prepared(wire: Wire) -> Prepared:
    """A base in English with both samples."""
    return await prepare(wire, language="en", houses=read_files())


async def found(wire: Wire, **options: Any) -> list[Finding]:
    return await check_base(wire, now=NOW, **options)


async def nowhere(_found: BaseMap) -> None: ...


def repairs(findings: list[Finding]) -> list[str]:
    return [each.detail for each in findings if each.verdict is Verdict.REPAIR]


def notes(findings: list[Finding]) -> list[str]:
    return [each.detail for each in findings if each.verdict is Verdict.NOTE]


def record(control: Control, table: str, name: str) -> str:
    rows = control.records(table)
    return str(next(each["id"] for each in rows if each["fields"].get("Name") == name))


async def test_a_base_with_the_samples_is_right(wire: Wire, prepared: Prepared) -> None:
    findings = await found(wire)
    assert {each.verdict for each in findings} == {Verdict.OK}
    assert [each.item for each in findings] == [
        "tables",
        "clinica-sonrisa",
        "la-terraza",
        "bookings",
    ]
    assert findings[2].detail == "La Terraza: 2 services, 12 resources, 14 answers, Europe/Madrid"


async def test_an_empty_base_needs_every_table_and_a_house(wire: Wire, control: Control) -> None:
    findings = await found(wire)
    wanted = "the table Bookings is not there; run `anfitrion airtable init`"
    assert wanted in repairs(findings)
    assert any("no house can be read" in line for line in repairs(findings))


async def test_what_staff_rename_is_a_note_where_its_ids_are_known(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.staff("rename_field", table="Bookings", field="Start", name="When")
    control.staff("rename_table", table="Closures", name="Days off")
    findings = await found(wire, remembered=prepared.base.to_json())
    assert repairs(findings) == []
    assert notes(findings) == [
        "Days off: Closures is called Days off",
        "Bookings: Start is called When",
    ]


async def test_a_renamed_column_is_missing_where_nothing_is_remembered(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.staff("rename_field", table="Bookings", field="Start", name="When")
    assert repairs(await found(wire)) == [
        "Bookings: the column Start is not there; run `anfitrion airtable init`"
    ]


async def test_a_deleted_column_that_bookings_need_is_a_fault_and_another_a_note(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.staff("delete_field", table="Bookings", field="Booking Key")
    control.staff("delete_field", table="Bookings", field="Notes")
    findings = await found(wire, remembered=prepared.base.to_json())
    assert repairs(findings) == [
        "Bookings: the column Booking Key is not there; run `anfitrion airtable init`"
    ]
    assert notes(findings) == [
        "Bookings: the column Notes is not there; run `anfitrion airtable init`"
    ]


async def test_a_wrong_type_and_a_link_to_elsewhere_say_what_to_change(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    services = next(t["id"] for t in control.schema()["tables"] if t["name"] == "Services")
    control.staff("change_field", table="Bookings", field="Party", type="singleLineText")
    control.staff(
        "change_field", table="Bookings", field="Tables", options={"linkedTableId": services}
    )
    said = repairs(await found(wire))
    assert said[0].startswith("Bookings: the column Party is a single line text, not a number; ")
    assert said[1].startswith(
        "Bookings: the column Tables is a link to another record, "
        "not a link to another record in Resources; "
    )


async def test_options_that_are_missing_or_the_house_s_own_are_told(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.staff("remove_option", table="Bookings", field="Status", option="Cancelled")
    control.staff("remove_option", table="Bookings", field="Status", option="Received")
    control.staff("remove_option", table="Opening Hours", field="Weekdays", option="Monday")
    control.create("Bookings", {"Name": "Laura", "Status": "Phoned twice"})
    findings = await found(wire)
    assert repairs(findings) == [
        "Opening Hours: the column Weekdays has no option Monday; add the option in Airtable",
        "Bookings: the column Status has no option Cancelled; add the option in Airtable",
    ]
    assert notes(findings) == [
        "Bookings: the column Status has no option Received; add the option in Airtable",
        "Bookings, Status: Phoned twice is the house's own; a row with it is no booking",
    ]


async def test_a_zone_that_is_not_the_house_s_is_told(wire: Wire, control: Control) -> None:
    terraza = [file for file in read_files() if file.id == "la-terraza"]
    await prepare(wire, language="en", houses=terraza)
    control.staff("change_field", table="Bookings", field="Start", options={"timeZone": "utc"})
    control.staff("change_field", table="Bookings", field="End", options={"timeZone": "client"})
    findings = await found(wire)
    assert repairs(findings) == ["Bookings: Start is shown in utc; set it to Europe/Madrid"]
    assert notes(findings) == [
        "Bookings: End is shown in each viewer's own time zone; Europe/Madrid would be safer"
    ]


async def test_broken_rows_are_told_by_table_row_and_column(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.update("Venues", record(control, "Venues", "La Terraza"), {"Time zone": "Madrid"})
    control.create("Closures", {"Reason": "Works", "First day": "2026-12-01"})
    said = repairs(await found(wire))
    assert said == [
        "Venues, La Terraza, Time zone: 'Madrid' is not a time zone such as Europe/Madrid; "
        "type one such as Europe/Madrid",
        "Closures, Works, Venue: is empty; choose the venue",
    ]


async def test_a_key_that_two_rows_have_is_told(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.duplicate("Resources", record(control, "Resources", "Mesa 4"), {})
    assert repairs(await found(wire)) == [
        "Resources, Mesa 4, Key: T4 is the key of Mesa 4 too; type another"
    ]


async def test_rows_that_are_not_offered_are_a_note(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    control.update("Resources", record(control, "Resources", "Mesa 4"), {"Active": False})
    findings = await found(wire)
    assert repairs(findings) == []
    assert notes(findings) == ["Resources: not offered, Active is off: Mesa 4"]


async def test_bookings_with_a_copied_key_or_another_house_s_table_are_told(
    wire: Wire, control: Control, prepared: Prepared
) -> None:
    terraza = record(control, "Venues", "La Terraza")
    booking = {
        "Name": "Laura",
        "Start": FRIDAY,
        "Status": "Confirmed",
        "Booking Key": "b-1",
        "Code": "ABC",
        "Venue": [terraza],
    }
    control.create("Bookings", booking)
    control.create("Bookings", {**booking, "Code": "DEF"})
    room = record(control, "Resources", "Consultorio 1")
    control.create("Bookings", {**booking, "Booking Key": "b-2", "Code": "GHI", "Tables": [room]})
    control.create("Bookings", {"Name": "Ana", "Start": FRIDAY, "Status": "Confirmed"})
    control.create("Bookings", {**booking, "Start": "2025-01-01T20:00:00.000Z"})
    said = repairs(await found(wire))
    assert sorted(said) == [
        "Bookings: 2 rows have the Booking Key b-1; empty it in the copies",
        "Bookings: the booking 2026-11-27 20:00 UTC names no venue; choose it in Venue",
        "Bookings: the booking GHI: Tables belongs to clinica-sonrisa; choose one of la-terraza",
    ]
    assert not any("Laura" in line or "Ana" in line for line in said)


@pytest.mark.parametrize(
    ("token", "expected"),
    [
        ("patNOBODY", "Airtable does not know the token"),
        ("patNARROW", "schema.bases:read"),
    ],
)
async def test_a_token_that_may_not_look_is_told_what_it_needs(
    emulator: RunningEmulator, control: Control, token: str, expected: str
) -> None:
    control.put_token("patNARROW", scopes=["data.records:read"])
    async with wire_to(emulator, token=token) as wire:
        findings = await BaseCare(
            wire, clock=SystemClock(), remembered=None, remember=nowhere
        ).check()
    assert [each.verdict for each in findings] == [Verdict.REPAIR]
    assert expected in findings[0].detail
