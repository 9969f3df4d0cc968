"""Writes groepskenmerken: what only the fairness module may read, and never beside a score (domain.md §7)."""

from typing import Final

import numpy as np
import pyarrow as pa

from .columns import PERSON
from .files import text_of
from .frames import EMPTY, Ints, Rng, chance, choose
from .marginals import DUTCH, MEN, UNDER_FORTY
from .numbers import person_text
from .world import World

SEXES: Final = ["man", "vrouw"]
NATIONALITIES: Final = [
    "Nederlandse",
    "Marokkaanse",
    "Turkse",
    "Surinaamse",
    "Poolse",
    "Syrische",
    "Eritrese",
    "Britse",
]
BIRTH_COUNTRIES: Final = ["Nederland", "Marokko", "Turkije", "Suriname", "Polen", "Syrië", "Eritrea", "Engeland"]
CIVIL_STATES: Final = ["ongehuwd", "gehuwd", "partnerschap", "gescheiden", "verweduwd"]
PARENTHOOD: Final = ["geen", "voltijd", "deeltijd"]
_UNKNOWN_NATIONALITY: Final = 0.03


def groepskenmerken(world: World) -> pa.Table:
    """Gives the group attributes of everybody who applies in the world's period, one row each."""
    rng = np.random.default_rng([world.seed, 11])
    life, count = world.life, world.people
    nationality = choose(rng, count, dict(enumerate([DUTCH, 0.06, 0.04, 0.015, 0.03, 0.05, 0.03, 0.019])))
    foreign = nationality != 0
    # Four of ten with the Dutch nationality were born elsewhere; one of ten of the others here.
    migrated = choose(rng, count, dict(enumerate([0.60, 0.12, 0.08, 0.14, 0.01, 0.03, 0.01, 0.01])))
    born = np.where(foreign, np.where(chance(rng, count, 0.1), 0, nationality), migrated)
    single = choose(rng, count, {0: 0.66, 1: 0.08, 3: 0.22, 4: 0.04})
    civil = np.where(life.partner, choose(rng, count, {0: 0.25, 1: 0.6, 2: 0.15}), single)
    sex = np.where(rng.random(count) < MEN, 0, 1)
    # More mothers than fathers have their children with them all the time.
    parent = np.where(
        sex == 1, choose(rng, count, {0: 0.62, 1: 0.31, 2: 0.07}), choose(rng, count, {0: 0.80, 1: 0.08, 2: 0.12})
    )
    year = world.moments.first.astype("M8[Y]").astype(np.int64) + 1970
    known = ~chance(rng, count, _UNKNOWN_NATIONALITY)
    order = rng.permutation(count)
    table = pa.table(
        {
            f"{PERSON}nr": person_text(np.arange(count), world.seed),
            "geslacht": text_of(sex, SEXES),
            "geboortejaar": pa.array(year - life.age),
            "nationaliteit": text_of(np.where(known, nationality, EMPTY), NATIONALITIES),
            "geboorteland": text_of(born, BIRTH_COUNTRIES),
            "burgerlijke_staat": text_of(civil, CIVIL_STATES),
            "ouderschap": text_of(parent, PARENTHOOD),
        }
    )
    return table.take(pa.array(order))


def draw_groups(rng: Rng, count: int) -> dict[str, tuple[Ints, tuple[str, ...]]]:
    """Gives per grouping of the fairness module the group of each of so many people, as a place among its names.

    For simulations, where nobody is written down: by the same shares as the attributes above.
    """
    sex = np.where(rng.random(count) < MEN, 0, 1)
    age = np.interp(rng.random(count), [0, 0.30, UNDER_FORTY, 0.79, 1], [18, 30, 40, 50, 67])
    known = ~chance(rng, count, _UNKNOWN_NATIONALITY)
    dutch = chance(rng, count, DUTCH)
    born = chance(rng, count, 0.6) & dutch | chance(rng, count, 0.1) & ~dutch
    parent = np.where(
        sex == 1, choose(rng, count, {0: 0.62, 1: 0.31, 2: 0.07}), choose(rng, count, {0: 0.80, 1: 0.08, 2: 0.12})
    )
    yes_no = ("ja", "nee", "onbekend")
    none_unknown = chance(rng, count, 0.01)

    def answer(yes: np.ndarray, unknown: np.ndarray) -> tuple[Ints, tuple[str, ...]]:
        return np.where(unknown, 2, np.where(yes, 0, 1)), yes_no

    civil = choose(rng, count, {0: 0.62, 1: 0.12, 2: 0.02, 3: 0.20, 4: 0.04})
    return {
        "geslacht": (np.where(none_unknown, 2, sex), (*SEXES, "onbekend")),
        **{f"leeftijd_onder_{limit}": answer(age < limit, none_unknown) for limit in (30, 40, 50)},
        "nederlandse_nationaliteit": answer(dutch, ~known),
        "geboren_in_nederland": answer(born, none_unknown),
        "burgerlijke_staat": (np.where(none_unknown, 5, civil), (*CIVIL_STATES, "onbekend")),
        "ouderschap": (np.where(none_unknown, 3, parent), (*PARENTHOOD, "onbekend")),
    }
