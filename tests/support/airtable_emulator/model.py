"""What Airtable holds: bases, tables, fields, records, comments, webhooks, tokens.

Fields and records are never changed in place but replaced, so that an action that fails is undone by
putting the old ones back, and a stale read is the old one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from tests.support.airtable_emulator.ids import (
    API_USER,
    STAFF_USER,
    TEST_BASE,
    TEST_TOKEN,
    new_id,
)

ALL_SCOPES = (
    "data.records:read",
    "data.records:write",
    "data.recordComments:read",
    "data.recordComments:write",
    "schema.bases:read",
    "schema.bases:write",
    "webhook:manage",
    "user.email:read",
)

# What a role may do, least first.
ROLES = ("none", "read", "comment", "edit", "create", "owner")


@dataclass(frozen=True, slots=True)
class User:
    id: str
    email: str
    name: str


@dataclass(slots=True)
class Token:
    """A personal access token; `bases` None means all of them."""

    user: str
    scopes: tuple[str, ...] = ALL_SCOPES
    bases: tuple[str, ...] | None = None
    role: str = "create"


@dataclass(frozen=True, slots=True)
class Field:
    id: str
    name: str
    type: str
    options: dict[str, Any] = field(default_factory=dict)
    description: str | None = None


@dataclass(frozen=True, slots=True)
class Record:
    """A row. `cells` holds stored values by field id, empty ones left out (see `cells`)."""

    id: str
    created_at: datetime
    created_by: str
    source: str
    number: int
    cells: dict[str, Any]
    changed_at: dict[str, datetime] = field(default_factory=dict)
    """When each field was last written after creation."""
    changed_by: str | None = None


@dataclass(frozen=True, slots=True)
class View:
    """Restricts and orders; `sort` is pairs of field id and whether it descends."""

    id: str
    name: str
    type: str = "grid"
    formula: str | None = None
    sort: tuple[tuple[str, bool], ...] = ()
    hidden: tuple[str, ...] = ()


@dataclass(slots=True)
class Comment:
    id: str
    author: str
    text: str
    created_at: datetime
    updated_at: datetime | None = None
    parent: str | None = None


@dataclass(slots=True)
class Table:
    id: str
    name: str
    primary: str
    fields: dict[str, Field]
    views: dict[str, View] = field(default_factory=dict)
    records: dict[str, Record] = field(default_factory=dict)
    comments: dict[str, list[Comment]] = field(default_factory=dict)
    description: str | None = None
    next_number: int = 1

    def field_by(self, name_or_id: str) -> Field | None:
        if known := self.fields.get(name_or_id):
            return known
        return next((each for each in self.fields.values() if each.name == name_or_id), None)

    def view_by(self, name_or_id: str) -> View | None:
        if known := self.views.get(name_or_id):
            return known
        return next((each for each in self.views.values() if each.name == name_or_id), None)


@dataclass(slots=True)
class Webhook:
    id: str
    secret: str
    """Base64, as the creator saw it once."""
    specification: dict[str, Any]
    notification_url: str | None
    expires_at: datetime
    payloads: dict[int, dict[str, Any]] = field(default_factory=dict)
    """By cursor; they leave after seven days."""
    next_cursor: int = 1
    notifies: bool = True
    is_broken: bool = False
    """A field of its specification was deleted: it looks healthy and hears nothing more."""
    last_success: datetime | None = None
    last_result: dict[str, Any] | None = None


@dataclass(slots=True)
class Base:
    id: str
    name: str
    tables: dict[str, Table] = field(default_factory=dict)
    webhooks: dict[str, Webhook] = field(default_factory=dict)
    transaction: int = 0

    def table_by(self, name_or_id: str) -> Table | None:
        if known := self.tables.get(name_or_id):
            return known
        return next((each for each in self.tables.values() if each.name == name_or_id), None)

    def table_of_record(self, record: str) -> Table | None:
        return next((each for each in self.tables.values() if record in each.records), None)

    def table_of_field(self, field_id: str) -> Table | None:
        return next((each for each in self.tables.values() if field_id in each.fields), None)


@dataclass(slots=True)
class World:
    """Everything that a state file keeps."""

    bases: dict[str, Base] = field(default_factory=dict)
    tokens: dict[str, Token] = field(default_factory=dict)
    users: dict[str, User] = field(default_factory=dict)
    clock_offset_s: float = 0.0
    calls_by_month: dict[str, int] = field(default_factory=dict)


def new_world() -> World:
    """One user with one token, one member of staff, one empty base."""
    return World(
        bases={TEST_BASE: Base(TEST_BASE, "Test base")},
        tokens={TEST_TOKEN: Token(API_USER)},
        users={
            API_USER: User(API_USER, "engine@example.com", "Booking engine"),
            STAFF_USER: User(STAFF_USER, "staff@example.com", "Staff"),
        },
    )


def new_table(name: str, fields: list[Field], *, description: str | None = None) -> Table:
    """With the grid view that every table has; the first field is the primary one."""
    view = View(new_id("viw"), "Grid view")
    return Table(
        id=new_id("tbl"),
        name=name,
        primary=fields[0].id,
        fields={each.id: each for each in fields},
        views={view.id: view},
        description=description,
    )
