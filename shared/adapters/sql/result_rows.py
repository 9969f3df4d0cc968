"""Rows of results and contributions of runs: stored in parts, sealed, counted, and read back one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import closing
from itertools import compress
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy import Connection

from shared.adapters.sql import tombstone_rows
from shared.adapters.sql.bulk import ROWS_AT_ONCE, by_code_point, expect_many, insert_rows, streamed
from shared.adapters.sql.tables import bijdragen, resultaten, verwerkingen, verwijderbewijzen
from shared.administration import Removed, RunCounts, Tombstone
from shared.ahead import one_ahead
from shared.rowseal import COLUMNS, RowSeal, Sealing, seal_rows

if TYPE_CHECKING:
    import pandas as pd

KEYS = ("verwerking_nr", "regel")
RESULT_COLUMNS = tuple(column.name for column in resultaten.columns if column.name not in KEYS)


def _plain(column: pd.Series[Any]) -> list[Any]:
    """Return a column as Python values, None where it is empty."""
    if not column.hasnans:
        return column.tolist()
    return column.astype(object).where(column.notna(), None).tolist()


def store(connection: Connection, run_nr: int, parts: Iterable[pd.DataFrame]) -> RowSeal:
    """Store one row per application, and return the seal of them; row i of all parts is row i of the result files."""
    expect_many(connection)
    sealing = Sealing()
    with closing(one_ahead(_sealed(parts, sealing))) as all_columns:
        for columns in all_columns:
            _store(connection, run_nr, columns)
    return sealing.seal


def _sealed(parts: Iterable[pd.DataFrame], sealing: Sealing) -> Iterator[dict[str, Sequence[Any]]]:
    """Yield the values of some thousands of rows at a time, by column, once they are in the seal."""
    for part in parts:
        for begin in range(0, len(part), ROWS_AT_ONCE):
            rows = part.iloc[begin : begin + ROWS_AT_ONCE]
            start = sealing.seal.aantal
            columns = {"regel": range(start, start + len(rows)), **{name: _plain(rows[name]) for name in COLUMNS[1:]}}
            sealing.add(columns.values())
            yield columns
        del part  # the next is made only when this one is gone


def _store(connection: Connection, run_nr: int, columns: Mapping[str, Sequence[Any]]) -> None:
    lines, texts = columns["regel"], columns["bijdragen"]
    of_run = {"verwerking_nr": [run_nr] * len(lines), "regel": lines}
    insert_rows(connection, resultaten, {**of_run, **{name: columns[name] for name in RESULT_COLUMNS}})
    scored = [text is not None for text in texts]
    of_scored = {**of_run, "bijdragen": texts}
    insert_rows(connection, bijdragen, {name: list(compress(values, scored)) for name, values in of_scored.items()})


_SEALED = [bijdragen.c[name] if name == "bijdragen" else resultaten.c[name] for name in COLUMNS]
_WITH_CONTRIBUTIONS = resultaten.outerjoin(
    bijdragen, (bijdragen.c.verwerking_nr == resultaten.c.verwerking_nr) & (bijdragen.c.regel == resultaten.c.regel)
)


def seal_stored(connection: Connection, which: Any) -> RowSeal:
    """Return the seal of the stored results of one run, or of some of them."""
    query = sa.select(*_SEALED).select_from(_WITH_CONTRIBUTIONS).where(which).order_by(resultaten.c.regel)
    return seal_rows(streamed(connection, query))


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


def how_many(connection: Connection, run_nr: int) -> int:
    """Return how many results a run has; SQLite counts keys, a hundredth of what it reads for their kinds."""
    query = sa.select(sa.func.count()).select_from(resultaten).where(resultaten.c.verwerking_nr == run_nr)
    return int(connection.execute(query).scalar_one())


def subjects(connection: Connection, run_nr: int) -> Iterator[tuple[str, str]]:
    """Yield once each, in order: ("", application) where nobody is known, then (person, "") for everybody who is."""
    known = sa.func.coalesce(resultaten.c.persoon, "") != ""
    for column, which in ((resultaten.c.dienst, ~known), (resultaten.c.persoon, known)):
        name = by_code_point(connection, column).label("naam")
        query = sa.select(name).distinct().where(resultaten.c.verwerking_nr == run_nr, which).order_by(name)
        for row in streamed(connection, query):
            yield ("", row.naam) if column is resultaten.c.dienst else (row.naam, "")


def remaining(connection: Connection, run_nr: int) -> Iterator[str]:
    """Yield the application numbers of the results of a run that are still there, in the order of its files."""
    query = sa.select(resultaten.c.aanvraagnummer).where(resultaten.c.verwerking_nr == run_nr)
    for row in streamed(connection, query.order_by(resultaten.c.regel)):
        yield row.aanvraagnummer


def removals(connection: Connection, dataset: str, run_id: str = "") -> list[Tombstone]:
    """Return what was removed of the results of a dataset (of one run of it), the oldest first."""
    table = verwijderbewijzen.c
    of_results = (table.soort == str(Removed.RESULTATEN)) & (table.dataset == dataset)
    query = sa.select(verwijderbewijzen).where(of_results).order_by(table.gebeurtenis)
    if run_id:
        query = query.where(table.run == run_id)
    return [tombstone_rows.tombstone_of(row) for row in connection.execute(query)]
