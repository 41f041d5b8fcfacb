"""The base of these tests, and what every test of a refusal looks at."""

from __future__ import annotations

from typing import Any

import httpx

from tests.support.airtable_emulator.client import Control

MADRID = {
    "timeZone": "Europe/Madrid",
    "dateFormat": {"name": "iso"},
    "timeFormat": {"name": "24hour"},
}
UTC = MADRID | {"timeZone": "utc"}
TICK = {"icon": "check", "color": "greenBright"}
STARS = {"icon": "star", "color": "yellowBright", "max": 5}


def choices(*names: str) -> dict[str, Any]:
    return {"choices": [{"name": each} for each in names]}


def furnish(control: Control) -> None:
    resources = control.staff(
        "create_table",
        name="Resources",
        fields=[
            {"name": "Name", "type": "singleLineText"},
            {"name": "Zone", "type": "singleSelect", "options": choices("Terrace", "Inside")},
            {"name": "Seats", "type": "number", "options": {"precision": 0}},
        ],
    )
    bookings = control.staff(
        "create_table",
        name="Bookings",
        fields=[
            {"name": "Name", "type": "singleLineText"},
            {"name": "Key", "type": "singleLineText"},
            {"name": "Notes", "type": "multilineText"},
            {"name": "Email", "type": "email"},
            {"name": "Phone", "type": "phoneNumber"},
            {"name": "Site", "type": "url"},
            {"name": "Party", "type": "number", "options": {"precision": 0}},
            {"name": "Share", "type": "percent", "options": {"precision": 1}},
            {"name": "Deposit", "type": "currency", "options": {"precision": 2, "symbol": "€"}},
            {"name": "Turn", "type": "duration", "options": {"durationFormat": "h:mm"}},
            {"name": "Rating", "type": "rating", "options": STARS},
            {"name": "Arrived", "type": "checkbox", "options": TICK},
            {"name": "Day", "type": "date", "options": {"dateFormat": {"name": "iso"}}},
            {"name": "Start", "type": "dateTime", "options": UTC},
            {"name": "End", "type": "dateTime", "options": UTC},
            {"name": "Local", "type": "dateTime", "options": MADRID},
            {
                "name": "Status",
                "type": "singleSelect",
                "options": choices("Confirmed", "Cancelled", "❤️ Family"),
            },
            {
                "name": "Wishes",
                "type": "multipleSelects",
                "options": choices("Window", "Quiet", "High chair"),
            },
            {
                "name": "Tables",
                "type": "multipleRecordLinks",
                "options": {"linkedTableId": resources["id"]},
            },
            {"name": "Host", "type": "singleCollaborator"},
            {"name": "Hosts", "type": "multipleCollaborators"},
            {"name": "Files", "type": "multipleAttachments"},
            {"name": "Ticket", "type": "barcode"},
        ],
    )
    ids = {each["name"]: each["id"] for each in bookings["fields"]}
    seen = {each["name"]: each["id"] for each in resources["fields"]}
    through = {"recordLinkFieldId": ids["Tables"]}
    for name, type_, options in (
        ("Number", "autoNumber", {}),
        ("Created", "createdTime", {}),
        ("Changed", "lastModifiedTime", {}),
        ("Renamed", "lastModifiedTime", {"referencedFieldIds": [ids["Name"]]}),
        ("Creator", "createdBy", {}),
        ("Changer", "lastModifiedBy", {}),
        ("Label", "formula", {"formula": "{Name} & ' x' & {Party}"}),
        ("Each", "formula", {"formula": "{Deposit} / {Party}"}),
        ("Zones", "multipleLookupValues", through | {"fieldIdInLinkedTable": seen["Zone"]}),
        (
            "Seats",
            "rollup",
            through | {"fieldIdInLinkedTable": seen["Seats"], "formula": "SUM(values)"},
        ),
        ("Table count", "count", through),
    ):
        definition = {"name": name, "type": type_, "options": options}
        control.staff("create_field", table="Bookings", definition=definition)


def error_of(response: httpx.Response) -> tuple[int, str, str | None]:
    """Status, type and message."""
    error = response.json()["error"]
    if isinstance(error, str):
        return response.status_code, error, None
    return response.status_code, error["type"], error.get("message")


INVALID_REQUEST = (
    422,
    "INVALID_REQUEST_UNKNOWN",
    "Invalid request: parameter validation failed. Check your request data.",
)
