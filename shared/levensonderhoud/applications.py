"""Which services are applications, when they are judged, and which row speaks for them (domain.md §4)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from shared.levensonderhoud.pairs import TIE_BREAKERS, best_per_group, codes_in, is_valid, rank
from shared.records import Period
from shared.usecase import Tables


def find_applications(tables: Tables, period: Period) -> pd.DataFrame:
    """Return aanvraagnummer and peilmoment of every application, sorted by aanvraagnummer.

    An application is a service number whose earliest work order lies in the period; that moment is its ref.
    """
    orders = tables["werkopdrachten"]
    numbers = orders["dienstnr"]
    earliest = np.full(len(numbers.cat.categories), np.iinfo(np.int64).max)
    np.minimum.at(
        earliest, numbers.cat.codes.to_numpy(), orders["dtopvoer"].to_numpy("datetime64[us]").astype(np.int64)
    )
    found = pd.DataFrame(
        {
            "aanvraagnummer": np.asarray(numbers.cat.categories, dtype=object),
            "peilmoment": earliest.astype("datetime64[us]"),
        }
    )
    inside = (found["peilmoment"] >= np.datetime64(period.van, "us")) & (
        found["peilmoment"] < np.datetime64(period.tot, "us")
    )
    return found[inside].sort_values("aanvraagnummer", ignore_index=True)


@dataclass(frozen=True)
class ApplicationRows:
    """The dienst row that speaks for each application: `row` is its position in diensten, -1 where there is none.

    `contradicting`: rows that are equal but for their client compete, so that nobody can say whose application it is.
    """

    row: np.ndarray
    contradicting: np.ndarray


_BEGIN_AND_END = {"dtbegindienst": "begin", "dteindedienst": "einde", "dtbegin": "begin", "dteinde": "einde"}


def in_service_terms(rows: pd.DataFrame) -> pd.DataFrame:
    """Return diensten or dienstsubjecten with their begin and end under the same names."""
    return rows.rename(columns=_BEGIN_AND_END)


def rows_of_applications(
    numbers: pd.Index, diensten: pd.DataFrame, *, number_column: str, client_column: str
) -> ApplicationRows:
    """Return for each application the earliest row by dtopvoer among those with geldig 1, also when entered after ref.

    Works on clear numbers and on pseudonyms alike; neither decides a tie.
    """
    codes = codes_in(diensten[number_column], numbers)
    candidates = np.flatnonzero((codes >= 0) & is_valid(diensten))
    rows = in_service_terms(diensten.take(candidates))
    groups = codes[candidates]
    winners = best_per_group(groups, rows, np.negative)
    row = np.full(len(numbers), -1)
    row[groups[winners]] = candidates[winners]
    contradicting = np.zeros(len(numbers), dtype=bool)
    contradicting[groups[_rivals(rows, groups, winners, client_column)]] = True
    return ApplicationRows(row, contradicting)


def _rivals(rows: pd.DataFrame, groups: np.ndarray, winners: np.ndarray, client_column: str) -> np.ndarray:
    """Return the positions of rows that tie with the winner of their group in everything, but name another client."""
    winner_of = np.zeros(int(groups.max()) + 1 if len(groups) else 0, dtype=np.int64)
    winner_of[groups[winners]] = winners
    rival = np.ones(len(rows), dtype=bool)
    for name in ("dtopvoer", *TIE_BREAKERS):
        values = rank(rows[name])
        rival &= values == values[winner_of[groups]]
    clients = rows[client_column].cat.codes.to_numpy()
    return np.flatnonzero(rival & (clients != clients[winner_of[groups]]))
