"""Judges the packaged model and one trained with weights on the same people: who is flagged, rightly or not.

Two invented worlds: the one that the package was trained on, where groups do not matter, and one with unequal treatment
planted. The second shows what the pilot learnt (domain.md §9): taking one difference away moves the burden to others.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from development.evaluation.planted import DUTCH, Planting, plant
from development.packaging.export import read_export
from development.training.cuts import FEATURES
from development.training.history import History
from development.training.metrics import confusion
from development.training.train import Prepared, learnt_digest, prepare, train
from shared.errors import SlimmeCheckError
from shared.modelpackage.ebm import Ebm, Floats
from shared.modelpackage.evaluation import evaluate
from shared.modelpackage.package import ModelPackage
from shared.modelpackage.tables import tables_of
from shared.monitoring.disclosure import Counts, SuppressedTable, suppress
from shared.monitoring.months import UNKNOWN_GROUP
from shared.monitoring.register.reweighing import MEASURES, OUTCOMES

type Mask = npt.NDArray[np.bool_]

SEED = 7
_AS_TRAINED = (
    "De verzonnen mensen waarmee het model is getraind. Bij hen hangt geen enkele groep samen met de uitkomst. "
    "Herwegen hoort hier dus niets te veranderen."
)
_PLANTED = (
    "Dezelfde aanvragen, met ongelijkheid die wij erin hebben gestopt. Wie geen Nederlandse nationaliteit heeft, en "
    "wie vrouw is, kreeg vaker een verkeerde uitkomst. Zo is te zien wat herwegen naar nationaliteit dan doet."
)


class OtherHistory(SlimmeCheckError):
    """The history is not the one that the package was trained on."""

    code = "SC-651"


def evaluate_reweighing(
    package: ModelPackage, digest: str, history: History, by: str = DUTCH, planting: Planting | None = None
) -> dict[str, Any]:
    """Return the evaluation file of a package as plain JSON; the same arguments give the same content.

    `digest`: of the training data, as its manifest says. Raises OtherHistory when the history gives another.
    """
    part = prepare(history.frame, history.labels)
    if learnt_digest(part) != digest:
        raise OtherHistory(
            "The package was not trained on these people.",
            where=f"{package.name} {package.version}",
            next_step="Give the number of applications and the seed that `python -m development model` was given.",
        )
    planted = planting or Planting()
    unequal = plant(history, planted, SEED)
    plain = train(unequal.frame, unequal.labels, package.threshold)
    return {
        "model": package.name,
        "versie": package.version,
        "sha256": package.sha256,
        "drempel": package.threshold,
        "herwogen_naar": by,
        "verzonnen": bool(package.card.get("invented_people")),
        "werelden": [
            _world("Zoals verzonnen", _AS_TRAINED, {}, _compared(package.ebm, history, package.threshold, by)),
            _world(
                "Met ongelijkheid erin gestopt",
                _PLANTED,
                asdict(planted),
                _compared(read_export(plain.export).ebm, unequal, package.threshold, by),
            ),
        ],
    }


@dataclass(frozen=True)
class _Compared:
    """What two models did with the same people. `change`: of a score, on average."""

    change: float
    tables: list[SuppressedTable]


def _world(name: str, story: str, planted: Mapping[str, float], found: _Compared) -> dict[str, Any]:
    return {
        "naam": name,
        "toelichting": story,
        "geplant": planted,
        "gemiddelde_verandering": found.change,
        "tabellen": [each.as_dict() for each in found.tables],
    }


def _compared(without: Ebm, history: History, threshold: float, by: str) -> _Compared:
    weighed = train(history.frame, history.labels, threshold, groups=history.groups, reweigh_by=by)
    part = prepare(history.frame, history.labels)
    scores = [_scores(ebm, part, threshold) for ebm in (without, read_export(weighed.export).ebm)]
    flags = [score >= threshold for score in scores]
    outcome = part.outcome[part.test]
    groups = history.groups.loc[part.known.index[part.test]]
    tables = [suppress(name, MEASURES, _counted(groups[name], outcome, flags)) for name in groups.columns]
    return _Compared(round(float(np.abs(scores[1] - scores[0]).mean()), 4), tables)


def _scores(ebm: Ebm, part: Prepared, threshold: float) -> Floats:
    table = part.features[part.test]
    columns = {name: table[name].to_numpy(dtype=np.float64) for name in FEATURES}
    return evaluate(tables_of(ebm), columns, len(table), threshold).score


def _counted(group: pd.Series[str], outcome: npt.NDArray[np.int64], flags: list[Mask]) -> dict[str, Counts]:
    members = group.astype("object").where(group.notna(), UNKNOWN_GROUP)
    found = {}
    for name in sorted(members.unique()):
        here = (members == name).to_numpy(dtype=np.bool_)
        counts = [confusion(outcome[here], flagged[here]) for flagged in flags]
        found[str(name)] = Counts(int(here.sum()), tuple(each[what] for each in counts for what in OUTCOMES))
    return _together(found)


def _together(groups: dict[str, Counts]) -> dict[str, Counts]:
    """Return the groups with each that is too small to show taken together with the smallest other one."""
    found = dict(groups)
    while len(found) > 1 and not all(counts.showable for counts in found.values()):
        small, other = sorted(found, key=lambda name: (found[name].showable, found[name].size, name))[:2]
        name = f"{other} of {small}"
        found = {each: counts for each, counts in found.items() if each not in (small, other)} | {
            name: found[small] + found[other]
        }
    return found
