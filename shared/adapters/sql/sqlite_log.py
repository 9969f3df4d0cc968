"""The log of SQLite, in which what was written stands first; a checkpoint copies it into the database file."""

from __future__ import annotations

import contextlib
import sqlite3
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor

from sqlalchemy import Engine


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
        thread.submit(_copy, str(engine.url.database))  # nobody asks how it ended
        yield


def _copy(database: str) -> None:
    # not with a connection of the engine: the cache of the one that published would be filled again beside it
    with contextlib.closing(sqlite3.connect(database)) as connection:
        connection.execute("PRAGMA wal_checkpoint(PASSIVE)")
