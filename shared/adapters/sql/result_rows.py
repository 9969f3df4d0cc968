"""Rows of results and contributions, and which of them are current."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from itertools import repeat
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import run_rows, tombstone_rows
from shared.adapters.sql.bulk import ROWS_AT_ONCE, insert_rows
from shared.adapters.sql.tables import bijdragen, resultaten, uitvoerstanden, verwerkingen, verwijderbewijzen
from shared.administration import (
    CurrentResult,
    CurrentRows,
    ModelStatus,
    OutputState,
    Removed,
    RowRef,
    RunCounts,
    Tombstone,
)
from shared.events import canonical
from shared.rowseal import COLUMNS, RowSeal, Sealing, seal_rows

if TYPE_CHECKING:
    import pandas as pd

_KEYS = ("verwerking_nr", "regel")
_RESULT_COLUMNS = tuple(column.name for column in resultaten.columns if column.name not in _KEYS)
_NO_SHADOW = verwerkingen.c.modelstatus != str(ModelStatus.SCHADUW)
_CURRENT = sa.table(
    "actuele_resultaten",
    *(sa.column(name) for name in ("dataset", "datum", "run", *_KEYS, *_RESULT_COLUMNS)),
)


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return a column as Python values, None where it is empty."""
    if not column.hasnans:
        return column.tolist()
    return column.astype(object).where(column.notna(), None).tolist()


def store(connection: Connection, run_nr: int, parts: Iterable[pd.DataFrame]) -> RowSeal:
    """Store one row per application, and return the seal of them; row i of all parts is row i of the result files."""
    sealing, start = Sealing(), 0
    for part in _of_bounded_size(parts):
        lines = range(start, start + len(part))
        columns = {name: _plain(part[name]) for name in COLUMNS[1:]}
        sealing.add(zip(lines, *columns.values(), strict=True))
        keyed = zip(repeat(run_nr, len(part)), lines, *(columns[name] for name in _RESULT_COLUMNS), strict=True)
        insert_rows(connection, resultaten, (*_KEYS, *_RESULT_COLUMNS), keyed)
        texts = zip(lines, columns["bijdragen"], strict=True)
        scored = ((run_nr, line, text) for line, text in texts if text is not None)
        insert_rows(connection, bijdragen, (*_KEYS, "bijdragen"), scored)
        start += len(part)
    return sealing.seal


def _of_bounded_size(parts: Iterable[pd.DataFrame]) -> Iterator[pd.DataFrame]:
    for part in parts:
        for start in range(0, len(part), ROWS_AT_ONCE):
            yield part.iloc[start : start + ROWS_AT_ONCE]


_SEALED = [bijdragen.c[name] if name == "bijdragen" else resultaten.c[name] for name in COLUMNS]
_WITH_CONTRIBUTIONS = resultaten.outerjoin(
    bijdragen, (bijdragen.c.verwerking_nr == resultaten.c.verwerking_nr) & (bijdragen.c.regel == resultaten.c.regel)
)


def seal_stored(connection: Connection, which: Any) -> RowSeal:
    """Return the seal of the stored results of one run, or of some of them."""
    query = sa.select(*_SEALED).select_from(_WITH_CONTRIBUTIONS).where(which).order_by(resultaten.c.regel)
    with connection.execute(query, execution_options={"yield_per": 5000}) as found:
        return seal_rows(found)


def sealed_runs(connection: Connection) -> Iterator[tuple[str, RowSeal]]:
    """Yield the seal of what every run stored, as it is now; runs without results are left out."""
    runs = sa.select(verwerkingen.c.nr, verwerkingen.c.run).order_by(verwerkingen.c.nr)
    for nr, run in connection.execute(runs).all():
        seal = seal_stored(connection, resultaten.c.verwerking_nr == nr)
        if seal.aantal:
            yield run, seal


def next_publication(connection: Connection, dataset: str) -> int:
    """Return the number of the next publication within a dataset; a shadow run that keeps its results takes one too."""
    query = sa.select(sa.func.max(verwerkingen.c.publicatie)).where(verwerkingen.c.dataset == dataset)
    return int(connection.execute(query).scalar() or 0) + 1


def counts(connection: Connection, run_nr: int) -> RunCounts:
    """Return how many results a run published, by result type and by reason."""
    kinds: dict[str, int] = {}
    reasons: dict[str, int] = {}
    query = (
        sa.select(resultaten.c.resultaattype, resultaten.c.reden, sa.func.count())
        .where(resultaten.c.verwerking_nr == run_nr)
        .group_by(resultaten.c.resultaattype, resultaten.c.reden)
        .order_by(resultaten.c.resultaattype, resultaten.c.reden)
    )
    for kind, reason, number in connection.execute(query):
        kinds[str(kind)] = kinds.get(str(kind), 0) + number
        reasons[reason] = reasons.get(reason, 0) + number
    return RunCounts(sum(kinds.values()), kinds, dict(sorted(reasons.items())))


def subjects(connection: Connection, run_nr: int) -> list[tuple[str, str]]:
    """Return of every result of a run the pseudonyms of the person ("" when unknown) and of the application."""
    query = sa.select(resultaten.c.persoon, resultaten.c.dienst).where(resultaten.c.verwerking_nr == run_nr)
    return [(row.persoon or "", row.dienst) for row in connection.execute(query)]


def remaining(connection: Connection, run_nr: int) -> frozenset[str]:
    """Return the application numbers of the results of a run that are still there."""
    query = sa.select(resultaten.c.aanvraagnummer).where(resultaten.c.verwerking_nr == run_nr)
    return frozenset(connection.execute(query).scalars())


def removals(connection: Connection, dataset: str, run_id: str = "") -> list[Tombstone]:
    """Return what was removed of the results of a dataset (of one run of it), the oldest first."""
    table = verwijderbewijzen.c
    of_results = (table.soort == str(Removed.RESULTATEN)) & (table.dataset == dataset)
    query = sa.select(verwijderbewijzen).where(of_results).order_by(table.gebeurtenis)
    if run_id:
        query = query.where(table.run == run_id)
    return [tombstone_rows.tombstone_of(row) for row in connection.execute(query)]


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
    """Return which rows of which runs are current for a date, by application number."""
    published = connection.execute(
        sa.select(sa.func.count(verwerkingen.c.publicatie)).where(verwerkingen.c.dataset == dataset, _NO_SHADOW)
    ).scalar_one()
    # a removal changes what is current as much as a publication does
    removed = connection.execute(
        sa.select(sa.func.count()).where(
            verwijderbewijzen.c.soort == str(Removed.RESULTATEN), verwijderbewijzen.c.dataset == dataset
        )
    ).scalar_one()
    found = connection.execute(
        sa.select(_CURRENT.c.run, _CURRENT.c.regel, _CURRENT.c.aanvraagnummer).where(
            _CURRENT.c.dataset == dataset, _CURRENT.c.datum == datum
        )
    )
    # sorted here: databases differ in how they order text
    rows = sorted((RowRef(row.run, row.regel, row.aanvraagnummer) for row in found), key=lambda row: row.aanvraagnummer)
    return CurrentRows(int(published) + int(removed), tuple(rows))


def current_result(connection: Connection, dataset: str, aanvraagnummer: str) -> CurrentResult | None:
    """Return the current result of an application; None when there is none."""
    row = connection.execute(
        sa.select(_CURRENT).where(_CURRENT.c.dataset == dataset, _CURRENT.c.aanvraagnummer == aanvraagnummer)
    ).first()
    if row is None:
        return None
    values: dict[str, object] = {name: getattr(row, name) for name in _RESULT_COLUMNS}
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
