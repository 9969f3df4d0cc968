"""Chooses the bins before fitting: rounded cuts that a person would choose, at least ten people in every bin.

Cuts that follow the data lie between two people's values and give them away; these only follow the calendar, whole
euros and whole counts, and are left out where they would leave fewer than ten people together.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from development.packaging.guard import MIN_PEOPLE, is_rounded

_YEAR = 365
_NEVER = 50_000  # 99999 stands for "never"; nobody's days come near this

CANDIDATES: Mapping[str, tuple[float, ...]] = {
    "at_least_one_address_in_amsterdam": (1,),
    "deelnames_started_percentage_last_year": (0.01, 0.25, 0.5, 0.75, 1),
    "active_address_count": (1, 2, 3),
    "days_since_last_relocation": (30, 90, 180, *(_YEAR * n for n in (1, 2, 3, 5, 10, 20, 30)), _NEVER),
    "days_since_last_dienst_end": (1, 30, 60, 90, 180, *(_YEAR * n for n in (1, 2, 5)), _NEVER),
    "has_medebewoner": (1,),
    "avg_percentage_maatregel": (1, 30_000, 50_000, 100_000),
    "total_vermogen": (-25_000, -10_000, -5000, -2500, -1000, -500, 0, 0.01, 500, 1000, 2500, 5000, 10_000, 25_000),
    "afspraken_no_show_count_last_year": (1, 2, 3),
    "has_partner": (1,),
    "applied_for_same_product_last_year": (1,),
    "received_same_product_last_year": (1,),
    "afspraken_no_contact_count_last_year": (1, 2, 3),
    "sum_inkomen_bruto_value": (0.01, 100, 250, 500, 1000, 1500, 2000),
    "sum_inkomen_bruto_was_mean_imputed": (1,),
}
FEATURES = tuple(CANDIDATES)


def choose_cuts(features: pd.DataFrame, persons: pd.Series[str]) -> dict[str, list[float]]:
    """Return for every feature the cuts that leave at least ten different people in every bin.

    `features` holds the rows that the model learns from, without empty values; `persons` says whose row each is. A
    value equal to a cut belongs to the bin above it.
    """
    codes = pd.factorize(persons)[0]
    return {name: merged(features[name].to_numpy(dtype=np.float64), codes, cuts) for name, cuts in CANDIDATES.items()}


def merged(
    values: np.ndarray, persons: np.ndarray, candidates: Sequence[float], least: int = MIN_PEOPLE
) -> list[float]:
    """Return the candidates, from low to high, that have `least` different people below them and above them."""
    if any(not is_rounded(cut) for cut in candidates):
        raise ValueError("a candidate cut is not rounded")
    kept: list[float] = []
    low = -np.inf
    for cut in sorted(candidates):
        below = len(np.unique(persons[(values >= low) & (values < cut)]))
        above = len(np.unique(persons[values >= cut]))
        if below >= least and above >= least:
            kept.append(float(cut))
            low = cut
    return kept
