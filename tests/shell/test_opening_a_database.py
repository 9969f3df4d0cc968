"""A database is opened with the tables of this code and no others; what is not ours is refused and not touched."""

import stat
import threading
from datetime import timedelta
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory

from shared.adapters.sql.engine import check_version, make_engine
from shared.adapters.sql.tables import CURRENT_RESULTS, VERSION, metadata
from shared.adapters.sql.upgrade import MIGRATIONS, open_embedded, upgrade
from shared.errors import LedgerVersionMismatch
from tests.shell.workshop import Workshop, ledger_of

WAIT = timedelta(seconds=20)


def test_the_migration_makes_exactly_the_tables_of_the_code(filled: Workshop) -> None:
    with ledger_of(filled).engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        assert compare_metadata(context, metadata) == []
        view = connection.exec_driver_sql("SELECT sql FROM sqlite_master WHERE type = 'view'").scalar_one()
    assert view.split() == CURRENT_RESULTS.split()


def test_the_version_of_the_code_is_that_of_the_newest_migration() -> None:
    assert ScriptDirectory(str(MIGRATIONS)).get_current_head() == VERSION


def test_a_database_of_another_version_is_refused_with_the_command_to_run(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
    open_embedded(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("UPDATE alembic_version SET version_num = '0000'")
    for start in (open_embedded, check_version):
        with pytest.raises(LedgerVersionMismatch) as refused:
            start(engine)
        assert "python -m shared.migrate" in str(refused.value)
    engine.dispose()


def test_somebody_elses_database_is_not_touched(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
    with engine.begin() as connection:
        connection.exec_driver_sql("CREATE TABLE klanten (nr int)")
    with pytest.raises(LedgerVersionMismatch):
        open_embedded(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one() == 1
    engine.dispose()


def test_a_folder_that_is_made_for_a_database_is_for_its_owner_alone(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'opslag' / 'a.sqlite'}", WAIT)
    open_embedded(engine)
    engine.dispose()
    assert stat.S_IMODE((tmp_path / "opslag").stat().st_mode) == 0o700


def test_upgrade_may_be_run_again(tmp_path: Path) -> None:
    engine = make_engine(f"sqlite:///{tmp_path / 'nieuw' / 'a.sqlite'}", WAIT)
    assert upgrade(engine) == upgrade(engine) == VERSION
    check_version(engine)
    engine.dispose()


def test_two_first_starts_at_once_make_one_database(tmp_path: Path) -> None:
    wrong: list[BaseException] = []

    def start() -> None:
        engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
        try:
            open_embedded(engine)
        except BaseException as cause:
            wrong.append(cause)
        finally:
            engine.dispose()

    threads = [threading.Thread(target=start) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
