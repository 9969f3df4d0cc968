"""Puts the invented people together and shows what a delivery of a period holds about them."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from . import raak
from .applications import Applications, as_decided, draw_applications, own_diensten, werkopdrachten
from .benefits import Earlier, earlier_diensten, overwritten
from .circumstances import Circumstances, draw_circumstances
from .columns import TABLES, person_column
from .frames import EMPTY, NO_MOMENT, Frame, Ints, Rng, chance, full, no_moments, rows, stack, take
from .homes import adressen
from .household import feiten, relaties
from .moments import Moments, Period, draw_moments
from .money import inkomens, soorteninkomen, vermogens
from .raak import afspraken, deelnames
from .register import learnt_later, strangers, with_history, written

type Stage = Callable[[Circumstances, Moments], Circumstances]


@dataclass(frozen=True)
class World:
    """All invented people of a period: what is true of them, when they apply, and every row about them."""

    seed: int
    period: Period
    life: Circumstances
    moments: Moments
    applications: Applications
    tables: dict[str, Frame]

    @property
    def people(self) -> int:
        """How many people apply."""
        return len(self.moments.first)


def make_world(seed: int, applications: int, period: Period, stage: Stage | None = None) -> World:
    """Invents the people of a period and their rows; the same arguments give the same world.

    `stage` may change what is true of some people before their rows are written.
    """
    # Every part draws from its own stream, so that a change in one table leaves the others as they were.
    streams = iter(np.random.default_rng(seed).spawn(len(TABLES) + 4))
    moments = draw_moments(next(streams), applications, period)
    life = draw_circumstances(next(streams), len(moments.first))
    life = stage(life, moments) if stage else life
    rng = next(streams)
    found = draw_applications(rng, life, moments)
    before = earlier_diensten(rng, life, moments)
    count = rows(before.frame)
    before = Earlier({**before.frame, "dienstnr": len(found.ref) + np.arange(count)}, before.by_party)
    tables = {
        "diensten": _diensten(next(streams), life, moments, found, before),
        "werkopdrachten": werkopdrachten(next(streams), found, before.frame, period),
        "dienstsubjecten": _dienstsubjecten(next(streams), moments, found, before),
        "partijen": _partijen(next(streams), life, before),
        "adressen": adressen(next(streams), life, moments),
        "feiten": feiten(next(streams), life, moments),
        "inkomens": inkomens(next(streams), life, moments),
        "soorteninkomen": soorteninkomen(),
        "relaties": relaties(next(streams), life, moments),
        "vermogens": vermogens(next(streams), life, moments),
        "afspraken": afspraken(next(streams), life, moments),
        "deelnames": deelnames(next(streams), life, moments),
    }
    rng = next(streams)
    people = len(moments.first)
    tables = {name: _finished(rng, name, frame, people) for name, frame in tables.items()}
    return World(seed, period, life, moments, found, tables)


def cut(world: World, period: Period, export: np.datetime64) -> dict[str, Frame]:
    """Selects what a delivery of this period, made at `export`, holds: all rows of the people who applied in it."""
    found = world.applications
    inside = (found.ref >= period.van) & (found.ref < period.tot)
    needed = np.zeros(world.people, dtype=np.bool_)
    needed[found.episode[inside]] = True
    rng = np.random.default_rng([world.seed, int(period.van.astype(np.int64))])
    return {name: _as_of(rng, name, _of(frame, needed), export) for name, frame in world.tables.items()}


def _diensten(rng: Rng, life: Circumstances, moments: Moments, found: Applications, before: Earlier) -> Frame:
    count = rows(before.frame)
    earlier = {**before.frame, "dtafvoer": no_moments(count), "geldig": full(count, 1)}
    earlier = stack([earlier, overwritten(rng, earlier, moments)])
    earlier = learnt_later(rng, with_history(rng, earlier, moments), moments, share=0.03)
    nothing: NDArray[np.datetime64] = np.full(rows(earlier), NO_MOMENT)
    earlier |= {"decided": nothing, "decision": full(rows(earlier), EMPTY)}
    return stack([own_diensten(rng, life, found), earlier])


def _dienstsubjecten(rng: Rng, moments: Moments, found: Applications, before: Earlier) -> Frame:
    """Links services to parties: of one person, or of a couple where the partner is the main client."""
    people = len(moments.first)
    linked = chance(rng, len(found.ref), 0.7)
    day = found.ref.astype("M8[D]")
    own = {
        "episode": found.episode,
        "dienstnr": found.dienst,
        "subjectnr": found.episode,
        "dtbegin": day,
        "dteinde": np.full(len(day), np.datetime64("NaT", "D")),
        "dtopvoer": found.ref - np.timedelta64(90, "s"),
    }
    frame, by_party = before.frame, before.by_party
    earlier = {
        "episode": frame["episode"],
        "dienstnr": frame["dienstnr"],
        "subjectnr": np.where(by_party, people + frame["episode"], frame["episode"]),
        "dtbegin": frame["dtbegindienst"],
        "dteinde": frame["dteindedienst"],
        "dtopvoer": frame["dtopvoer"],
    }
    earlier = take(earlier, by_party | chance(rng, rows(frame), 0.8))
    links = stack([take(own, linked), earlier])
    links |= {"dtafvoer": no_moments(rows(links)), "geldig": full(rows(links), 1)}
    return with_history(rng, links, moments)


def _partijen(rng: Rng, life: Circumstances, before: Earlier) -> Frame:
    """Lists the parties: one of each person alone, and one of each couple with both its persons."""
    people = len(life.partner)
    alone: Ints = np.arange(people)
    shared = life.partner & chance(rng, people, 0.9)
    shared[before.frame["episode"][before.by_party]] = True
    couple = np.flatnonzero(shared)
    owners = np.concatenate([alone, couple, couple])
    return {
        "episode": owners,
        "partijnr": np.concatenate([alone, people + couple, people + couple]),
        "persoonnr": np.concatenate([alone, couple, people + couple]),
    }


def _finished(rng: Rng, name: str, frame: Frame, people: int) -> Frame:
    """Adds rows of strangers and row keys, and shuffles: nothing may lean on the order of rows."""
    if name in ("afspraken", "deelnames"):  # without a row key, what falls together would be a doubled row
        frame = take(frame, ~pd.DataFrame(frame).duplicated().to_numpy())
    column = person_column(name)
    if column and name != "partijen" and name != "diensten":
        frame = strangers(rng, frame, column, people)
    if "geldig" in frame:
        frame = {**frame, "technischesleutel": 100_000 + rng.permutation(rows(frame))}
    return frame if name == "soorteninkomen" else take(frame, rng.permutation(rows(frame)))


def _of(frame: Frame, needed: NDArray[np.bool_]) -> Frame:
    """Keeps the rows of the people needed, and those of nobody."""
    return take(frame, (frame["episode"] == EMPTY) | needed[np.maximum(frame["episode"], 0)])


def _as_of(rng: Rng, name: str, frame: Frame, export: np.datetime64) -> Frame:
    if name == "diensten":
        frame = as_decided(frame, export)
    if name == "werkopdrachten":
        return take(frame, frame["dtopvoer"] <= export)
    if name in ("afspraken", "deelnames"):
        return raak.as_known(frame, export)
    return written(rng, frame, export)
