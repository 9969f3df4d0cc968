"""Places applications in time: within the period, in office hours, some people twice."""

from dataclasses import dataclass
from datetime import datetime

import numpy as np
from numpy.typing import NDArray

from .frames import DAY, Bools, Dates, Ints, Rng, days, even_ranks, seconds

_OPENS, _CLOSES = 8 * 3600, 17 * 3600
# Six of a hundred applications in a delivery of a year are the second one of the same person in it.
_SECOND_SHARE = 0.06
_SHORTEST_GAP, _LONGEST_GAP = 60, 200


@dataclass(frozen=True)
class Period:
    """A half-open stretch of local time."""

    van: np.datetime64
    tot: np.datetime64

    @classmethod
    def between(cls, van: datetime, tot: datetime) -> "Period":
        """Makes a period of two naive local times."""
        if van.tzinfo or tot.tzinfo or van >= tot:
            raise ValueError("a period needs two local times without zone, van before tot")
        return cls(np.datetime64(van, "s"), np.datetime64(tot, "s"))

    def whole_days(self) -> Dates:
        """Lists the days that lie wholly inside, working days only where there are any."""
        first = self.van.astype("M8[D]")
        first = first + DAY if first < self.van else first
        found: Dates = np.arange(first, self.tot.astype("M8[D]"), dtype="M8[D]")
        working = found[np.is_busday(found)]
        return (working if len(working) > 4 else found).astype("M8[D]")


@dataclass(frozen=True)
class Moments:
    """The first and the last application of each person; equal for those who apply once."""

    first: Dates
    last: Dates

    @property
    def twice(self) -> Bools:
        """Tells who applies twice."""
        return np.asarray(self.last > self.first)

    @property
    def first_day(self) -> Dates:
        """The day of the first application."""
        return self.first.astype("M8[D]")

    @property
    def last_day(self) -> Dates:
        """The day of the last application."""
        return self.last.astype("M8[D]")


def draw_moments(rng: Rng, applications: int, period: Period) -> Moments:
    """Draws when people apply, so that the period holds exactly the asked number of applications."""
    span = int((period.tot - period.van) / DAY)
    longest = min(_LONGEST_GAP, int(span * 0.6))
    shortest = min(_SHORTEST_GAP, max(1, longest // 3))
    wanted = round(applications * _SECOND_SHARE) if longest >= 1 else 0
    first = _first(rng, applications - wanted, period)
    gap = rng.integers(shortest, max(longest, shortest) + 1, len(first))
    second = office_time(rng, first.astype("M8[D]") + days(gap))
    able = np.flatnonzero((second < period.tot) & np.is_busday(second.astype("M8[D]")))
    chosen = able[:wanted]
    if len(chosen) < wanted:  # too short a period for everyone asked: the rest are people who apply once
        extra = _first(rng, wanted - len(chosen), period)
        first, second = np.concatenate([first, extra]), np.concatenate([second, extra])
    last = first.copy()
    last[chosen] = second[chosen]
    return Moments(first, last)


def office_time(rng: Rng, day: Dates) -> Dates:
    """Gives each day a time within office hours."""
    moment: Dates = day.astype("M8[s]") + seconds(rng.integers(_OPENS, _CLOSES, len(day)))
    return moment


def between(rng: Rng, low: Dates, high: Dates) -> Dates:
    """Draws a day from low up to and including high (high counts where it is before low)."""
    span: NDArray[np.int64] = np.maximum((high - low).astype(np.int64), 0)
    return np.asarray(np.minimum(low + days(rng.integers(0, span + 1)), high))


def before(rng: Rng, day: Dates, low: int, high: int) -> Dates:
    """Draws a day at least low and at most high days before another."""
    return day - days(rng.integers(low, high + 1, len(day)))


def entered(rng: Rng, begin: Dates, latest: Dates, delay: int = 14) -> Dates:
    """Draws when a row got into the register: soon after its begin, in time to be known at `latest`."""
    lag: Ints = rng.integers(0, delay + 1, len(begin))
    moment = office_time(rng, np.maximum(begin, np.datetime64("1998-01-05")) + days(lag))
    return np.asarray(np.minimum(moment, latest - seconds(rng.integers(3600, 90_000, len(begin)))))


def _first(rng: Rng, count: int, period: Period) -> Dates:
    choices = period.whole_days()
    # Spread evenly: the n-th of equal slices of the time, so that short periods have about as many a day.
    place = even_ranks(rng, count)
    if len(choices):
        return office_time(rng, choices[np.floor(place * len(choices)).astype(np.int64)])
    width = float((period.tot - period.van).astype(np.int64))
    return period.van + seconds(np.floor(place * width))
