"""Feature 8: wealth minus debts."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.moments import Mask, runs_at
from shared.levensonderhoud.pairs import Pairs, divided, exact_sums, exists

CENTS = 100


def counts(pairs: Pairs) -> Mask:
    """Say which amounts were current at ref."""
    return pairs.known_and_alive() & runs_at(pairs.moments("dtbegin"), pairs.moments("dteinde"), pairs.ref)


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the sum of the current amounts in euro, exact to the cent; an empty amount is 0."""
    current = pairs.where(counts(pairs))
    cents = current.rows["bedrag"].to_numpy(dtype=np.int64, na_value=0)
    sums = exact_sums(cents, current.application, applications)
    return {
        "total_vermogen": divided(sums, CENTS, default=0.0),
        "vermogen_onbekend": 1 - exists(current.application, applications).astype(np.int64),
    }
