"""Feature 2: which share of the participations of last year was started."""

from __future__ import annotations

import numpy as np

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.moments import TOL, Mask, in_year
from shared.levensonderhoud.pairs import Pairs, count, divided

_MOMENTS = ("datum_aanmelding", "start_deelname", "einde_deelname")


def counts(pairs: Pairs) -> Mask:
    """Say which participations were announced, started or ended in the year before ref."""
    return np.logical_or.reduce([in_year(pairs.moments(name), pairs.ref) for name in _MOMENTS])


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the share of started participations; `pairs`: applications with the deelnames of their applicant."""
    recent = pairs.where(counts(pairs))
    bound = recent.ref + TOL
    started = (recent.moments("start_deelname") <= bound) | (recent.moments("einde_deelname") <= bound)
    announced = count(recent.application, applications)
    begun = count(recent.application[started], applications)
    return {
        "deelnames_started_percentage_last_year": divided(begun, announced, default=0.0),
        "geen_deelnames": (announced == 0).astype(np.int64),
        "feit_deelnames": announced,
        "feit_deelnames_gestart": begun,
    }
