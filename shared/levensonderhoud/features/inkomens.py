"""Features 14 and 15: gross income, and whether it is unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.features.vermogens import CENTS
from shared.levensonderhoud.moments import Mask, runs_at
from shared.levensonderhoud.pairs import Pairs, divided, exact_sums, exists

# work, not from work, own business, tax credit; not unknown (5) nor poverty schemes (6)
COUNTED = (1, 2, 3, 4)


def counts(pairs: Pairs) -> Mask:
    """Say which incomes were current at ref."""
    return pairs.known_and_alive() & runs_at(pairs.moments("dtbegin"), pairs.moments("dteinde"), pairs.ref)


def compute(pairs: Pairs, applications: int, kinds: pd.DataFrame) -> Features:
    """Return the sum of the current incomes in euro, exact to the cent; NaN with flag 1 where there is none.

    `kinds`: soorteninkomen; a kind without a category does not count.
    """
    counted_kinds = kinds.loc[kinds["categorie"].isin(COUNTED), "srtinkomennr"]
    counted = pairs.rows["soort"].isin(counted_kinds).to_numpy(dtype=bool)
    current = pairs.where(counts(pairs) & counted)
    cents = current.rows["bedragbruto"].to_numpy(dtype=np.int64, na_value=0)
    sums = divided(exact_sums(cents, current.application, applications), CENTS, default=0.0)
    unknown = ~exists(current.application, applications)
    return {
        "sum_inkomen_bruto_value": np.where(unknown, np.nan, sums),
        "sum_inkomen_bruto_was_mean_imputed": unknown.astype(np.int64),
        "inkomen_onbekend": unknown.astype(np.int64),
    }
