"""The ledger's tables. `migrations/` builds them; a test holds both to be the same.

There are no foreign keys: a check per claim would cost more than the claim. One module,
`infrastructure.database.claims`, moves claims, and the state machine test counts them.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.types import TypeDecorator

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


class Instant(TypeDecorator[datetime]):
    """An aware instant as microseconds since the epoch: exact, ordered, alike in every database."""

    impl = sa.BigInteger
    cache_ok = True

    def process_bind_param(self, value: datetime | None, _: sa.Dialect) -> int | None:
        return None if value is None else (value - EPOCH) // MICROSECOND

    def process_result_value(self, value: Any, _: sa.Dialect) -> datetime | None:
        return None if value is None else EPOCH + timedelta(microseconds=value)


class Words(TypeDecorator[str]):
    """Text as people send it: what UTF-8 or PostgreSQL cannot hold becomes U+FFFD."""

    impl = sa.Text
    cache_ok = True

    def process_bind_param(self, value: str | None, _: sa.Dialect) -> str | None:
        return None if value is None else storable(value)


def storable(text: str) -> str:
    """The text without NUL and lone surrogates."""
    if "\x00" in text:
        text = text.replace("\x00", "\ufffd")
    if not text.isascii():
        text = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text


# SQLite numbers rows by itself only where the type is spelled INTEGER.
Sequence = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
Json = sa.JSON(none_as_null=True)

metadata = sa.MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
    }
)

allocations = sa.Table(
    "allocations",
    metadata,
    sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
    # A hold's own id; a booking's allocation has the booking's id.
    sa.Column("id", Words, nullable=False, unique=True),
    sa.Column("venue", Words, nullable=False),
    # hold, booking, or released: a booking that gave its claims back and may want them again.
    sa.Column("kind", Words, nullable=False),
    sa.Column("slot", Json, nullable=False),
    sa.Column("claims", Json, nullable=False),
    sa.Column("charges", Json, nullable=False),
    sa.Column("first_cell", sa.BigInteger, nullable=False),
    sa.Column("end_cell", sa.BigInteger, nullable=False),
    sa.Column("holder", Words, nullable=False, server_default=""),
    sa.Column("expires_at", Instant),
    sa.Column("booking", Words),
    sa.Index(None, "venue", "first_cell"),
    sa.Index(
        "ix_allocations_lapsing",
        "expires_at",
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    ),
    sa.Index(
        "ix_allocations_holder",
        "venue",
        "holder",
        sqlite_where=sa.text("expires_at IS NOT NULL"),
        postgresql_where=sa.text("expires_at IS NOT NULL"),
    ),
)

claims = sa.Table(
    "claims",
    metadata,
    sa.Column("venue", Words, primary_key=True),
    sa.Column("resource", Words, primary_key=True),
    sa.Column("cell", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("allocation", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

# Cells that staff gave to a booking although another has them: whoever waits here, the oldest
# allocation first, gets the cell when its owner gives it back.
shared_claims = sa.Table(
    "shared_claims",
    metadata,
    sa.Column("venue", Words, primary_key=True),
    sa.Column("resource", Words, primary_key=True),
    sa.Column("cell", sa.BigInteger, primary_key=True, autoincrement=False),
    sa.Column("allocation", sa.BigInteger, primary_key=True, autoincrement=False),
    sqlite_with_rowid=False,
)

pacing = sa.Table(
    "pacing",
    metadata,
    sa.Column("venue", Words, primary_key=True),
    sa.Column("key", Words, primary_key=True),
    sa.Column("covers", sa.Integer, nullable=False),
    sa.Column("parties", sa.Integer, nullable=False),
    sqlite_with_rowid=False,
)

day_revisions = sa.Table(
    "day_revisions",
    metadata,
    sa.Column("venue", Words, primary_key=True),
    sa.Column("utc_day", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
    sqlite_with_rowid=False,
)

bookings = sa.Table(
    "bookings",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("code", Words, nullable=False, unique=True),
    sa.Column("venue", Words, nullable=False),
    sa.Column("service", Words, nullable=False),
    sa.Column("start", Instant, nullable=False),
    sa.Column("end", Instant, nullable=False),
    sa.Column("party_size", sa.Integer, nullable=False),
    sa.Column("resources", Json, nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("name", Words, nullable=False),
    sa.Column("phone", Words, nullable=False),
    sa.Column("email", Words, nullable=False),
    sa.Column("language", Words, nullable=False),
    sa.Column("notes", Words, nullable=False),
    sa.Column("channel", Words, nullable=False),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "venue", "start"),
    sa.Index(None, "venue", "user_id"),
    sa.Index(None, "venue", "phone"),
)

idempotency = sa.Table(
    "idempotency",
    metadata,
    sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
    sa.Column("key", Words, nullable=False, unique=True),
    sa.Column("fingerprint", Words, nullable=False),
    sa.Column("conversation_id", Words, nullable=False),
    sa.Column("turn", sa.Integer, nullable=False),
    sa.Column("result", Json, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "conversation_id", "turn"),
)

audit = sa.Table(
    "audit",
    metadata,
    sa.Column("seq", Sequence, primary_key=True, autoincrement=True),
    sa.Column("at", Instant, nullable=False),
    sa.Column("actor", Words, nullable=False),
    sa.Column("action", Words, nullable=False),
    sa.Column("code", Words, nullable=False),
    sa.Column("before", Json),
    sa.Column("after", Json),
    sa.Index(None, "code", "seq"),
)

conversations = sa.Table(
    "conversations",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("channel", Words, nullable=False),
    sa.Column("state", Json),
    # The number of the latest turn begun, answered or not.
    sa.Column("turns", sa.Integer, nullable=False),
    sa.Column("token", Words),
    sa.Column("lease_until", Instant),
    sa.Column("updated_at", Instant, nullable=False),
    sa.Index(None, "venue", "user_id", "updated_at"),
)

turns = sa.Table(
    "turns",
    metadata,
    sa.Column("conversation_id", Words, primary_key=True),
    sa.Column("number", sa.Integer, primary_key=True, autoincrement=False),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("message_id", Words, nullable=False),
    sa.Column("token", Words, nullable=False),
    sa.Column("lease_until", Instant, nullable=False),
    sa.Column("at", Instant),
    sa.Column("message", Words),
    # NULL until the turn is answered.
    sa.Column("reply", Words),
    sa.Column("response", Json),
    sa.Column("understanding", Json),
    sa.Column("recordings", Json),
    sa.UniqueConstraint("venue", "user_id", "message_id"),
    sa.Index(
        "ix_turns_unanswered",
        "lease_until",
        sqlite_where=sa.text("reply IS NULL"),
        postgresql_where=sa.text("reply IS NULL"),
    ),
)

api_keys = sa.Table(
    "api_keys",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("digest", Words, nullable=False),
    sa.Column("scope", Words, nullable=False),
    sa.Column("label", Words, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("revoked_at", Instant),
)

leases = sa.Table(
    "leases",
    metadata,
    sa.Column("name", Words, primary_key=True),
    sa.Column("holder", Words, nullable=False),
    sa.Column("until", Instant, nullable=False),
    sa.Column("fence", sa.BigInteger, nullable=False),
)

outbox = sa.Table(
    "outbox",
    metadata,
    sa.Column("booking", Words, primary_key=True),
    # The booking's version that the store is to have.
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("due", Instant, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("told_received", sa.Boolean, nullable=False),
    sa.Index(None, "since"),
)

mirror = sa.Table(
    "mirror",
    metadata,
    sa.Column("record", Words, primary_key=True),
    sa.Column("booking", Words, index=True),
    sa.Column("start", Instant, index=True),
    sa.Column("row", Json, nullable=False),
)

notices = sa.Table(
    "notices",
    metadata,
    sa.Column("id", Sequence, primary_key=True, autoincrement=True),
    sa.Column("kind", Words, nullable=False),
    sa.Column("booking", Words, nullable=False),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("phone", Words, nullable=False),
    # The booking as it stood, and as the guest last knew it.
    sa.Column("facts", Json, nullable=False),
    sa.Column("before", Json),
    sa.Column("created_at", Instant, nullable=False),
    sa.Column("told_at", Instant),
    sa.Index(
        "ix_notices_untold_user_id",
        "venue",
        "user_id",
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    ),
    sa.Index(
        "ix_notices_untold_phone",
        "venue",
        "phone",
        sqlite_where=sa.text("told_at IS NULL"),
        postgresql_where=sa.text("told_at IS NULL"),
    ),
)

conflicts = sa.Table(
    "conflicts",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("venue", Words, nullable=False),
    sa.Column("kind", Words, nullable=False),
    sa.Column("code", Words, nullable=False),
    sa.Column("record", Words),
    sa.Column("detail", Words, nullable=False),
    sa.Column("draft", Words, nullable=False),
    sa.Column("other", Words),
    sa.Column("detected_at", Instant, nullable=False),
    sa.Column("resolved_at", Instant),
    sa.Index(
        "ix_conflicts_open",
        "venue",
        "detected_at",
        sqlite_where=sa.text("resolved_at IS NULL"),
        postgresql_where=sa.text("resolved_at IS NULL"),
    ),
)

store_state = sa.Table(
    "store_state",
    metadata,
    sa.Column("name", Words, primary_key=True),
    sa.Column("value", Json, nullable=False),
    sa.Column("revision", sa.BigInteger, nullable=False),
)

# Seconds since the epoch as the port has them, so that what is stored is what was worked out.
allowance = sa.Table(
    "allowance",
    metadata,
    sa.Column("name", Words, primary_key=True),
    sa.Column("next_s", sa.Double, nullable=False),
    sa.Column("frozen_until_s", sa.Double, nullable=False),
    sa.Column("quota_retry_s", sa.Double),
    sa.Column("month", Words, nullable=False),
    sa.Column("requests", sa.Integer, nullable=False),
)

messages = sa.Table(
    "messages",
    metadata,
    sa.Column("key", Words, primary_key=True),
    sa.Column("kind", Words, nullable=False),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("name", Words, nullable=False),
    sa.Column("phone", Words, nullable=False),
    sa.Column("email", Words, nullable=False),
    sa.Column("language", Words, nullable=False),
    sa.Column("channel", Words, nullable=False),
    sa.Column("due_at", Instant, nullable=False),
    # The booking it is about, and its start and sequence at that time.
    sa.Column("code", Words),
    sa.Column("start", Instant),
    sa.Column("sequence", sa.Integer, nullable=False),
    sa.Column("facts", Json, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("state", Words, nullable=False),
    sa.Column("ways", Json, nullable=False),
    sa.Column("tries", sa.Integer, nullable=False),
    sa.Column("sent_at", Instant),
    sa.Column("asks", sa.Boolean, nullable=False),
    sa.Column("answered_at", Instant),
    sa.Index(None, "code", "start"),
    sa.Index(
        "ix_messages_planned",
        "due_at",
        sqlite_where=sa.text("state = 'planned'"),
        postgresql_where=sa.text("state = 'planned'"),
    ),
    sa.Index(
        "ix_messages_failed",
        "venue",
        "due_at",
        sqlite_where=sa.text("state = 'failed'"),
        postgresql_where=sa.text("state = 'failed'"),
    ),
    sa.Index(
        "ix_messages_asking_user_id",
        "venue",
        "user_id",
        sqlite_where=sa.text("asks AND answered_at IS NULL"),
        postgresql_where=sa.text("asks AND answered_at IS NULL"),
    ),
    sa.Index(
        "ix_messages_asking_phone",
        "venue",
        "phone",
        sqlite_where=sa.text("asks AND answered_at IS NULL"),
        postgresql_where=sa.text("asks AND answered_at IS NULL"),
    ),
)

posts = sa.Table(
    "posts",
    metadata,
    sa.Column("id", Sequence, primary_key=True, autoincrement=True),
    sa.Column("key", Words, nullable=False, unique=True),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("conversation_id", Words, nullable=False),
    sa.Column("author", Words, nullable=False),
    sa.Column("text", Words, nullable=False),
    sa.Column("card", Json),
    sa.Column("at", Instant, nullable=False),
    sa.Index(None, "venue", "user_id", "id"),
    sa.Index(None, "conversation_id"),
)

handovers = sa.Table(
    "handovers",
    metadata,
    sa.Column("id", Sequence, primary_key=True, autoincrement=True),
    sa.Column("conversation_id", Words, nullable=False),
    sa.Column("venue", Words, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("channel", Words, nullable=False),
    sa.Column("reason", Words, nullable=False),
    sa.Column("since", Instant, nullable=False),
    sa.Column("taken_at", Instant),
    sa.Column("handed_back_at", Instant),
    sa.Index(
        "ix_handovers_open",
        "conversation_id",
        unique=True,
        sqlite_where=sa.text("handed_back_at IS NULL"),
        postgresql_where=sa.text("handed_back_at IS NULL"),
    ),
)

waitlist = sa.Table(
    "waitlist",
    metadata,
    sa.Column("id", Words, primary_key=True),
    sa.Column("venue", Words, nullable=False),
    # The service day as its ordinal.
    sa.Column("day", sa.Integer, nullable=False),
    sa.Column("covers", sa.Integer, nullable=False),
    sa.Column("earliest", sa.Integer, nullable=False),
    sa.Column("latest", sa.Integer, nullable=False),
    sa.Column("service", Words),
    sa.Column("wants", Json, nullable=False),
    sa.Column("user_id", Words, nullable=False),
    sa.Column("name", Words, nullable=False),
    sa.Column("phone", Words, nullable=False),
    sa.Column("email", Words, nullable=False),
    sa.Column("language", Words, nullable=False),
    sa.Column("channel", Words, nullable=False),
    sa.Column("notes", Words, nullable=False),
    sa.Column("status", Words, nullable=False),
    sa.Column("offer", Json),
    sa.Column("version", sa.Integer, nullable=False),
    sa.Column("created_at", Instant, nullable=False),
    sa.Index(None, "venue", "day"),
    sa.Index(
        "ix_waitlist_listed",
        "venue",
        "day",
        sqlite_where=sa.text("status IN ('waiting', 'offered')"),
        postgresql_where=sa.text("status IN ('waiting', 'offered')"),
    ),
)
