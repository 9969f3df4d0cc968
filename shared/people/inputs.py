"""The rows of the audit snapshot that a prediction was made from, under pseudonyms and of nobody else; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.dataset import ColumnClass
from shared.records import PseudonymisedDelivery

if TYPE_CHECKING:
    import pandas as pd

PERSON, PARTY, SERVICE = (str(kind) for kind in (ColumnClass.PERSOON, ColumnClass.PARTIJ, ColumnClass.DIENST))

type Rows = dict[str, list[dict[str, object]]]


def rows_of(delivery: PseudonymisedDelivery, persoon: str, dienst: str) -> Rows:
    """Return by table the rows of a person and of the application: of the person's own parties too.

    A row that names another person is left out, and the person's own pseudonym is not repeated on every row. Code
    tables, which are about nobody, are left out.
    """
    parties = {
        party
        for frame in delivery.tables.values()
        if persoon and {PERSON, PARTY} <= set(frame.columns)
        for party in frame.loc[(frame[PERSON] == persoon).to_numpy(dtype=bool), PARTY].astype(str)
    }
    found = {name: _plain(_own(frame, persoon, dienst, parties)) for name, frame in delivery.tables.items()}
    return {name: rows for name, rows in found.items() if rows}


def _own(frame: pd.DataFrame, persoon: str, dienst: str, parties: set[str]) -> pd.DataFrame:
    if PERSON in frame.columns:
        return frame[(frame[PERSON] == persoon).to_numpy(dtype=bool)] if persoon else frame[:0]
    mine = [False] * len(frame)
    for column, wanted in ((SERVICE, {dienst}), (PARTY, parties)):
        if column in frame.columns:
            hits = frame[column].astype(object).isin(wanted)
            mine = [one or other for one, other in zip(mine, hits.tolist(), strict=True)]
    return frame[mine]


def _plain(frame: pd.DataFrame) -> list[dict[str, object]]:
    columns = frame.drop(columns=[PERSON], errors="ignore")
    return [
        {str(name): _value(value) for name, value in row.items()} for row in columns.astype(object).to_dict("records")
    ]


def _value(value: object) -> object:
    """Return a cell as JSON knows it; empty is None."""
    if value is None or value != value or str(value) in ("NaT", "<NA>"):
        return None
    moment = getattr(value, "isoformat", None)
    if moment is not None:
        return moment()
    item = getattr(value, "item", None)
    return item() if item is not None else value
