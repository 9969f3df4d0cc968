"""Rows that a removal takes away besides whole runs and events: how many, one hash of them, and their deletion.

On PostgreSQL functions of migrations 0006, 0011, 0013 and 0014 do the same for who may not delete, with the same hash.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Collection, Iterable, Sequence
from typing import Any

import sqlalchemy as sa
from sqlalchemy import Connection
from sqlalchemy.dialects.postgresql import ARRAY

from shared.adapters.sql import result_rows
from shared.adapters.sql.due_rows import held_applications
from shared.adapters.sql.tables import (
    bewaarplichten,
    bezwaren,
    bijdragen,
    eenmalig,
    persoonsverzoeken,
    persoonsverzoekstappen,
    resultaten,
    verwerkingen,
    verzoeken,
)
from shared.administration import Removed
from shared.events import canonical
from shared.rowseal import RowSeal

HASHED = (
    "regel",
    "aanvraagnummer",
    "dienst",
    "persoon",
    "peilmoment",
    "resultaattype",
    "reden",
    "kenmerken",
    "uitleg",
)


def line_hash(values: Iterable[object]) -> str:
    """Return the hash of one row: over its values as text, empty where there is none."""
    text = "\x1f".join("" if value is None else str(value) for value in values)
    return hashlib.sha256(text.encode()).hexdigest()


def whole_hash(lines: Iterable[str]) -> str:
    """Return one hash over the hashes of rows, in order."""
    whole = hashlib.sha256()
    for line in lines:
        whole.update(line.encode())
    return whole.hexdigest()


def _held(dataset: Any, dienst: Any, outside: Any) -> Any:
    """Return the condition that what was last said of an application is that it must be kept."""
    hold, later = bewaarplichten.alias("hold"), bewaarplichten.alias("later")
    superseded = (
        sa.exists(later.c.volgnr)
        .where(later.c.dataset == hold.c.dataset, later.c.dienst == hold.c.dienst, later.c.volgnr > hold.c.volgnr)
        .correlate(hold)
    )
    return (
        sa.exists(hold.c.volgnr)
        .where(hold.c.dataset == dataset, hold.c.dienst == dienst, hold.c.aan, ~superseded)
        .correlate(outside)
    )


def any_held(connection: Connection, dataset: str, services: Sequence[str]) -> bool:
    """Say whether one of these applications is under legal hold."""
    if connection.dialect.name == "postgresql":
        return bool(connection.execute(sa.select(sa.func.onder_bewaarplicht(dataset, _texts(services)))).scalar())
    return bool(held_applications(connection, dataset) & set(services))


def free_results(connection: Connection, run: str, van: Sequence[str] = ()) -> Any:
    """Return which rows of results are of this run (and of these pseudonyms) and not under legal hold."""
    found = connection.execute(
        sa.select(verwerkingen.c.nr, verwerkingen.c.dataset).where(verwerkingen.c.run == run)
    ).one()
    free = (resultaten.c.verwerking_nr == found.nr) & ~_held(found.dataset, resultaten.c.dienst, resultaten)
    return free & (resultaten.c.persoon.in_(van) | resultaten.c.dienst.in_(van)) if van else free


def going_results(connection: Connection, run: str, van: Sequence[str] = ()) -> tuple[int, str]:
    """Return how many results of a run may go, and one hash of them."""
    if connection.dialect.name == "postgresql":
        if van:
            return _answer(connection, sa.func.te_verwijderen_van(run, _texts(van)))
        return _answer(connection, sa.func.te_verwijderen_resultaten(run))
    free = free_results(connection, run, van)
    query = sa.select(*(resultaten.c[name] for name in HASHED)).where(free).order_by(resultaten.c.regel)
    lines = [line_hash(row) for row in connection.execute(query)]
    return len(lines), whole_hash(lines)


def seals(connection: Connection, run: str, van: Sequence[str] = ()) -> tuple[RowSeal, RowSeal]:
    """Return the seal of the results of a run as they are, and as they will be when what may go has gone."""
    if connection.dialect.name == "postgresql":
        found, left = (
            _answer(connection, sa.func.rijen(run, without)) for without in (sa.cast(None, ARRAY(sa.Text)), _texts(van))
        )
        return RowSeal(*found), RowSeal(*left)
    number = sa.select(verwerkingen.c.nr).where(verwerkingen.c.run == run).scalar_subquery()
    mine = resultaten.c.verwerking_nr == number
    goes = sa.func.coalesce(free_results(connection, run, van), sa.false())
    return (
        result_rows.seal_stored(connection, mine),
        result_rows.seal_stored(connection, mine & ~goes),
    )


def _texts(values: Sequence[str]) -> Any:
    return sa.cast(list(values), ARRAY(sa.Text))


def _answer(connection: Connection, function: Any) -> tuple[int, str]:
    row = connection.execute(sa.select(function.table_valued("aantal", "hash"))).one()
    return row.aantal, row.hash


def delete_results(connection: Connection, run: str, van: Sequence[str] = ()) -> None:
    """Delete results of a run that may go, and the contributions that belonged to them."""
    connection.execute(sa.delete(resultaten).where(free_results(connection, run, van)))
    number = sa.select(verwerkingen.c.nr).where(verwerkingen.c.run == run).scalar_subquery()
    left = sa.select(resultaten.c.regel).where(resultaten.c.verwerking_nr == number)
    connection.execute(sa.delete(bijdragen).where(bijdragen.c.verwerking_nr == number, bijdragen.c.regel.not_in(left)))


# --- requests, objections, requests of persons ------------------------------------------------------------------------
type _Chosen = Callable[[str, Sequence[str]], list[tuple[sa.Table, tuple[Any, ...], Any]]]


def _requests(dataset: str, keys: Sequence[str]) -> list[tuple[sa.Table, tuple[Any, ...], Any]]:
    table = verzoeken.c
    line = (table.verzoek, table.levering, table.digest, table.aanvraagnummers, table.reden, table.actor)
    return [(verzoeken, (*line, table.tijdstip), (table.dataset == dataset) & table.verzoek.in_(keys))]


def _objections(dataset: str, keys: Sequence[str]) -> list[tuple[sa.Table, tuple[Any, ...], Any]]:
    def free(table: sa.Table) -> Any:
        named: Any = table.c.dienst.in_(keys)
        if "persoon" in table.c:  # by whom it was, where the application was somebody else's too
            named |= table.c.persoon.in_(keys)
        return (table.c.dataset == dataset) & named & ~_held(table.c.dataset, table.c.dienst, table)

    told, kept = bezwaren.c, bewaarplichten.c
    lines = (told.bezwaar, told.dienst, told.toestand, told.reden, told.actor, told.tijdstip)
    on = (kept.dienst, sa.cast(kept.aan, sa.Integer), kept.reden, kept.actor, kept.tijdstip)
    return [
        (bezwaren, lines, free(bezwaren)),
        # the beginning of a hold goes before its end: in between nothing seems to be held again
        (bewaarplichten, on, free(bewaarplichten) & kept.aan),
        (bewaarplichten, on, free(bewaarplichten) & ~kept.aan),
    ]


def _requests_of_persons(_: str, keys: Sequence[str]) -> list[tuple[sa.Table, tuple[Any, ...], Any]]:
    asked, steps = persoonsverzoeken.c, persoonsverzoekstappen.c
    of_request = (asked.verzoek, asked.soort, asked.kenmerk, asked.reden, asked.actor, asked.tijdstip)
    of_step = (steps.verzoek, steps.toestand, steps.reden, steps.uitkomst, steps.actor, steps.tijdstip)
    return [
        (persoonsverzoekstappen, of_step, steps.verzoek.in_(keys)),
        (persoonsverzoeken, of_request, asked.verzoek.in_(keys)),
    ]


ROWS: dict[Removed, _Chosen] = {
    Removed.VERZOEKEN: _requests,
    Removed.BEZWAREN: _objections,
    Removed.PERSOONSVERZOEKEN: _requests_of_persons,
}


def going_rows(connection: Connection, soort: Removed, dataset: str, keys: Sequence[str]) -> tuple[int, str]:
    """Return how many rows of this kind may go, and one hash of them."""
    if connection.dialect.name == "postgresql":
        return _answer(connection, getattr(sa.func, f"te_verwijderen_{soort}")(dataset, _texts(keys)))
    lines = [
        line_hash(row)
        for _, columns, which in ROWS[soort](dataset, keys)
        for row in connection.execute(sa.select(*columns).where(which))
    ]
    return len(lines), whole_hash(sorted(lines))


def delete_rows(connection: Connection, soort: Removed, dataset: str, keys: Sequence[str]) -> None:
    """Delete the rows of this kind that may go."""
    for table, _, which in ROWS[soort](dataset, keys):
        connection.execute(sa.delete(table).where(which))


def _keys_before(before: str) -> Any:
    return eenmalig.c.tijdstip < before


def going_keys(connection: Connection, before: str) -> tuple[int, str]:
    """Return how many keys of requests are of before this moment, and one hash of them."""
    if connection.dialect.name == "postgresql":
        return _answer(connection, sa.func.te_verwijderen_verzoeksleutels(before))
    rows = connection.execute(sa.select(eenmalig).where(_keys_before(before)))
    lines = sorted(line_hash(row) for row in rows)
    return len(lines), whole_hash(lines)


def delete_keys(connection: Connection, before: str) -> None:
    """Delete the keys of requests of before this moment."""
    connection.execute(sa.delete(eenmalig).where(_keys_before(before)))


def take_out_of_requests(connection: Connection, dataset: str, keys: Sequence[str], gone: Collection[str]) -> None:
    """Write requests for a run anew without these numbers of applications; one that names no other goes."""
    of_these = (verzoeken.c.dataset == dataset) & verzoeken.c.verzoek.in_(keys)
    rows = connection.execute(sa.select(verzoeken.c.verzoek, verzoeken.c.aanvraagnummers).where(of_these)).all()
    for row in rows:
        this = verzoeken.c.verzoek == row.verzoek
        left = [number for number in json.loads(row.aanvraagnummers) if number not in set(gone)]
        if left:
            connection.execute(sa.update(verzoeken).where(this).values(aanvraagnummers=canonical(left)))
        else:
            connection.execute(sa.delete(verzoeken).where(this))
