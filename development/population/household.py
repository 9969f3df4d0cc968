"""Writes relaties and feiten: who lives with somebody, and which measures were taken."""

import numpy as np

from .circumstances import Circumstances
from .frames import EMPTY, Dates, Frame, Ints, Rng, chance, changed, choose, full, no_days, per_row, stack
from .moments import Moments, before, between, entered
from .register import learnt_later, registered, with_history

_PARTNER, _HOUSEMATE, _GENERAL, _CHILD = 1, 2, 3, 4


def relaties(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes the relations from which partner and housemate follow, with children and former ones beside them."""
    people = len(life.partner)
    everyone = np.arange(people)
    partners, housemates = np.flatnonzero(life.partner), np.flatnonzero(life.housemate)
    children, others = per_row(rng, everyone, 0.45), per_row(rng, everyone, 0.08)
    unnamed = per_row(rng, everyone, 0.02)  # a relation with nobody filled in is no partner or housemate
    current = stack(
        [
            _relation(partners, people + partners, _PARTNER),
            _relation(housemates, 2 * people + housemates, _HOUSEMATE),
            _relation(children, 3 * people + children, _CHILD),
            _relation(others, 4 * people + others, _GENERAL),
            _relation(unnamed, full(len(unnamed), EMPTY), _PARTNER)
            | {"categorie": choose(rng, len(unnamed), {1: 1, 2: 1})},
        ]
    )
    owners = current["episode"]
    current = _in_register(
        rng, current, before(rng, moments.first_day[owners], 0, 5_000), no_days(len(owners)), moments
    )
    former = per_row(rng, everyone, 0.28)
    past = _relation(former, 4 * people + former, choose(rng, len(former), {_PARTNER: 0.7, _HOUSEMATE: 0.3}))
    end = before(rng, moments.first_day[former], 0, 2_500)
    past = _in_register(rng, past, before(rng, end, 1, 3_000), end, moments)
    return learnt_later(rng, with_history(rng, stack([current, past]), moments), moments)


def feiten(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes the facts from which the mean percentage of measures follows, and those without a percentage."""
    everyone = np.arange(len(life.measure))
    measured = np.flatnonzero(life.measure > 0)
    twice = measured[chance(rng, len(measured), 0.25)]
    recent = stack([_fact(owners, life.measure[owners]) for owners in (measured, twice)])
    # Established within the year, without consequence.
    idle = per_row(rng, everyone, 0.20)
    plain = _fact(idle, np.where((life.measure[idle] == 0) & chance(rng, len(idle), 0.4), 0, EMPTY))
    recent = stack([recent, plain])
    owners = recent["episode"]
    last_year = moments.last_day[owners] - np.timedelta64(360, "D")
    day = between(rng, last_year, moments.first_day[owners] - np.timedelta64(1, "D"))
    old = per_row(rng, everyone, 0.30)
    former = _fact(old, choose(rng, len(old), {EMPTY: 0.6, 0: 0.2, 30_000: 0.15, 100_000: 0.05}))
    long_ago = before(rng, moments.first_day[old], 400, 2_500)
    frame = changed(stack([recent, former]), dtconstatering=np.concatenate([day, long_ago]))
    frame = registered(rng, frame, entered(rng, frame["dtconstatering"], moments.first[frame["episode"]]))
    return learnt_later(rng, with_history(rng, frame, moments), moments)


def _relation(episodes: Ints, other: Ints, category: int | Ints) -> Frame:
    return {
        "episode": episodes,
        "subjectnr": episodes,
        "subjectnrrelatie": other,
        "categorie": np.broadcast_to(np.asarray(category, dtype=np.int64), len(episodes)),
    }


def _fact(episodes: Ints, percentage: Ints) -> Frame:
    return {"episode": episodes, "subjectnr": episodes, "percentage": percentage}


def _in_register(rng: Rng, frame: Frame, begin: Dates, end: Dates, moments: Moments) -> Frame:
    frame = changed(frame, dtbegin=begin, dteinde=end)
    return registered(rng, frame, entered(rng, begin, moments.first[frame["episode"]]))
