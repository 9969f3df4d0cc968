"""What only a PostgreSQL can do to us: waiting writers, frozen writers, ended sessions, tokens that expire."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import cast

import pandas as pd
import pytest
import sqlalchemy as sa
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from azure.identity import ManagedIdentityCredential

from shared.adapters.azure.identity import DATABASE_SCOPE, database_password
from shared.adapters.sql import engine as engines
from shared.adapters.sql.engine import check_version, make_engine, transaction
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.result_rows import KEYS
from shared.adapters.sql.tables import APPEND_ONLY, VERSION, metadata
from shared.adapters.sql.upgrade import upgrade
from shared.errors import AttemptSuperseded, LedgerUnavailable, LedgerVersionMismatch
from shared.events import verify
from shared.ports import ModelStopped
from tests.real.identity import make_certificate
from tests.real.office import DATASET, Office, results
from tests.real.test_blob_contract import at_once
from tests.real.worlds import WAIT, Parts, ledger_in

ROLE = "app-slimme-check"


@pytest.fixture
def office(real: Parts) -> Iterator[Office]:
    with ledger_in("azurite+postgresql", cast(object, None), real) as ledger:  # type: ignore[arg-type]
        yield Office(ledger)


def engine_of(office: Office) -> sa.Engine:
    return cast(SqlLedger, office.ledger).engine


@pytest.fixture
def empty(real: Parts) -> Iterator[str]:
    """A database with nothing in it."""
    url = real.new_database("template1")
    yield url
    real.drop(url)


def test_the_migrations_make_exactly_the_tables_of_the_code(office: Office) -> None:
    with engine_of(office).connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True, "compare_server_default": True})
        changes = [
            change
            for change in compare_metadata(context, metadata)
            if "nextval" not in str(change)  # SERIAL's own
        ]
    # what the guards look after on PostgreSQL: migration 0016
    assert sorted((kind, key.table.name) for kind, key in changes) == [
        ("add_fk", "bijdragen"),
        ("add_fk", "resultaten"),
    ]


def test_a_database_without_our_tables_is_refused_and_never_made_by_itself(empty: str) -> None:
    engine = make_engine(empty, WAIT)
    with pytest.raises(LedgerVersionMismatch, match=r"python -m shared\.migrate"):
        check_version(engine)
    assert at_once(*(lambda: upgrade(engine) for _ in range(3))) == []
    check_version(engine)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalars().all() == [VERSION]
    engine.dispose()


@pytest.mark.parametrize("table", [table.name for table in APPEND_ONLY])
def test_what_is_written_can_be_neither_changed_nor_removed_nor_emptied(office: Office, table: str) -> None:
    office.publish_delivery("d1", "2026-11-20", results("1"))
    with engine_of(office).begin() as connection:
        for other in ("verzoeken", "eenmalig"):
            written = {column.name: column.name for column in metadata.tables[other].columns}
            numbers = {"aanvraagnummers": '["1"]'} if other == "verzoeken" else {}
            values = ", ".join(f"'{value}'" for value in (written | numbers).values())
            connection.exec_driver_sql(f"INSERT INTO {other} VALUES ({values})")
    column = metadata.tables[table].columns.keys()[-1]
    for statement in (
        f"UPDATE {table} SET {column} = {column}",
        f"DELETE FROM {table}",
        f"TRUNCATE {table}",
        f"TRUNCATE {table} CASCADE",
    ):
        refused = "append-only|foreign key constraint"  # the second before the first, where another table refers to it
        with pytest.raises(sa.exc.DBAPIError, match=refused), engine_of(office).begin() as connection:
            connection.exec_driver_sql(statement)
    assert verify(office.ledger.events()) is None


@pytest.mark.parametrize("statement", ["DELETE FROM verwerkingen", "UPDATE verwerkingen SET nr = nr + 1000"])
def test_no_run_goes_from_under_its_results(office: Office, statement: str) -> None:
    """The database looks up the run of no result by itself any more (0016): its guards do."""
    office.publish_delivery("d1", "2026-11-20", results("1", "2"))
    with pytest.raises(sa.exc.DBAPIError, match="append-only"), engine_of(office).begin() as connection:
        connection.exec_driver_sql(statement)


@pytest.mark.parametrize("table", ["resultaten", "bijdragen"])
def test_no_result_comes_without_a_run(office: Office, table: str) -> None:
    office.publish_delivery("d1", "2026-11-20", results("1", "2"))
    columns = metadata.tables[table].columns
    values = ", ".join("false" if c.name == "steekproef" else "999" if c.name in KEYS else "'1'" for c in columns)
    with (
        pytest.raises(sa.exc.DBAPIError, match="results come while a run is busy"),
        engine_of(office).begin() as connection,
    ):
        connection.exec_driver_sql(f"INSERT INTO {table} VALUES ({values})")


def test_a_writer_waits_no_longer_than_the_setting_says(real: Parts, office: Office) -> None:
    impatient = make_engine(engine_of(office).url.render_as_string(hide_password=False), timedelta(seconds=1))
    with transaction(engine_of(office), writes=True):
        started = time.monotonic()
        with pytest.raises(LedgerUnavailable, match="LockNotAvailable 55P03") as told:
            Office(SqlLedger(impatient)).stop()
        assert 0.9 < time.monotonic() - started < 10 and told.value.retry
        assert not office.ledger.stop_state("proefmodel").stopped, "readers wait for nobody"
    Office(SqlLedger(impatient)).stop()
    impatient.dispose()


def test_a_writer_that_is_frozen_loses_its_session_and_the_others_go_on(
    office: Office, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(engines, "_LONGEST_WRITE_MS", 700)
    with (
        pytest.raises(LedgerUnavailable),
        transaction(engine_of(office), writes=True) as connection,
    ):
        thread = threading.Thread(target=office.stop)
        thread.start()
        time.sleep(1.5)
        thread.join(10)
        assert not thread.is_alive()
        connection.exec_driver_sql("SELECT 1")
    assert office.ledger.stop_state("proefmodel").stopped


def test_while_rows_come_in_others_write_and_a_stop_is_obeyed(office: Office) -> None:
    claim = office.claim()

    def stopped_halfway() -> Iterator[pd.DataFrame]:
        yield results("1")
        office.publish_delivery("d2", "2026-11-21", results("1", "9"))
        office.stop()
        yield results("2")

    with pytest.raises(ModelStopped):
        office.publish_parts(claim, stopped_halfway())
    assert office.ledger.counts(claim.run.run_id).aantal == 0 and verify(office.ledger.events()) is None
    office.resume()
    assert office.publish(claim) == 2


def test_an_attempt_that_is_taken_over_while_its_rows_come_in_publishes_nothing(office: Office) -> None:
    claim = office.claim()
    others: list[BaseException] = []
    other = threading.Thread(target=lambda: others.extend(at_once(lambda: office.publish(office.claim()))))

    def taken_over() -> Iterator[pd.DataFrame]:
        yield results("1", "2")
        office.pass_by(office.lease)
        other.start()
        while other.is_alive() and office.ledger.run(claim.run.run_id).attempt == 1:
            time.sleep(0.05)  # its rows have to wait for ours, its claim has not
        yield results("3")

    with pytest.raises(AttemptSuperseded):
        office.publish_parts(claim, taken_over())
    other.join(20)
    assert not others and office.ledger.run(claim.run.run_id).publication == 1
    assert verify(office.ledger.events()) is None


def test_a_session_that_the_server_ended_is_replaced_unseen(real: Parts, office: Office) -> None:
    office.claim()
    with real.admin().connect() as connection:
        ended = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = %s"
        assert connection.exec_driver_sql(ended, (engine_of(office).url.database,)).scalar_one() > 0
    assert len(office.ledger.deliveries(DATASET)) == 1


def test_a_server_that_is_not_there_is_a_passing_trouble_that_quotes_nothing() -> None:
    engine = make_engine("postgresql+psycopg://geheim@127.0.0.1:9/geheim", timedelta(seconds=2))
    with pytest.raises(LedgerUnavailable) as told:
        Office(SqlLedger(engine)).stop()
    assert told.value.retry and "geheim" not in str(told.value)


def test_rows_that_the_driver_refuses_itself_are_not_quoted(office: Office) -> None:
    claim = office.claim()
    with pytest.raises(LedgerUnavailable) as told:
        office.publish(claim, results("geheim\0"))
    assert "geheim" not in str(told.value) and told.value.__cause__ is None
    assert office.publish(claim) == 1


def test_a_reader_sees_one_moment(office: Office) -> None:
    office.claim("d1")
    with transaction(engine_of(office), writes=False) as connection:
        count = sa.text("SELECT count(*) FROM leveringen")
        assert connection.execute(count).scalar_one() == 1
        office.claim("d2", "2026-11-21")
        assert connection.execute(count).scalar_one() == 1
        with pytest.raises(sa.exc.DBAPIError, match="read-only"):
            connection.exec_driver_sql("DELETE FROM leveringen")
        connection.rollback()


# --- tokens -----------------------------------------------------------------------------------------------------------
@pytest.fixture
def by_token(real: Parts) -> Iterator[str]:
    """The URL of a database of a role whose password is the token that was given last, and nothing else."""
    with real.admin().connect() as connection:
        connection.exec_driver_sql(f'DROP ROLE IF EXISTS "{ROLE}"')
        connection.exec_driver_sql(f'CREATE ROLE "{ROLE}" LOGIN CREATEROLE')
    url = real.new_database("template1", owner=ROLE)

    def accept(resource: str, token: str) -> None:
        if DATABASE_SCOPE.startswith(resource):
            with real.admin().connect() as connection:
                connection.exec_driver_sql(f"ALTER ROLE \"{ROLE}\" PASSWORD '{token}'")

    real.identity.listeners.append(accept)
    yield real.url_of(str(sa.engine.make_url(url).database), ROLE)
    real.identity.listeners.remove(accept)
    real.identity.seconds = 3600
    real.drop(url)
    with real.admin().connect() as connection:
        connection.exec_driver_sql(f'DROP ROLE "{ROLE}"')


def test_a_token_is_the_password_over_tls(real: Parts, by_token: str) -> None:
    engine = make_engine(by_token, WAIT, database_password(ManagedIdentityCredential()))
    upgrade(engine)
    with engine.connect() as connection:
        encrypted = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()"
        assert connection.exec_driver_sql(encrypted).scalar_one() is True
    assert "wachtwoord" not in repr(engine) and real.identity.given[-1] not in repr(engine.url)
    asked = len(real.identity.asked)
    engine.dispose()
    Office(SqlLedger(engine)).claim()
    assert len(real.identity.asked) == asked, "the library keeps a token that lasts"
    engine.dispose()


def test_a_token_is_not_sent_to_a_server_whose_certificate_or_name_is_not_the_address(
    by_token: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sent: list[str] = []

    def password() -> str:
        sent.append("geheim")
        return "geheim"

    elsewhere = by_token.replace("127.0.0.1", "localhost")
    with (
        pytest.raises(sa.exc.OperationalError, match="does not match host name"),
        make_engine(elsewhere, WAIT, password).connect(),
    ):
        pass
    monkeypatch.setenv("SSL_CERT_FILE", str(make_certificate(tmp_path)[0]))
    engine = make_engine(by_token, WAIT, password)
    with pytest.raises(sa.exc.OperationalError, match="certificate verify failed"), engine.connect():
        pass


def test_a_token_is_renewed_before_it_expires(real: Parts, by_token: str) -> None:
    real.identity.seconds = 240  # within the five minutes before its end that the library renews in
    engine = make_engine(by_token, WAIT, database_password(ManagedIdentityCredential()))
    upgrade(engine)
    first = real.identity.given[-1]
    engine.dispose()  # as when the pool makes another connection an hour later
    Office(SqlLedger(engine)).claim()
    assert real.identity.given[-1] != first
    engine.dispose()


def test_without_a_token_or_with_a_wrong_one_nothing_is_quoted(real: Parts, by_token: str) -> None:
    engine = make_engine(by_token, WAIT, database_password(ManagedIdentityCredential()))
    real.identity.works = False
    try:
        with pytest.raises(LedgerUnavailable, match="No token") as told:
            upgrade(engine)
    finally:
        real.identity.works = True
    assert told.value.retry and "IDENTITEIT" in told.value.next_step
    wrong = make_engine(by_token, WAIT, lambda: "geheim")
    with pytest.raises(LedgerUnavailable) as refused:
        upgrade(wrong)
    assert "geheim" not in str(refused.value)
