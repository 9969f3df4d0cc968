"""An administration to look back at, on SQLite and on PostgreSQL with the rights of the app's own role and no more."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from shared.adapters.sql.engine import make_engine
from shared.adapters.sql.ledger import SqlLedger
from shared.adapters.sql.oversight import SqlOversight
from shared.adapters.sql.purge import SqlPurge
from shared.adapters.sql.upgrade import open_embedded
from shared.events import Action, AuditEvent, Caller, verify
from shared.people.records import (
    AssessmentReason,
    Assessor,
    NewAssessment,
    ObjectionState,
    PredictionId,
)
from tests.audit.databases import MIGRATOR, Server
from tests.real.office import DATASET, Office, results
from tests.real.worlds import WAIT

FOLLOWED = NewAssessment(Assessor.BEHANDELAAR, "handhaving", True, AssessmentReason.ZELFDE_OORDEEL, "gezien")


@dataclass
class World:
    """An administration in which deliveries were published, who looks back at it, and the owner of the tables."""

    office: Office
    oversight: SqlOversight
    owner: sa.Engine
    purge: SqlPurge

    def publish(self, digest: str, *numbers: str, **changed: Any) -> str:
        self.office.pass_by(timedelta(minutes=1))
        return self.office.publish_delivery(digest, f"2026-11-{20 + int(digest[1:])}", results(*numbers), **changed)

    def event(self, action: Action, object_: str = "aanvraag p:1") -> AuditEvent:
        self.office.pass_by(timedelta(minutes=1))
        return AuditEvent(action, object_, "gedaan", Caller("8f0c", "test"), self.office.now, DATASET)

    def count(self, table: str) -> int:
        with self.owner.connect() as connection:
            return int(connection.exec_driver_sql(f"SELECT count(*) FROM {table}").scalar_one())

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with self.owner.connect() as connection:
            return [tuple(row) for row in connection.exec_driver_sql(query)]

    def open(self, dienst: str, bezwaar: str) -> None:
        self.oversight.open_objection(DATASET, dienst, bezwaar, "oneens", self.event(Action.BEZWAAR_OPENEN))

    def close(self, bezwaar: str, state: ObjectionState = ObjectionState.ONGEGROND) -> None:
        self.oversight.close_objection(bezwaar, state, "beslist", self.event(Action.BEZWAAR_AFHANDELEN))

    def refused(self, engine: sa.Engine, statement: str) -> str:
        with pytest.raises(sa.exc.DBAPIError) as told, engine.begin() as connection:
            connection.exec_driver_sql(statement)
        return str(getattr(told.value.orig, "sqlstate", told.value.orig))


@pytest.fixture(params=["sqlite", "postgresql"])
def world(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[World]:
    if request.param == "sqlite":
        engine = make_engine(f"sqlite:///{tmp_path / 'a.sqlite'}", WAIT)
        open_embedded(engine)
        engines = [engine]
        found = World(Office(SqlLedger(engine)), SqlOversight(engine), engine, SqlPurge(engine))
    else:
        server: Server = request.getfixturevalue("server")
        name = server.database()
        engines = [server.engine(name, identity) for identity in ("proef_app", MIGRATOR, "proef_purge")]
        app, owner, purge = engines
        found = World(Office(SqlLedger(app)), SqlOversight(app), owner, SqlPurge(purge))
    found.publish("d1", "1", "2", "3")
    yield found
    assert verify(found.office.ledger.events()) is None, "every change took its event, and the chain holds"
    for engine in engines:
        engine.dispose()


def id_of(world: World, number: str) -> PredictionId:
    return world.oversight.by_application(DATASET, number)[0].id
