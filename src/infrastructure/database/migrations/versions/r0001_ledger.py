"""The ledger: claims, pacing, bookings, idempotency, audit, conversations, keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "allocations",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("slot", sa.JSON(), nullable=False),
        sa.Column("claims", sa.JSON(), nullable=False),
        sa.Column("charges", sa.JSON(), nullable=False),
        sa.Column("first_cell", sa.BigInteger(), nullable=False),
        sa.Column("end_cell", sa.BigInteger(), nullable=False),
        sa.Column("holder", sa.Text(), server_default="", nullable=False),
        sa.Column("expires_at", sa.BigInteger()),
        sa.Column("booking", sa.Text()),
        sa.PrimaryKeyConstraint("seq", name="pk_allocations"),
        sa.UniqueConstraint("id", name="uq_allocations_id"),
    )
    op.create_index(
        "ix_allocations_holder",
        "allocations",
        ["venue", "holder"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index(
        "ix_allocations_lapsing",
        "allocations",
        ["expires_at"],
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    )
    op.create_index("ix_allocations_venue_first_cell", "allocations", ["venue", "first_cell"])
    op.create_table(
        "api_keys",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("digest", sa.Text(), nullable=False),
        sa.Column("scope", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("revoked_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_api_keys"),
    )
    op.create_table(
        "audit",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("after", sa.JSON()),
        sa.PrimaryKeyConstraint("seq", name="pk_audit"),
    )
    op.create_index("ix_audit_code_seq", "audit", ["code", "seq"])
    op.create_table(
        "bookings",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("service", sa.Text(), nullable=False),
        sa.Column("start", sa.BigInteger(), nullable=False),
        sa.Column("end", sa.BigInteger(), nullable=False),
        sa.Column("party_size", sa.Integer(), nullable=False),
        sa.Column("resources", sa.JSON(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bookings"),
        sa.UniqueConstraint("code", name="uq_bookings_code"),
    )
    op.create_index(
        "ix_bookings_unsettled",
        "bookings",
        ["updated_at"],
        sqlite_where=sa.text("status IN ('confirming', 'received')"),
        postgresql_where=sa.text("status IN ('confirming', 'received')"),
    )
    op.create_index("ix_bookings_venue_phone", "bookings", ["venue", "phone"])
    op.create_index("ix_bookings_venue_start", "bookings", ["venue", "start"])
    op.create_index("ix_bookings_venue_user_id", "bookings", ["venue", "user_id"])
    op.create_table(
        "claims",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("allocation", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("venue", "resource", "cell", name="pk_claims"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "conversations",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("state", sa.JSON()),
        sa.Column("turns", sa.Integer(), nullable=False),
        sa.Column("token", sa.Text()),
        sa.Column("lease_until", sa.BigInteger()),
        sa.Column("updated_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_conversations"),
    )
    op.create_index(
        "ix_conversations_venue_user_id_updated_at",
        "conversations",
        ["venue", "user_id", "updated_at"],
    )
    op.create_table(
        "day_revisions",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("utc_day", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("venue", "utc_day", name="pk_day_revisions"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "idempotency",
        sa.Column("seq", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("turn", sa.Integer(), nullable=False),
        sa.Column("result", sa.JSON(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_idempotency"),
        sa.UniqueConstraint("key", name="uq_idempotency_key"),
    )
    op.create_index(
        "ix_idempotency_conversation_id_turn", "idempotency", ["conversation_id", "turn"]
    )
    op.create_table(
        "pacing",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("parties", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("venue", "key", name="pk_pacing"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "turns",
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("message_id", sa.Text(), nullable=False),
        sa.Column("token", sa.Text(), nullable=False),
        sa.Column("lease_until", sa.BigInteger(), nullable=False),
        sa.Column("at", sa.BigInteger()),
        sa.Column("message", sa.Text()),
        sa.Column("reply", sa.Text()),
        sa.Column("response", sa.JSON()),
        sa.Column("understanding", sa.JSON()),
        sa.Column("recordings", sa.JSON()),
        sa.PrimaryKeyConstraint("conversation_id", "number", name="pk_turns"),
        sa.UniqueConstraint(
            "venue", "user_id", "message_id", name="uq_turns_venue_user_id_message_id"
        ),
    )
    op.create_index(
        "ix_turns_unanswered",
        "turns",
        ["lease_until"],
        sqlite_where=sa.text("reply IS NULL"),
        postgresql_where=sa.text("reply IS NULL"),
    )
