"""Gives rows their life in the register: entered, withdrawn, overwritten, found invalid, learnt too late.

Nothing here changes what was known and in force at an application; these are the rows that a correct reading must
see through.
"""

import numpy as np

from .columns import OPEN_ENDS
from .frames import Bools, Dates, Frame, Rng, chance, changed, full, no_moments, rows, seconds, stack, take
from .moments import Moments, before, between, office_time

SENTINEL_DAY = np.datetime64("2382-12-31", "D")
SENTINEL_MOMENT = np.datetime64("2382-12-31T00:00:00", "s")


def registered(rng: Rng, frame: Frame, entered: Dates) -> Frame:
    """Adds the register's own columns: entered, in force, valid."""
    count = rows(frame)
    return {**frame, "dtopvoer": entered, "dtafvoer": no_moments(count), "geldig": full(count, 1)}


def with_history(rng: Rng, frame: Frame, moments: Moments, withdrawn: float = 0.08, invalid: float = 0.04) -> Frame:
    """Adds earlier versions that were withdrawn before the first application, and rows that are not valid."""
    count = rows(frame)
    first = moments.first[frame["episode"]]
    old = take(frame, chance(rng, count, withdrawn) & (frame["dtopvoer"] < first - np.timedelta64(1, "h")))
    old = changed(old, dtafvoer=old["dtopvoer"], dtopvoer=_earlier(rng, old["dtopvoer"]))
    wrong = take(frame, chance(rng, count, invalid))
    wrong = changed(wrong, geldig=full(rows(wrong), 0), dtopvoer=_earlier(rng, wrong["dtopvoer"]))
    return stack([frame, old, wrong])


def learnt_later(rng: Rng, frame: Frame, moments: Moments, share: float = 0.05) -> Frame:
    """Adds facts that the register came to know after the last application; half of them replace what it knew."""
    later = chance(rng, rows(frame), share)
    new = take(frame, later)
    last = moments.last[new["episode"]]
    learnt = last + seconds(rng.integers(3 * 3600, 120 * 86_400, rows(new)))
    day = learnt.astype("M8[D]")
    if "dtbegin" in new:
        new["dtbegin"] = between(rng, moments.last_day[new["episode"]], day)
    replaced = frame["dtafvoer"].copy()
    places = np.flatnonzero(later)[chance(rng, rows(new), 0.5)]
    replaced[places] = np.where(
        np.isnat(replaced[places]), learnt[np.searchsorted(np.flatnonzero(later), places)], replaced[places]
    )
    return stack([changed(frame, dtafvoer=replaced), changed(new, dtopvoer=learnt)])


def strangers(rng: Rng, frame: Frame, column: str, people: int, share: float = 0.02) -> Frame:
    """Adds rows of people whom no application needs, as a supplier's selection that is a little too wide does."""
    chosen = take(frame, chance(rng, rows(frame), share))
    # Person indices from 4 × people on belong to nobody who applies, nor to their partners, housemates and children.
    chosen[column] = 4 * people + chosen["episode"]
    return stack([frame, chosen])


def written(rng: Rng, frame: Frame, export: np.datetime64) -> Frame:
    """Shows the register as it stood at the export: later rows absent, open ends as Socrates writes them."""
    if "dtafvoer" not in frame:
        return frame
    frame = take(frame, frame["dtopvoer"] <= export)
    ended = frame["dtafvoer"]
    frame = changed(frame, dtafvoer=np.where(ended > export, np.datetime64("NaT", "s"), ended))
    for name in sorted(OPEN_ENDS & frame.keys()):  # sorted: each draws in turn
        sentinel = SENTINEL_MOMENT if name == "dtafvoer" else SENTINEL_DAY
        frame[name] = np.where(_written_out(rng, frame[name]), sentinel, frame[name])
    return frame


def _written_out(rng: Rng, ends: Dates) -> Bools:
    """Tells which open ends carry the year 2382; the others are simply empty."""
    return np.isnat(ends) & chance(rng, len(ends), 0.85)


def _earlier(rng: Rng, moment: Dates) -> Dates:
    return office_time(rng, before(rng, moment.astype("M8[D]"), 1, 200))
