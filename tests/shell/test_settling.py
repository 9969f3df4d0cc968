"""After a publication SQLite copies its log into its file beside what follows; nothing depends on how that ends."""

from __future__ import annotations

import shutil
import sqlite3
import threading
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pytest

from benchmarks.publish import made_results
from shared.adapters.sql import sqlite_log
from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.sqlite_log import empty_log
from shared.errors import SlimmeCheckError
from tests.real.office import Office

DAY = "2026-11-20"
MANY = 5_000  # takes more pages than after which SQLite would copy by itself


@pytest.fixture
def database(tmp_path: Path, empty_database: Path) -> Path:
    return Path(shutil.copyfile(empty_database, tmp_path / "a.sqlite"))


@pytest.fixture
def office(database: Path) -> Iterator[Office]:
    """An administration in which many results were published a moment ago."""
    ledger = SqlLedger(make_engine(f"sqlite:///{database}", timedelta(seconds=20)))
    office = Office(ledger)
    office.publish(office.claim(), made_results(range(MANY)))
    yield office
    ledger.engine.dispose()


def test_who_publishes_does_not_wait_until_the_log_is_in_the_file(office: Office, database: Path) -> None:
    empty = database.stat().st_size
    with office.ledger.settling():
        assert len(office.current(DAY)) == MANY, "others read meanwhile"
    log = database.with_name("a.sqlite-wal").stat().st_size
    assert database.stat().st_size > empty + 0.9 * log
    assert log > 1_000_000
    with office.ledger.settling():
        office.claim("d2", "2026-11-21")
    assert len(office.current(DAY)) == MANY, "and write"


def test_the_next_to_write_copies_the_log_when_nobody_did(office: Office, database: Path) -> None:
    empty, log = database.stat().st_size, database.with_name("a.sqlite-wal").stat().st_size
    assert log > 1_000_000
    office.claim("d2", "2026-11-21")
    assert database.stat().st_size > empty + 0.9 * log


def test_what_cannot_be_copied_stops_nothing(office: Office, monkeypatch: pytest.MonkeyPatch) -> None:
    before, tried = threading.active_count(), list[str]()

    def fails(database: str) -> None:
        tried.append(database)
        raise sqlite3.OperationalError

    monkeypatch.setattr("shared.adapters.sql.sqlite_log.sqlite3.connect", fails)
    with office.ledger.settling():
        pass
    assert len(tried) == 1
    assert threading.active_count() == before


def test_what_goes_wrong_meanwhile_is_not_hidden(office: Office) -> None:
    with pytest.raises(SlimmeCheckError), office.ledger.settling():
        office.ledger.run("onbekend")


def test_the_log_is_emptied_when_who_copies_it_is_done(office: Office, database: Path) -> None:
    engine = cast(SqlLedger, office.ledger).engine
    with office.ledger.settling():
        empty_log(engine)
    assert database.with_name("a.sqlite-wal").stat().st_size == 0


def test_who_empties_the_log_tries_again_while_another_copies_it(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    busy = [True, True, False]
    monkeypatch.setattr(sqlite_log, "_is_busy", lambda _cursor: busy.pop(0))
    empty_log(cast(SqlLedger, office.ledger).engine)
    assert busy == []
