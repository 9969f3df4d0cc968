"""A workshop per test, on its own folder and database."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.upgrade import open_embedded
from tests.shell.workshop import Workshop, make_installation


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An empty administration, made once; copying it is faster than migrating."""
    path = tmp_path_factory.mktemp("leeg") / "administratie.sqlite"
    engine = make_engine(f"sqlite:///{path}", timedelta(seconds=20))
    open_embedded(engine)
    with engine.connect() as connection:
        connection.exec_driver_sql("SELECT 1")
    raw = engine.raw_connection()
    raw.cursor().execute("PRAGMA wal_checkpoint(TRUNCATE)")
    raw.close()
    engine.dispose()
    return path


@pytest.fixture
def make_workshop(tmp_path: Path, empty_database: Path) -> Iterator[Callable[[str], Workshop]]:
    """Make workshops by name, and close their databases afterwards."""
    made: list[Workshop] = []

    def make(name: str) -> Workshop:
        made.append(Workshop(make_installation(tmp_path / name, empty_database), tmp_path / name))
        return made[-1]

    yield make
    for workshop in made:
        cast(SqlLedger, workshop.installation.ledger).engine.dispose()


@pytest.fixture
def workshop(make_workshop: Callable[[str], Workshop]) -> Workshop:
    """One workshop."""
    return make_workshop("werk")
