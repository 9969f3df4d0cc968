"""Writes inkomens, soorteninkomen and vermogens: what somebody has, earns and owes."""

from typing import Final

import numpy as np

from .circumstances import Circumstances
from .frames import (
    EMPTY,
    Dates,
    Frame,
    Ints,
    Rng,
    chance,
    changed,
    choose,
    days,
    full,
    no_days,
    per_row,
    stack,
)
from .moments import Moments, before, entered
from .register import learnt_later, registered, with_history

# The register's kinds of income by category: five of each, numbered as 10 × category + 1 … 5.
_KINDS_PER_CATEGORY: Final = 5
_COUNTED: Final = {1: 0.70, 2: 0.15, 3: 0.10, 4: 0.05}
_NOT_COUNTED: Final = {5: 0.45, 6: 0.55}


def soorteninkomen() -> Frame:
    """Lists every kind of income with its category."""
    category = np.repeat(np.arange(1, 7), _KINDS_PER_CATEGORY)
    number = 10 * category + np.tile(np.arange(1, _KINDS_PER_CATEGORY + 1), 6)
    return {"episode": full(len(number), EMPTY), "srtinkomennr": number, "categorie": category}


def inkomens(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes incomes of which the current ones in categories 1–4 add up to the income that is known."""
    everyone = np.arange(len(life.income))
    known = everyone[life.income_known]
    split = known[(life.income[known] > 20_000) & chance(rng, len(known), 0.3)]
    part = np.zeros_like(life.income)
    part[split] = rng.integers(1_000, 15_000, len(split))
    main = _income(rng, known, (life.income - part)[known], _COUNTED)
    # An amount that was never filled in counts as nothing.
    main["bedragbruto"] = np.where(
        (main["bedragbruto"] == 0) & chance(rng, len(known), 0.3), EMPTY, main["bedragbruto"]
    )
    beside = _income(rng, split, part[split], _COUNTED)
    # Current, but of a kind that does not count.
    owners = per_row(rng, everyone, 0.30)
    poverty = _income(rng, owners, rng.integers(0, 40_000, len(owners)), _NOT_COUNTED)
    current = _current(rng, stack([main, beside, poverty]), moments)
    owners = per_row(rng, everyone, 0.60)
    ended = _income(rng, owners, rng.integers(0, 260_000, len(owners)), _COUNTED | _NOT_COUNTED)
    frame = stack([current, _ended(rng, ended, moments)])
    return learnt_later(rng, with_history(rng, frame, moments), moments)


def vermogens(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes debts and belongings of which the current ones add up to the total that is known."""
    everyone = np.arange(len(life.wealth))
    owners = everyone[life.wealth != 0]
    parts = choose(rng, len(owners), {1: 0.45, 2: 0.30, 3: 0.25})
    # All parts but the last are shares of the total, belongings beside debts among them; the last one is the rest.
    rest = life.wealth.copy()
    pieces = []
    for nth in (2, 3):
        splitting = owners[parts >= nth]
        piece = np.rint(life.wealth[splitting] * rng.uniform(-0.15, 0.45, len(splitting))).astype(np.int64)
        rest[splitting] -= piece
        pieces.append(_vermogen(splitting, piece))
    nothing = everyone[(life.wealth == 0) & chance(rng, len(everyone), 0.30)]
    empty = np.where(chance(rng, len(nothing), 0.2), EMPTY, 0)
    frame = _current(rng, stack([_vermogen(owners, rest[owners]), *pieces, _vermogen(nothing, empty)]), moments)
    former = per_row(rng, everyone, 0.60)
    amounts = np.rint(rng.normal(-100_000, 400_000, len(former))).astype(np.int64)
    frame = stack([frame, _ended(rng, _vermogen(former, amounts), moments)])
    return learnt_later(rng, with_history(rng, frame, moments), moments)


def _income(rng: Rng, episodes: Ints, amount: Ints, categories: dict[int, float]) -> Frame:
    kind = 10 * choose(rng, len(episodes), categories) + rng.integers(1, _KINDS_PER_CATEGORY + 1, len(episodes))
    return {"episode": episodes, "subjectnr": episodes, "soort": kind, "bedragbruto": amount}


def _vermogen(episodes: Ints, amount: Ints) -> Frame:
    return {"episode": episodes, "subjectnr": episodes, "bedrag": amount}


def _current(rng: Rng, frame: Frame, moments: Moments) -> Frame:
    """Lets rows run from before the first application until after the last; most have no end."""
    owners = frame["episode"]
    count = len(owners)
    begin = before(rng, moments.first_day[owners], 0, 1_200)
    later = moments.last_day[owners] + days(rng.integers(1, 300, count))
    end: Dates = np.where(chance(rng, count, 0.15), later, no_days(count))
    frame = changed(frame, dtbegin=begin, dteinde=end)
    return registered(rng, frame, entered(rng, begin, moments.first[owners]))


def _ended(rng: Rng, frame: Frame, moments: Moments) -> Frame:
    """Lets rows end before the first application, on its day at the latest."""
    owners = frame["episode"]
    end = before(rng, moments.first_day[owners], 0, 1_100)
    begin = before(rng, end, 1, 900)
    return registered(rng, changed(frame, dtbegin=begin, dteinde=end), entered(rng, begin, moments.first[owners]))
