"""Webhooks: their specification, the payloads that changes leave, and reading them by cursor."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from tests.support.airtable_emulator import errors
from tests.support.airtable_emulator.actions import Action, TableBefore
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.ids import is_id, new_id
from tests.support.airtable_emulator.model import Base, Field, Record, Table, Webhook
from tests.support.airtable_emulator.reading import Reader
from tests.support.airtable_emulator.wire import only

LIFE = timedelta(days=7)
READABLE_AFTER_EXPIRY = timedelta(days=7)
MOST_PER_BASE = 10
MOST_PER_READ = 50

_SOURCES = {
    "client",
    "publicApi",
    "formSubmission",
    "formPageSubmission",
    "automation",
    "system",
    "sync",
    "anonymousUser",
    "unknown",
}
_DATA_TYPES = {"tableData", "tableFields", "tableMetadata"}
_CHANGE_TYPES = {"add", "remove", "update"}


@dataclass(slots=True)
class WebhookSettings:
    most_records_per_payload: int = 50
    """An action over more records is split into payloads with one transaction number."""
    ping_delay_s: float = 0.05
    ping_timeout_s: float = 25.0


def create(base: Base, body: Mapping[str, Any], now: datetime) -> Webhook:
    """Raises: ApiError."""
    only(body, "notificationUrl", "specification")
    specification = body.get("specification")
    if not isinstance(specification, dict):
        raise errors.invalid_request("no specification")
    _check_specification(base, specification)
    url = body.get("notificationUrl")
    if url is not None and not str(url).startswith(("http://", "https://")):
        raise errors.invalid_request("the notification URL is no URL")
    if len(base.webhooks) >= MOST_PER_BASE:
        raise errors.too_many_webhooks()
    webhook = Webhook(
        id=new_id("ach"),
        secret=base64.b64encode(secrets.token_bytes(64)).decode(),
        specification=specification,
        notification_url=url,
        expires_at=now + LIFE,
    )
    base.webhooks[webhook.id] = webhook
    return webhook


def described(webhook: Webhook, now: datetime) -> dict[str, Any]:
    return {
        "id": webhook.id,
        "specification": webhook.specification,
        "notificationUrl": webhook.notification_url,
        "cursorForNextPayload": webhook.next_cursor,
        "isHookEnabled": now < webhook.expires_at,
        "areNotificationsEnabled": webhook.notifies,
        "expirationTime": iso(webhook.expires_at),
        "lastSuccessfulNotificationTime": webhook.last_success and iso(webhook.last_success),
        "lastNotificationResult": webhook.last_result,
    }


def known(base: Base, webhook_id: str, now: datetime) -> Webhook:
    """Raises: ApiError, 404, also a week after its expiry."""
    webhook = base.webhooks.get(webhook_id)
    if webhook is None or now >= webhook.expires_at + READABLE_AFTER_EXPIRY:
        raise errors.not_found()
    return webhook


def living(base: Base, now: datetime) -> list[Webhook]:
    """Those that can still be read; the others are forgotten."""
    for webhook in list(base.webhooks.values()):
        if now >= webhook.expires_at + READABLE_AFTER_EXPIRY:
            del base.webhooks[webhook.id]
    return list(base.webhooks.values())


def refresh(webhook: Webhook, now: datetime) -> None:
    """Raises: ApiError for an expired one: what Airtable does then is not written down."""
    if now >= webhook.expires_at:
        raise errors.invalid_request("the webhook has expired")
    webhook.expires_at = now + LIFE


def read_payloads(webhook: Webhook, cursor: int, limit: int, now: datetime) -> dict[str, Any]:
    """Payloads from the cursor on; reading extends the life of a webhook that is alive."""
    if not 1 <= limit <= MOST_PER_READ:
        raise errors.invalid_request("limit is not between 1 and 50")
    if not 1 <= cursor <= webhook.next_cursor:
        raise errors.invalid_request("no such cursor")
    if now < webhook.expires_at:
        webhook.expires_at = now + LIFE
    _forget_old(webhook, now)
    kept = [each for each in webhook.payloads if each >= cursor]
    page = kept[:limit]
    return {
        "payloads": [webhook.payloads[each] for each in page],
        "cursor": page[-1] + 1 if page else cursor,
        "mightHaveMore": len(kept) > len(page),
    }


def record(
    webhook: Webhook, action: Action, reader: Reader, settings: WebhookSettings
) -> list[dict[str, Any]]:
    """The payloads that this action means for this webhook; empty where it does not care."""
    if webhook.is_broken or action.at >= webhook.expires_at:
        return []
    frame = _frame(action)
    if _lost_a_field(webhook, action):
        webhook.is_broken = True
        return [frame | {"error": True, "code": "INVALID_HOOK"}]
    changes = _Changes(webhook, action, reader)
    if not changes.wants_source:
        return []
    return [frame | part for part in changes.parts(settings.most_records_per_payload)]


def internal_error(action: Action) -> dict[str, Any]:
    return _frame(action) | {"error": True, "code": "INTERNAL_ERROR"}


def append(webhook: Webhook, payload: dict[str, Any]) -> None:
    webhook.payloads[webhook.next_cursor] = payload
    webhook.next_cursor += 1


def _frame(action: Action) -> dict[str, Any]:
    user = next(each for each in action.users if each.id == action.author.user)
    return {
        "timestamp": iso(action.at),
        "baseTransactionNumber": action.base.transaction,
        "payloadFormat": "v0",
        "actionMetadata": {
            "source": action.author.source,
            "sourceMetadata": {
                "user": {
                    "id": user.id,
                    "email": user.email,
                    "name": user.name,
                    "permissionLevel": "create",
                }
            },
        },
    }


def _forget_old(webhook: Webhook, now: datetime) -> None:
    for cursor, payload in list(webhook.payloads.items()):
        if now - datetime.fromisoformat(payload["timestamp"]) < LIFE:
            return
        del webhook.payloads[cursor]


def _check_specification(base: Base, specification: Mapping[str, Any]) -> None:
    only(specification, "options")
    options = specification.get("options") or {}
    only(options, "filters", "includes")
    filters, includes = options.get("filters") or {}, options.get("includes") or {}
    only(
        filters,
        "dataTypes",
        "recordChangeScope",
        "changeTypes",
        "fromSources",
        "sourceOptions",
        "watchDataInFieldIds",
        "watchSchemasOfFieldIds",
    )
    only(
        includes,
        "includeCellValuesInFieldIds",
        "includePreviousCellValues",
        "includePreviousFieldDefinitions",
    )
    _check_words(filters.get("dataTypes"), _DATA_TYPES, "dataTypes")
    _check_words(filters.get("changeTypes", ["add"]), _CHANGE_TYPES, "changeTypes")
    _check_words(filters.get("fromSources", ["client"]), _SOURCES, "fromSources")
    scope = filters.get("recordChangeScope")
    if is_id(scope, "viw"):
        raise errors.invalid_request("this emulator does not watch views")
    if scope is not None and scope not in base.tables:
        raise errors.invalid_request(f"no table with the id {scope}: names are not allowed here")
    for field_id in _fields_named(specification):
        if base.table_of_field(field_id) is None:
            raise errors.invalid_request(f"no field with the id {field_id}")


def _check_words(given: Any, allowed: Iterable[str], name: str) -> None:
    if not isinstance(given, list) or not given or not set(given) <= set(allowed):
        raise errors.invalid_request(f"{name} is not a list out of {', '.join(sorted(allowed))}")


def _fields_named(specification: Mapping[str, Any]) -> list[str]:
    options = specification["options"]
    filters, includes = options["filters"], options.get("includes") or {}
    included = includes.get("includeCellValuesInFieldIds") or []
    return [
        *(filters.get("watchDataInFieldIds") or []),
        *(filters.get("watchSchemasOfFieldIds") or []),
        *([] if included == "all" else included),
    ]


def _lost_a_field(webhook: Webhook, action: Action) -> bool:
    named = set(_fields_named(webhook.specification))
    for table, before in action.changes():
        if named & {each for each in before.fields if each not in table.fields}:
            return True
    return any(named & set(each.fields) for each in action.destroyed_tables.values())


@dataclass(frozen=True, slots=True)
class _RecordChange:
    """One record's part of a payload and the key under which it stands there."""

    table: str
    key: str
    record: str
    content: dict[str, Any] | None


