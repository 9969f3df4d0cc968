"""What may go, and what may not: requests, objections and holds, as the app itself sees them."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Engine

from shared.adapters.sql.application_names import numbers
from shared.adapters.sql.engine import transaction
from shared.adapters.sql.sqlite_log import empty_log
from shared.adapters.sql.tables import (
    bewaarplichten,
    bezwaren,
    persoonsverzoekstappen,
    resultaten,
    verwerkingen,
    verzoeken,
)
from shared.events import moment_text
from shared.rights.states import CLOSED
from shared.runstates import RunState

_UNFINISHED = [str(state) for state in RunState if state not in (RunState.AFGEROND, RunState.VERVALLEN)]


def held_applications(connection: sa.Connection, dataset: str) -> frozenset[str]:
    """Return the applications of which was last said that they must be kept."""
    newest = sa.select(sa.func.max(bewaarplichten.c.volgnr)).where(bewaarplichten.c.dataset == dataset)
    query = sa.select(bewaarplichten.c.dienst).where(
        bewaarplichten.c.volgnr.in_(newest.group_by(bewaarplichten.c.dienst)), bewaarplichten.c.aan
    )
    return frozenset(connection.execute(query).scalars())


class SqlDue:
    """A Due in a database."""

    def __init__(self, engine: Engine) -> None:
        """Use this engine, which only reads here."""
        self._engine = engine

    def held(self, dataset: str) -> frozenset[str]:
        """Return the applications (pseudonym) that are under legal hold."""
        with transaction(self._engine, writes=False) as connection:
            return held_applications(connection, dataset)

    def let_go(self) -> None:
        """Empty the log of SQLite, which holds rows as they were."""
        empty_log(self._engine)

    def requests_before(self, dataset: str, before: datetime) -> list[str]:
        """Return the requests for a run of before whose run is done, and that name no application under legal hold."""
        waiting = sa.exists().where(
            verwerkingen.c.verzoek == verzoeken.c.verzoek, verwerkingen.c.toestand.in_(_UNFINISHED)
        )
        old = (verzoeken.c.dataset == dataset) & (verzoeken.c.tijdstip < moment_text(before))
        query = sa.select(verzoeken.c.verzoek, verzoeken.c.aanvraagnummers).where(old, ~waiting)
        with transaction(self._engine, writes=False) as connection:
            rows = connection.execute(query.order_by(verzoeken.c.tijdstip)).all()
            held = resultaten.c.dienst.in_(held_applications(connection, dataset))
            kept = set(connection.execute(numbers(dataset, held)).scalars())
        return [row.verzoek for row in rows if not kept & set(json.loads(row.aanvraagnummers))]

    def objections_without_result(self, dataset: str, before: datetime) -> list[str]:
        """Return the applications with objections or holds of before, none running, of which no result is left.

        A hold stands under every pseudonym of an application, and one can end later than the objection under its own.
        """
        said = sa.union_all(
            *(
                sa.select(table.c.dienst, table.c.tijdstip).where(table.c.dataset == dataset)
                for table in (bezwaren, bewaarplichten)
            )
        ).subquery()
        left = sa.exists().where(resultaten.c.dienst == said.c.dienst)
        newest = sa.func.max(said.c.tijdstip)
        old = sa.select(said.c.dienst).where(~left).group_by(said.c.dienst).having(newest < moment_text(before))
        return sorted(set(self._texts(old)) - self.held(dataset))

    def closed_requests_of_persons(self, before: datetime) -> list[str]:
        """Return the requests of persons that were carried out or refused before."""
        step = persoonsverzoekstappen.c
        return self._texts(
            sa.select(step.verzoek)
            .where(step.toestand.in_([str(state) for state in CLOSED]), step.tijdstip < moment_text(before))
            .order_by(step.volgnr)
        )

    def _texts(self, query: Any) -> list[str]:
        with transaction(self._engine, writes=False) as connection:
            return list(connection.execute(query).scalars())
