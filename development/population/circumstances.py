"""Draws what is true of each invented person when they apply, by the published figures.

The figures come first and the rows after: the tables are written so that exactly these circumstances follow from
them. One hidden factor, how unsettled a life is, ties the circumstances together; it leaves every single figure as it
is (a Gaussian copula).
"""

from dataclasses import dataclass

import numpy as np
from scipy.special import ndtr, ndtri

from . import marginals as m
from .frames import EMPTY, Bools, Floats, Ints, Rng, chance, choose, even_ranks, full

# Where somebody lives, as far as the register tells.
HOME_KNOWN, HOME_ABSENT, HOME_UNKNOWN, HOME_POSTAL_ONLY = 0, 1, 2, 3
CORE_PRODUCTS = (131, 135, 227)
_PRODUCTS = {131: 0.835, 135: 0.085, 227: 0.015, 87: 0.020, 88: 0.008, 140: 0.014, 152: 0.014, EMPTY: 0.005}
# The second application of a person always has an earlier one (moments.py), and people who ask for another
# product never do; the share among the others makes the published figure.
_APPLIED_FIRST = 0.190
_RECEIVED_FIRST = 0.213


@dataclass(frozen=True)
class Circumstances:
    """What holds for each person at their application(s); arrays of one length."""

    product: Ints
    decided_before: Bools
    no_valid_dienst: Bools
    in_city: Bools
    home: Ints
    addresses: Ints
    relocation_days: Ints
    registered: Ints
    started: Ints
    partner: Bools
    housemate: Bools
    measure: Ints
    wealth: Ints
    no_shows: Ints
    no_contacts: Ints
    income_known: Bools
    income: Ints
    applied: Bools
    benefit_days: Ints
    age: Ints

    @property
    def received(self) -> Bools:
        """Tells who had a benefit for living costs during the year before."""
        return np.asarray(self.benefit_days != EMPTY)

    @property
    def core(self) -> Bools:
        """Tells who asks for a product that the model judges."""
        return np.isin(self.product, CORE_PRODUCTS)


def draw_circumstances(rng: Rng, count: int) -> Circumstances:
    """Draws the circumstances of so many people, linked by how unsettled their lives are."""
    unsettled = rng.standard_normal(count)

    def rank(loading: float) -> Floats:
        noise = rng.standard_normal(count)
        return np.asarray(ndtr(loading * unsettled + np.sqrt(1 - loading**2) * noise))

    relocation = rank(-0.45)
    days = m.relocation_days(relocation * 0.983).astype(np.int64)
    registered, started = _participations(rng, rank(-0.30))
    product = choose(rng, count, _PRODUCTS)
    return Circumstances(
        product=product,
        decided_before=chance(rng, count, 0.010),
        no_valid_dienst=chance(rng, count, 0.006),
        in_city=rank(-0.10) < m.IN_CITY / (1 - 0.018),
        home=choose(rng, count, {HOME_KNOWN: 0.977, HOME_ABSENT: 0.007, HOME_UNKNOWN: 0.006, HOME_POSTAL_ONLY: 0.010}),
        addresses=1 + (rank(0.30) > m.ONE_ADDRESS) * (1 + chance(rng, count, 0.06)),
        relocation_days=days,
        registered=registered,
        started=started,
        partner=rank(-0.25) < m.PARTNER,
        housemate=rank(0.25) > 1 - m.HOUSEMATE,
        measure=np.where(
            rank(0.30) > 1 - m.MEASURE, choose(rng, count, {10_000: 1, 30_000: 6, 50_000: 1, 100_000: 2}), 0
        ),
        wealth=_wealth(rng, rank(0.25)),
        no_shows=_counts(rank(0.40), m.NO_NO_SHOW),
        no_contacts=_counts(rank(0.25), m.NO_NO_CONTACT),
        income_known=(known := rank(-0.10)) > m.INCOME_UNKNOWN,
        income=_income(rng, known > 1 - m.INCOME_POSITIVE),
        applied=rank(0.30) > 1 - _APPLIED_FIRST / 0.93,
        benefit_days=_benefit_days(rng, rank(0.15)),
        age=_age(rng, relocation, days),
    )


def _participations(rng: Rng, u: Floats) -> tuple[Ints, Ints]:
    """Gives how many participations were registered and how many of them started."""
    count = len(u)
    registered = choose(rng, count, {1: 0.62, 2: 0.28, 3: 0.10})
    partly = (u >= m.SHARE_NONE) & (u < m.SHARE_NONE + m.SHARE_PARTLY)
    registered = np.where(partly, np.maximum(registered, 2), registered)
    # Three quarters of those without a started one have none at all.
    registered = np.where(u < m.SHARE_NONE * 0.75, 0, registered)
    some = np.minimum(rng.integers(1, 3, count), registered - 1)
    return registered, np.where(u < m.SHARE_NONE, 0, np.where(partly, some, registered))


def _wealth(rng: Rng, u: Floats) -> Ints:
    """Gives the total in cents: negative for debts."""
    euro = np.zeros(len(u))
    owing, owning = u > 1 - m.DEBT, u < m.WEALTH
    euro[owing] = m.debt(even_ranks(rng, int(owing.sum())))
    euro[owning] = m.wealth(even_ranks(rng, int(owning.sum())))
    return np.asarray(np.rint(euro * 100).astype(np.int64))


def _counts(u: Floats, none: float) -> Ints:
    some = 1 - none
    return (u > none).astype(np.int64) + (u > 1 - some * 0.25) + (u > 1 - some * 0.06)


def _income(rng: Rng, positive: Bools) -> Ints:
    """Gives the incomes in cents: spread around the median where positive, otherwise nothing."""
    euro = np.zeros(len(positive))
    ranks = even_ranks(rng, int(positive.sum()))
    euro[positive] = np.clip(m.INCOME_MEDIAN * np.exp(0.6 * ndtri(ranks)), 40, 3_900)
    return np.asarray(np.rint(euro * 100).astype(np.int64))


def _benefit_days(rng: Rng, u: Floats) -> Ints:
    """Gives the days since the last benefit ended: −1 while one still runs, EMPTY without one."""
    count = len(u)
    recent = rng.random(count)
    running = 0.12
    sixty = m.ENDED_SIXTY_DAYS / (1 - m.NO_EARLIER_BENEFIT) * 1.02
    ended = np.where(recent < sixty, rng.integers(0, 61, count), rng.integers(61, 361, count))
    ended = np.where(recent < running, -1, ended)
    return np.where(u > 1 - _RECEIVED_FIRST, ended, full(count, EMPTY))


def _age(rng: Rng, relocation: Floats, days: Ints) -> Ints:
    """Gives ages of 18 to 67; nobody has lived longer at an address than in this world."""
    u = np.asarray(ndtr(0.35 * (3.46 * (relocation - 0.5)) + 0.94 * rng.standard_normal(len(days))))
    age = np.interp(u, [0, 0.25, 0.60, 0.85, 1], [18, 29, 40, 54, 67.9])
    return np.maximum(np.floor(age), np.ceil(days / 365.25)).astype(np.int64)
