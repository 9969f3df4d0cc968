"""What is stored of each table: derived facts instead of text and other people's numbers."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.addresses import derive_addresses
from shared.stages.pseudonym import Pseudonymiser

NO_SHOW = ("no show", "niet verschenen")
WITH_NOTICE = "met bericht"
NO_CONTACT = ("geen contact", "niet bereikt", "geen gegevens geleverd")


def _says(texts: pd.Index, phrases: tuple[str, ...]) -> np.ndarray:
    found = [any(phrase in text.strip().lower() for phrase in phrases) for text in texts]
    return np.array([*found, False], dtype=bool)


def _derive_appointments(rows: pd.DataFrame) -> pd.DataFrame:
    results = rows["afspraakresultaat"].cat
    no_show = _says(results.categories, NO_SHOW) & ~_says(results.categories, (WITH_NOTICE,))
    no_contact = _says(results.categories, NO_CONTACT)
    codes = results.codes.to_numpy()
    return rows.assign(no_show=no_show[codes], no_contact=no_contact[codes]).drop(columns="afspraakresultaat")


def _derive_relations(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.assign(relatie_gevuld=rows["subjectnrrelatie"].notna().to_numpy()).drop(columns="subjectnrrelatie")


def derive(table: str, rows: pd.DataFrame, pseudonymiser: Pseudonymiser) -> pd.DataFrame:
    """Return the rows of a table as they may be stored."""
    match table:
        case "adressen":
            return derive_addresses(rows, pseudonymiser)
        case "afspraken":
            return _derive_appointments(rows)
        case "relaties":
            return _derive_relations(rows)
        case _:
            return rows
