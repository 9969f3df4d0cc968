"""Writes the earlier diensten of people: what they asked for, received or had refused before."""

from dataclasses import dataclass

import numpy as np

from .circumstances import Circumstances
from .frames import (
    EMPTY,
    Bools,
    Dates,
    Frame,
    Ints,
    Rng,
    chance,
    choose,
    days,
    full,
    no_days,
    per_row,
    seconds,
    stack,
)
from .moments import Moments, before, between, entered

GRANTED, GRANTED_IN_PRINCIPLE, REFUSED, WITHDRAWN = 1, 2, 3, 13
_OTHER_PRODUCTS = {301: 0.5, 305: 0.3, 410: 0.2}


@dataclass(frozen=True)
class Earlier:
    """Earlier diensten, one row each, and which of them run through the party with the partner."""

    frame: Frame
    by_party: Bools


def earlier_diensten(rng: Rng, life: Circumstances, moments: Moments) -> Earlier:
    """Writes earlier diensten from which earlier applications and benefits follow exactly as drawn."""
    first, last = moments.first_day, moments.last_day
    everyone = np.arange(len(life.product))
    product = np.where(life.core, life.product, 131)
    applied = life.applied & life.core
    gap = (last - first).astype(np.int64)
    running = life.benefit_days < 0
    since_end = np.where(life.received & ~running, life.benefit_days, 0)
    # One benefit may be both asked for and received within the year, when it ended long enough ago.
    both = np.flatnonzero(applied & life.received & (since_end + gap < 320) & chance(rng, len(everyone), 0.7))
    asked = between(rng, last[both] - np.timedelta64(355, "D"), first[both] - days(since_end[both] + 6))
    begin = asked + days(rng.integers(0, 4, len(both)))
    end = first[both] - days(since_end[both])
    parts = [
        _dienst(both, product[both], asked, begin, _open(rng, end, last[both], running[both]), _granted(rng, both))
    ]

    taken = np.zeros(len(everyone), dtype=np.bool_)
    taken[both] = True
    received = np.flatnonzero(life.received & ~taken)
    end = first[received] - days(since_end[received])
    begin = before(rng, np.minimum(end - np.timedelta64(30, "D"), first[received] - np.timedelta64(410, "D")), 0, 1_800)
    ends = _open(rng, end, last[received], running[received])
    parts.append(_dienst(received, product[received], before(rng, begin, 0, 8), begin, ends, _granted(rng, received)))

    refused = np.flatnonzero(applied & ~taken)
    asked = between(rng, last[refused] - np.timedelta64(358, "D"), first[refused] - np.timedelta64(2, "D"))
    decision = choose(rng, len(refused), {REFUSED: 0.55, WITHDRAWN: 0.28, EMPTY: 0.17})
    parts.append(_dienst(refused, product[refused], asked, no_days(len(refused)), no_days(len(refused)), decision))

    parts.append(_long_ended(rng, per_row(rng, everyone, 0.35), first))
    parts.append(_never_paid(rng, per_row(rng, everyone, 0.012), first))
    parts.append(_other_products(rng, per_row(rng, everyone, 0.22), first, last))
    frame = stack(parts)
    owners = frame["episode"]
    by_party = np.where(life.partner[owners], chance(rng, len(owners), 0.35), chance(rng, len(owners), 0.02))
    frame["subjectnrklant"] = np.where(by_party, len(everyone) + owners, owners)
    # The register overwrites the time of entry at the decision: some weeks after it was asked for.
    decided = frame["dtaanvraag"] + days(rng.integers(3, 56, len(owners)))
    return Earlier({**frame, "dtopvoer": entered(rng, decided, moments.first[owners], 3)}, by_party)


def overwritten(rng: Rng, diensten: Frame, moments: Moments) -> Frame:
    """Writes the versions before the decision that are still in force: one number, several valid rows."""
    owners = diensten["episode"]
    chosen = chance(rng, len(owners), 0.15)
    earlier = {name: column[chosen] for name, column in diensten.items()}
    count = len(earlier["episode"])
    earlier["besluit"] = full(count, EMPTY)
    earlier["dtopvoer"] = earlier["dtopvoer"] - seconds(rng.integers(86_400, 40 * 86_400, count))
    return earlier


def _dienst(owners: Ints, product: Ints, asked: Dates, begin: Dates, end: Dates, decision: Ints) -> Frame:
    return {
        "episode": owners,
        "subjectnrklant": owners,
        "productnr": product,
        "besluit": decision,
        "dtaanvraag": asked,
        "dtbegindienst": begin,
        "dteindedienst": end,
    }


def _granted(rng: Rng, owners: Ints) -> Ints:
    return choose(rng, len(owners), {GRANTED: 0.97, GRANTED_IN_PRINCIPLE: 0.03})


def _open(rng: Rng, end: Dates, last: Dates, running: Bools) -> Dates:
    """Leaves the end of running benefits open, or puts it after the last application."""
    later = np.where(chance(rng, len(end), 0.3), last + days(rng.integers(1, 200, len(end))), no_days(len(end)))
    return np.where(running, later, end)


def _long_ended(rng: Rng, owners: Ints, first: Dates) -> Frame:
    end = before(rng, first[owners], 400, 3_000)
    begin = before(rng, end, 60, 2_000)
    product = choose(rng, len(owners), {131: 0.8, 135: 0.15, 87: 0.05})
    return _dienst(owners, product, before(rng, begin, 0, 10), begin, end, _granted(rng, owners))


def _never_paid(rng: Rng, owners: Ints, first: Dates) -> Frame:
    """Benefits granted and ended on the day they began: they count as none."""
    day = before(rng, first[owners], 5, 300)
    return _dienst(
        owners, full(len(owners), 131), before(rng, first[owners], 400, 500), day, day, _granted(rng, owners)
    )


def _other_products(rng: Rng, owners: Ints, first: Dates, last: Dates) -> Frame:
    asked = between(rng, last[owners] - np.timedelta64(350, "D"), first[owners] - np.timedelta64(10, "D"))
    product = choose(rng, len(owners), _OTHER_PRODUCTS)
    decision = choose(rng, len(owners), {GRANTED: 0.6, REFUSED: 0.4})
    end = np.where(
        chance(rng, len(owners), 0.5), asked + days(rng.integers(20, 200, len(owners))), no_days(len(owners))
    )
    return _dienst(owners, product, asked, asked, end, decision)
