"""Writes the applications themselves: their dienst rows before and after the decision, and the work orders."""

from dataclasses import dataclass

import numpy as np

from .benefits import GRANTED, REFUSED, WITHDRAWN
from .circumstances import Circumstances
from .frames import (
    EMPTY,
    NO_DAY,
    Bools,
    Dates,
    Frame,
    Ints,
    Rng,
    chance,
    changed,
    choose,
    days,
    full,
    no_moments,
    rows,
    seconds,
    stack,
    take,
)
from .moments import Moments, Period, before, between, office_time


@dataclass(frozen=True)
class Applications:
    """Every application: whose it is, when its first work order came, how and when it is decided."""

    episode: Ints
    ref: Dates
    second: Bools
    followed: Bools
    decided: Dates
    decision: Ints

    @property
    def dienst(self) -> Ints:
        """The service index: applications come first in the numbering."""
        return np.arange(len(self.episode))


def draw_applications(rng: Rng, life: Circumstances, moments: Moments) -> Applications:
    """Makes one application per person, two for some, in the order of persons."""
    people = np.arange(len(moments.first))
    twice = np.flatnonzero(moments.twice)
    episode = np.concatenate([people, twice])
    second = np.arange(len(episode)) >= len(people)
    ref = np.concatenate([moments.first, moments.last[twice]])
    followed = np.concatenate([moments.twice, np.zeros(len(twice), dtype=np.bool_)])
    early = life.decided_before[episode] & ~second & ~followed
    wait = rng.integers(10 * 86_400, 60 * 86_400, len(ref))
    # Who applies again was refused or withdrew, before the second application.
    gap = (moments.last - moments.first)[episode].astype(np.int64)
    wait = np.where(followed, (gap * rng.uniform(0.3, 0.9, len(ref))).astype(np.int64), wait)
    wait = np.where(early, -rng.integers(3_600, 4 * 86_400, len(ref)), wait)
    decision = choose(rng, len(ref), {GRANTED: 0.46, 2: 0.02, REFUSED: 0.38, WITHDRAWN: 0.14})
    decision = np.where(followed, np.where(decision == GRANTED, REFUSED, WITHDRAWN), decision)
    return Applications(episode, ref, second, followed, ref + seconds(wait), decision)


def own_diensten(rng: Rng, life: Circumstances, found: Applications) -> Frame:
    """Writes the dienst row(s) of each application; `decided` and `decision` take effect once the decision falls."""
    count = len(found.ref)
    day = found.ref.astype("M8[D]")
    asked = before(rng, day, 0, 6)
    entry = np.minimum(office_time(rng, asked), found.ref - seconds(rng.integers(120, 20_000, count)))
    frame = {
        "episode": found.episode,
        "dienstnr": found.dienst,
        "subjectnrklant": found.episode,
        "productnr": life.product[found.episode],
        "besluit": full(count, EMPTY),
        "dtaanvraag": asked,
        "dtbegindienst": np.full(count, NO_DAY),
        "dteindedienst": np.full(count, NO_DAY),
        "dtopvoer": np.minimum(entry, found.decided - seconds(full(count, 60))),
        "dtafvoer": no_moments(count),
        "geldig": np.where(life.no_valid_dienst[found.episode], 0, 1),
        "decided": found.decided,
        "decision": found.decision,
    }
    # An earlier version, withdrawn when the row was entered anew, and versions that are not valid.
    old = take(frame, chance(rng, count, 0.15))
    sooner = old["dtopvoer"] - seconds(rng.integers(60, 86_400, rows(old)))
    old = changed(old, dtafvoer=old["dtopvoer"], dtopvoer=sooner, decided=no_moments(rows(old)))
    wrong = take(frame, chance(rng, count, 0.05))
    wrong = changed(wrong, geldig=full(rows(wrong), 0), decided=no_moments(rows(wrong)))
    return stack([frame, old, wrong])


def as_decided(frame: Frame, export: np.datetime64) -> Frame:
    """Shows dienst rows as they stood at the export: a decision overwrites the time of entry."""
    frame = dict(frame)
    moment, decision = frame.pop("decided"), frame.pop("decision")
    done = moment <= export
    granted = done & np.isin(decision, (GRANTED, 2))
    return changed(
        frame,
        dtopvoer=np.where(done, moment, frame["dtopvoer"]),
        besluit=np.where(done, decision, frame["besluit"]),
        dtbegindienst=np.where(granted, frame["dtaanvraag"], frame["dtbegindienst"]),
    )


def werkopdrachten(rng: Rng, found: Applications, earlier: Frame, period: Period) -> Frame:
    """Writes the work orders: the first of an application is its ref; those of other diensten came before the period.

    Earlier diensten asked for within the period have no work order, or they would be applications of it themselves.
    """
    own = {"episode": found.episode, "dienstnr": found.dienst, "dtopvoer": found.ref}
    again = take(own, np.repeat(found.dienst, rng.poisson(0.5, len(found.ref))))
    spread = np.where(chance(rng, rows(again), 0.6), 3 * 3_600, 50 * 86_400)
    again["dtopvoer"] = again["dtopvoer"] + seconds(rng.integers(60, spread + 1))
    asked = earlier["dtaanvraag"]
    before_period = office_time(rng, between(rng, asked, asked + days(full(len(asked), 4))))
    known = before_period < period.van
    old = {"episode": earlier["episode"], "dienstnr": earlier["dienstnr"], "dtopvoer": before_period}
    old = take(old, known)
    # A service number of before the period that gets another work order within it is no application again.
    anew = take(old, chance(rng, rows(old), 0.08))
    width = int((period.tot - period.van).astype(np.int64))
    anew["dtopvoer"] = period.van + seconds(rng.integers(0, width, rows(anew)))
    return stack([own, again, old, anew])
