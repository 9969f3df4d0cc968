"""Tells per application what is true at its own moment: the drawn circumstances, seen from then."""

from dataclasses import dataclass

import numpy as np

from .circumstances import HOME_KNOWN, HOME_POSTAL_ONLY, HOME_UNKNOWN
from .frames import Bools, Floats, Ints
from .world import World

NO_DATE_DAYS = 99_999
_YEAR = 365


@dataclass(frozen=True)
class Facts:
    """One value per application of a world, in the order of its service index."""

    judged: Bools
    share_started: Floats
    addresses: Ints
    relocation_days: Ints
    partner: Bools
    housemate: Bools
    measure: Ints
    wealth: Floats
    no_shows: Ints
    no_contacts: Ints
    income: Floats
    applied: Bools
    received: Bools


def application_facts(world: World) -> Facts:
    """Gives the facts of every application; `judged` tells which ones the model gives a score."""
    life, found = world.life, world.applications
    owner = found.episode
    # The same home, some months later, for who applies again.
    gap = np.where(found.second, (world.moments.last_day - world.moments.first_day)[owner].astype(np.int64), 0)
    settled = np.isin(life.home[owner], (HOME_KNOWN, HOME_UNKNOWN))
    known = life.home == HOME_KNOWN
    some = np.maximum(life.registered, 1)
    elsewhere = ~life.in_city & np.isin(life.home, (HOME_KNOWN, HOME_POSTAL_ONLY))
    decided = life.decided_before[owner] & (found.decided < found.ref)
    return Facts(
        judged=life.core[owner] & ~elsewhere[owner] & ~life.no_valid_dienst[owner] & ~decided,
        share_started=(life.started / some)[owner],
        addresses=np.where(known, life.addresses, (life.home == HOME_POSTAL_ONLY).astype(np.int64))[owner],
        relocation_days=np.where(settled, life.relocation_days[owner] + gap, NO_DATE_DAYS),
        partner=life.partner[owner],
        housemate=life.housemate[owner],
        measure=life.measure[owner],
        wealth=life.wealth[owner] / 100,
        no_shows=life.no_shows[owner],
        no_contacts=life.no_contacts[owner],
        income=np.where(life.income_known, life.income / 100, np.nan)[owner],
        applied=(life.applied[owner] | found.second) & life.core[owner],
        received=life.received[owner] & life.core[owner] & (life.benefit_days[owner] + gap < _YEAR),
    )
