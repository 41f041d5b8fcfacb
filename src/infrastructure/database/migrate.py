"""Bring a database to the schema that this code expects."""

from __future__ import annotations

from pathlib import Path

import sqlalchemy as sa

from infrastructure.database.migrations import HEAD

# Any number that no other program takes as its advisory lock: "anfi" in ASCII.
_LOCK_KEY = 0x616E6669


def migrate(connection: sa.Connection) -> None:
    """Apply the missing migrations within the caller's transaction.

    Of several processes that start at once one migrates and the others wait and find nothing to do:
    on SQLite the transaction holds the write lock already, on PostgreSQL an advisory lock is taken.

    Raises: RuntimeError where the database is newer than this code.
    """
    if connection.dialect.name == "postgresql":
        connection.execute(sa.text("SELECT pg_advisory_xact_lock(:key)"), {"key": _LOCK_KEY})
    # Alembic takes most of a second to import, so a start with nothing to do does without.
    if _revision(connection) != HEAD:
        _upgrade(connection)


def _revision(connection: sa.Connection) -> str | None:
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def _upgrade(connection: sa.Connection) -> None:
    from alembic import command
    from alembic.config import Config
    from alembic.util.exc import CommandError

    config = Config()
    config.set_main_option("script_location", str(Path(__file__).parent / "migrations"))
    config.attributes["connection"] = connection
    try:
        command.upgrade(config, "head")
    except CommandError as error:
        raise RuntimeError(
            f"the database cannot be brought to revision {HEAD}: it is newer than this program, "
            f"or of another kind ({error})"
        ) from error
