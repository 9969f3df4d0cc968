"""Connections to the database, and transactions that tell storage errors without showing any parameter."""

from __future__ import annotations

import contextlib
import re
import sqlite3
import ssl
from collections.abc import Callable, Iterator
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
_RUN_LOCK = 0x51_1A_3F  # with the number of a run beside it: who publishes the same run waits here
_WRITES, _LARGE = "slimme_check_writes", "slimme_check_large"
# A worker that is frozen inside a write holds that lock; after this the server ends its session and others go on.
_LONGEST_WRITE_MS = 300_000
_LONGEST_PUBLICATION_MS = 1_800_000  # of which only the end is under the lock that all share
_TRANSACTION_TIMEOUT_SINCE = (17,)
# a migration that older code can live with says in its name since which: 0014_vanaf_0013 (docs/adr/0017)
_ADDS = re.compile(r"(\d{4})_vanaf_(\d{4})")


def make_engine(url: str, wait: timedelta, password: Callable[[], str] | None = None) -> Engine:
    """Return an engine; no connection is made yet. Errors never carry parameters, because those are rows.

    `password` is asked anew for every connection and sent over TLS alone, to a server whose certificate and name are
    those of the address: a token is short-lived, but as good as a password while it lasts. The address may say
    otherwise (sslmode, sslrootcert).
    """
    seconds = int(wait.total_seconds())
    # cached_statements: one that adds hundreds of rows takes megabytes, and of each number of rows is another
    in_file = {"timeout": seconds, "cached_statements": 8}
    arguments: dict[str, Any] = in_file if url.startswith("sqlite") else _for_postgresql(seconds)
    if password is not None:
        arguments |= _verified(url)
    try:
        engine = sa.create_engine(url, hide_parameters=True, pool_pre_ping=True, connect_args=arguments)
    except SQLAlchemyError as cause:
        raise _unavailable(cause) from None
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _prepare_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
    else:
        event.listen(engine, "begin", _begin_postgresql(seconds * 1000))
    if password is not None:

        @event.listens_for(engine, "do_connect")
        def _sign_in(_dialect: object, _record: object, _given: object, named: dict[str, Any]) -> None:
            named["password"] = password()

    return engine


def _for_postgresql(seconds: int) -> dict[str, Any]:
    """Return what makes a connection notice within a minute that the server is no longer there."""
    return {
        "connect_timeout": max(seconds, 2),  # the library takes 1 for 2
        "keepalives_idle": 20,
        "keepalives_interval": 10,
        "keepalives_count": 3,
        "tcp_user_timeout": 50_000,
        "application_name": "slimme-check",
    }


def _verified(url: str) -> dict[str, str]:
    """Return what makes the library check the server's certificate against the roots that this machine trusts.

    Not `sslrootcert=system`: the library of psycopg's wheels looks for those in a folder that no machine has.
    """
    roots = ssl.get_default_verify_paths().cafile or "system"
    asked = {"sslmode": "verify-full", "sslrootcert": roots}
    return {name: value for name, value in asked.items() if f"{name}=" not in url}


