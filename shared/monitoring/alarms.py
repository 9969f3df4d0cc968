"""Says what a person must hear of, in plain Dutch, and when to stop the model.

No alarm holds a number of people: how many attributes came too late, beside how many were unknown, would give away of
how few they never came. The advice to stop is given when the test over all months is certain that a group of
the model lies beyond the city's band. That advice and what the test finds together are wrong in one of twenty runs at
most, all groups, measures and months together; what the advice adds to that is measured (`test_edge_of_the_band.py`).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.monitoring.blocks import YEAR
from shared.monitoring.disclosure import SMALLEST_COUNT
from shared.monitoring.months import MonthTally, Stream
from shared.monitoring.quality import NEAR_AUTOMATIC
from shared.monitoring.reportfacts import (
    MEASURE_TITLES,
    Alarm,
    Drift,
    Following,
    Sequential,
    Shift,
    StopAdvice,
)

TOO_MANY_LATE = 0.05  # of the applications of a year
_WHO = {Stream.MODEL: "het model", Stream.PROCES: "wat mensen kiezen", Stream.STEEKPROEF: "het model (steekproef)"}


def stop_advice(watched: Sequence[Sequential], titles: Mapping[str, str]) -> StopAdvice:
    """Advise to stop when the model leaves a band for certain; what people choose is no reason to stop the model."""
    reasons = [
        f"{titles[found.grouping]}: ‘{MEASURE_TITLES[found.measure]}’ ligt bij {found.group} "
        f"{'hoger' if found.direction > 0 else 'lager'} dan bij {found.privileged}, duidelijk buiten de band. "
        f"Dat is zeker sinds {found.beyond_band_since}."
        for found in watched
        if found.beyond_band_since is not None and found.stream is not Stream.PROCES
    ]
    return StopAdvice(bool(reasons), tuple(reasons))


def alarms(
    drifts: Sequence[Drift],
    before: Sequence[Drift],
    watched: Sequence[Sequential],
    titles: Mapping[str, str],
    followed: Sequence[Following],
    advice: StopAdvice,
) -> tuple[Alarm, ...]:
    """Return every alarm; each has a name that is the same as long as it lasts. `before`: drift of the month before."""
    found = []
    if advice.stop:
        found.append(Alarm("stopadvies", "Zet het model stil: een groep wordt duidelijk anders behandeld."))
    for one in watched:
        if one.found:
            more = "vaker" if one.direction > 0 else "minder vaak"
            found.append(
                Alarm(
                    f"ongelijk {one.stream} {one.grouping} {one.group} {one.measure}",
                    f"{titles[one.grouping]}, {_WHO[one.stream]}: ‘{MEASURE_TITLES[one.measure]}’ komt bij {one.group} "
                    f"{more} voor dan bij {one.privileged}. Gevonden in {one.since}.",
                )
            )
    found += [Alarm(f"verschuiving {drift.name}", _moved(drift)) for drift in drifts if has_moved(drift, before)]
    for people in followed:
        if people.near_automatic:
            kind = "steekproef" if people.sampled else "gewoon"
            found.append(
                Alarm(
                    f"volgen {kind}",
                    f"Mensen volgen het signaal bijna altijd: in {100 * NEAR_AUTOMATIC:.0f} % van de gevallen of meer. "
                    "Ga na of zij nog zelf besluiten.",
                )
            )
    return tuple(found)


def attributes_too_late(months: Sequence[MonthTally]) -> tuple[Alarm, ...]:
    """Return the alarm of a year in which many groups are unknown because their attributes came too late, or nothing.

    `months`: the closed months, the oldest first; read unsuppressed.
    """
    late, scored = (sum(getattr(month, name) for month in months[-YEAR:]) for name in ("late", "scored"))
    if late < max(SMALLEST_COUNT, TOO_MANY_LATE * scored):
        return ()
    sentence = (
        f"Van {100 * TOO_MANY_LATE:.0f} % of meer van de aanvragen van een jaar kwamen de groepskenmerken pas nadat de "
        "maand was afgesloten. Zij blijven ‘onbekend’. Vraag de leverancier om ze eerder te leveren."
    )
    return (Alarm("groepskenmerken te laat", sentence),)


def has_moved(drift: Drift, before: Sequence[Drift]) -> bool:
    """Say whether a distribution moved: PSI says so, or KS does two months in a row (once may be chance)."""
    last = next((other for other in before if other.name == drift.name), None)
    twice = drift.ks_found and last is not None and last.ks_found
    return drift.shift in (Shift.MERKBAAR, Shift.STERK) or twice


def _moved(drift: Drift) -> str:
    what = "De scores zijn" if drift.name == "score" else f"Het kenmerk {drift.name} is"
    how = "sterk" if drift.shift is Shift.STERK else "merkbaar"
    return f"{what} {how} verschoven tegenover de gegevens waarmee het model is gemaakt."
