"""Shows how people lie over the bins of a feature so roughly that no count follows, whatever other tables imply.

Features imply each other: who received before had a benefit that ended, so two counts can differ by a few people. So of
a feature no count is shown. Of each border is shown which part of the people lies below it, rounded to 1, 2, 5 or 10 %:
the smallest step of which one half is thirteen people or more. So what is shown leaves for each number, and for each
difference between two of them, eleven values or more, and never only values below ten. The borders are those of the
package, whatever the numbers are; parts are rounded as sums from the lowest, so they add up to 100 % and rounding tells
nothing more.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

HALF_STEP = 13  # people; with one in ten unknown it is still eleven
STEPS = (1, 2, 5, 10)  # percent
_NEARLY_ALL = 0.9  # known of so many counts as all: whether it is more or less says nothing about a few


@dataclass(frozen=True)
class Rough:
    """Which part lies below each border between two bins, in percent, rounded to `step`; of about so many people."""

    step: int
    below: tuple[int, ...]
    size: int

    @property
    def shares(self) -> tuple[float, ...]:
        """The share of each bin; together 1."""
        return tuple((high - low) / 100 for low, high in pairwise((0, *self.below, 100)))

    def nearest(self, below: Sequence[float]) -> tuple[float, ...]:
        """Return of shares below the same borders what comes closest of all that was rounded to what is shown."""
        half = self.step / 2
        spans = ((max(0, at - half) / 100, min(100, at + half) / 100) for at in self.below)
        return tuple(min(max(share, low), high) for share, (low, high) in zip(below, spans, strict=True))


def roughly(counts: Sequence[int], scored: int) -> Rough | None:
    """Return the rounded distribution of those known, of `scored` in all; None where they are too few."""
    known = sum(counts)
    size = scored if known >= _NEARLY_ALL * scored else known
    step = next((step for step in STEPS if size * step >= 2 * 100 * HALF_STEP), None)
    if step is None:
        return None
    return Rough(step, tuple(_rounded(below, known, step) for below in list(accumulate(counts))[:-1]), size)


def span_of(percent: int, step: int, known: int) -> tuple[int, int]:
    """Return the lowest and the highest number of `known` people that are rounded to this percentage."""
    low = -((-(2 * percent - step) * known) // 200)
    high = -((-(2 * percent + step) * known) // 200) - 1
    return max(0, low), min(known, high)


def most_at_the_ends(counts: Sequence[int]) -> tuple[int, ...]:
    """Return of the lowest and the highest bin how many people are in it at most, by what is shown; none where nothing.

    `counts`: of everybody.
    """
    known = sum(counts)
    seen = roughly(counts, known)
    if seen is None or not seen.below:
        return ()
    return span_of(seen.below[0], seen.step, known)[1], known - span_of(seen.below[-1], seen.step, known)[0]


def _rounded(number: int, known: int, step: int) -> int:
    """Return a number as a percentage, rounded half up to a step."""
    return step * ((200 * number + step * known) // (2 * step * known))
