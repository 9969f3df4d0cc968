"""Which results are current, and what the files that hold them were when they were last written."""

from __future__ import annotations

import json
from collections.abc import Iterator

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import run_rows
from shared.adapters.sql.bulk import by_code_point, streamed
from shared.adapters.sql.result_rows import KEYS, RESULT_COLUMNS
from shared.adapters.sql.tables import bijdragen, resultaten, uitvoerstanden, verwerkingen, verwijderbewijzen
from shared.administration import CurrentResult, CurrentRows, ModelStatus, OutputState, Removed, RowRef
from shared.events import canonical

_NO_SHADOW = verwerkingen.c.modelstatus != str(ModelStatus.SCHADUW)
_CURRENT = sa.table(
    "actuele_resultaten",
    *(sa.column(name) for name in ("dataset", "datum", "run", *KEYS, *RESULT_COLUMNS)),
)


def dates_touched(connection: Connection, run_nr: int, dataset: str, datum: str) -> list[str]:
    """Return the date of the run and those of every published run that has an application in common with it."""
    other, mine = resultaten.alias("ander"), resultaten.alias("mijn")
    query = (
        sa.select(verwerkingen.c.datum)
        .distinct()
        .select_from(mine)
        .join(other, other.c.aanvraagnummer == mine.c.aanvraagnummer)
        .join(verwerkingen, verwerkingen.c.nr == other.c.verwerking_nr)
        .where(mine.c.verwerking_nr == run_nr, verwerkingen.c.dataset == dataset, _NO_SHADOW)
    )
    return sorted({datum} | {row.datum for row in connection.execute(query)})


def current_rows(connection: Connection, dataset: str, datum: str) -> CurrentRows:
    """Return which rows of which runs are current for a date; the rows are read while they are asked for."""
    published = connection.execute(
        sa.select(sa.func.count(verwerkingen.c.publicatie)).where(verwerkingen.c.dataset == dataset, _NO_SHADOW)
    ).scalar_one()
    # a removal changes what is current as much as a publication does
    removed = connection.execute(
        sa.select(sa.func.count()).where(
            verwijderbewijzen.c.soort == str(Removed.RESULTATEN), verwijderbewijzen.c.dataset == dataset
        )
    ).scalar_one()
    of_date = (_CURRENT.c.dataset == dataset) & (_CURRENT.c.datum == datum)
    counted = connection.execute(sa.select(_CURRENT.c.run, sa.func.count()).where(of_date).group_by(_CURRENT.c.run))
    runs = {run: int(number) for run, number in sorted(tuple(row) for row in counted)}
    return CurrentRows(int(published) + int(removed), runs, _rows(connection, of_date))


def _rows(connection: Connection, of_date: sa.ColumnElement[bool]) -> Iterator[RowRef]:
    number = _CURRENT.c.aanvraagnummer
    query = sa.select(_CURRENT.c.run, _CURRENT.c.regel, number).where(of_date)
    for row in streamed(connection, query.order_by(by_code_point(connection, number))):
        yield RowRef(row.run, row.regel, row.aanvraagnummer)


def current_result(connection: Connection, dataset: str, aanvraagnummer: str) -> CurrentResult | None:
    """Return the current result of an application; None when there is none."""
    row = connection.execute(
        sa.select(_CURRENT).where(_CURRENT.c.dataset == dataset, _CURRENT.c.aanvraagnummer == aanvraagnummer)
    ).first()
    if row is None:
        return None
    values: dict[str, object] = {name: getattr(row, name) for name in RESULT_COLUMNS}
    values["steekproef"] = bool(row.steekproef)
    values["bijdragen"] = connection.execute(
        sa.select(bijdragen.c.bijdragen).where(
            bijdragen.c.verwerking_nr == row.verwerking_nr, bijdragen.c.regel == row.regel
        )
    ).scalar()
    return CurrentResult(run_rows.find(connection, row.run), values)


def record_output(connection: Connection, dataset: str, state: OutputState) -> bool | None:
    """Note what the current files of a date hold; False when newer ones were noted, None when these were."""
    last = connection.execute(
        sa.select(sa.func.max(uitvoerstanden.c.stand)).where(
            uitvoerstanden.c.dataset == dataset, uitvoerstanden.c.datum == state.datum
        )
    ).scalar()
    if last is not None and last >= state.stand:
        return None if last == state.stand else False
    connection.execute(
        sa.insert(uitvoerstanden).values(
            dataset=dataset,
            datum=state.datum,
            stand=state.stand,
            aantal=state.aantal,
            verwerkingen=canonical(list(state.runs)),
            bestanden=canonical(dict(state.bestanden)),
        )
    )
    return True


def output_states(connection: Connection, dataset: str) -> list[OutputState]:
    """Return what the current files hold, by date."""
    newest = (
        sa.select(uitvoerstanden.c.datum, sa.func.max(uitvoerstanden.c.stand).label("stand"))
        .where(uitvoerstanden.c.dataset == dataset)
        .group_by(uitvoerstanden.c.datum)
        .subquery()
    )
    rows = connection.execute(
        sa.select(uitvoerstanden)
        .join(newest, (newest.c.datum == uitvoerstanden.c.datum) & (newest.c.stand == uitvoerstanden.c.stand))
        .where(uitvoerstanden.c.dataset == dataset)
        .order_by(uitvoerstanden.c.datum)
    )
    return [
        OutputState(row.datum, row.stand, row.aantal, tuple(json.loads(row.verwerkingen)), json.loads(row.bestanden))
        for row in rows
    ]
