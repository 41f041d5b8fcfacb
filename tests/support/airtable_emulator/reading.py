"""Reading cells: for REST ("V1"), for webhooks ("V2"), as text, and as values of formulas."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from math import isfinite
from typing import Any
from zoneinfo import ZoneInfo

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.cells import AS_KEPT, COMPUTED
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.formulas.compiler import (
    Evaluate,
    UnknownFields,
    compile_formula,
)
from tests.support.airtable_emulator.formulas.parser import Malformed
from tests.support.airtable_emulator.formulas.values import (
    EvaluationError,
    Unknown,
    Value,
    flat,
    is_true,
    number,
    parse_instant,
    text,
)
from tests.support.airtable_emulator.ids import is_id
from tests.support.airtable_emulator.model import Base, Field, Record, Table, World

Records = Callable[[Table], Mapping[str, Record]]

_ERROR = object()
"""The value of a computed cell that shows #ERROR!."""

# A formula field that refers to itself through others ends here.
_DEEPEST = 12


class Reader:
    """Cells of a base at one instant; `records` may show an older state of a table."""

    def __init__(
        self,
        world: World,
        base: Base,
        now: datetime,
        records: Records = lambda table: table.records,
    ) -> None:
        self.world = world
        self.base = base
        self.now = now
        self.records = records
        self._compiled: dict[tuple[str, str], Evaluate] = {}
        self._depth = 0

    def value(self, table: Table, record: Record, field: Field) -> Value:
        """Raises: EvaluationError for a computed cell in error."""
        if field.type in AS_KEPT:
            return record.cells.get(field.id)
        if field.type in COMPUTED:
            return self._computed(table, record, field)
        stored = record.cells.get(field.id)
        if stored is None:
            return None
        match field.type:
            case "singleSelect":
                return option(field, stored)["name"]
            case "multipleSelects":
                return [option(field, each)["name"] for each in stored]
            case "date" | "dateTime":
                return parse_instant(stored)
            case "multipleRecordLinks":
                return [self.name_of(field, each) for each in stored]
            case "singleCollaborator":
                return self.world.users[stored].name
            case "multipleCollaborators":
                return [self.world.users[each].name for each in stored]
            case "multipleAttachments":
                return [each.get("filename", "") for each in stored]
            case "barcode":
                return stored["text"]
        return stored

    def json(self, table: Table, record: Record, field: Field) -> Any:
        """As REST shows it; None where the cell is empty and left out."""
        stored = record.cells.get(field.id)
        match field.type:
            case _ if field.type in COMPUTED:
                return self._computed_json(table, record, field)
            case "singleSelect" | "multipleSelects" if stored is not None:
                return self.value(table, record, field)
            case "singleCollaborator" if stored is not None:
                return self.person(stored)
            case "multipleCollaborators" if stored is not None:
                return [self.person(each) for each in stored]
        return stored

    def webhook_json(self, table: Table, record: Record, field: Field) -> Any:
        """As webhook payloads show it; None where the cell is empty."""
        stored = record.cells.get(field.id)
        match field.type:
            case "singleSelect" if stored is not None:
                return option(field, stored)
            case "multipleSelects" if stored is not None:
                return [option(field, each) for each in stored]
            case "multipleRecordLinks" if stored is not None:
                return [{"id": each, "name": self.name_of(field, each)} for each in stored]
            case "singleCollaborator" if stored is not None:
                return self.person(stored) | {"permissionLevel": "create"}
            case "createdBy" | "lastModifiedBy":
                person = self.json(table, record, field)
                return person and person | {"permissionLevel": "create"}
            case "multipleLookupValues":
                return self._lookup_for_webhook(record, table, field)
        return self.json(table, record, field)

    def text(self, table: Table, record: Record, field: Field, zone: ZoneInfo | None = None) -> str:
        """The form of `cellFormat=string`, which Airtable calls unstable: not for logic."""
        try:
            value = self.value(table, record, field)
        except EvaluationError:
            return "#ERROR!"
        if isinstance(value, datetime):
            local = value.astimezone(zone or UTC)
            return f"{local:%Y-%m-%d}" if field.type == "date" else f"{local:%Y-%m-%d %H:%M}"
        if value is True:
            return "checked"
        return text(value)

    def name(self, table: Table, record: Record) -> str:
        """The text of the primary field."""
        try:
            return text(self.value(table, record, table.fields[table.primary]))
        except EvaluationError:
            return "#ERROR!"

    def name_of(self, field: Field, record_id: str) -> str:
        linked = self.base.tables[field.options["linkedTableId"]]
        record = self.records(linked).get(record_id)
        return self.name(linked, record) if record else ""

    def person(self, user_id: str) -> dict[str, Any]:
        user = self.world.users[user_id]
        return {"id": user.id, "email": user.email, "name": user.name}

    def predicate(self, table: Table, formula: str) -> Callable[[Record], bool]:
        """Whether a record is kept by `filterByFormula`. Raises: ApiError."""
        evaluate = self._filter(table, formula)

        def keeps(record: Record) -> bool:
            try:
                return is_true(evaluate(RowView(self, table, record)))
            except EvaluationError:
                return False
            except Unknown as error:
                raise errors.invalid_formula(
                    reason=f"not known how Airtable has it: {error}"
                ) from error

        return keeps

    def evaluate(self, table: Table, record: Record, formula: str) -> Value:
        """Raises: EvaluationError, also for a formula that is no longer valid."""
        key = (table.id, formula)
        if key not in self._compiled:
            try:
                self._compiled[key] = compile_formula(formula, _resolver(table))
            except (Malformed, UnknownFields) as error:
                raise EvaluationError(str(error)) from error
        return self._compiled[key](RowView(self, table, record))

    def _filter(self, table: Table, formula: str) -> Evaluate:
        try:
            return compile_formula(formula, _resolver(table))
        except UnknownFields as error:
            raise errors.invalid_formula(f"Unknown field names: {error}") from error
        except Malformed as error:
            raise errors.invalid_formula(reason=str(error)) from error

    def _computed(self, table: Table, record: Record, field: Field) -> Value:
        if self._depth > _DEEPEST:
            raise EvaluationError("circular")
        self._depth += 1
        try:
            return self._compute(table, record, field)
        finally:
            self._depth -= 1

    def _compute(self, table: Table, record: Record, field: Field) -> Value:
        match field.type:
            case "autoNumber":
                return record.number
            case "createdTime":
                return record.created_at
            case "lastModifiedTime":
                watched = tuple(field.options.get("referencedFieldIds") or ())
                return RowView(self, table, record).last_modified(watched)
            case "createdBy":
                return self.world.users[record.created_by].name
            case "lastModifiedBy":
                return self.world.users[record.changed_by or record.created_by].name
            case "formula":
                return self.evaluate(table, record, field.options["formula"])
            case "count":
                return len(record.cells.get(field.options["recordLinkFieldId"], ()))
            case "multipleLookupValues":
                return flat([value for _, value in self._linked_values(table, record, field)])
            case "rollup":
                values = flat([value for _, value in self._linked_values(table, record, field)])
                return _rollup(field.options.get("formula", "ARRAYJOIN(values)"), values)
        return None

    def _computed_json(self, table: Table, record: Record, field: Field) -> Any:
        if field.type == "createdBy":
            return self.person(record.created_by)
        if field.type == "lastModifiedBy":
            return self.person(record.changed_by or record.created_by)
        try:
            return _shown(self._computed(table, record, field))
        except (EvaluationError, Unknown):
            return {"error": "#ERROR!"}

    def _linked_values(self, table: Table, record: Record, field: Field) -> list[tuple[str, Value]]:
        link = table.fields.get(field.options["recordLinkFieldId"])
        if link is None:
            raise EvaluationError("the link field is gone")
        linked = self.base.tables[link.options["linkedTableId"]]
        source = linked.fields.get(field.options["fieldIdInLinkedTable"])
        if source is None:
            raise EvaluationError("the looked-up field is gone")
        records = self.records(linked)
        return [
            (each, self.value(linked, records[each], source))
            for each in record.cells.get(link.id, ())
            if each in records
        ]

    def _lookup_for_webhook(self, record: Record, table: Table, field: Field) -> Any:
        try:
            values = self._linked_values(table, record, field)
        except EvaluationError:
            return {"error": "#ERROR!"}
        return values and {
            "linkedRecordIds": [each for each, _ in values],
            "valuesByLinkedRecordId": {each: _shown(flat([value])) for each, value in values},
        }