class _Changes:
    """What an action changed, through one webhook's filters."""

    def __init__(self, webhook: Webhook, action: Action, reader: Reader) -> None:
        options = webhook.specification["options"]
        self._filters: dict[str, Any] = options["filters"]
        self._includes: dict[str, Any] = options.get("includes") or {}
        self._action = action
        self._reader = reader

    @property
    def wants_source(self) -> bool:
        sources = self._filters.get("fromSources")
        return not sources or self._action.author.source in sources

    def parts(self, most_records: int) -> Iterator[dict[str, Any]]:
        """The changes as one payload, or as several where there are many records."""
        records = list(self._record_changes())
        head = self._schema_changes()
        first = True
        while records or (first and head):
            part = head if first else {}
            for change in records[:most_records]:
                _place(part, change)
            records = records[most_records:]
            first = False
            yield part

    def _wants(self, data_type: str, change_type: str) -> bool:
        changes = self._filters.get("changeTypes")
        return data_type in self._filters["dataTypes"] and (not changes or change_type in changes)

    def _in_scope(self, table: Table) -> bool:
        return self._filters.get("recordChangeScope") in (None, table.id)

    def _record_changes(self) -> Iterator[_RecordChange]:
        if "tableData" not in self._filters["dataTypes"]:
            return
        for table, before in self._action.changes():
            if self._in_scope(table):
                for record_id, record in before.records.items():
                    change = self._record_change(table, before, record_id, record)
                    if change:
                        yield change

    def _record_change(
        self, table: Table, fields: TableBefore, record_id: str, before: Record | None
    ) -> _RecordChange | None:
        after = table.records.get(record_id)
        if before is None and after is not None and self._wants("tableData", "add"):
            values = self._values(table, after, table.fields.values())
            content = {"createdTime": iso(after.created_at), "cellValuesByFieldId": values}
            return _RecordChange(table.id, "createdRecordsById", record_id, content)
        if before is not None and after is None and self._wants("tableData", "remove"):
            return _RecordChange(table.id, "destroyedRecordIds", record_id, None)
        if before is not None and after is not None and self._wants("tableData", "update"):
            content = self._updated(table, before, after)
            return content and _RecordChange(table.id, "changedRecordsById", record_id, content)
        return None

    def _updated(self, table: Table, before: Record, after: Record) -> Any:
        """Only the cells that changed, besides what the webhook includes."""
        was = {each.id: self._shown(table, before, each) for each in table.fields.values()}
        now = {each.id: self._shown(table, after, each) for each in table.fields.values()}
        changed = [each for each in table.fields if was[each] != now[each] and self._watches(each)]
        if not changed:
            return None
        content = {"current": _cells({each: now[each] for each in changed})}
        if self._includes.get("includePreviousCellValues"):
            content["previous"] = _cells({each: was[each] for each in changed})
        if included := self._included(table):
            kept = {each: now[each] for each in included if each not in changed}
            content["unchanged"] = _cells(kept)
        return content

    def _watches(self, field_id: str) -> bool:
        watched = self._filters.get("watchDataInFieldIds")
        return not watched or field_id in watched

    def _included(self, table: Table) -> list[str]:
        included = self._includes.get("includeCellValuesInFieldIds") or []
        return [each for each in table.fields if included == "all" or each in included]

    def _shown(self, table: Table, record: Record, field: Field) -> Any:
        return self._reader.webhook_json(table, record, field)

    def _values(self, table: Table, record: Record, fields: Iterable[Field]) -> dict[str, Any]:
        shown = {each.id: self._shown(table, record, each) for each in fields}
        return {key: value for key, value in shown.items() if value is not None}

    def _schema_changes(self) -> dict[str, Any]:
        part: dict[str, Any] = {}
        for table, before in self._action.changes():
            change = self._fields_changed(table, before) | self._table_changed(table, before)
            if change and self._in_scope(table):
                part.setdefault("changedTablesById", {})[table.id] = change
        if self._action.created_tables and self._wants("tableMetadata", "add"):
            part["createdTablesById"] = {
                each.id: _created_table(each) for each in self._action.created_tables.values()
            }
        if self._action.destroyed_tables and self._wants("tableMetadata", "remove"):
            part["destroyedTableIds"] = list(self._action.destroyed_tables)
        return part

    def _fields_changed(self, table: Table, before: TableBefore) -> dict[str, Any]:
        change: dict[str, Any] = {}
        for field_id, was in before.fields.items():
            now = table.fields.get(field_id)
            if was is None and now is not None and self._wants("tableFields", "add"):
                change.setdefault("createdFieldsById", {})[field_id] = _definition(now)
            if was is not None and now is None and self._wants("tableFields", "remove"):
                change.setdefault("destroyedFieldIds", []).append(field_id)
            if was is not None and now is not None and self._wants("tableFields", "update"):
                difference = self._redefined(was, now)
                if difference and self._watches_schema(field_id):
                    change.setdefault("changedFieldsById", {})[field_id] = difference
        return change

    def _watches_schema(self, field_id: str) -> bool:
        watched = self._filters.get("watchSchemasOfFieldIds")
        return not watched or field_id in watched

    def _redefined(self, was: Field, now: Field) -> dict[str, Any]:
        old, new = _definition(was), _definition(now)
        changed = [each for each in new if old[each] != new[each]]
        if not changed:
            return {}
        difference = {"current": {each: new[each] for each in changed}}
        if self._includes.get("includePreviousFieldDefinitions"):
            difference["previous"] = {each: old[each] for each in changed}
        return difference

    def _table_changed(self, table: Table, before: TableBefore) -> dict[str, Any]:
        now = {"name": table.name, "description": table.description}
        if not before.metadata or before.metadata == now:
            return {}
        if not self._wants("tableMetadata", "update"):
            return {}
        return {"changedMetadata": {"current": now, "previous": before.metadata}}


def _place(part: dict[str, Any], change: _RecordChange) -> None:
    table = part.setdefault("changedTablesById", {}).setdefault(change.table, {})
    if change.content is None:
        table.setdefault(change.key, []).append(change.record)
    else:
        table.setdefault(change.key, {})[change.record] = change.content


def _cells(values: dict[str, Any]) -> dict[str, Any]:
    return {"cellValuesByFieldId": values}


def _definition(field: Field) -> dict[str, Any]:
    return {"name": field.name, "type": field.type}


def _created_table(table: Table) -> dict[str, Any]:
    return {
        "metadata": {"name": table.name, "description": table.description},
        "fieldsById": {each.id: _definition(each) for each in table.fields.values()},
        "recordsById": {},
    }
