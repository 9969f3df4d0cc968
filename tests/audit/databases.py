"""A PostgreSQL for the tests of roles and removal, and the administration on it as each identity has it."""

from __future__ import annotations

import itertools
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path

import sqlalchemy as sa

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.rights import APP, PURGE, READER
from shared.adapters.sql.upgrade import upgrade
from shared.events import Action, AuditEvent, Caller
from shared.people.records import ObjectionState
from tests.real import parts
from tests.real.identity import make_certificate
from tests.real.worlds import WAIT
from tests.shell.workshop import DATASET

IDENTITIES = {"proef_app": APP, "proef_purge": PURGE, "proef_lezer": READER, "proef_niemand": ""}
MIGRATOR = "proef_migratie"
PASSWORD = "proef-wachtwoord"


# the server's clock cannot be set; of what tests do in years that pass in a moment, the events tell the hour
CLOCK_OF_TESTS = (
    "CREATE OR REPLACE FUNCTION klok() RETURNS timestamptz LANGUAGE sql STABLE SECURITY DEFINER "
    "SET search_path = public, pg_temp AS $$ SELECT max(tijdstip)::timestamptz FROM gebeurtenissen $$"
)
REAL_CLOCK = CLOCK_OF_TESTS.replace("max(tijdstip)::timestamptz FROM gebeurtenissen", "statement_timestamp()")


@dataclass
class Server:
    """A PostgreSQL with an identity for every role."""

    url: str
    _number: Iterator[int] = field(default_factory=itertools.count)
    _made: list[str] = field(default_factory=list)
    _template: str = ""

    def admin(self, statement: str) -> None:
        engine = sa.create_engine(self.url, isolation_level="AUTOCOMMIT")
        with engine.connect() as connection:
            connection.exec_driver_sql(statement)
        engine.dispose()

    def database(self) -> str:
        """Return a database with our tables, that its migrator owns: a role with no other right than to make roles."""
        if not self._template:
            self._template = f"audit_{os.getpid()}_leeg"
            self.admin(f"CREATE DATABASE {self._template} OWNER {MIGRATOR}")
            engine = self.engine(self._template, MIGRATOR)
            upgrade(engine)
            with engine.begin() as connection:
                connection.exec_driver_sql(CLOCK_OF_TESTS)
                for identity, role in IDENTITIES.items():
                    if role:
                        connection.exec_driver_sql(f"GRANT {role} TO {identity}")
            engine.dispose()
        name = f"audit_{os.getpid()}_{next(self._number)}"
        self.admin(f"CREATE DATABASE {name} OWNER {MIGRATOR} TEMPLATE {self._template}")
        self._made.append(name)
        return name

    def drop_all(self) -> None:
        """Remove what was made, from a server that outlives these tests."""
        for name in [*self._made, *([self._template] if self._template else [])]:
            self.admin(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def engine(self, database: str, identity: str) -> sa.Engine:
        url = sa.engine.make_url(self.url).set(database=database, username=identity, password=PASSWORD)
        return make_engine(url.render_as_string(hide_password=False), WAIT)


@contextmanager
def running_server(folder: Path) -> Iterator[Server]:
    """Start a PostgreSQL, or use that of TEST_DATABASE_URL; Missing when there is none."""
    given = os.environ.get("TEST_DATABASE_URL")
    if given:
        server = Server(given)
        yield from _prepared(server)
        server.drop_all()
        return
    with parts.postgresql(*make_certificate(folder)) as url:
        yield from _prepared(Server(f"{url}/postgres"))


def _prepared(server: Server) -> Iterator[Server]:
    names = [*IDENTITIES, MIGRATOR]
    for name in names:
        rights = "LOGIN CREATEROLE" if name == MIGRATOR else "LOGIN"
        server.admin(
            f"DO $$ BEGIN CREATE ROLE {name} {rights} PASSWORD '{PASSWORD}'; "
            "EXCEPTION WHEN duplicate_object THEN NULL; END $$"
        )
    yield server


def hold(app: sa.Engine, dienst: str, on: bool, now: datetime) -> None:
    """Put an application under legal hold by an objection, or end that by closing it."""
    oversight, bezwaar = SqlOversight(app), f"bezwaar over {dienst}"
    action = Action.BEZWAAR_OPENEN if on else Action.BEZWAAR_AFHANDELEN
    event = AuditEvent(action, f"aanvraag {dienst}", "gedaan", Caller("procesbeheerder", "test"), now, DATASET)
    if on:
        oversight.open_objection(DATASET, dienst, bezwaar, "oneens", event)
    else:
        oversight.close_objection(bezwaar, ObjectionState.ONGEGROND, "beslist", event)
