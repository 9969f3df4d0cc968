"""Writes adressen: where people live, get their post and lived before. Streets are invented.

The letters of the postcodes (SA, SD, SS) are never issued in the Netherlands, so no address is anybody's.
"""

from typing import Final

import numpy as np

from .circumstances import HOME_ABSENT, HOME_KNOWN, HOME_POSTAL_ONLY, HOME_UNKNOWN, Circumstances
from .frames import EMPTY, Bools, Dates, Frame, Ints, Rng, chance, choose, days, full, no_days, per_row, stack, take
from .moments import Moments, before, entered
from .register import learnt_later, registered, with_history

_POSTAL: Final = 2
_IN_CITY: Final = ("Amsterdam", "AMSTERDAM", "Amsterdam Zuidoost", "Weesp", "Driemond", "Amsterdam-Noord")
_ELSEWHERE: Final = ("Voorbeelddam", "Oostermeer", "Zuiderveen aan Zee", "Nieuw-Amsterdam", "Weesperdijk")
_STREETS: Final = ("Voorbeeldstraat", "Proefkade", "Testweg", "Modelplein", "Schetsgracht", "Monsterlaan", "Ijkpad")
_PARTS: Final = ("Noord", "Zuid", "Oost", "West", "Midden")

VOCABULARY: Final[dict[str, list[str]]] = {
    "plaats": [*_IN_CITY, *_ELSEWHERE],
    "straat": [f"{part}elijke {name}" if part != "Midden" else name for name in _STREETS for part in _PARTS],
    "huisnr": [str(number) for number in range(1, 301)],
    "huisletter": list("ABCDEFGH"),
    "huisnrtoev": ["1", "2", "3", "4", "hs", "bis", "-2"],
    # Each code twice, with and without a blank: the same address written in two ways.
    "postcode": [
        f"{digits}{blank}{letters}"
        for digits in range(1011, 1110)
        for letters in ("SA", "SD", "SS")
        for blank in (" ", "")
    ],
}


def adressen(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    """Writes the addresses from which place, number of addresses and days since relocation follow."""
    everyone = np.arange(len(life.home))
    first = moments.first_day
    settled = everyone[np.isin(life.home, (HOME_KNOWN, HOME_UNKNOWN))]
    begin = first[settled] - days(life.relocation_days[settled])
    main = _address(rng, settled, begin, no_days(len(settled)), life.in_city[settled])
    main["soort"] = choose(rng, len(settled), {1: 0.86, 3: 0.06, 9: 0.08})
    unknown = life.home[settled] == HOME_UNKNOWN
    main |= {part: np.where(unknown, EMPTY, main[part]) for part in ("plaats", "straat", "huisnr", "postcode")}

    post_only = everyone[life.home == HOME_POSTAL_ONLY]
    postal = _address(
        rng, post_only, before(rng, first[post_only], 1, 900), no_days(len(post_only)), life.in_city[post_only]
    )

    # A postal address that is the home address, written a little differently, is no second address.
    same = take(main, ~unknown & chance(rng, len(settled), 0.30))
    same |= {
        "soort": full(len(same["soort"]), _POSTAL),
        "postcode": np.where(same["postcode"] == EMPTY, EMPTY, same["postcode"] ^ 1),
        "dtbegin": before(rng, moments.first_day[same["episode"]], 0, 2_000),
    }
    extra = np.repeat(settled[~unknown], life.addresses[settled[~unknown]] - 1)
    since = first[extra] - days(life.relocation_days[extra] + rng.integers(1, 1_500, len(extra)))
    other = _address(rng, extra, since, no_days(len(extra)), life.in_city[extra] & chance(rng, len(extra), 0.9))
    other["soort"] = choose(rng, len(extra), {_POSTAL: 0.6, 3: 0.15, 9: 0.25})

    movers = settled[life.relocation_days[settled] < 9_000]
    moved = np.concatenate([movers[chance(rng, len(movers), 0.75)], movers[chance(rng, len(movers), 0.40)]])
    left = first[moved] - days(life.relocation_days[moved])
    previous = _address(rng, moved, before(rng, left, 30, 4_000), left, chance(rng, len(moved), 0.7))
    previous["soort"] = choose(rng, len(moved), {1: 0.9, 9: 0.1})

    frame = stack([main, postal, same, other, previous])
    latest = moments.first[frame["episode"]]
    frame = registered(rng, frame, entered(rng, frame["dtbegin"], latest))
    # Post addresses that stopped before the application, for people of whom nothing else is known either.
    return learnt_later(rng, with_history(rng, stack([frame, _stopped(rng, life, moments)]), moments), moments)


def _stopped(rng: Rng, life: Circumstances, moments: Moments) -> Frame:
    owners = per_row(rng, np.arange(len(life.home)), 0.25)
    owners = np.concatenate([owners, np.flatnonzero(life.home == HOME_ABSENT)])
    end = before(rng, moments.first_day[owners], 0, 1_500)
    stopped = _address(rng, owners, before(rng, end, 30, 1_500), end, chance(rng, len(owners), 0.8))
    return registered(rng, stopped, entered(rng, stopped["dtbegin"], moments.first[owners]))


def _address(rng: Rng, episodes: Ints, begin: Dates, end: Dates, in_city: Bools) -> Frame:
    count = len(episodes)
    city = choose(rng, count, {0: 0.86, 1: 0.05, 2: 0.05, 3: 0.02, 4: 0.01, 5: 0.01})
    place = np.where(in_city, city, len(_IN_CITY) + rng.integers(0, len(_ELSEWHERE), count))
    return {
        "episode": episodes,
        "subjectnr": episodes,
        "soort": full(count, _POSTAL),
        "plaats": place,
        "straat": rng.integers(0, len(VOCABULARY["straat"]), count),
        "huisnr": rng.integers(0, len(VOCABULARY["huisnr"]), count),
        "huisletter": np.where(chance(rng, count, 0.12), rng.integers(0, 8, count), EMPTY),
        "huisnrtoev": np.where(chance(rng, count, 0.30), rng.integers(0, 7, count), EMPTY),
        "postcode": np.where(chance(rng, count, 0.97), rng.integers(0, len(VOCABULARY["postcode"]), count), EMPTY),
        "dtbegin": begin,
        "dteinde": end,
    }
