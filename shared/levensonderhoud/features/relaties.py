"""Features 6 and 10: a housemate, a partner."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.pairs import Pairs, exists

PARTNER, MEDEBEWONER = 1, 2
NEEDED = (PARTNER, MEDEBEWONER)


def compute(pairs: Pairs, applications: int) -> Features:
    """Return whether there is a partner or housemate; `pairs`: applications with the relaties of their applicant."""
    filled = pairs.where(pairs.current() & pairs["relatie_gevuld"].to_numpy(dtype=bool))

    def has(category: int) -> np.ndarray:
        of_category = (filled["categorie"] == category).to_numpy(dtype=bool, na_value=False)
        return exists(filled.application[of_category], applications).astype(np.int64)

    return {"has_medebewoner": has(MEDEBEWONER), "has_partner": has(PARTNER)}
