"""Writes uitkomsten: what came of the applications that people investigated (domain.md §7).

Whether an application proves worth it follows the published directions of effect (§8), a little stronger: with the
published sizes alone no model of some thousands of cases would reach the published AUC of 0.62–0.64.
"""

from typing import Final

import numpy as np
import pyarrow as pa

from .facts import Facts, application_facts
from .files import text_of
from .frames import EMPTY, Dates, Floats, Frame, Ints, Rng, chance, choose, days, rows, stack, take
from .marginals import INVESTIGATED, WORTH_IT
from .moments import Period
from .numbers import dienst_text
from .world import World

KINDS: Final = ["onderzocht door handhaving", "gescreend", "bezwaar ingesteld", "bezwaar afgehandeld"]
RESULTS: Final = ["onrechtmatig", "rechtmatig", "geen medewerking", "onjuiste opvoer", "gegrond", "ongegrond"]
SELECTION: Final = ["proces", "model", "steekproef"]
_STRENGTH: Final = 1.25
_SCREENED_SHARE: Final = 0.06


def uitkomsten(world: World) -> pa.Table:
    """Gives the outcomes of about seven of a hundred applications, and of objections, in the form of the delivery."""
    rng = np.random.default_rng([world.seed, 7])
    facts = application_facts(world)
    # People choose whom to investigate by what they see, and by much that no register holds.
    weight = 1 + 1.5 * (facts.no_shows > 0) + facts.housemate + 0.5 * (facts.addresses > 1) + 0.4 * facts.applied
    weight = np.where(facts.judged, weight, 0.0)
    wanted = round(len(weight) * INVESTIGATED)
    chosen = rng.choice(len(weight), wanted, replace=False, p=weight / weight.sum())
    risk = _log_odds(facts)[chosen]
    worth = rng.random(wanted) < _sigmoid(risk + _intercept(risk))
    # A few end without an answer: the person did not cooperate, or the case was entered by mistake.
    unclear = choose(rng, wanted, {EMPTY: 0.97, 2: 0.02, 3: 0.01})
    result = np.where(unclear != EMPTY, unclear, np.where(worth, 0, 1))
    ref = world.applications.ref.astype("M8[D]")
    judged = _outcome(chosen, 0, result, ref[chosen] + days(rng.integers(20, 110, wanted)))
    others = np.flatnonzero(facts.judged & chance(rng, len(weight), _SCREENED_SHARE))
    others = others[~np.isin(others, chosen)]
    screened = _outcome(others, 1, np.full(len(others), EMPTY), ref[others] + days(rng.integers(5, 40, len(others))))
    frame = stack([judged, screened, *_objections(rng, judged)])
    return _table(take(frame, np.lexsort((frame["soort"], frame["datum"]))), world.seed)


def _log_odds(facts: Facts) -> Floats:
    """Adds up the published effects."""
    share = np.interp(facts.share_started, [0, 0.5, 1], [0.34, 0.0, -0.45])
    long_ago = np.interp(facts.relocation_days, [0, 2_000, 11_000, 20_000], [0.06, 0.02, -0.27, -0.30])
    effects = (
        share
        + np.interp(facts.no_shows, [0, 1, 2], [0, 0.32, 0.50])
        + 0.10 * facts.housemate
        + 0.13 * (facts.addresses > 1)
        + 0.10 * facts.applied
        + 0.36 * (facts.measure > 0)
        + long_ago
        - 0.17 * facts.partner
        - 0.07 * facts.received
        - 0.40 * (facts.no_contacts > 0)
        - 0.27 * (facts.income > 0)
        + np.interp(facts.wealth, [-30_000, 0], [-0.12, 0.0])
    )
    return np.asarray(_STRENGTH * effects)


def _intercept(risk: Floats) -> float:
    """Finds the base rate at which 55 of a hundred prove worth it."""
    low, high = -5.0, 5.0
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if _sigmoid(risk + middle).mean() < WORTH_IT else (low, middle)
    return low


def _sigmoid(x: Floats) -> Floats:
    return 1 / (1 + np.exp(-x))


def _objections(rng: Rng, judged: Frame) -> list[Frame]:
    against = take(judged, (judged["resultaat"] == 0) & chance(rng, rows(judged), 0.12))
    filed = against["datum"] + days(rng.integers(5, 42, rows(against)))
    done = chance(rng, rows(against), 0.8)
    answer = choose(rng, int(done.sum()), {4: 0.3, 5: 0.7})
    ended = filed[done] + days(rng.integers(30, 90, len(answer)))
    return [
        _outcome(against["aanvraag"], 2, np.full(rows(against), EMPTY), filed),
        _outcome(against["aanvraag"][done], 3, answer, ended),
    ]


def _outcome(application: Ints, kind: int, result: Ints, day: Dates) -> Frame:
    kinds = np.full(len(application), kind)
    return {"aanvraag": application, "soort": kinds, "resultaat": result, "datum": day}


def _table(frame: Frame, seed: int) -> pa.Table:
    return pa.table(
        {
            "aanvraagnummer": dienst_text(frame["aanvraag"], seed),
            "soort": text_of(frame["soort"], KINDS),
            "resultaat": text_of(frame["resultaat"], RESULTS),
            "datum": pa.array(frame["datum"].astype("M8[D]")),
            # Before there is a model, the process alone selects.
            "selectie": text_of(np.where(frame["soort"] < 2, 0, EMPTY), SELECTION),
        }
    )


def outcome_period(world: World) -> Period:
    """Gives the period of a delivery of outcomes: the applications' own and the time their outcomes take."""
    return Period(world.period.van, np.datetime64(world.period.tot + np.timedelta64(260, "D"), "s"))
