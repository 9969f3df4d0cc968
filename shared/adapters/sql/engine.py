"""Connections to the database, and transactions that tell storage errors without showing any parameter."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection, Engine, event
from sqlalchemy.exc import DBAPIError, SQLAlchemyError

from shared.adapters.sql.tables import VERSION
from shared.errors import LedgerUnavailable, LedgerVersionMismatch

# One number for the whole product: writers of the ledger wait for each other, as they do in SQLite by nature, so that
# the chain of events has one end.
_WRITE_LOCK = 0x51_1A_3E
_WRITES = "slimme_check_writes"


def make_engine(url: str, wait: timedelta) -> Engine:
    """Return an engine; no connection is made yet. Errors never carry parameters, because those are rows."""
    seconds = int(wait.total_seconds())
    arguments: dict[str, Any] = {"timeout": seconds} if url.startswith("sqlite") else {"connect_timeout": seconds}
    try:
        engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)
    except SQLAlchemyError as cause:
        raise _unavailable(cause) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql)
    return engine


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    # WAL is a property of the file, set once when it is made: see upgrade.py
    for pragma in ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    writes = connection.get_execution_options().get(_WRITES, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writes else "BEGIN")


def _begin_postgresql(connection: Connection) -> None:
    if connection.get_execution_options().get(_WRITES, False):
        connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_WRITE_LOCK})")


@contextlib.contextmanager
def transaction(engine: Engine, *, writes: bool) -> Iterator[Connection]:
    """Give a connection in a transaction that ends with the block; one writer at a time.

    Readers see one moment: SQLite by nature, PostgreSQL by repeatable read.
    """
    options: dict[str, Any] = {_WRITES: writes}
    if not writes and engine.dialect.name == "postgresql":
        options["isolation_level"] = "REPEATABLE READ"
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as cause:
        raise _unavailable(cause) from None
    except sqlite3.Error as cause:
        raise _unavailable(cause) from None


def _unavailable(cause: Exception) -> LedgerUnavailable:
    # names only: the text of a database error may quote a row
    original = cause.orig if isinstance(cause, DBAPIError) else cause
    name = getattr(original, "sqlite_errorname", None) or getattr(original, "sqlstate", None) or ""
    return LedgerUnavailable(
        f"The database did not do what was asked ({type(original).__name__} {name}).".replace(" )", ")"),
        where="database",
        next_step="Check that the database is reachable and has space; the next round tries again.",
    )


def check_version(engine: Engine) -> None:
    """Raise LedgerVersionMismatch unless the database was made by this version of the code."""
    with transaction(engine, writes=False) as connection:
        found = version_of(connection)
    if found != VERSION:
        raise LedgerVersionMismatch(
            f"The database has version {found or 'none'}, this code needs {VERSION}.",
            where="database",
            next_step="Run: python -m shared.migrate (after a back-up).",
        )


def version_of(connection: Connection) -> str | None:
    """Return the version of the database, None when it is empty or not ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def is_empty(connection: Connection) -> bool:
    """Say whether the database holds no tables at all."""
    return not sa.inspect(connection).get_table_names()