def _prepare_sqlite(connection: sqlite3.Connection, _: object) -> None:
    connection.isolation_level = None  # we say BEGIN ourselves
    cursor = connection.cursor()
    # WAL is a property of the file, set once when it is made: see upgrade.py
    # secure_delete: what is removed is overwritten, and not only left out
    # page_size: of a database that is made now; of 8 kB there would be four times as many, each written and read apart
    # cache_size: in kibibytes; with the usual 2 MB the indexes of one night are written out and read back all the time
    safe = ("synchronous=FULL", "foreign_keys=ON", "recursive_triggers=ON", "secure_delete=ON")
    for pragma in (*safe, "page_size=32768", "cache_size=-131072"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    options = connection.get_execution_options()
    # from how many pages of the log (8 MB) who commits copies them into the file; 0: never, see sqlite_log.settling
    connection.exec_driver_sql(f"PRAGMA wal_autocheckpoint={0 if options.get(_LARGE, False) else 250}")
    connection.exec_driver_sql("BEGIN IMMEDIATE" if options.get(_WRITES, False) else "BEGIN")


def _begin_postgresql(wait_ms: int) -> Callable[[Connection], None]:
    def begin(connection: Connection) -> None:
        options = connection.get_execution_options()
        if options.get(_WRITES, False):
            connection.exec_driver_sql(f"SET LOCAL lock_timeout = {wait_ms}")
            if not options[_LARGE]:
                wait_for_writers(connection)

    return begin


def wait_for_writers(connection: Connection) -> None:
    """Wait until no other transaction writes; from here to its end this one is the only writer. In SQLite it is."""
    _wait(connection, f"{_WRITE_LOCK}", _LONGEST_WRITE_MS)


def wait_for_run(connection: Connection, nr: int) -> None:
    """Wait until no other transaction that began like this is at the run with this number. In SQLite none ever is."""
    _wait(connection, f"{_RUN_LOCK}, {nr}", _LONGEST_PUBLICATION_MS)


def _wait(connection: Connection, lock: str, longest_ms: int) -> None:
    if connection.dialect.name != "postgresql":
        return
    limits = [("idle_in_transaction_session_timeout", _LONGEST_WRITE_MS)]
    if (connection.dialect.server_version_info or ()) >= _TRANSACTION_TIMEOUT_SINCE:
        limits += [("transaction_timeout", 0), ("transaction_timeout", longest_ms)]  # off first: counted from here
    # limits on the write itself come after the lock: the time of waiting for another is not held against it
    local = ", ".join(f"set_config('{name}', '{value}', true)" for name, value in limits)
    connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({lock})")
    connection.exec_driver_sql(f"SELECT {local}")


@contextlib.contextmanager
def transaction(engine: Engine, *, writes: bool, large: bool = False) -> Iterator[Connection]:
    """Give a connection in a transaction that ends with the block; one writer at a time.

    Readers see one moment: SQLite by nature, PostgreSQL by repeatable read. A `large` writer adds very many rows: on
    PostgreSQL it says itself from when on it must be the only one (see wait_for_writers), on SQLite its log is left
    to `sqlite_log.settling`.
    """
    options: dict[str, Any] = {_WRITES: writes, _LARGE: large}
    if not writes and engine.dialect.name == "postgresql":
        options |= {"isolation_level": "REPEATABLE READ", "postgresql_readonly": True}
    try:
        with engine.connect().execution_options(**options) as connection, connection.begin():
            yield connection
    except SQLAlchemyError as cause:
        raise _unavailable(cause) from None
    except engine.dialect.loaded_dbapi.Error as cause:  # from where we use the driver itself, such as COPY
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
    """Raise LedgerVersionMismatch unless this code works on the tables of the database."""
    with transaction(engine, writes=False) as connection:
        found = version_of(connection)
    if not works_on(found):
        newer = found is not None and is_newer(found)
        raise LedgerVersionMismatch(
            f"The database has version {found or 'none'}, this code needs {VERSION}.",
            where="database",
            next_step="Deploy the code of that version, or put the database back (docs/runbook.md)."
            if newer
            else "Run: python -m shared.migrate (after a back-up).",
        )


def works_on(found: str | None, code: str = VERSION) -> bool:
    """Say whether code works on tables of a version: its own, and newer ones that only added to what it knows."""
    adds = _ADDS.fullmatch(found or "")
    return found == code or (adds is not None and adds[2] <= code[:4] < adds[1])


def is_newer(found: str, code: str = VERSION) -> bool:
    """Say whether tables of a version were made by newer code."""
    return found[:4] > code[:4]


def version_of(connection: Connection) -> str | None:
    """Return the version of the database, None when it is empty or not ours."""
    if not sa.inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(sa.text("SELECT version_num FROM alembic_version")).scalar()


def is_empty(connection: Connection) -> bool:
    """Say whether the database holds no tables at all."""
    return not sa.inspect(connection).get_table_names()