@dataclass(frozen=True, slots=True)
class RowView:
    """A record as its formulas see it."""

    reader: Reader
    table: Table
    record: Record

    @property
    def id(self) -> str:
        return self.record.id

    @property
    def now(self) -> datetime:
        return self.reader.now

    def value(self, field_id: str) -> Value:
        return self.reader.value(self.table, self.record, self.table.fields[field_id])

    def created(self) -> datetime:
        return self.record.created_at

    def last_modified(self, field_ids: tuple[str, ...]) -> datetime:
        changes = self.record.changed_at
        watched = [at for each, at in changes.items() if not field_ids or each in field_ids]
        return max(watched, default=self.record.created_at)


def option(field: Field, option_id: str) -> dict[str, Any]:
    """A nameless one where it has just been removed, and only a webhook asks what was before."""
    gone = {"id": option_id, "name": ""}
    return next((each for each in field.options["choices"] if each["id"] == option_id), gone)


def _resolver(table: Table) -> Callable[[str], str | None]:
    def resolve(name: str) -> str | None:
        field = table.fields.get(name) if is_id(name, "fld") else None
        field = field or table.field_by(name)
        return field.id if field else None

    return resolve


def _shown(value: Value) -> Any:
    match value:
        case datetime():
            return iso(value)
        case list():
            return [_shown(each) for each in value] or None
        case float() if not isfinite(value):
            return {"specialValue": "NaN"}
        case float() if value.is_integer():
            return int(value)
        case "" | False:
            return None
    return value


def _rollup(formula: str, values: list[Value]) -> Value:
    function = formula.partition("(")[0].strip().upper()
    if not values and function in ("MAX", "MIN", "AVERAGE"):
        return None
    aggregate = _AGGREGATES.get(function)
    if aggregate is None:
        raise EvaluationError(f"the rollup {formula} is not emulated")
    return aggregate(values)


_AGGREGATES: dict[str, Callable[[list[Value]], Value]] = {
    "SUM": lambda values: sum(number(each) for each in values),
    "MAX": lambda values: max(number(each) for each in values),
    "MIN": lambda values: min(number(each) for each in values),
    "AVERAGE": lambda values: sum(number(each) for each in values) / len(values),
    "COUNTALL": len,
    "ARRAYJOIN": text,
    "ARRAYUNIQUE": lambda values: list(dict.fromkeys(values)),
    "AND": lambda values: all(is_true(each) for each in values),
    "OR": lambda values: any(is_true(each) for each in values),
}
