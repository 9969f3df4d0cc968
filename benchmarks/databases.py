"""Databases to measure with, empty at the begin of every turn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import sqlalchemy as sa

from benchmarks.measuring import CannotRun
from tests.real import parts
from tests.real.identity import make_certificate

type Database = Callable[[], str]


def sqlite(folder: Path) -> Database:
    """Return a file in a folder, as what gives it emptied."""
    path = folder / "administratie.sqlite"

    def empty() -> str:
        for one in folder.glob(f"{path.name}*"):
            one.unlink()
        return f"sqlite:///{path}"

    return empty


@contextmanager
def postgresql(folder: Path) -> Iterator[Database]:
    """Run a server of its own, and give a database on it as what gives it emptied; raises CannotRun without one."""
    try:
        with parts.postgresql(*make_certificate(folder)) as url:
            admin = sa.create_engine(f"{url}/postgres", isolation_level="AUTOCOMMIT")

            def empty() -> str:
                with admin.connect() as connection:
                    connection.exec_driver_sql("DROP DATABASE IF EXISTS meting WITH (FORCE)")
                    connection.exec_driver_sql("CREATE DATABASE meting")
                return f"{url}/meting"

            yield empty
            admin.dispose()
    except parts.Missing as missing:
        raise CannotRun(str(missing)) from None
