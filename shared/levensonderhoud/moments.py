"""What was known, alive, current or recent at ref: the bounds of domain.md §5, in one place.

All functions take numpy arrays of datetime64[us] in naive local time, one element per row, and return masks. An empty
moment (NaT) compares as false, so a row without a begin never counts.
"""

from __future__ import annotations

import numpy as np

type Moments = np.ndarray
type Mask = np.ndarray

TOL = np.timedelta64(60_000_000, "us")
DAY = np.timedelta64(86_400_000_000, "us")
YEAR = 365 * DAY


def known(dtopvoer: Moments, ref: Moments) -> Mask:
    """Say which rows had been entered at ref."""
    return dtopvoer <= latest_moment_known(ref)


def latest_moment_known(ref: Moments) -> Moments:
    """Return the last moment at which a row can have been entered that was known at ref."""
    return ref + TOL


def alive(dtafvoer: Moments, ref: Moments) -> Mask:
    """Say which rows had not been withdrawn at ref; withdrawn exactly tol before ref is gone."""
    return np.isnat(dtafvoer) | (ref < dtafvoer + TOL)


def runs_at(begin: Moments, end: Moments, ref: Moments) -> Mask:
    """Say which periods had begun and not ended at ref."""
    return (begin <= ref + TOL) & (np.isnat(end) | (ref <= end + TOL))


def runs_in_last_year(begin: Moments, end: Moments, ref: Moments) -> Mask:
    """Say which periods had begun at ref and did not end before the year that ends at ref."""
    return (begin <= ref + TOL) & (np.isnat(end) | (ref - YEAR <= end + TOL))


def in_year(moment: Moments, ref: Moments) -> Mask:
    """Say which moments lie in the year that ends at ref."""
    return (ref - YEAR <= moment + TOL) & (moment <= ref + TOL)


def whole_days(since: Moments, ref: Moments) -> np.ndarray:
    """Return days(x) = floor((ref - x) / 24 h) as int64; 0 for an empty moment."""
    filled = np.where(np.isnat(since), ref, since)
    return (ref - filled).astype(np.int64) // DAY.astype(np.int64)
