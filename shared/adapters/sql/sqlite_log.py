"""The log of SQLite, in which what was written stands first; a checkpoint copies it into the database file."""

from __future__ import annotations

import contextlib
import sqlite3
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from sqlalchemy import Engine

_PATIENCE_SECONDS = 30


@contextlib.contextmanager
def settling(engine: Engine) -> Iterator[None]:
    """Copy the log into the file in a thread, while this lasts: of a million results that takes ten seconds.

    Who commits does so as a rule, but not a large transaction (`engine.transaction`). What cannot be copied now, for
    somebody reads what was before or the disk is full, is left to the next who commits: nothing depends on it.
    """
    if engine.dialect.name != "sqlite":
        yield
        return
    with ThreadPoolExecutor(1) as thread:
        with contextlib.suppress(RuntimeError):  # a process that ends starts no thread any more
            thread.submit(_copy, str(engine.url.database))  # nobody asks how it ended
        yield


def empty_log(engine: Engine) -> None:
    """Copy the log into the file and empty it: it holds rows as they were. Waits for who copies or reads it.

    PostgreSQL vacuums by itself.
    """
    if engine.dialect.name != "sqlite":
        return
    connection = engine.raw_connection()
    ends = time.monotonic() + _PATIENCE_SECONDS
    try:
        while _is_busy(connection.cursor()) and time.monotonic() < ends:  # then the next round empties it
            time.sleep(0.1)
    finally:
        connection.close()


def _is_busy(cursor: Any) -> bool:
    busy, *_ = cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchone()
    return bool(busy)


def _copy(database: str) -> None:
    # not with a connection of the engine: the cache of the one that published would be filled again beside it
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
