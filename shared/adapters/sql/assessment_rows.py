"""Rows of assessments: only ever added; the newest of a prediction counts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import ColumnElement, Connection

from shared.adapters.sql import prediction_rows, run_rows
from shared.adapters.sql.tables import beoordelingen
from shared.errors import NotKnown
from shared.events import AuditEvent, moment_of, moment_text
from shared.people.records import Assessment, AssessmentReason, Assessor, NewAssessment, PredictionId


def add(connection: Connection, id_: PredictionId, new: NewAssessment, event: AuditEvent) -> int:
    """Record an assessment of a prediction that exists, and return its number; NotKnown otherwise."""
    prediction_rows.find(connection, id_)
    added = connection.execute(
        sa.insert(beoordelingen).values(
            verwerking_nr=run_rows.number_of(connection, id_.run_id),
            regel=id_.regel,
            rol=str(new.rol),
            route=new.route,
            gevolgd=new.gevolgd,
            reden=str(new.reden),
            toelichting=new.toelichting,
            actor=event.caller.actor,
            tijdstip=moment_text(event.tijdstip),
        )
    )
    (number,) = added.inserted_primary_key or (0,)
    return int(number)


def find(connection: Connection, id_: PredictionId, number: int) -> Assessment:
    """Return one assessment of a prediction; NotKnown when it is not there (any more)."""
    found = _assessments(connection, id_, beoordelingen.c.volgnr == number)
    if not found:
        raise NotKnown("This assessment is not there any more.", next_step="Look at the prediction.")
    return found[0]


def of_prediction(connection: Connection, id_: PredictionId) -> list[Assessment]:
    """Return the assessments of a prediction, the newest first; NotKnown when there is no such prediction."""
    prediction_rows.find(connection, id_)
    return _assessments(connection, id_, sa.true())


def _assessments(connection: Connection, id_: PredictionId, which: ColumnElement[bool]) -> list[Assessment]:
    query = (
        sa.select(beoordelingen)
        .where(
            beoordelingen.c.verwerking_nr == run_rows.number_of(connection, id_.run_id),
            beoordelingen.c.regel == id_.regel,
            which,
        )
        .order_by(beoordelingen.c.volgnr.desc())
    )
    return [
        Assessment(
            id=id_,
            rol=Assessor(row.rol),
            route=row.route,
            gevolgd=None if row.gevolgd is None else bool(row.gevolgd),
            reden=AssessmentReason(row.reden),
            toelichting=row.toelichting,
            actor=row.actor,
            tijdstip=moment_of(row.tijdstip),
        )
        for row in connection.execute(query)
    ]
