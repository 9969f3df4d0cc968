"""Feature 7: the mean percentage of the measures (maatregelen) of last year."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.moments import Mask, runs_in_last_year
from shared.levensonderhoud.pairs import Pairs, count, divided, exact_sums


def counts(pairs: Pairs) -> Mask:
    """Say which facts were established in the year before ref."""
    established = pairs.moments("dtconstatering")
    return pairs.known_and_alive() & runs_in_last_year(established, established, pairs.ref)


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the mean of the filled percentages, in thousandths of a percent; 0 without any."""
    filled = pairs.where(counts(pairs) & pairs["percentage"].notna().to_numpy(dtype=bool))
    sums = exact_sums(filled["percentage"].to_numpy(dtype=np.int64), filled.application, applications)
    number = count(filled.application, applications)
    return {"avg_percentage_maatregel": divided(sums, number, default=0.0), "feit_maatregelen": number}
