"""Rows of assessments: only ever added; the newest of a prediction counts."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import prediction_rows, run_rows
from shared.adapters.sql.tables import beoordelingen
from shared.events import AuditEvent, moment_of, moment_text
from shared.people.records import Assessment, AssessmentReason, Assessor, NewAssessment, PredictionId


def add(connection: Connection, id_: PredictionId, new: NewAssessment, event: AuditEvent) -> Assessment:
    """Record an assessment of a prediction that exists; NotKnown otherwise."""
    prediction_rows.find(connection, id_)
    connection.execute(
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
    return of_prediction(connection, id_)[0]


def of_prediction(connection: Connection, id_: PredictionId) -> list[Assessment]:
    """Return the assessments of a prediction, the newest first; NotKnown when there is no such prediction."""
    prediction_rows.find(connection, id_)
    query = (
        sa.select(beoordelingen)
        .where(
            beoordelingen.c.verwerking_nr == run_rows.number_of(connection, id_.run_id),
            beoordelingen.c.regel == id_.regel,
        )
        .order_by(beoordelingen.c.volgnr.desc())
    )
    return [
        Assessment(
            id=id_,
            rol=Assessor(row.rol),
            route=row.route,
            gevolgd=bool(row.gevolgd),
            reden=AssessmentReason(row.reden),
            toelichting=row.toelichting,
            actor=row.actor,
            tijdstip=moment_of(row.tijdstip),
        )
        for row in connection.execute(query)
    ]
