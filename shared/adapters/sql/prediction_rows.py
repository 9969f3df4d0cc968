"""Rows of predictions as people look for them: by number, by id, or all of a run; current or not."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import run_rows
from shared.adapters.sql.tables import bijdragen, resultaten, verwerkingen
from shared.administration import RunRecord
from shared.errors import NotKnown
from shared.people.records import Hit, PredictionId, StoredPrediction

_PUBLISHED = run_rows.is_published(verwerkingen)
_CURRENT = sa.table("actuele_resultaten", sa.column("verwerking_nr"), sa.column("regel"))
_IS_CURRENT = (
    sa.exists(_CURRENT.c.regel)
    .where(_CURRENT.c.verwerking_nr == resultaten.c.verwerking_nr, _CURRENT.c.regel == resultaten.c.regel)
    .correlate(resultaten)
    .label("huidig")
)
_KEYS = ("verwerking_nr", "regel")
_VALUES = tuple(column.name for column in resultaten.columns if column.name not in _KEYS)


def by_application(connection: Connection, dataset: str, aanvraagnummer: str) -> list[Hit]:
    """Return every prediction of an application; published last comes first."""
    return _hits(connection, dataset, resultaten.c.aanvraagnummer == aanvraagnummer)


def by_person(connection: Connection, dataset: str, pseudonyms: Sequence[str]) -> list[Hit]:
    """Return every prediction of the person with one of these pseudonyms; published last comes first."""
    return _hits(connection, dataset, resultaten.c.persoon.in_(pseudonyms)) if pseudonyms else []


def _hits(connection: Connection, dataset: str, wanted: sa.ColumnElement[bool]) -> list[Hit]:
    query = (
        sa.select(resultaten, verwerkingen.c.run, _IS_CURRENT)
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .where(verwerkingen.c.dataset == dataset, run_rows.SHOWN, wanted)
        .order_by(verwerkingen.c.publicatie.desc(), resultaten.c.regel)
    )
    rows = connection.execute(query).all()
    runs = {run: run_rows.find(connection, run) for run in {row.run for row in rows}}
    return [
        Hit(
            id=PredictionId(row.run, row.regel),
            run=runs[row.run],
            huidig=bool(row.huidig),
            aanvraagnummer=row.aanvraagnummer,
            dienst=row.dienst,
            persoon=row.persoon or "",
            peilmoment=row.peilmoment,
            resultaattype=row.resultaattype,
            reden=row.reden,
            advies=row.advies or "",
            gescoord=row.kenmerken is not None,
        )
        for row in rows
    ]


def find(connection: Connection, id_: PredictionId) -> StoredPrediction:
    """Return a prediction; NotKnown when there is none."""
    found = _stored(connection, id_.run_id, resultaten.c.regel == id_.regel)
    if not found:
        raise NotKnown("There is no prediction with this id.", next_step="Look it up by its number.")
    return found[0]


def of_run(connection: Connection, run_id: str) -> list[StoredPrediction]:
    """Return every prediction that is left of a run, in order of its rows."""
    return _stored(connection, run_id, sa.true())


def _stored(connection: Connection, run_id: str, wanted: sa.ColumnElement[bool]) -> list[StoredPrediction]:
    query = (
        sa.select(resultaten, bijdragen.c.bijdragen, _IS_CURRENT)
        .join(verwerkingen, verwerkingen.c.nr == resultaten.c.verwerking_nr)
        .outerjoin(
            bijdragen,
            (bijdragen.c.verwerking_nr == resultaten.c.verwerking_nr) & (bijdragen.c.regel == resultaten.c.regel),
        )
        .where(verwerkingen.c.run == run_id, _PUBLISHED, wanted)
        .order_by(resultaten.c.regel)
    )
    rows = connection.execute(query).all()
    run = run_rows.find(connection, run_id) if rows else None
    return [_prediction(run, row) for row in rows if run is not None]


def _prediction(run: RunRecord, row: Any) -> StoredPrediction:
    values = {name: getattr(row, name) for name in (*_VALUES, "bijdragen")}
    values["steekproef"] = bool(row.steekproef)
    return StoredPrediction(PredictionId(run.run_id, row.regel), run, bool(row.huidig), values)


def published_runs(connection: Connection, dataset: str) -> list[RunRecord]:
    """Return every run that published, the oldest first."""
    query = (
        sa.select(verwerkingen)
        .where(verwerkingen.c.dataset == dataset, _PUBLISHED)
        .order_by(verwerkingen.c.publicatie, verwerkingen.c.nr)
    )
    return [run_rows.record(row) for row in connection.execute(query)]


def key_ids(connection: Connection, dataset: str) -> list[str]:
    """Return the ids of the keys under which results were published."""
    query = sa.select(verwerkingen.c.sleutel).distinct().where(verwerkingen.c.dataset == dataset, _PUBLISHED)
    return sorted(connection.execute(query).scalars())
