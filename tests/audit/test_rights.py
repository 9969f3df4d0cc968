"""Each identity does what it must on a real PostgreSQL, and every other statement is refused."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, cast

import pytest
import sqlalchemy as sa

from shared.adapters.sql.engine import check_version
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.rights import set_rights
from shared.adapters.sql.tables import APPEND_ONLY, metadata
from shared.adapters.sql.upgrade import upgrade
from shared.anchors import check_audit
from shared.interventions import request_run, resume_model, stop_model
from shared.sweep import run_waiting
from tests.audit.databases import IDENTITIES, MIGRATOR, Server
from tests.shell.workshop import Workshop, make_installation

pytestmark = pytest.mark.xdist_group("postgresql")
TABLES = [table.name for table in metadata.sorted_tables]
FIXED = ("run", "dataset", "levering", "digest", "datum", "verzoek", "model", "modeldigest", "sleutel", "nr")
DENIED = "42501"  # insufficient_privilege
NOT_UPDATABLE = "55000"  # a view over several tables, whoever asks
UNSEEN = "42883"  # undefined_function: who may not look into the schema finds nothing there


@dataclass
class Database:
    """A database in which nights were processed by the app's own identity."""

    server: Server
    name: str
    workshop: Workshop

    def do(self, identity: str, statement: str) -> list[tuple[Any, ...]]:
        engine = self.server.engine(self.name, identity)
        try:
            with engine.begin() as connection:
                found = connection.exec_driver_sql(statement)
                return [tuple(row) for row in found] if found.returns_rows else []
        finally:
            engine.dispose()

    def refused(self, identity: str, statement: str) -> str:
        """Return the code with which a statement is refused; the test fails when it is not."""
        with pytest.raises(sa.exc.DBAPIError) as told:
            self.do(identity, statement)
        return str(cast(Any, told.value.orig).sqlstate)


@pytest.fixture(scope="module")
def database(server_running: Server | str, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Database | str]:
    if isinstance(server_running, str):
        yield server_running
        return
    name = server_running.database()
    root = tmp_path_factory.mktemp("werk")
    workshop = Workshop(make_installation(root), root)
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
    engine = server_running.engine(name, "proef_app")
    check_version(engine)
    workshop = workshop.with_(ledger=SqlLedger(engine))
    for levering in ("2026-11-19", "2026-11-20"):
        workshop.deliver(levering)
        assert not run_waiting(workshop.installation).failed
    request_run(workshop.installation, "2026-11-19", ["1001"], "bezwaar")
    assert not run_waiting(workshop.installation).failed
    stop_model(workshop.installation, "even niet")
    resume_model(workshop.installation, "weer wel")
    yield Database(server_running, name, workshop)
    engine.dispose()


@pytest.fixture
def db(server: Server, database: Database | str) -> Database:
    assert isinstance(database, Database) and server
    return database


def test_the_app_does_its_whole_job_with_its_own_rights(db: Database) -> None:
    states = db.do("proef_app", "SELECT toestand, count(*) FROM verwerkingen GROUP BY toestand")
    assert states == [("afgerond", 3)]
    checked = check_audit(db.workshop.installation.ledger, db.workshop.installation.blobs)
    assert checked.holds and checked.chain.intact > 30


@pytest.mark.parametrize("table", TABLES)
def test_the_app_removes_nothing(db: Database, table: str) -> None:
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"DROP TABLE {table}"):
        assert db.refused("proef_app", statement) == DENIED
    assert db.refused("proef_app", f"ALTER TABLE {table} DISABLE TRIGGER ALL") == DENIED


@pytest.mark.parametrize(
    "table",
    [*(table.name for table in APPEND_ONLY), "verwijderbewijzen", "bewaarplichten", "beoordelingen", "bezwaren"],
)
def test_the_app_changes_nothing_that_is_written(db: Database, table: str) -> None:
    column = metadata.tables[table].columns.keys()[-1]
    assert db.refused("proef_app", f"UPDATE {table} SET {column} = {column}") == DENIED


@pytest.mark.parametrize("column", FIXED)
def test_the_app_does_not_change_what_a_run_is(db: Database, column: str) -> None:
    assert db.refused("proef_app", f"UPDATE verwerkingen SET {column} = {column}") == DENIED


@pytest.mark.parametrize("identity", ["proef_app", "proef_lezer", "proef_niemand"])
def test_nobody_but_the_purge_calls_its_functions(db: Database, identity: str) -> None:
    for call in ("verwijder_resultaten('x', 1)", "verwijder_gebeurtenissen(1, 2)", "te_verwijderen_resultaten('x')"):
        assert db.refused(identity, f"SELECT {call}") in (DENIED, UNSEEN)


@pytest.mark.parametrize("identity", ["proef_app", "proef_lezer", "proef_niemand"])
def test_nobody_but_the_purge_calls_any_function_of_ours(db: Database, identity: str) -> None:
    ours = "SELECT p.oid, p.proname FROM pg_proc p WHERE p.pronamespace = current_schema()::regnamespace"
    functions = db.do(MIGRATOR, ours)
    assert len(functions) > 10
    allowed = f"SELECT proname FROM ({ours}) f WHERE has_function_privilege('{identity}', f.oid, 'EXECUTE')"
    assert db.do(MIGRATOR, allowed) == []


