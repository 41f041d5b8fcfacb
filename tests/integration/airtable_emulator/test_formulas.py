"""`filterByFormula`: the subset, its values, and that everything else is refused aloud."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from pyairtable import Table

from tests.integration.airtable_emulator.furniture import error_of
from tests.support.airtable_emulator.client import Control

ROW: dict[str, Any] = {
    "Name": "Laura O'Brien",
    "Key": "mesa-4",
    "Party": 4,
    "Deposit": 2.5,
    "Arrived": True,
    "Day": "2026-03-29",
    "Start": "2026-03-29T18:00:00Z",
    "End": "2026-03-29T19:45:00Z",
    "Status": "Confirmed",
    "Wishes": ["Quiet", "Window"],
}


@pytest.fixture
def row(bookings: Table, control: Control) -> str:
    control.freeze()
    control.set_clock("2026-03-29T12:30:00Z")
    tables = [control.create("Resources", {"Name": name}) for name in ("mesa-1", "mesa-11")]
    return str(bookings.create(ROW | {"Tables": tables})["id"])


TRUE = [
    # Literals and escapes
    "1",
    "'0'",
    "'it\\'s' = \"it's\"",
    '\'say "hi"\' = "say \\"hi\\""',
    "'a\\\\b' != 'ab'",
    # Fields
    "{Name} = 'Laura O\\'Brien'",
    "Key = 'mesa-4'",
    "{Party}=4",
    "{fields[Key]} = 'mesa-4'",
    "{Status}='Confirmed'",
    "{Arrived}=TRUE()",
    "{Arrived}",
    '{Label} = "Laura O\'Brien x4"',
    # Operators
    "{Party} != 5",
    "{Party} >= 4",
    "{Party} <= 4",
    "NOT({Party} < 4)",
    "{Party} > 3",
    "{Party} * 2 + 1 = 9",
    "{Party} - 2 * 2 = 0",
    "({Party} - 2) / 2 = 1",
    "-{Party} = 0 - 4",
    "{Key} & '/' & {Party} = 'mesa-4/4'",
    "{Deposit} & '' = '2.5'",
    # Logic
    "AND(TRUE(), 1, 'x')",
    "OR(FALSE(), 0, '', 'x')",
    "XOR(TRUE(), FALSE(), FALSE())",
    "NOT(XOR(TRUE(), TRUE()))",
    "IF({Party} > 3, 'big', '')",
    "IF({Party} > 30, '', 'small')",
    "NOT(IF({Party} > 30, 'huge'))",
    "SWITCH({Status}, 'Cancelled', 0, 'Confirmed', 1) = 1",
    "SWITCH({Status}, 'x', 0, 'other') = 'other'",
    # Blank
    "{Notes} = BLANK()",
    "{Notes} = ''",
    "{Rating} = 0",
    "NOT({Notes})",
    # Text
    "FIND('Brien', {Name}) = 9",
    "FIND('a', {Name}, 3) = 5",
    "FIND('z', {Name}) = 0",
    "SEARCH('LAURA', {Name}) = 1",
    "SEARCH('z', {Name}) = BLANK()",
    "LOWER({Key}) = 'mesa-4'",
    "UPPER({Key}) = 'MESA-4'",
    "LEN({Key}) = 6",
    "TRIM('  a ') = 'a'",
    "CONCATENATE({Key}, '-', {Party}) = 'mesa-4-4'",
    # Lists and links
    "ARRAYJOIN({Wishes}) = 'Quiet, Window'",
    "ARRAYJOIN({Wishes}, '/') = 'Quiet/Window'",
    "{Wishes} = 'Quiet, Window'",
    "FIND('mesa-11', ARRAYJOIN({Tables}))",
    "{Tables} = 'mesa-1, mesa-11'",
    # The record
    "RECORD_ID() = '{row}'",
    "OR(RECORD_ID()='rec00000000000000', RECORD_ID()='{row}')",
    "OR({Key}='mesa-1', {Key}='mesa-4')",
    "OR({Notes}='', {Notes}='x')",
    "CREATED_TIME() = DATETIME_PARSE('2026-03-29T12:30:00Z')",
    "LAST_MODIFIED_TIME() = CREATED_TIME()",
    "LAST_MODIFIED_TIME({Name}, {Party}) <= NOW()",
    # Dates
    "{Start} = DATETIME_PARSE('2026-03-29T18:00:00.000Z')",
    "{Start} = DATETIME_PARSE('2026-03-29T20:00:00+02:00')",
    "{Start} >= DATETIME_PARSE('2026-03-29T18:00:00Z')",
    "{Start} < {End}",
    "IS_BEFORE({Start}, {End})",
    "NOT(IS_BEFORE({Start}, {Start}))",
    "IS_AFTER({Start}, '2026-03-29')",
    "NOT(IS_AFTER({Start}, {Start}))",
    "IS_SAME({Start}, {End}, 'day')",
    "NOT(IS_SAME({Start}, {End}, 'hour'))",
    "IS_SAME({Start}, '2026-03-01', 'month')",
    "{Day} = DATETIME_PARSE('2026-03-29')",
    "FIND('2026-03-29', {Start})",
    "DATEADD({Start}, 105, 'minutes') = {End}",
    "DATEADD({Day}, -1, 'month') = DATETIME_PARSE('2026-02-28')",
    "DATEADD({Start}, 1, 'day') = DATETIME_PARSE('2026-03-30T18:00:00Z')",
    "DATETIME_DIFF({End}, {Start}, 'minutes') = 105",
    "DATETIME_DIFF({End}, {Start}) = 6300",
    "DATETIME_DIFF({Start}, {End}, 'hours') = -1",
    "DATETIME_DIFF({Day}, '2025-03-30', 'months') = 11",
    "DATETIME_FORMAT({Start}, 'YYYY-MM-DD HH:mm') = '2026-03-29 18:00'",
    "DATETIME_FORMAT(SET_TIMEZONE({Start}, 'Europe/Madrid'), 'HH:mm') = '20:00'",
    "DATETIME_FORMAT({Start}, 'dddd D MMMM') = 'Sunday 29 March'",
    "DATETIME_FORMAT({Start}, 'h A [o]') = '6 PM o'",
    "DATETIME_PARSE('29/03/2026 18:00', 'DD/MM/YYYY HH:mm') = {Start}",
    "TODAY() = DATETIME_PARSE('2026-03-29')",
    "NOW() = DATETIME_PARSE('2026-03-29T12:30:00Z')",
]

FALSE = [
    "0",
    "''",
    "BLANK()",
    "FALSE()",
    "{Name} = 'laura o\\'brien'",
    "{Notes}",
    "{Key} = 'mesa-1'",
    # Days are those of UTC: in Madrid this is the 30th.
    "IS_SAME('2026-03-29T22:30:00Z', '2026-03-30', 'day')",
    "OR({Key}='mesa-1', {Key}='mesa-2')",
    "{Tables} = 'mesa-1'",
    "{Tables} = '{row}'",
]

ERRORS = [
    "1 / 0",
    "'a' + 1",
    "{Name} * 2 = 0",
    "IS_BEFORE({Local}, {Start})",
    "NOT(IS_BEFORE({Local}, {Start}))",
    "OR(TRUE(), IS_BEFORE({Local}, {Start}))",
    "DATETIME_PARSE('no date') = {Start}",
    "SET_TIMEZONE({Start}, 'Europe/Nowhere')",
    "{Rating} / {Rating}",
]

REFUSED = [
    "{Party} =",
    "AND({Party}=4",
    "{Name} = 'Laura",
    "{Name} == 'Laura'",
    "{Name} <> 'Laura'",
    "{Name} = \\'x\\'",
    "'a\\q'",
    "and(1, 1)",
    "REGEX_MATCH({Name}, 'L')",
    "ROUND({Party}, 0)",
    "WEEKDAY({Start})",
    "NOT()",
    "NOT(1, 2)",
    "IF(1)",
    "IS_SAME({Start}, {End})",
    "DATEADD({Start}, 1)",
    "1 2",
    "{Party} = 4)",
]

UNKNOWN = [
    "{Party} = '4'",
    "{Name} = 4",
    "{Start} = '2026-03-29T18:00:00.000Z'",
    "{Start} > '2026-03-29'",
    "{Name} < 'M'",
    "IS_SAME({Start}, {End}, 'fortnight')",
    "IS_SAME({Start}, {End}, 'week')",
    "DATETIME_FORMAT({Start}, 'wo')",
    "SET_TIMEZONE({Start}, 'Europe/Madrid') = {Start}",
]


def count(http: httpx.Client, rows: str, formula: str) -> int:
    response = http.get(rows, params={"filterByFormula": formula})
    assert response.status_code == 200, (response.text, response.headers)
    return len(response.json()["records"])


@pytest.fixture
def filled(row: str, fields: dict[str, str]) -> Any:
    """Puts the row's id and field ids into a formula's text."""
    return lambda text: text.replace("{row}", row).replace("{fields[Key]}", f"{{{fields['Key']}}}")


@pytest.mark.parametrize("formula", TRUE)
def test_a_true_formula_keeps_the_row(
    http: httpx.Client, rows: str, filled: Any, formula: str
) -> None:
    assert count(http, rows, filled(formula)) == 1


@pytest.mark.parametrize("formula", FALSE)
def test_a_false_or_blank_formula_drops_the_row(
    http: httpx.Client, rows: str, filled: Any, formula: str
) -> None:
    assert count(http, rows, filled(formula)) == 0


@pytest.mark.parametrize("formula", ERRORS)
def test_an_error_drops_the_row_whatever_stands_around_it(
    http: httpx.Client, rows: str, filled: Any, formula: str
) -> None:
    assert count(http, rows, filled(formula)) == 0


@pytest.mark.parametrize("formula", REFUSED)
def test_what_is_no_formula_or_not_in_the_subset_is_refused(
    http: httpx.Client, rows: str, row: str, formula: str
) -> None:
    response = http.get(rows, params={"filterByFormula": formula})
    assert error_of(response) == (
        422,
        "INVALID_FILTER_BY_FORMULA",
        "The formula for filtering records is invalid: Invalid formula. Please check your formula "
        "text.",
    )
    assert response.headers["x-emulator-reason"]


@pytest.mark.parametrize("formula", UNKNOWN)
def test_what_nobody_wrote_down_is_refused_rather_than_guessed(
    http: httpx.Client, rows: str, row: str, formula: str
) -> None:
    response = http.get(rows, params={"filterByFormula": formula})
    assert error_of(response)[:2] == (422, "INVALID_FILTER_BY_FORMULA")
    assert "not known" in response.headers["x-emulator-reason"]


def test_unknown_fields_are_all_named(http: httpx.Client, rows: str) -> None:
    formula = "AND({Nothing}=1, {Party}=2, {Other One}='x')"
    assert error_of(http.get(rows, params={"filterByFormula": formula})) == (
        422,
        "INVALID_FILTER_BY_FORMULA",
        "The formula for filtering records is invalid: Unknown field names: nothing, other one",
    )


def test_an_unticked_box_is_found_by_not_and_missed_by_false(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    bookings.create({"Name": "Laura"})
    assert count(http, rows, "NOT({Arrived})") == 1
    assert count(http, rows, "{Arrived}=FALSE()") == 0


def test_a_closed_literal_lets_a_guest_see_every_row(
    http: httpx.Client, rows: str, bookings: Table
) -> None:
    """What happens to who builds formulas by hand."""
    bookings.batch_create([{"Name": "Laura"}, {"Name": "Nora"}])
    typed = "x') , TRUE(), OR({Name}='"
    assert count(http, rows, f"OR(({{Name}}='{typed}'))") == 2


def test_substring_search_in_links_hits_neighbours(http: httpx.Client, rows: str, row: str) -> None:
    assert count(http, rows, "FIND('mesa-1', ARRAYJOIN({Tables}))") == 1


def test_a_formula_by_a_field_s_old_name_breaks_at_once(
    http: httpx.Client, rows: str, row: str, control: Control, fields: dict[str, str]
) -> None:
    control.staff("rename_field", table="Bookings", field="Key", name="Clave")
    assert http.get(rows, params={"filterByFormula": "{Key}='mesa-4'"}).status_code == 422
    assert count(http, rows, f"{{{fields['Key']}}}='mesa-4'") == 1
    assert count(http, rows, "{Clave}='mesa-4'") == 1
