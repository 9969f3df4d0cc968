"""Feature 8: wealth minus debts."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.pairs import Pairs, euros, exact_sums, exists


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the sum of the current amounts in euro, exact to the cent; an empty amount is 0."""
    current = pairs.where(pairs.current())
    cents = current["bedrag"].to_numpy(dtype=np.int64, na_value=0)
    sums = exact_sums(cents, current.application, applications)
    return {
        "total_vermogen": euros(sums),
        "vermogen_onbekend": 1 - exists(current.application, applications).astype(np.int64),
    }
