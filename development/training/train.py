"""Trains on feature rows and outcomes, and says what it measured."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import interpret
import numpy as np
import numpy.typing as npt
import pandas as pd

from development.packaging.export import read_export
from development.packaging.reference import reference_distributions
from development.training.cuts import FEATURES, choose_cuts
from development.training.directions import DIRECTIONS
from development.training.fit import export, fit
from development.training.metrics import auc, calibration, confusion, confusion_per_group
from development.training.reweigh import reweigh
from development.training.split import split_in_time
from shared.modelpackage.ebm import Floats
from shared.modelpackage.evaluation import evaluate
from shared.modelpackage.tables import tables_of

INCOME = "sum_inkomen_bruto_value"
INCOME_FLAG = "sum_inkomen_bruto_was_mean_imputed"


@dataclass(frozen=True)
class Trained:
    """`export` is interpret's JSON; `facts` is what the packager puts in card, manifest and reference."""

    export: bytes
    facts: dict[str, Any]


@dataclass(frozen=True, eq=False)
class Prepared:
    """What is learnt from and what is kept apart to test on.

    `rows`: everyone, in order; `known`: those with an outcome; `outcome`, `learn`, `test` and `features`: of these.
    """

    rows: pd.DataFrame
    known: pd.DataFrame
    outcome: npt.NDArray[np.int64]
    learn: npt.NDArray[np.bool_]
    test: npt.NDArray[np.bool_]
    mean: float
    features: pd.DataFrame


def prepare(frame: pd.DataFrame, labels: pd.Series[int]) -> Prepared:
    """Return the rows with an outcome, split in time; income that is not known has the mean of what is learnt from."""
    rows = frame.sort_values("aanvraagnummer", kind="stable")
    known = rows[rows["aanvraagnummer"].isin(labels.index)]
    outcome = np.asarray(labels.loc[known["aanvraagnummer"]], dtype=np.int64)
    learn, test = split_in_time(known["peilmoment"], known["persoon"])
    mean = income_mean(known.loc[learn, INCOME])
    return Prepared(rows, known, outcome, learn, test, mean, with_income(known, mean))


def train(
    frame: pd.DataFrame,
    labels: pd.Series[int],
    threshold: float,
    *,
    groups: pd.DataFrame | None = None,
    reweigh_by: str | None = None,
    invented_people: bool = False,
) -> Trained:
    """Return a model trained on the rows of `frame` that have a label, and what it measured on later ones.

    `frame`: one row per application with aanvraagnummer, peilmoment, persoon and the fifteen features (unknown income
    empty); `labels`: 0 or 1 by aanvraagnummer; `groups`: group attributes with the same index as `frame`, read for
    the measuring per group and for `reweigh_by` alone, never by the model.
    """
    part = prepare(frame, labels)
    rows, known, outcome, learn, test = part.rows, part.known, part.outcome, part.learn, part.test
    mean, features = part.mean, part.features
    weights = None
    if reweigh_by is not None and groups is not None:
        weights = reweigh(groups.loc[known.index[learn], reweigh_by], outcome[learn])
    cuts = choose_cuts(features[learn], known.loc[learn, "persoon"])
    exported = export(fit(features[learn], outcome[learn], cuts, weights))
    ebm = read_export(exported).ebm
    tables = tables_of(ebm)

    def score(table: pd.DataFrame) -> Floats:
        columns = {name: table[name].to_numpy(dtype=np.float64) for name in cuts}
        return evaluate(tables, columns, len(table), threshold).score

    everyone = with_income(rows, mean)
    facts = {
        "invented_people": invented_people,
        "interpret_version": interpret.__version__,
        "income_mean": mean,
        "training_data": {"sha256": learnt_digest(part), "reason": None},
        "training": _training(known["peilmoment"], learn, test, reweigh_by),
        "quality": _quality(
            outcome[test],
            score(features[test]),
            threshold,
            None if groups is None else groups.loc[known.index[test]],
        ),
        "reference": reference_distributions(ebm, rows, score(everyone)),
    }
    return Trained(exported, facts)


def income_mean(income: pd.Series[float]) -> float:
    """Return the mean of the known incomes in euros, rounded half up to cents; 0 when none is known."""
    filled = income.dropna()
    if filled.empty:
        return 0.0
    mean = sum(map(Decimal, map(str, filled.tolist())), Decimal(0)) / len(filled)
    return float(mean.quantize(Decimal("0.01"), ROUND_HALF_UP))


def with_income(frame: pd.DataFrame, mean: float) -> pd.DataFrame:
    """Return the fifteen features with the mean where income is unknown, and the flag 1 there."""
    features = frame[list(FEATURES)].astype("float64")
    unknown = features[INCOME].isna()
    return features.assign(
        **{INCOME: features[INCOME].fillna(mean), INCOME_FLAG: features[INCOME_FLAG].mask(unknown, 1.0)}
    )


def _training(
    ref: pd.Series[str], learn: npt.NDArray[np.bool_], test: npt.NDArray[np.bool_], reweigh_by: str | None
) -> Mapping[str, Any]:
    return {
        "Geleerd van": f"{_hundreds(learn)} onderzochte aanvragen, {_days(ref[learn])}",
        "Getoetst op": f"{_hundreds(test)} latere onderzochte aanvragen van andere mensen, {_days(ref[test])}",
        "Herwogen naar": reweigh_by or "niets",
        "Vaste richtingen": [
            {"kenmerk": name, "richting": "omhoog" if rule.sign == 1 else "omlaag", "waarom": rule.because}
            for name, rule in DIRECTIONS.items()
        ],
    }


def _quality(
    outcome: npt.NDArray[np.int64], score: Floats, threshold: float, groups: pd.DataFrame | None
) -> Mapping[str, Any]:
    flagged = score >= threshold
    area = auc(outcome, score)
    counts = confusion(outcome, flagged)
    return {
        "AUC": f"{area.value:.2f} (95%-betrouwbaarheid {area.low:.2f} tot {area.high:.2f})".replace(".", ","),
        "Boven de drempel": f"{flagged.mean():.0%} van de onderzochte aanvragen",
        "Daarvan terecht": f"{counts['TP'] / max(1, counts['TP'] + counts['FP']):.0%}",
        "IJking": calibration(outcome, score),
        "Uitkomsten per groep, op tientallen": [] if groups is None else confusion_per_group(outcome, flagged, groups),
    }


def learnt_digest(part: Prepared) -> str:
    """Return the digest of what is learnt from: moments, features and outcomes, without numbers of anybody."""
    table = part.known.loc[part.learn, ["peilmoment", *FEATURES]].assign(outcome=part.outcome[part.learn])
    return hashlib.sha256(table.to_csv(index=False, lineterminator="\n").encode()).hexdigest()


def _hundreds(rows: npt.NDArray[np.bool_]) -> str:
    return f"ongeveer {100 * round(int(rows.sum()) / 100)}"


def _days(ref: pd.Series[str]) -> str:
    return f"{ref.min()[:10]} tot en met {ref.max()[:10]}"
