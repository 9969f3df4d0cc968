"""Writes afspraken and deelnames from Raak, the system of the coaches."""

from typing import Final

import numpy as np

from .circumstances import Circumstances
from .frames import EMPTY, Bools, Dates, Frame, Ints, Rng, chance, choose, days, full, no_days, per_row, stack
from .moments import Moments, before, between

_NO_SHOW: Final = ("No show", "Niet verschenen zonder bericht", "niet verschenen", "NO SHOW")
_NO_CONTACT: Final = ("Geen contact", "Cliënt niet bereikt", "Geen gegevens geleverd", "Geen contact, brief gestuurd")
_OTHER: Final = ("Verschenen", "Afgerond", "Niet verschenen met bericht", "Verzet", "Verschenen; vervolg gepland")
RESULTS: Final = [*_NO_SHOW, *_NO_CONTACT, *_OTHER]
VOCABULARY: Final = {"afspraakresultaat": RESULTS}
_ANY_MISSED: Final = len(_NO_SHOW) + len(_NO_CONTACT)


def afspraken(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes appointments of which exactly the drawn numbers were missed in the year before."""
    everyone = np.arange(len(life.no_shows))
    missed = np.repeat(everyone, life.no_shows)
    unreached = np.repeat(everyone, life.no_contacts)
    other = per_row(rng, everyone, 1.30)
    results = np.concatenate(
        [
            _varied(rng, missed, life.no_shows, len(_NO_SHOW)),
            len(_NO_SHOW) + _varied(rng, unreached, life.no_contacts, len(_NO_CONTACT)),
            _ANY_MISSED + choose(rng, len(other), {0: 0.62, 1: 0.22, 2: 0.05, 3: 0.05, 4: 0.06}),
        ]
    )
    owners = np.concatenate([missed, unreached, other])
    made = between(rng, _year_before(moments, owners), moments.first_day[owners] - np.timedelta64(1, "D"))
    planned = between(rng, made, np.minimum(made + days(full(len(owners), 40)), moments.first_day[owners]))
    recent = _appointment(owners, results, made, planned)

    old = per_row(rng, everyone, 0.65)
    long_ago = before(rng, moments.first_day[old], 380, 1_500)
    former = _appointment(old, _any(rng, len(old)), long_ago, long_ago + days(rng.integers(0, 12, len(old))))
    # Still to come at the last application: nobody knows yet how it ends, also when the delivery is made later.
    coming = per_row(rng, everyone, 0.35)
    soon = moments.last_day[coming] + days(rng.integers(1, 60, len(coming)))
    ahead = _appointment(coming, _any(rng, len(coming)), before(rng, moments.first_day[coming], 0, 20), soon)
    later = per_row(rng, everyone, 0.10)
    made_later = moments.last_day[later] + days(rng.integers(1, 90, len(later)))
    after = _appointment(later, _any(rng, len(later)), made_later, made_later + days(rng.integers(0, 30, len(later))))
    undated = per_row(rng, everyone, 0.02)
    loose = _appointment(undated, _any(rng, len(undated)), no_days(len(undated)), no_days(len(undated)))
    return stack([recent, former, ahead, after, loose])


def deelnames(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes participations of which exactly the drawn share was started."""
    everyone = np.arange(len(life.registered))
    owners = np.repeat(everyone, life.registered)
    nth = _nth(owners, life.registered)
    begun = nth < life.started[owners]
    first, last = moments.first_day[owners], moments.last_day[owners]
    entered = between(rng, _year_before(moments, owners), first - np.timedelta64(1, "D"))
    # Rows of one person never fall on the same day: equal rows would count once.
    entered = entered - days((entered.astype(np.int64) - nth) % 3)
    start = np.where(begun, between(rng, entered, first), _ahead(rng, last, 0.5))
    end = np.where(begun, _ended(rng, start, first), start + days(rng.integers(30, 200, len(owners))))
    recent = _participation(owners, entered, start, end)
    # Over and done with before the year, or left open long ago.
    old = per_row(rng, everyone, 0.75)
    long_ago = before(rng, moments.first_day[old], 700, 2_500)
    began = long_ago + days(rng.integers(0, 60, len(old)))
    over = np.where(chance(rng, len(old), 0.7), began + days(rng.integers(1, 250, len(old))), no_days(len(old)))
    former = _participation(old, long_ago, began, over)
    later = per_row(rng, everyone, 0.10)
    soon = moments.last_day[later] + days(rng.integers(1, 100, len(later)))
    after = _participation(later, soon, soon + days(rng.integers(0, 40, len(later))), no_days(len(later)))
    return stack([recent, former, after])


def as_known(frame: Frame, export: np.datetime64) -> Frame:
    """Shows Raak as it stood at the export: what was entered later is absent, results to come are empty."""
    today = export.astype("M8[D]")
    entered = frame["datum_invoer"] if "datum_invoer" in frame else frame["datum_aanmelding"]
    frame = {name: column[~(entered > today)] for name, column in frame.items()}
    if "afspraakresultaat" in frame:
        open_ = frame["datum_afhandeling_gepland"] >= today
        frame["afspraakresultaat"] = np.where(open_, EMPTY, frame["afspraakresultaat"])
    return frame


def _nth(owners: Ints, counts: Ints) -> Ints:
    """Numbers the rows of each owner from 0; the owners come one after another."""
    return np.arange(len(owners)) - np.repeat(np.cumsum(counts) - counts, counts)


def _varied(rng: Rng, owners: Ints, counts: Ints, words: int) -> Ints:
    """Words the results of one person differently: equal rows would count once."""
    return np.asarray((rng.integers(0, words, len(counts))[owners] + _nth(owners, counts)) % words)


def _year_before(moments: Moments, owners: Ints) -> Dates:
    return moments.last_day[owners] - np.timedelta64(360, "D")


def _any(rng: Rng, count: int) -> Ints:
    return rng.integers(0, len(RESULTS), count)


def _ahead(rng: Rng, day: Dates, known: float) -> Dates:
    """Plans a start after the day, or none yet."""
    planned: Bools = chance(rng, len(day), known)
    return np.where(planned, day + days(rng.integers(1, 90, len(day))), no_days(len(day)))


def _ended(rng: Rng, start: Dates, day: Dates) -> Dates:
    """Ends four of ten between start and day; the others go on, with an end planned or not."""
    kind = choose(rng, len(start), {0: 0.4, 1: 0.4, 2: 0.2})
    planned = day + days(rng.integers(1, 300, len(day)))
    return np.where(kind == 0, between(rng, start, day), np.where(kind == 1, planned, no_days(len(day))))


def _appointment(episodes: Ints, result: Ints, made: Dates, planned: Dates) -> Frame:
    return {
        "episode": episodes,
        "administratienummer": episodes,
        "afspraakresultaat": result,
        "datum_invoer": made,
        "datum_afhandeling_gepland": planned,
    }


def _participation(episodes: Ints, entered: Dates, start: Dates, end: Dates) -> Frame:
    return {
        "episode": episodes,
        "administratienummer": episodes,
        "datum_aanmelding": entered,
        "start_deelname": start,
        "einde_deelname": end,
    }
