"""Airtable's paths: who may, whether the limit allows it, and which part answers."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from tests.support.airtable_emulator import (
    comments,
    errors,
    metadata,
    queries,
    records,
    webhooks,
)
from tests.support.airtable_emulator.access import base_of, need_role, need_scope, token_of
from tests.support.airtable_emulator.actions import Author
from tests.support.airtable_emulator.clock import iso
from tests.support.airtable_emulator.emulator import Emulator
from tests.support.airtable_emulator.ids import is_id
from tests.support.airtable_emulator.model import Base, Record, Table, Token, Webhook
from tests.support.airtable_emulator.wire import Request, only

LONGEST_URL = 16_000
LARGEST_BODY = 4 * 1024 * 1024
"""Airtable publishes no figure; ours only keeps a runaway request out."""


@dataclass(frozen=True, slots=True)
class Call:
    """An admitted request: whose it is, and what it is about."""

    request: Request
    token: Token
    path: tuple[str, ...]
    """After `v0`."""
    stale_s: float = 0.0

    @property
    def author(self) -> Author:
        return Author(self.token.user)


class Api:
    def __init__(self, emulator: Emulator) -> None:
        self._emulator = emulator

    def admit(self, request: Request) -> Call:
        """Raises: ApiError where it is refused before anything is looked at."""
        version, *path = request.segments
        if version != "v0" or not path:
            raise errors.not_found()
        token = token_of(self._emulator.world, request.headers)
        self._emulator.limiter.admit(
            user=token.user, base=base_id(path), now_s=self._emulator.clock.seconds()
        )
        if path[0] != "meta":
            # Users report that the schema can still be read when the month's calls are used up.
            self._emulator.limiter.meter(self._emulator.clock.now())
        if request.url_length >= LONGEST_URL:
            raise errors.url_too_long()
        if len(request.body) > LARGEST_BODY:
            raise errors.body_too_large()
        return Call(request, token, tuple(path))

    def carry_out(self, call: Call) -> Any:
        """The answer's JSON. Raises: ApiError."""
        match call.path:
            case ("meta", *rest):
                return self._meta(call, tuple(rest))
            case ("bases", base_id, "webhooks", *rest):
                return self._webhooks(call, self._base(call, base_id), tuple(rest))
            case (base_id, table, *rest) if is_id(base_id, "app"):
                base = self._base(call, base_id)
                return self._records(call, base, _table(base, table), tuple(rest))
        raise errors.not_found()

    def _base(self, call: Call, base_id: str) -> Base:
        return base_of(self._emulator.world, call.token, base_id)

    def _records(self, call: Call, base: Base, table: Table, rest: tuple[str, ...]) -> Any:
        match call.request.method, rest:
            case ("GET", ()) | ("POST", ("listRecords",)):
                need_scope(call.token, "data.records:read")
                return self._list(call, base, table)
            case "GET", (record,):
                need_scope(call.token, "data.records:read")
                show = queries.show_options(call.request)
                reader = self._emulator.reader(base, stale_s=call.stale_s)
                return records.get(reader, base, table, record, show)
            case _, (record, "comments", *comment):
                return self._comments(call, table, _record(table, record), tuple(comment))
        return self._write(call, base, table, rest)

    def _list(self, call: Call, base: Base, table: Table) -> Any:
        emulator = self._emulator
        reader = emulator.reader(base, stale_s=call.stale_s)
        return records.list_page(
            reader, table, call.request, emulator.cursors, emulator.clock.seconds()
        )

    def _write(self, call: Call, base: Base, table: Table, rest: tuple[str, ...]) -> Any:
        need_scope(call.token, "data.records:write")
        reader = self._emulator.reader(base)
        request = call.request
        with self._emulator.act(base, call.author) as action:
            match request.method, rest:
                case "POST", ():
                    _need_editor(call.token, "create", table)
                    return records.create(action, reader, table, request.json())
                case ("PATCH" | "PUT") as method, ():
                    _need_editor(call.token, "update", table)
                    return records.update_many(
                        action, reader, table, request.json(), replace=method == "PUT"
                    )
                case ("PATCH" | "PUT") as method, (record,):
                    _need_editor(call.token, "update", table)
                    return records.update_one(
                        action, reader, table, record, request.json(), replace=method == "PUT"
                    )
                case "DELETE", ():
                    _need_editor(call.token, "delete", table)
                    return records.delete_many(action, table, request)
                case "DELETE", (record,):
                    _need_editor(call.token, "delete", table)
                    return records.delete_one(action, table, record)
        raise errors.not_found()

    def _comments(self, call: Call, table: Table, record: Record, rest: tuple[str, ...]) -> Any:
        world, now = self._emulator.world, self._emulator.clock.now()
        request, user = call.request, call.token.user
        if (request.method, rest) == ("GET", ()):
            need_scope(call.token, "data.recordComments:read")
            return comments.page(world, table, record, dict(request.query))
        need_scope(call.token, "data.recordComments:write")
        need_role(call.token, "comment", "perform this operation")
        self._emulator.changed()
        match request.method, rest:
            case "POST", ():
                comment = comments.add(table, record, user, request.json(), now)
                return comments.comment_json(world, comment)
            case "PATCH", (comment_id,):
                comment = comments.known(table, record, comment_id, user)
                comments.edit(comment, request.json(), now)
                return comments.comment_json(world, comment)
            case "DELETE", (comment_id,):
                comment = comments.known(table, record, comment_id, user)
                return comments.remove(table, record, comment)
        raise errors.not_found()

    def _meta(self, call: Call, rest: tuple[str, ...]) -> Any:
        match call.request.method, rest:
            case "GET", ("whoami",):
                return self._whoami(call.token)
            case "GET", ("bases",):
                need_scope(call.token, "schema.bases:read")
                return metadata.bases_page(
                    self._visible_bases(call.token), dict(call.request.query).get("offset")
                )
            case "GET", ("bases", base_id, "tables"):
                need_scope(call.token, "schema.bases:read")
                included = [value for _, value in call.request.query]
                return metadata.schema(
                    self._base(call, base_id), visible_fields="visibleFieldIds" in included
                )
            case _, ("bases", base_id, "tables", *path):
                need_scope(call.token, "schema.bases:write")
                need_role(call.token, "create", "perform this operation")
                return self._change_schema(call, self._base(call, base_id), tuple(path))
        raise errors.not_found()

    def _change_schema(self, call: Call, base: Base, path: tuple[str, ...]) -> Any:
        body = call.request.json() if call.request.method in ("POST", "PATCH") else {}
        with self._emulator.act(base, call.author) as action:
            match call.request.method, path:
                case "POST", ():
                    return metadata.table_json(metadata.create_table(action, body))
                case "PATCH", (table_id,):
                    table = _table(base, table_id)
                    metadata.describe_table(action, table, body)
                    return metadata.table_json(table)
                case "POST", (table_id, "fields"):
                    table = _table(base, table_id)
                    return metadata.field_json(metadata.create_field(action, table, body))
                case "PATCH", (table_id, "fields", field_id):
                    table = _table(base, table_id)
                    if field_id not in table.fields:
                        raise errors.no_permission_or_model(f"no field {field_id}")
                    field = table.fields[field_id]
                    return metadata.field_json(metadata.describe_field(action, table, field, body))
        raise errors.not_found()

    def _whoami(self, token: Token) -> dict[str, Any]:
        user = self._emulator.world.users[token.user]
        shown: dict[str, Any] = {"id": user.id, "scopes": list(token.scopes)}
        if "user.email:read" in token.scopes:
            shown["email"] = user.email
        return shown

    def _visible_bases(self, token: Token) -> list[tuple[Base, str]]:
        return [
            (each, token.role)
            for each in self._emulator.world.bases.values()
            if token.bases is None or each.id in token.bases
        ]

    def _webhooks(self, call: Call, base: Base, rest: tuple[str, ...]) -> Any:
        need_scope(call.token, "webhook:manage")
        need_role(call.token, "create", "perform this operation")
        now = self._emulator.clock.now()
        match call.request.method, rest:
            case "GET", ():
                living = webhooks.living(base, now)
                return {"webhooks": [webhooks.described(each, now) for each in living]}
            case "POST", ():
                return self._create_webhook(call, base)
            case _, (webhook_id, *path):
                webhook = webhooks.known(base, webhook_id, now)
                self._emulator.changed()
                return self._webhook(call, base, webhook, tuple(path))
        raise errors.not_found()

    def _create_webhook(self, call: Call, base: Base) -> dict[str, Any]:
        webhook = webhooks.create(base, call.request.json(), self._emulator.clock.now())
        self._emulator.changed()
        # The overview says that a ping may come right after creation.
        self._emulator.on_change(base, webhook)
        return {
            "id": webhook.id,
            "macSecretBase64": webhook.secret,
            "expirationTime": iso(webhook.expires_at),
        }

    def _webhook(self, call: Call, base: Base, webhook: Webhook, path: tuple[str, ...]) -> Any:
        now = self._emulator.clock.now()
        match call.request.method, path:
            case "GET", ("payloads",):
                query = dict(call.request.query)
                only(query, "cursor", "limit")
                return webhooks.read_payloads(
                    webhook, _number(query, "cursor", 1), _number(query, "limit", 50), now
                )
            case "POST", ("refresh",):
                webhooks.refresh(webhook, now)
                return {"expirationTime": iso(webhook.expires_at)}
            case "POST", ("enableNotifications",):
                enable = call.request.json().get("enable")
                if not isinstance(enable, bool):
                    raise errors.invalid_request("enable is neither true nor false")
                webhook.notifies = enable
                return {}
            case "DELETE", ():
                del base.webhooks[webhook.id]
                return {}
        raise errors.not_found()


