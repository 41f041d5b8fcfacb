"""What stands between the ledger and a booking store that staff edit."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

# SQLite numbers rows by itself only where the type is spelled INTEGER.
_SEQUENCE = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "allowance",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("next_s", sa.Double(), nullable=False),
        sa.Column("frozen_until_s", sa.Double(), nullable=False),
        sa.Column("quota_retry_s", sa.Double()),
        sa.Column("month", sa.Text(), nullable=False),
        sa.Column("requests", sa.Integer(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_allowance"),
    )
    op.create_table(
        "conflicts",
        sa.Column("id", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("record", sa.Text()),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("draft", sa.Text(), nullable=False),
        sa.Column("other", sa.Text()),
        sa.Column("detected_at", sa.BigInteger(), nullable=False),
        sa.Column("resolved_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_conflicts"),
    )
    op.create_index(
        "ix_conflicts_open",
        "conflicts",
        ["venue", "detected_at"],
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    )
    op.create_table(
        "leases",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("holder", sa.Text(), nullable=False),
        sa.Column("until", sa.BigInteger(), nullable=False),
        sa.Column("fence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_leases"),
    )
    op.create_table(
        "mirror",
        sa.Column("record", sa.Text(), nullable=False),
        sa.Column("booking", sa.Text()),
        sa.Column("start", sa.BigInteger()),
        sa.Column("row", sa.JSON(), nullable=False),
        sa.PrimaryKeyConstraint("record", name="pk_mirror"),
    )
    op.create_index("ix_mirror_booking", "mirror", ["booking"])
    op.create_index("ix_mirror_start", "mirror", ["start"])
    op.create_table(
        "notices",
        sa.Column("id", _SEQUENCE, autoincrement=True, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("booking", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("user_id", sa.Text(), nullable=False),
        sa.Column("phone", sa.Text(), nullable=False),
        sa.Column("facts", sa.JSON(), nullable=False),
        sa.Column("before", sa.JSON()),
        sa.Column("created_at", sa.BigInteger(), nullable=False),
        sa.Column("told_at", sa.BigInteger()),
        sa.PrimaryKeyConstraint("id", name="pk_notices"),
    )
    for name, column in (
        ("ix_notices_untold_phone", "phone"),
        ("ix_notices_untold_user_id", "user_id"),
    ):
        op.create_index(
            name,
            "notices",
            ["venue", column],
            sqlite_where=sa.text("told_at IS NULL"),
            postgresql_where=sa.text("told_at IS NULL"),
        )
    op.create_table(
        "outbox",
        sa.Column("booking", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("since", sa.BigInteger(), nullable=False),
        sa.Column("due", sa.BigInteger(), nullable=False),
        sa.Column("tries", sa.Integer(), nullable=False),
        sa.Column("told_received", sa.Boolean(), nullable=False),
        sa.PrimaryKeyConstraint("booking", name="pk_outbox"),
    )
    op.create_index("ix_outbox_since", "outbox", ["since"])
    op.create_table(
        "shared_claims",
        sa.Column("venue", sa.Text(), nullable=False),
        sa.Column("resource", sa.Text(), nullable=False),
        sa.Column("cell", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("allocation", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.PrimaryKeyConstraint("venue", "resource", "cell", "allocation", name="pk_shared_claims"),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "store_state",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("value", sa.JSON(), nullable=False),
        sa.Column("revision", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_store_state"),
    )
