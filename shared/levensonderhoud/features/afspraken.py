"""Features 9 and 13: appointments to which the applicant did not come, or where nobody could be reached."""

from __future__ import annotations

from shared.levensonderhoud.features.frame import Features
from shared.levensonderhoud.moments import TOL, Mask, in_year
from shared.levensonderhoud.pairs import Pairs, count


def counts(pairs: Pairs) -> Mask:
    """Say which appointments lie in the year before ref, with nothing about them still to come."""
    entered, planned = pairs.moments("datum_invoer"), pairs.moments("datum_afhandeling_gepland")
    bound = pairs.ref + TOL
    to_come = (entered > bound) | (planned > bound)
    return (in_year(entered, pairs.ref) | in_year(planned, pairs.ref)) & ~to_come


def compute(pairs: Pairs, applications: int) -> Features:
    """Return the two counts; `pairs`: applications with the afspraken of their applicant."""
    recent = pairs.where(counts(pairs))
    no_show = recent.application[recent["no_show"].to_numpy(dtype=bool)]
    no_contact = recent.application[recent["no_contact"].to_numpy(dtype=bool)]
    return {
        "afspraken_no_show_count_last_year": count(no_show, applications),
        "afspraken_no_contact_count_last_year": count(no_contact, applications),
        "feit_afspraken": count(recent.application, applications),
    }
