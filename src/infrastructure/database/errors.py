"""The database's errors in the program's own words, translated in one place."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager

from sqlalchemy import exc

from application.errors import StoreUnavailable

# Statements that are wrong, or rows that break a rule nobody expected to break: our own mistakes.
OURS = (exc.ProgrammingError, exc.IntegrityError, exc.DataError, exc.NotSupportedError)

# SQLSTATEs of transactions that PostgreSQL has undone and that may simply be run again:
# serialization_failure and deadlock_detected.
_REPEATABLE = frozenset({"40001", "40P01"})


class TryAgain(Exception):
    """The transaction has written nothing and may be run again: somebody was quicker."""


@contextmanager
def translated() -> Iterator[None]:
    """Turn whatever the driver raises when the database is away, broken or slow into one error.

    Raises: StoreUnavailable. Our own mistakes pass as they are.
    """
    try:
        yield
    except TryAgain as error:
        raise StoreUnavailable("the database is too busy: others were quicker each time") from error
    except OURS:
        raise
    except (exc.DBAPIError, exc.TimeoutError) as error:
        raise StoreUnavailable(f"the database failed: {_first_line(error)}") from error
    except (OSError, TimeoutError, sqlite3.Error) as error:  # while connecting
        raise StoreUnavailable(f"the database is out of reach: {_first_line(error)}") from error


def is_repeatable(error: BaseException) -> bool:
    """Whether a transaction that failed with this, before its commit was sent, may run again."""
    if isinstance(error, TryAgain):
        return True
    if not isinstance(error, exc.DBAPIError):
        return False
    return error.connection_invalidated or getattr(error.orig, "sqlstate", "") in _REPEATABLE


def _first_line(error: BaseException) -> str:
    return (str(getattr(error, "orig", None) or error).splitlines() or [type(error).__name__])[0]
