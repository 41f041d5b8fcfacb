"""What the house says of its own accord: messages, posts, handovers, the waitlist."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "handovers",
        sa.Column("id", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("taken_at", sa.BigInteger()),
        sa.Column("handed_back_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_handovers"),
    )
    op.create_index(
        "ix_handovers_open",
        "handovers",
        ["conversation_id"],
        unique=True,
        sqlite_where=sa.text("handed_back_at IS NULL"),
        postgresql_where=sa.text("handed_back_at IS NULL"),
    )
    op.create_table(
        "messages",
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("due_at", sa.BigInteger(), nullable=False),
        sa.Column("code", sa.Text()),
        sa.Column("start", sa.BigInteger()),
        sa.Column("sequence", sa.Integer(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("ways", sa.JSON(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("sent_at", sa.BigInteger()),
        sa.Column("asks", sa.Boolean(), nullable=False),
        sa.Column("answered_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("key", name="pk_messages"),
    )
    op.create_index(
        "ix_messages_asking_phone",
        "messages",
        ["venue", "phone"],
        sqlite_where=sa.text("asks AND answered_at IS NULL"),
        postgresql_where=sa.text("asks AND answered_at IS NULL"),
    )
    op.create_index(
        "ix_messages_asking_user_id",
        "messages",
        ["venue", "user_id"],
        sqlite_where=sa.text("asks AND answered_at IS NULL"),
        postgresql_where=sa.text("asks AND answered_at IS NULL"),
    )
    op.create_index(
        "ix_messages_code_start",
        "messages",
        ["code", "start"],
    )
    op.create_index(
        "ix_messages_failed",
        "messages",
        ["venue", "due_at"],
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    )
    op.create_index(
        "ix_messages_planned",
        "messages",
        ["due_at"],
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    )
    op.create_table(
        "posts",
        sa.Column("id", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("conversation_id", sa.Text(), nullable=False),
        sa.Column("author", sa.Text(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("card", sa.JSON()),
        sa.Column("at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_posts"),
        sa.UniqueConstraint("key", name="uq_posts_key"),
    )
    op.create_index(
        "ix_posts_conversation_id",
        "posts",
        ["conversation_id"],
    )
    op.create_index(
        "ix_posts_venue_user_id_id",
        "posts",
        ["venue", "user_id", "id"],
    )
    op.create_table(
        "waitlist",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.Column("covers", sa.Integer(), nullable=False),
        sa.Column("earliest", sa.Integer(), nullable=False),
        sa.Column("latest", sa.Integer(), nullable=False),
        sa.Column("service", sa.Text()),
        sa.Column("wants", sa.JSON(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("email", sa.Text(), nullable=False),
        sa.Column("language", sa.Text(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("notes", sa.Text(), nullable=False),
        sa.Column("status", sa.Text(), nullable=False),
        sa.Column("offer", sa.JSON()),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_waitlist"),
    )
    op.create_index(
        "ix_waitlist_listed",
        "waitlist",
        ["venue", "day"],
        sqlite_where=sa.text("status IN ('waiting', 'offered')"),
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    )
    op.create_index(
        "ix_waitlist_venue_day",
        "waitlist",
        ["venue", "day"],
    )
    # The outbox says what is not settled.
    op.drop_index("ix_bookings_unsettled", "bookings", if_exists=True)
