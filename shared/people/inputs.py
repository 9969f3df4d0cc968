"""The rows of the audit snapshot that a prediction was made from, under pseudonyms and of nobody else; pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.records import PseudonymisedDelivery
from shared.stages.rows_of_person import PARTY, PERSON, SERVICE, Rows, plain_rows

if TYPE_CHECKING:
    import pandas as pd

__all__ = ["Rows", "rows_of"]


def rows_of(delivery: PseudonymisedDelivery, persoon: str, dienst: str) -> Rows:
    """Return by table the rows of a person and of the application: of the person's own parties too.

    Unlike the export of a person (shared/stages/rows_of_person.py) it has what a party of the person holds with
    somebody else as main client: the features use it, so a case worker must see it.

    A row that names another person is left out, and the person's own pseudonym is not repeated on every row. Code
    tables, which are about nobody, are left out.
    """
    parties = {
        party
        for frame in delivery.tables.values()
        if persoon and {PERSON, PARTY} <= set(frame.columns)
        for party in frame.loc[(frame[PERSON] == persoon).to_numpy(dtype=bool), PARTY].astype(str)
    }
    found = {
        name: plain_rows(_own(frame, persoon, dienst, parties), without=(PERSON,))
        for name, frame in delivery.tables.items()
    }
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
