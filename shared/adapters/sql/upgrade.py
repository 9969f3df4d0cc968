"""Brings a database to the version of this code."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import Connection, Engine

from shared.adapters.sql.engine import check_version, is_empty, is_newer, transaction, version_of, works_on
from shared.adapters.sql.rights import set_rights
from shared.adapters.sql.tables import VERSION

try:
    import fcntl
except ImportError:  # not on Windows; there two first starts at once are not guarded
    fcntl = None  # type: ignore[assignment]

MIGRATIONS = Path(__file__).resolve().parent / "migrations"


def upgrade(engine: Engine) -> str:
    """Run every migration that the database does not have yet and set who may do what; returns its version.

    All of it is one transaction. Of a newer database nothing is taken back; it stays as it is, or is refused.
    """
    _make_folder(engine)
    with _one_at_a_time(engine):
        _let_readers_pass(engine)
        with transaction(engine, writes=True) as connection:
            found = version_of(connection)
            if found is None or not is_newer(found):
                _run_migrations(connection)
                set_rights(connection)
                return VERSION
    check_version(engine)
    return found


def open_embedded(engine: Engine) -> None:
    """Make a new database on first use; refuse one of another version (LedgerVersionMismatch)."""
    _make_folder(engine)
    with transaction(engine, writes=False) as connection:
        found, empty = version_of(connection), is_empty(connection)
    if works_on(found):
        return
    if empty:
        with _one_at_a_time(engine):
            _let_readers_pass(engine)
            with transaction(engine, writes=True) as connection:
                if is_empty(connection):  # another process may have been first
                    _run_migrations(connection)
    check_version(engine)


def _run_migrations(connection: Connection) -> None:
    from alembic import command
    from alembic.config import Config

    config = Config()
    config.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    config.attributes["connection"] = connection
    command.upgrade(config, "head")


def _let_readers_pass(engine: Engine) -> None:
    if engine.dialect.name == "sqlite":
        connection = engine.raw_connection()
        try:
            connection.cursor().execute("PRAGMA journal_mode=WAL")
        finally:
            connection.close()


def _make_folder(engine: Engine) -> None:
    database = engine.url.database
    if engine.dialect.name == "sqlite" and database and database != ":memory:":
        Path(database).parent.mkdir(mode=0o700, parents=True, exist_ok=True)


@contextlib.contextmanager
def _one_at_a_time(engine: Engine) -> Iterator[None]:
    database = engine.url.database
    if engine.dialect.name != "sqlite" or not database or database == ":memory:" or fcntl is None:
        yield  # in PostgreSQL the write transaction itself is the lock
        return
    path = Path(database)
    with path.with_name(path.name + ".slot").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
