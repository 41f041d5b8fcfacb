"""The schema of a base: reading it, and making and renaming tables and fields."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.actions import Action
from tests.support.airtable_emulator.cells import COMPUTED, TEXT
from tests.support.airtable_emulator.ids import new_id
from tests.support.airtable_emulator.model import Base, Field, Table, View, new_table
from tests.support.airtable_emulator.wire import only

_DATE_FORMATS = {
    "local": "l",
    "friendly": "LL",
    "us": "M/D/YYYY",
    "european": "D/M/YYYY",
    "iso": "YYYY-MM-DD",
}
_TIME_FORMATS = {"12hour": "h:mma", "24hour": "HH:mm"}
_DURATION_FORMATS = ("h:mm", "h:mm:ss", "h:mm:ss.S", "h:mm:ss.SS", "h:mm:ss.SSS")
_MOST_BASES_PER_PAGE = 1000

# From memory: types that cannot stand in the first column.
_NEVER_PRIMARY = {
    "checkbox",
    "multipleRecordLinks",
    "multipleAttachments",
    "singleSelect",
    "multipleSelects",
    "singleCollaborator",
    "multipleCollaborators",
    "rating",
}


def schema(base: Base, *, visible_fields: bool) -> dict[str, Any]:
    return {"tables": [table_json(each, visible_fields) for each in base.tables.values()]}


def table_json(table: Table, visible_fields: bool = False) -> dict[str, Any]:
    return {
        "id": table.id,
        "name": table.name,
        "primaryFieldId": table.primary,
        "fields": [field_json(each) for each in table.fields.values()],
        "views": [_view_json(table, each, visible_fields) for each in table.views.values()],
    } | ({"description": table.description} if table.description else {})


def field_json(field: Field) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": field.id, "name": field.name, "type": field.type}
    if field.options:
        shown["options"] = _options_json(field)
    if field.description:
        shown["description"] = field.description
    return shown


def create_table(action: Action, body: Mapping[str, Any]) -> Table:
    only(body, "name", "description", "fields")
    name, fields = body.get("name"), body.get("fields")
    if not isinstance(name, str) or not name or not isinstance(fields, list) or not fields:
        raise errors.invalid_request("a table takes a name and at least one field")
    if action.base.table_by(name):
        raise errors.duplicate_table(name)
    made = [field_of(action.base, each) for each in fields]
    if made[0].type in _NEVER_PRIMARY:
        raise errors.invalid_options(made[0].name, "this type cannot be the primary field")
    for at, each in enumerate(made):
        if any(each.name == other.name for other in made[:at]):
            raise errors.duplicate_field(each.name)
    table = new_table(name, made, description=body.get("description"))
    action.put_table(table)
    for each in made:
        link_back(action, table, each)
    return table


def describe_table(action: Action, table: Table, body: Mapping[str, Any]) -> None:
    only(body, "name", "description", "dateDependencySettings", "dateDependency")
    name = body.get("name", table.name)
    other = action.base.table_by(name)
    if other is not None and other is not table:
        raise errors.duplicate_table(name)
    action.describe_table(table, name=name, description=body.get("description", table.description))


def create_field(action: Action, table: Table, body: Mapping[str, Any]) -> Field:
    field = field_of(action.base, body)
    if table.field_by(field.name):
        raise errors.duplicate_field(field.name)
    action.put_field(table, field)
    link_back(action, table, field)
    return table.fields[field.id]


def describe_field(action: Action, table: Table, field: Field, body: Mapping[str, Any]) -> Field:
    """Name and description; the rest cannot be changed through the API (from memory)."""
    only(body, "name", "description")
    name = body.get("name", field.name)
    other = table.field_by(name)
    if not name or (other is not None and other.id != field.id):
        raise errors.duplicate_field(name)
    description = body.get("description", field.description)
    changed = Field(field.id, name, field.type, field.options, description)
    action.put_field(table, changed)
    return changed


def field_of(base: Base, body: Any, *, by_hand: bool = False) -> Field:
    """A field as it was asked for. Staff can make by hand the types that the API cannot.

    Raises: ApiError.
    """
    if not isinstance(body, dict):
        raise errors.invalid_request("a field is an object")
    only(body, "name", "type", "options", "description")
    name, type_ = body.get("name"), body.get("type")
    if not isinstance(name, str) or not isinstance(type_, str):
        raise errors.invalid_request("a field takes a name and a type")
    if not name:
        raise errors.duplicate_field(name)
    options = body.get("options") or {}
    if type_ in COMPUTED and not by_hand:
        raise errors.cannot_create_type(type_)
    if type_ not in COMPUTED:
        check = _OPTIONS.get(type_)
        if check is None:
            raise errors.invalid_request(f"no field type {type_}")
        options = check(base, name, options)
    return Field(new_id("fld"), name, type_, options, body.get("description"))


def link_back(action: Action, table: Table, field: Field) -> None:
    """The field on the other side that every link has."""
    if field.type != "multipleRecordLinks":
        return
    linked = action.base.tables[field.options["linkedTableId"]]
    name, number = table.name, 2
    while linked.field_by(name):
        name, number = f"{table.name} {number}", number + 1
    inverse = Field(new_id("fld"), name, field.type, _link_options(table.id, field.id))
    action.put_field(linked, inverse)
    options = field.options | {"inverseLinkFieldId": inverse.id}
    action.put_field(table, Field(field.id, field.name, field.type, options, field.description))


def bases_page(bases: list[tuple[Base, str]], offset: str | None) -> dict[str, Any]:
    """Bases with the caller's permission level."""
    start = int(offset) if offset and offset.isdecimal() else 0
    page = bases[start : start + _MOST_BASES_PER_PAGE]
    following = start + len(page)
    shown = [{"id": each.id, "name": each.name, "permissionLevel": role} for each, role in page]
    return {"bases": shown} | ({"offset": str(following)} if following < len(bases) else {})


