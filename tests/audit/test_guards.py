"""The database itself keeps what is current: how a run goes, when results come, how a hold ends. On both databases.

On PostgreSQL everything is tried as the app's own identity, which holds the rights to write these tables.
"""

import importlib
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, cast

import psycopg
import pytest
import sqlalchemy as sa

from shared.adapters.sql import rights
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.tables import metadata
from shared.adapters.sql.upgrade import upgrade
from shared.events import FIRST_HASH, Action, AuditEvent, Caller, StoredEvent, store
from shared.interventions import request_run
from shared.runstates import TRANSITIONS
from shared.sweep import run_waiting
from tests.audit.databases import MIGRATOR, PASSWORD, Server, hold
from tests.shell.workshop import DATASET, START, Workshop, make_installation

pytestmark = pytest.mark.xdist_group("postgresql")
guards = importlib.import_module("shared.adapters.sql.migrations.versions.0007_guards")


@dataclass
class Night:
    """What the app has after two published runs: the second judged one application again."""

    workshop: Workshop
    app: sa.Engine

    def do(self, statement: str) -> None:
        with self.app.begin() as connection:
            connection.exec_driver_sql(statement)

    def sql(self, query: str) -> list[tuple[Any, ...]]:
        with self.app.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def current(self) -> list[tuple[Any, ...]]:
        return self.sql("SELECT aanvraagnummer, run, publicatie FROM actuele_resultaten ORDER BY 1")

    def refused(self, statement: str, why: str) -> None:
        before = self.current()
        with pytest.raises(sa.exc.DBAPIError, match=why):
            self.do(statement)
        assert self.current() == before


@pytest.fixture(params=["sqlite", "postgresql"])
def night(request: pytest.FixtureRequest, tmp_path: Path, empty_database: Path) -> Iterator[Night]:
    workshop = Workshop(make_installation(tmp_path / "werk", empty_database), tmp_path / "werk")
    engine = own = cast(SqlLedger, workshop.installation.ledger).engine
    if request.param == "postgresql":
        server: Server = request.getfixturevalue("server")
        engine = server.engine(server.database(), "proef_app")
        workshop = workshop.with_(ledger=SqlLedger(engine))
    workshop.deliver("2026-11-20")
    run_waiting(workshop.installation)
    request_run(workshop.installation, "2026-11-20", ["1001"], "bezwaar")
    run_waiting(workshop.installation)
    yield Night(workshop, engine)
    engine.dispose()
    own.dispose()


def test_the_steps_that_the_database_allows_are_those_of_the_table() -> None:
    allowed = {f"{before}>{after}" for before, steps in TRANSITIONS.items() if before for after in steps}
    assert set(guards.STEPS) == allowed
    assert set(guards.BEGINS) == {str(state) for state in TRANSITIONS[None]}


@pytest.mark.parametrize(
    "values",
    [
        "publicatie = 99",
        "publicatie = NULL",
        "publicatie = NULL, gepubliceerd = NULL, toestand = 'vervallen'",
        "gepubliceerd = '2020-01-01T00:00:00.000000Z'",
        "toestand = 'gepubliceerd'",
        "toestand = 'vervallen'",
        "toestand = 'bezig'",
        "vrijgegeven = true",
        "codeversie = 'x'",
    ],
)
def test_a_finished_run_stays_what_it_is(night: Night, values: str) -> None:
    night.refused(f"UPDATE verwerkingen SET {values} WHERE publicatie = 1", "does not go from there to there")


def busy(night: Night) -> None:
    """Let a worker die in the middle of a run: it stays busy."""
    columns = (
        "run, dataset, levering, digest, datum, verzoek, toestand, reden, poging, eigenaar, vrijgegeven, model, "
        "modelversie, modeldigest, modelstatus, contractversie, sleutel, codeversie, instellingen, gewijzigd"
    )
    chosen = columns.replace("run,", "'nieuw',", 1).replace("verzoek,", "'v',").replace("toestand,", "'bezig',")
    night.do(f"INSERT INTO verwerkingen ({columns}) SELECT {chosen} FROM verwerkingen WHERE publicatie = 1")