def test_the_app_leaves_no_tombstone(db: Database) -> None:
    values = "(1, 'resultaten', '', '', 1, '', '', '', '', 1)"
    columns = "nr, soort, dataset, run, aantal, grond, actor, tijdstip, hash, gebeurtenis"
    assert db.refused("proef_app", f"INSERT INTO verwijderbewijzen ({columns}) VALUES {values}") == DENIED


@pytest.mark.parametrize("table", TABLES)
def test_the_purge_deletes_and_changes_nothing_by_itself(db: Database, table: str) -> None:
    column = metadata.tables[table].columns.keys()[-1]
    for statement in (f"DELETE FROM {table}", f"TRUNCATE {table}", f"UPDATE {table} SET {column} = {column}"):
        assert db.refused("proef_purge", statement) == DENIED


@pytest.mark.parametrize("table", ["resultaten", "bijdragen", "actuele_resultaten", "resultaten_dataverkenner"])
def test_the_purge_sees_no_result(db: Database, table: str) -> None:
    assert db.refused("proef_purge", f"SELECT * FROM {table}") == DENIED


@pytest.mark.parametrize("table", [*TABLES, "actuele_resultaten", "alembic_version"])
def test_the_reader_sees_no_table(db: Database, table: str) -> None:
    for statement in (f"SELECT * FROM {table}", f"DELETE FROM {table}", f"INSERT INTO {table} DEFAULT VALUES"):
        assert db.refused("proef_lezer", statement) in (DENIED, NOT_UPDATABLE)


def test_the_reader_sees_current_published_results_without_score_or_sample(db: Database) -> None:
    found = db.do("proef_lezer", "SELECT aanvraagnummer, run FROM resultaten_dataverkenner ORDER BY 1")
    assert [number for number, _ in found] == ["1001", "1002", "1003"]
    assert found == db.do("proef_app", "SELECT aanvraagnummer, run FROM actuele_resultaten ORDER BY 1")
    columns = db.do(
        "proef_app",
        "SELECT attname FROM pg_attribute WHERE attrelid = 'resultaten_dataverkenner'::regclass AND attnum > 0",
    )
    assert not {"score", "steekproef", "intercept", "zekerheid", "kenmerken"} & {name for (name,) in columns}
    for change in ("UPDATE resultaten_dataverkenner SET advies = ''", "DELETE FROM resultaten_dataverkenner"):
        assert db.refused("proef_lezer", change) in (DENIED, NOT_UPDATABLE)


@pytest.mark.parametrize("table", [*TABLES, "resultaten_dataverkenner"])
def test_who_has_no_role_sees_nothing(db: Database, table: str) -> None:
    assert db.refused("proef_niemand", f"SELECT * FROM {table}") in (DENIED, "42P01")


@pytest.mark.parametrize("identity", IDENTITIES)
def test_nobody_makes_anything_in_our_schema(db: Database, identity: str) -> None:
    for statement in (
        "CREATE TABLE mijn_tabel (n int)",
        "CREATE FUNCTION alleen_toevoegen() RETURNS int LANGUAGE sql AS 'SELECT 1'",
        "CREATE VIEW mijn_kijk AS SELECT 1",
    ):
        assert db.refused(identity, statement) in (DENIED, "3F000")


@pytest.mark.parametrize("table", ["resultaten", "bijdragen", "bevindingen", "gebeurtenissen", "stopknop"])
def test_even_the_owner_removes_nothing_without_a_tombstone(db: Database, table: str) -> None:
    assert db.refused(MIGRATOR, f"DELETE FROM {table}") == "23001"


def test_the_owner_leaves_no_tombstone_that_no_event_tells_of(db: Database) -> None:
    columns = "soort, dataset, run, aantal, grond, actor, tijdstip, hash, gebeurtenis"
    values = "SELECT 'resultaten', dataset, run, 3, 'zomaar', actor, tijdstip, 'x', volgnr FROM gebeurtenissen LIMIT 1"
    assert db.refused(MIGRATOR, f"INSERT INTO verwijderbewijzen ({columns}) {values}") == "23001"


def test_a_right_that_was_given_by_hand_is_taken_back_by_the_next_migration(server: Server) -> None:
    name = server.database()
    engine = server.engine(name, MIGRATOR)
    with engine.begin() as connection:
        for given in ("DELETE ON resultaten TO slimme_check_app", "UPDATE (run) ON verwerkingen TO slimme_check_app"):
            connection.exec_driver_sql(f"GRANT {given}")
        connection.exec_driver_sql("GRANT SELECT ON resultaten TO PUBLIC")
    upgrade(engine)
    engine.dispose()
    fresh = Database(server, name, cast(Workshop, None))
    for statement in ("DELETE FROM resultaten", "UPDATE verwerkingen SET run = run"):
        assert fresh.refused("proef_app", statement) == DENIED
    assert fresh.refused("proef_niemand", "SELECT * FROM resultaten") in (DENIED, "42P01")


def test_sqlite_has_no_roles_and_needs_none(folder: Path, workshop: Workshop) -> None:
    with cast(SqlLedger, workshop.installation.ledger).engine.begin() as connection:
        assert set_rights(connection) is False
