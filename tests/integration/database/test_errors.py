"""Every error that SQLAlchemy and the drivers can raise is either translated or knowingly not."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import exc

from application.errors import StoreUnavailable
from domain.errors import SlotTaken
from infrastructure.database.engine import open_ledger
from infrastructure.database.errors import TryAgain, is_repeatable, translated

TRANSLATED = {
    exc.DBAPIError,
    exc.DatabaseError,
    exc.InterfaceError,
    exc.InternalError,
    exc.OperationalError,
}
OUR_OWN_MISTAKES = {
    exc.DataError,
    exc.IntegrityError,
    exc.NotSupportedError,
    exc.ProgrammingError,
}


def database_errors(base: type[exc.DBAPIError] = exc.DBAPIError) -> Iterator[type[exc.DBAPIError]]:
    yield base
    for subclass in base.__subclasses__():
        yield from database_errors(subclass)


def test_no_class_of_database_error_is_forgotten() -> None:
    assert set(database_errors()) == TRANSLATED | OUR_OWN_MISTAKES


@pytest.mark.parametrize("kind", sorted(TRANSLATED, key=str))
def test_a_failing_database_is_store_unavailable(kind: type[exc.DBAPIError]) -> None:
    cause = kind("SELECT 1", None, Exception("server closed the connection\nand more"))
    with pytest.raises(StoreUnavailable) as failure, translated():
        raise cause
    assert str(failure.value).endswith("server closed the connection")
    assert failure.value.__cause__ is cause


@pytest.mark.parametrize("kind", sorted(OUR_OWN_MISTAKES, key=str))
def test_our_own_mistakes_are_not_hidden(kind: type[exc.DBAPIError]) -> None:
    with pytest.raises(kind), translated():
        raise kind("SELECT 1", None, Exception("no such column"))


@pytest.mark.parametrize(
    "error",
    [
        exc.TimeoutError("the pool is empty"),
        ConnectionRefusedError("nobody there"),
        TimeoutError(),
        sqlite3.OperationalError("unable to open database file"),
        TryAgain(),
    ],
)
def test_a_database_out_of_reach_is_store_unavailable(error: Exception) -> None:
    with pytest.raises(StoreUnavailable), translated():
        raise error


@pytest.mark.parametrize("error", [SlotTaken(), KeyError("x"), TypeError("y")])
def test_other_errors_pass(error: Exception) -> None:
    with pytest.raises(type(error)), translated():
        raise error


class _WithState(Exception):
    def __init__(self, sqlstate: str) -> None:
        super().__init__(sqlstate)
        self.sqlstate = sqlstate


@pytest.mark.parametrize(
    ("sqlstate", "repeatable"), [("40001", True), ("40P01", True), ("57014", False), ("", False)]
)
def test_only_what_the_database_has_undone_is_repeated(sqlstate: str, repeatable: bool) -> None:
    error = exc.DBAPIError("SELECT 1", None, _WithState(sqlstate))
    assert is_repeatable(error) is repeatable
    assert not is_repeatable(StoreUnavailable("the commit failed"))


@pytest.mark.parametrize(
    "url", ["mysql://host/db", "sqlite://", "sqlite:///:memory:", "nonsense", ""]
)
async def test_other_addresses_are_refused(url: str) -> None:
    with pytest.raises(ValueError, match="ledger"):
        await open_ledger(url)


async def test_a_server_that_is_not_there_is_store_unavailable(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable):
        await open_ledger(f"postgresql://postgres@/postgres?host={tmp_path}")


async def test_a_file_that_is_no_database_is_store_unavailable(tmp_path: Path) -> None:
    path = tmp_path / "ledger.db"
    path.write_bytes(b"this is not a database, and it is long enough to be seen as none" * 99)
    with pytest.raises(StoreUnavailable):
        await open_ledger(f"sqlite:///{path}")