@pytest.mark.parametrize(
    "values",
    [
        "publicatie = 3",
        "toestand = 'gepubliceerd'",
        "toestand = 'gepubliceerd', publicatie = 3",
        "toestand = 'gepubliceerd', publicatie = 4, gepubliceerd = 't'",
        "toestand = 'gepubliceerd', publicatie = 0, gepubliceerd = 't'",
        "toestand = 'afgerond'",
        "toestand = 'wachtend'",
    ],
)
def test_a_run_is_published_once_from_busy_and_with_the_next_number(night: Night, values: str) -> None:
    busy(night)
    night.refused(f"UPDATE verwerkingen SET {values} WHERE run = 'nieuw'", "does not go from there to there")
    publish = "toestand = 'gepubliceerd', publicatie = 3, gepubliceerd = 't'"
    night.do(f"UPDATE verwerkingen SET {publish} WHERE run = 'nieuw'")
    for back in ("bezig", "vervallen", "mislukt"):
        night.refused(f"UPDATE verwerkingen SET toestand = '{back}' WHERE run = 'nieuw'", "does not go")
    night.do("UPDATE verwerkingen SET toestand = 'afgerond' WHERE run = 'nieuw'")


def test_why_a_run_is_held_changes_with_its_state_alone(night: Night) -> None:
    busy(night)
    night.do("UPDATE verwerkingen SET toestand = 'aangehouden', reden = 'controle_aangehouden' WHERE run = 'nieuw'")
    night.refused("UPDATE verwerkingen SET reden = 'model_gestopt' WHERE run = 'nieuw'", "does not go")


@pytest.mark.parametrize("begin", ["'gepubliceerd'", "'afgerond'", "'bezig'", "'vrijgegeven'"])
def test_a_run_does_not_begin_as_published(night: Night, begin: str) -> None:
    columns = [column for column in sa.inspect(night.app).get_columns("verwerkingen") if column["name"] != "nr"]
    names = [column["name"] for column in columns]
    other = {"run": "'nieuw'", "verzoek": "'v'", "toestand": begin, "publicatie": "77"}
    chosen = ", ".join(other.get(name, name) for name in names)
    night.refused(
        f"INSERT INTO verwerkingen ({', '.join(names)}) SELECT {chosen} FROM verwerkingen WHERE publicatie = 1",
        "does not begin",
    )


def test_nothing_is_added_to_what_was_published(night: Night) -> None:
    columns = ", ".join(column["name"] for column in sa.inspect(night.app).get_columns("resultaten"))
    one = columns.replace("regel", "77").replace("aanvraagnummer", "'9999'")
    night.refused(f"INSERT INTO resultaten SELECT {one} FROM resultaten LIMIT 1", "while a run is busy")
    night.refused("INSERT INTO bijdragen SELECT verwerking_nr, 77, bijdragen FROM bijdragen LIMIT 1", "while a run is")


def test_the_period_of_what_was_published_stays(night: Night) -> None:
    for values in ("periode_tot = '2030-01-01T00:00:00.000000'", "periode_van = NULL"):
        night.refused(f"UPDATE leveringen SET {values}", "period of what was published")
    night.do("UPDATE leveringen SET plaats = 'verwijderd', periode_tot = periode_tot")


def test_a_hold_ends_with_its_objection_and_not_otherwise(night: Night) -> None:
    held, other = [row[0] for row in night.sql("SELECT DISTINCT dienst FROM resultaten ORDER BY 1")][:2]
    hold(night.app, held, True, night.workshop.clock.now())
    columns = "dataset, dienst, aan, reden, actor, tijdstip"
    lift = f"INSERT INTO bewaarplichten ({columns}) VALUES ('{DATASET}', '{held}', false, "
    for rest in ("'', '', '')", f"'bezwaar bezwaar over {held}', 'procesbeheerder', 't')"):
        night.refused(lift + rest, "a hold ends with its objection")
    # another application's objection, opened and closed for the purpose
    for on in (True, False):
        hold(night.app, other, on, night.workshop.clock.now())
    ((reason, actor, moment),) = night.sql("SELECT reden, actor, tijdstip FROM bewaarplichten WHERE NOT aan")
    night.refused(f"{lift}'{reason}', '{actor}', '{moment}')", "a hold ends with its objection")
    hold(night.app, held, False, night.workshop.clock.now())
    assert night.sql(f"SELECT count(*) FROM bewaarplichten WHERE NOT aan AND dienst = '{held}'") == [(1,)]


# PostgreSQL alone -----------------------------------------------------------------------------------------------------
LEAK = (
    "CREATE FUNCTION pg_temp.lek(a text) RETURNS boolean LANGUAGE plpgsql COST 0.0000001 AS "
    "$$ BEGIN RAISE NOTICE '%', a; RETURN true; END $$"
)


