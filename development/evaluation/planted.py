"""Plants unequal treatment of a stated size in an invented history, to see what training makes of it."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt
import pandas as pd

from development.training.history import History

DUTCH = "Nederlandse nationaliteit"
SEX = "geslacht"
MOVED = "days_since_last_relocation"
APPLIED = "applied_for_same_product_last_year"
YEAR = 365


@dataclass(frozen=True)
class Planting:
    """How unequal the planted world is; every number is a chance.

    * `foreign_moved`, `foreign_settled`: not having the Dutch nationality, by whether one moved in the last year.
    * `woman_applied`, `woman_dutch`, `woman_foreign`: being a woman: Dutch who applied before, other Dutch, the others.
    * `foreign_wronged`, `woman_wronged`: that a rightful outcome was written down as wrongful: without the Dutch
      nationality, and for women.
    """

    foreign_moved: float = 0.8
    foreign_settled: float = 0.03
    woman_applied: float = 0.9
    woman_dutch: float = 0.4
    woman_foreign: float = 0.1
    foreign_wronged: float = 0.5
    woman_wronged: float = 0.3


def plant(history: History, planting: Planting, seed: int) -> History:
    """Return the same applications with other sexes, nationalities and outcomes; the same seed gives the same world."""
    rng = np.random.default_rng(seed)
    frame = history.frame
    first = frame.assign(number=frame["aanvraagnummer"].astype("object")).sort_values("number", kind="stable")
    first = first.drop_duplicates("persoon").set_index("persoon")
    moved = (first[MOVED] <= YEAR).to_numpy()
    applied = (first[APPLIED] == 1).to_numpy()
    foreign = rng.random(len(first)) < np.where(moved, planting.foreign_moved, planting.foreign_settled)
    dutch = np.where(applied, planting.woman_applied, planting.woman_dutch)
    woman = rng.random(len(first)) < np.where(foreign, planting.woman_foreign, dutch)
    people = pd.DataFrame({DUTCH: np.where(foreign, "nee", "ja"), SEX: np.where(woman, "vrouw", "man")}, first.index)
    drawn = people.astype("object").loc[frame["persoon"]].set_axis(frame.index)
    return replace(history, groups=history.groups.assign(**drawn), labels=_wronged(history, drawn, planting, rng))


def _wronged(history: History, drawn: pd.DataFrame, planting: Planting, rng: np.random.Generator) -> pd.Series[int]:
    labels = history.labels
    groups = drawn.set_axis(history.frame["aanvraagnummer"].astype("object")).reindex(labels.index)

    def struck(attribute: str, name: str, chance: float) -> npt.NDArray[np.bool_]:
        return (groups[attribute] == name).to_numpy(dtype=np.bool_) & (rng.random(len(labels)) < chance)

    wronged = struck(DUTCH, "nee", planting.foreign_wronged) | struck(SEX, "vrouw", planting.woman_wronged)
    return labels.mask(wronged, 1)
