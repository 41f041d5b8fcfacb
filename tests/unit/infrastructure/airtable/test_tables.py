"""The base as data, and the names by which its parts are recognised."""

from __future__ import annotations

from collections import Counter

import pytest

from domain.booking import BookingStatus
from infrastructure.airtable.names import Names, fold
from infrastructure.airtable.schema import What, find_map, repair, told
from infrastructure.airtable.tables import (
    BY_KEY,
    LINKS,
    SAME_CELLS,
    SELECT,
    SELECTS,
    TABLES,
    TYPE_NAMES,
    Table,
    definition,
)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Confirmed", "CONFIRMED"),
        ("Extracción", "extraccio\u0301n"),
        ("❤\ufe0f Family", "❤ family"),
        ("No  show ", "no\u00a0show"),
        ("Straße", "STRASSE"),
    ],
)
def test_names_that_look_alike_are_the_same(one: str, other: str) -> None:
    assert fold(one) == fold(other)


@pytest.mark.parametrize(("one", "other"), [("Mesa 1", "Mesa 11"), ("Día", "Dia"), ("", "x")])
def test_names_that_differ_are_not(one: str, other: str) -> None:
    assert fold(one) != fold(other)


def test_other_names_are_recognised_but_never_made() -> None:
    names = Names("Party", "Personas", ("Pax",))
    assert names.may_be("pax")
    assert not names.are_right("pax")
    assert names.in_language("es") == "Personas"
    assert names.in_language("en") == "Party"


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
@pytest.mark.parametrize("language", ["en", "es"])
def test_no_two_columns_of_a_table_have_one_name(table: Table, language: str) -> None:
    names = [fold(column.names.in_language(language)) for column in table.columns]
    # Airtable names the other end of a link after the table that it comes from.
    incoming = {
        fold(other.names.in_language(language))
        for other in TABLES
        for column in other.columns
        if column.links == table.key
    }
    assert [name for name, count in Counter(names).items() if count > 1] == []
    assert not incoming & set(names)


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_a_name_leads_to_one_column_only(table: Table) -> None:
    """Where another name of one column is the right name of another, the right one goes first; but
    two columns must not both be recognised by the same other name."""
    others = Counter(
        fold(each)
        for column in table.columns
        for each in {fold(name) for name in column.names.also}
    )
    assert [name for name, count in others.items() if count > 1] == []


@pytest.mark.parametrize("table", TABLES, ids=lambda table: table.key)
def test_a_table_links_only_to_tables_made_before_it(table: Table) -> None:
    before = [each.key for each in TABLES[: TABLES.index(table)]]
    for column in table.columns:
        assert (column.type == LINKS) == bool(column.links)
        assert not column.links or column.links in before


def test_the_first_column_of_every_table_is_text() -> None:
    assert {table.columns[0].type for table in TABLES} == {"singleLineText"}


def test_every_status_of_a_booking_has_an_option() -> None:
    options = {option.key for option in BY_KEY["bookings"].column("status").options}
    assert options == {str(each) for each in BookingStatus}


def test_every_type_has_a_name_that_staff_see() -> None:
    used = {column.type for table in TABLES for column in table.columns}
    assert used <= set(TYPE_NAMES)
    assert used <= set(SAME_CELLS)


def test_a_definition_is_whole_in_either_language() -> None:
    ids = {table.key: f"tbl{table.key}" for table in TABLES}
    for table in TABLES:
        for column in table.columns:
            for language in ("en", "es"):
                made = definition(column, language, zone="client", table_ids=ids)
                assert made["name"]
                if column.type in (SELECT, SELECTS):
                    names = [choice["name"] for choice in made["options"]["choices"]]
                    assert len(set(names)) == len(column.options)
                    assert all(choice["color"] for choice in made["options"]["choices"])


def test_an_empty_base_lacks_every_table_and_says_how_to_get_it() -> None:
    base = find_map([])
    assert [lack.table for lack in base.lacks] == [table.key for table in TABLES]
    assert {lack.what for lack in base.lacks} == {What.TABLE}
    assert not base.is_usable
    lack = base.lacks[0]
    assert f"{told(lack, base)}; {repair(lack, base)}" == (
        "the table Venues is not there; run `anfitrion airtable init`"
    )


def test_a_base_without_questions_and_a_waitlist_can_be_used() -> None:
    described = []
    ids = {table.key: f"tbl{table.key}" for table in TABLES}
    for table in TABLES:
        fields = [
            definition(column, "en", zone="client", table_ids=ids) for column in table.columns
        ]
        for number, each in enumerate(fields):
            each["id"] = f"fld{table.key}{number}"
            for place, choice in enumerate(each.get("options", {}).get("choices", ())):
                choice["id"] = f"sel{table.key}{number}{place}"
        described.append({"id": ids[table.key], "name": table.names.en, "fields": fields})
    assert find_map(described).lacks == ()
    without = [each for each in described if each["name"] not in ("Questions", "Waitlist")]
    base = find_map(without)
    assert [lack.table for lack in base.lacks] == ["questions", "waitlist"]
    assert base.is_usable