def address(server: Server, database: str, identity: str) -> str:
    url = sa.engine.make_url(server.url).set(
        database=database, username=identity, password=PASSWORD, drivername="postgresql"
    )
    return url.render_as_string(hide_password=False)


def test_a_reader_sees_no_superseded_result_by_a_leaking_condition(server: Server, tmp_path: Path) -> None:
    name = server.database()
    workshop = Workshop(make_installation(tmp_path), tmp_path)
    cast(SqlLedger, workshop.installation.ledger).engine.dispose()
    engine = server.engine(name, "proef_app")
    workshop = workshop.with_(ledger=SqlLedger(engine))
    workshop.deliver("2026-11-20")
    run_waiting(workshop.installation)
    request_run(workshop.installation, "2026-11-20", ["1001"], "bezwaar")
    run_waiting(workshop.installation)
    engine.dispose()
    owner = server.engine(name, MIGRATOR)
    upgrade(owner)  # the rights of a database itself are not copied with its template
    owner.dispose()
    seen: list[str] = []
    with psycopg.connect(address(server, name, "proef_lezer"), autocommit=True) as connection:
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            connection.execute(LEAK)
        server.admin(f"GRANT TEMPORARY ON DATABASE {name} TO proef_lezer")  # where the database is somebody else's
        connection.execute(LEAK)
        connection.add_notice_handler(lambda notice: seen.append(notice.message_primary or ""))
        connection.execute("SELECT count(*) FROM resultaten_dataverkenner WHERE pg_temp.lek(run || aanvraagnummer)")
    assert len(seen) == len(set(seen)) == 3
    with psycopg.connect(address(server, name, "proef_app")) as connection:
        current = {
            f"{run}{number}" for run, number in connection.execute("SELECT run, aanvraagnummer FROM actuele_resultaten")
        }
    assert set(seen) == current


ODD = 'aan\u00e9 "b" \\ / \n\r\t\b\f\x01\x1f\x7f\u2028 \U0001f600 <&>'


@pytest.mark.parametrize("identity", ["proef_app", "proef_purge"])
def test_an_event_is_the_next_link_of_the_chain_or_refused(server: Server, identity: str) -> None:
    engine = server.engine(server.database(), identity)

    def write(stored: StoredEvent) -> None:
        with engine.begin() as connection:
            connection.execute(sa.insert(metadata.tables["gebeurtenissen"]).values(vars(stored)))

    previous = FIRST_HASH
    for number, text in enumerate((ODD, "", "gewoon"), start=1):
        event = AuditEvent(Action.STOPPEN, text, text, Caller(text, text), START, text, text, {"reden": text, "n": 1})
        stored = store(event, number, previous)
        for wrong in (replace(stored, hash="geen-hash"), replace(stored, actor="een ander"), store(event, 9, previous)):
            with pytest.raises(sa.exc.DBAPIError, match="not the next link"):
                write(wrong)
        write(stored)
        previous = stored.hash
    engine.dispose()


def test_who_has_no_role_calls_nothing_where_the_roles_could_not_be_made(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    server.admin(
        f"DO $$ BEGIN CREATE ROLE zonder_rol LOGIN PASSWORD '{PASSWORD}'; "
        "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
    )
    server.admin("DROP DATABASE IF EXISTS zonder_rollen WITH (FORCE)")
    server.admin("CREATE DATABASE zonder_rollen OWNER zonder_rol")
    monkeypatch.setattr(rights, "ROLES", ("bestaat_niet",))
    engine = server.engine("zonder_rollen", "zonder_rol")
    upgrade(engine)
    with engine.connect() as connection:
        functions = connection.exec_driver_sql(
            "SELECT p.oid::regprocedure::text FROM pg_proc p WHERE pronamespace = current_schema()::regnamespace "
            "AND has_function_privilege('proef_niemand', p.oid, 'EXECUTE')"
        )
        assert functions.scalars().all() == []
    engine.dispose()
    with psycopg.connect(address(server, "zonder_rollen", "proef_niemand"), autocommit=True) as connection:
        for statement in ("SELECT * FROM te_verwijderen_resultaten('x')", "SELECT * FROM resultaten"):
            with pytest.raises(psycopg.errors.ProgrammingError):
                connection.execute(statement)
    server.admin("DROP DATABASE zonder_rollen WITH (FORCE)")
    server.admin("DROP ROLE zonder_rol")
