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
from shared.levensonderhoud.pairs import Applicants, is_valid
from shared.records import FeatureTable, PseudonymisedDelivery
from shared.usecase import Tables


def compute_features(delivery: PseudonymisedDelivery, special: frozenset[str]) -> FeatureTable:
    """Return outcome, features, flags and facts of every application. `special`: adressleutels of special groups."""
    applications, tables = delivery.applications, delivery.tables
    rows = rows_of_applications(
        pd.Index(applications["dienst"]), tables["diensten"], number_column="dienst", client_column="persoon"
    )
    known = applications.assign(
        aanvraagnummer=list(delivery.aanvraagnummers), row=rows.row, product=_products(tables["diensten"], rows.row)
    )
    applicants = Applicants(applications, {name: tables[name]["persoon"] for name in (*_BY_PERSON, *_OTHERS_BY_PERSON)})
    reached = applicants.reached("partijen", tables["partijen"]["partij"], tables["dienstsubjecten"]["partij"])
    pieces = applicants.pieces(applicants.most_rows() + reached)
    frames = [_computed(known.iloc[at], some, tables, special) for at, some in pieces]
    frame = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return FeatureTable(frame, FEATURES, FLAGS, delivery.key_id)


def _computed(
    applications: pd.DataFrame, applicants: Applicants, tables: Tables, special: frozenset[str]
) -> pd.DataFrame:
    """Return the table of some applications. `row`: their row in diensten, -1 without; `product`: its productnr."""
    product, number = applications["product"].reset_index(drop=True), len(applications)
    row = applications["row"].to_numpy()
    pairs = {name: applicants.pairs(name, tables[name], is_valid(tables[name])) for name in _BY_PERSON}
    outcomes = decide(applications, row, product, tables, pairs["adressen"], special)
    computed: Features = {}
    for name, module in _BY_PERSON.items():
        computed |= module(pairs[name], number)
    incomes = applicants.pairs("inkomens", tables["inkomens"], is_valid(tables["inkomens"]))
    computed |= inkomens.compute(incomes, number, tables["soorteninkomen"])
    computed |= diensten.compute(applications, applicants, product, tables)
    return pd.DataFrame(
        {
            "aanvraagnummer": applications["aanvraagnummer"].tolist(),
            "peilmoment": applications["peilmoment"].to_numpy(),
            "dienst": applications["dienst"].to_numpy(),
            "persoon": applications["persoon"].to_numpy(),
            "resultaattype": np.array([outcome.resultaattype for outcome in outcomes], dtype=np.int64),
            "reden": [outcome.reden for outcome in outcomes],
            "heeft_dienst": row >= 0,
            **{name: computed[name].astype(np.int64 if name in WHOLE else np.float64) for name in (*FEATURES, *FLAGS)},
            **{name: values for name, values in computed.items() if name.startswith("feit_")},
        }
    )


_BY_PERSON = {
    "adressen": adressen.compute,
    "afspraken": afspraken.compute,
    "deelnames": deelnames.compute,
    "feiten": feiten.compute,
    "relaties": relaties.compute,
    "vermogens": vermogens.compute,
}
_OTHERS_BY_PERSON = ("inkomens", "diensten", "partijen")


def _products(rows: pd.DataFrame, row: np.ndarray) -> pd.Series:
    """Return the productnr at each position, empty for -1."""
    products = rows["productnr"].reset_index(drop=True)
    return products.reindex(pd.Index(np.where(row < 0, len(products), row))).reset_index(drop=True)
