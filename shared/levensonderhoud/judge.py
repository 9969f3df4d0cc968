"""Brings eligibility and the fifteen features together: one row for every application of a delivery."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.applications import rows_of_applications
from shared.levensonderhoud.eligibility import decide
from shared.levensonderhoud.features import (
    adressen,
    afspraken,
    deelnames,
    diensten,
    feiten,
    inkomens,
    relaties,
    vermogens,
)
from shared.levensonderhoud.features.frame import FEATURES, FLAGS, WHOLE, Features
from shared.levensonderhoud.pairs import Applicants, Pairs
from shared.records import FeatureTable, PseudonymisedDelivery


def compute_features(delivery: PseudonymisedDelivery, special: frozenset[str]) -> FeatureTable:
    """Return outcome, features, flags and facts of every application. `special`: adressleutels of special groups."""
    applications, tables = delivery.applications, delivery.tables
    rows = rows_of_applications(
        pd.Index(applications["dienst"]), tables["diensten"], number_column="dienst", client_column="persoon"
    )
    product = _products(tables["diensten"], rows.row)
    applicants = Applicants(applications)
    pairs = {name: _valid_pairs(applicants, tables[name]) for name in _BY_PERSON}
    outcomes = decide(applications, rows.row, product, tables, pairs["adressen"], special)
    computed: Features = {}
    for name, module in _BY_PERSON.items():
        computed |= module(pairs[name], len(applications))
    computed |= inkomens.compute(
        _valid_pairs(applicants, tables["inkomens"]), len(applications), tables["soorteninkomen"]
    )
    computed |= diensten.compute(applications, applicants, product, tables)
    frame = pd.DataFrame(
        {
            "aanvraagnummer": list(delivery.aanvraagnummers),
            "peilmoment": applications["peilmoment"].to_numpy(),
            "dienst": applications["dienst"].to_numpy(),
            "persoon": applications["persoon"].to_numpy(),
            "resultaattype": np.array([outcome.resultaattype for outcome in outcomes], dtype=np.int64),
            "reden": [outcome.reden for outcome in outcomes],
            "heeft_dienst": rows.row >= 0,
            **{name: computed[name].astype(np.int64 if name in WHOLE else np.float64) for name in (*FEATURES, *FLAGS)},
            **{name: values for name, values in computed.items() if name.startswith("feit_")},
        }
    )
    return FeatureTable(frame, FEATURES, FLAGS, delivery.key_id)


_BY_PERSON = {
    "adressen": adressen.compute,
    "afspraken": afspraken.compute,
    "deelnames": deelnames.compute,
    "feiten": feiten.compute,
    "relaties": relaties.compute,
    "vermogens": vermogens.compute,
}


def _valid_pairs(applicants: Applicants, rows: pd.DataFrame) -> Pairs:
    """Return applications with the valid rows of their applicant; tables of Raak know no validity."""
    valid = rows[(rows["geldig"] == 1).to_numpy(dtype=bool)] if "geldig" in rows else rows
    return applicants.pairs(valid)


def _products(rows: pd.DataFrame, row: np.ndarray) -> pd.Series:
    """Return the productnr at each position, empty for -1."""
    products = rows["productnr"].reset_index(drop=True)
    return products.reindex(pd.Index(np.where(row < 0, len(products), row))).reset_index(drop=True)