def _view_json(table: Table, view: View, visible_fields: bool) -> dict[str, Any]:
    shown: dict[str, Any] = {"id": view.id, "name": view.name, "type": view.type}
    if visible_fields and view.type == "grid":
        shown["visibleFieldIds"] = [each for each in table.fields if each not in view.hidden]
    return shown


def _options_json(field: Field) -> dict[str, Any]:
    match field.type:
        case "formula":
            return {"isValid": True, "referencedFieldIds": []} | field.options
        case "rollup" | "multipleLookupValues" | "count":
            return {"isValid": True} | field.options
        case "lastModifiedTime":
            return {"isValid": True, "referencedFieldIds": []} | field.options
    return field.options


Check = Callable[[Base, str, Mapping[str, Any]], dict[str, Any]]


def _no_options(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if options:
        raise errors.invalid_options(name, "this type takes no options")
    return {}


def _precision(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    precision = options.get("precision")
    if not isinstance(precision, int) or not 0 <= precision <= 8:
        raise errors.invalid_options(name, "precision is between 0 and 8")
    return dict(options)


def _currency(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    _need(name, options, "symbol")
    return _precision(base, name, options)


def _checkbox(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    _need(name, options, "icon", "color")
    return dict(options)


def _rating(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    _need(name, options, "icon", "color", "max")
    return dict(options)


def _duration(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    if options.get("durationFormat") not in _DURATION_FORMATS:
        raise errors.invalid_options(name, "durationFormat is missing or unknown")
    return dict(options)


def _date(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return {"dateFormat": _format(name, options, "dateFormat", _DATE_FORMATS)}


def _date_time(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    zone = options.get("timeZone")
    if zone not in ("utc", "client"):
        try:
            ZoneInfo(str(zone))
        except (ZoneInfoNotFoundError, ValueError) as error:
            raise errors.invalid_options(name, "timeZone is missing or unknown") from error
    return {
        "timeZone": zone,
        "dateFormat": _format(name, options, "dateFormat", _DATE_FORMATS),
        "timeFormat": _format(name, options, "timeFormat", _TIME_FORMATS),
    }


def _choices(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    choices = options.get("choices")
    if not isinstance(choices, list):
        raise errors.invalid_options(name, "choices is missing")
    names = [each.get("name") for each in choices if isinstance(each, dict)]
    if len(names) < len(choices) or not all(names) or len(set(names)) < len(names):
        raise errors.invalid_options(name, "every choice takes a name of its own")
    return {
        "choices": [
            {"id": new_id("sel"), "name": each["name"]}
            | ({"color": each["color"]} if "color" in each else {})
            for each in choices
        ]
    }


def _link(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    """Whether it prefers a single link cannot be said at creation (from memory)."""
    if set(options) - {"linkedTableId", "viewIdForRecordSelection"}:
        raise errors.invalid_options(name, "a link takes linkedTableId only")
    linked = options.get("linkedTableId")
    if linked not in base.tables:
        raise errors.invalid_options(name, f"no table with the id {linked}")
    return _link_options(str(linked), None)


def _link_options(table_id: str, inverse: str | None) -> dict[str, Any]:
    return {
        "linkedTableId": table_id,
        "isReversed": False,
        "prefersSingleRecordLink": False,
        "inverseLinkFieldId": inverse,
    }


def _attachments(base: Base, name: str, options: Mapping[str, Any]) -> dict[str, Any]:
    return {"isReversed": False}


def _need(name: str, options: Mapping[str, Any], *keys: str) -> None:
    for key in keys:
        if key not in options:
            raise errors.invalid_options(name, f"{key} is missing")


def _format(
    name: str, options: Mapping[str, Any], key: str, formats: Mapping[str, str]
) -> dict[str, str]:
    given = options.get(key)
    if not isinstance(given, dict) or given.get("name") not in formats:
        raise errors.invalid_options(name, f"{key} is missing or unknown")
    expected = formats[given["name"]]
    if given.get("format", expected) != expected:
        raise errors.invalid_options(name, f"{key} {given['name']} is {expected}")
    return {"name": given["name"], "format": expected}


_OPTIONS: dict[str, Check] = {
    **dict.fromkeys(TEXT, _no_options),
    "number": _precision,
    "percent": _precision,
    "currency": _currency,
    "duration": _duration,
    "rating": _rating,
    "checkbox": _checkbox,
    "date": _date,
    "dateTime": _date_time,
    "singleSelect": _choices,
    "multipleSelects": _choices,
    "multipleRecordLinks": _link,
    "singleCollaborator": _no_options,
    "multipleCollaborators": _no_options,
    "multipleAttachments": _attachments,
    "barcode": _no_options,
}
