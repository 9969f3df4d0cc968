"""Says what a person must hear of, in plain Dutch, and when to stop the model.

No alarm holds a number of people. The advice to stop is given when the test over all months found a difference (which
is wrong once in twenty runs, all groups and months together), and what may be shown of twelve months lies beyond the
city's band with its whole interval.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from shared.monitoring.months import Stream
from shared.monitoring.quality import NEAR_AUTOMATIC
from shared.monitoring.reportfacts import (
    MEASURE_TITLES,
    Alarm,
    Band,
    Drift,
    Following,
    GroupPicture,
    Sequential,
    Shift,
    StopAdvice,
)
from shared.monitoring.windows import TOGETHER

_WHO = {Stream.MODEL: "het model", Stream.PROCES: "wat mensen kiezen", Stream.STEEKPROEF: "het model (steekproef)"}


def stop_advice(watched: Sequence[Sequential], pictures: Sequence[GroupPicture]) -> StopAdvice:
    """Advise to stop when the model leaves a band for certain; what people choose is no reason to stop the model."""
    reasons = [
        f"{picture.title}: ‘{MEASURE_TITLES[found.measure]}’ ligt bij {found.group} "
        f"{'hoger' if found.direction > 0 else 'lager'} dan bij {found.privileged}, duidelijk buiten de band."
        for found in watched
        if found.found and found.stream is not Stream.PROCES
        for picture in pictures
        if (picture.stream, picture.grouping) == (found.stream, found.grouping) and _clearly_beyond(picture, found)
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


def has_moved(drift: Drift, before: Sequence[Drift]) -> bool:
    """Say whether a distribution moved: PSI says so, or KS does two months in a row (once may be chance)."""
    last = next((other for other in before if other.name == drift.name), None)
    twice = drift.ks_found and last is not None and last.ks_found
    return drift.shift in (Shift.MERKBAAR, Shift.STERK) or twice


def _clearly_beyond(picture: GroupPicture, found: Sequential) -> bool:
    return any(
        gap.measure is found.measure
        and found.group in gap.group.split(TOGETHER)
        and gap.band is Band.DUIDELIJK_BUITEN
        and (gap.difference.value or 0) * found.direction > 0
        for gap in picture.gaps
    )


def _moved(drift: Drift) -> str:
    what = "De scores zijn" if drift.name == "score" else f"Het kenmerk {drift.name} is"
    how = "sterk" if drift.shift is Shift.STERK else "merkbaar"
    return f"{what} {how} verschoven tegenover de gegevens waarmee het model is gemaakt."
