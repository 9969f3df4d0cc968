"""Features 14 and 15: gross income, and whether it is unknown."""

from __future__ import annotations

import numpy as np
import pandas as pd

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.pairs import Pairs, euros, exact_sums, exists

# work, not from work, own business, tax credit; not unknown (5) nor poverty schemes (6)
COUNTED = (1, 2, 3, 4)


def compute(pairs: Pairs, applications: int, kinds: pd.DataFrame) -> Features:
    """Return the sum of the current incomes in euro, exact to the cent; NaN with flag 1 where there is none.

    `kinds`: soorteninkomen; a kind without a category does not count.
    """
    counted_kinds = kinds.loc[kinds["categorie"].isin(COUNTED), "srtinkomennr"]
    counted = pairs["soort"].isin(counted_kinds).to_numpy(dtype=bool)
    current = pairs.where(pairs.current() & counted)
    cents = current["bedragbruto"].to_numpy(dtype=np.int64, na_value=0)
    sums = euros(exact_sums(cents, current.application, applications))
    unknown = ~exists(current.application, applications)
    return {
        "sum_inkomen_bruto_value": np.where(unknown, np.nan, sums),
        "sum_inkomen_bruto_was_mean_imputed": unknown.astype(np.int64),
        "inkomen_onbekend": unknown.astype(np.int64),
    }