def base_id(path: list[str]) -> str | None:
    """The base whose budget a request uses. Whether schema calls share it is not published; here they
    do."""
    match path:
        case ("meta" | "bases", *rest):
            return next((each for each in rest if is_id(each, "app")), None)
        case (first, *_) if is_id(first, "app"):
            return first
    return None


def kind(request: Request) -> str:
    """The request with its ids left out, for counting."""
    kinds = {"app": "{base}", "tbl": "{table}", "rec": "{record}", "ach": "{webhook}"}
    kinds |= {"fld": "{field}", "com": "{comment}"}
    parts = [
        kinds[part[:3]] if part[:3] in kinds and is_id(part, part[:3]) else part
        for part in request.segments[1:]
    ]
    if len(parts) > 1 and parts[0] == "{base}":
        parts[1] = "{table}"
    return f"{request.method} /{'/'.join(parts)}"


def _table(base: Base, name_or_id: str) -> Table:
    table = base.table_by(name_or_id)
    if table is None:
        raise errors.no_permission_or_model(f"no table {name_or_id}")
    return table


def _record(table: Table, record_id: str) -> Record:
    record = table.records.get(record_id)
    if record is None:
        raise errors.record_not_found()
    return record


def _need_editor(token: Token, verb: str, table: Table) -> None:
    need_role(token, "edit", f"{verb} records in table {table.name} ({table.id})")


def _number(query: dict[str, str], name: str, default: int) -> int:
    value = query.get(name, str(default))
    if not value.isdecimal():
        raise errors.invalid_request(f"{name} is no number")
    return int(value)
