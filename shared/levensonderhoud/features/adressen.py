"""Features 1, 3 and 4: in the city, how many addresses, how long since the last move."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import NEVER, Features
from shared.levensonderhoud.moments import whole_days
from shared.levensonderhoud.pairs import Pairs, count_different, exists

# living addresses; soort 2 is a postal address
LIVING = (1, 3, 9)


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the address features; `pairs`: applications with the adressen of their applicant."""
    current = pairs.where(pairs.current())
    inside = current.application[current["in_gemeente"].to_numpy(dtype=bool)]
    whole = current.where((current["plaats_gevuld"] & current["straat_gevuld"]).to_numpy(dtype=bool))
    living = current.where(current["soort"].isin(LIVING).to_numpy(dtype=bool))
    return {
        "at_least_one_address_in_amsterdam": exists(inside, applications).astype(np.int64),
        "active_address_count": count_different(
            whole.application, whole["adressleutel"].cat.codes.to_numpy(), applications
        ),
        "days_since_last_relocation": _days_since_move(living, applications),
        "adres_onbekend": 1 - exists(current.application, applications).astype(np.int64),
    }


def _days_since_move(living: Pairs, applications: int) -> np.ndarray:
    days = np.full(applications, NEVER, dtype=np.int64)
    nearest = np.full(applications, np.iinfo(np.int64).max)
    np.minimum.at(nearest, living.application, whole_days(living.moments("dtbegin"), living.ref))
    has = exists(living.application, applications)
    days[has] = np.maximum(nearest[has], 0)
    return days
