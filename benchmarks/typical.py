"""The code that most people would write from features to results: the library, a dictionary per application, and loops.

The documents are those of the product (`tests/performance/test_typical.py`): only how they are made differs.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import sqlalchemy as sa

from benchmarks.rivals import Floats, each_bag, interpret_model
from shared.adapters.sql.tables import bijdragen, resultaten
from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable
from shared.stages.explain import FACTORS_SHOWN
from shared.stages.present import SIGNAL
from shared.usecase import UseCase

_UNKNOWN = 1


def documents(
    table: FeatureTable, use_case: UseCase, package: ModelPackage, origin: Mapping[str, str]
) -> list[dict[str, Any]]:
    """Return a result per application. `origin`: what is the same in all of them: run, delivery, model, key."""
    scored = table.frame[table.frame["resultaattype"] == 0]
    inputs = _inputs(scored, package)
    model = interpret_model(package)
    scores = model.predict_proba(inputs)[:, 1]
    explained = model.explain_local(inputs)
    sureness = _sureness(model, package, inputs, scores)
    found = {}
    for place, row in enumerate(scored.to_dict("records")):
        told = explained.data(place)
        contributions = dict(zip(told["names"], map(float, told["scores"]), strict=True))
        names = (*table.feature_names, *table.flag_names)
        found[row["aanvraagnummer"]] = {
            "resultaattype": 1 if scores[place] >= package.threshold else 2,
            "score": float(scores[place]),
            "drempel": package.threshold,
            "zekerheid": float(sureness[place]),
            "uitleg": {
                "reden": use_case.reasons[row["reden"]],
                "verhogend": _largest(contributions, row, use_case, package, raises=True),
                "verlagend": _largest(contributions, row, use_case, package, raises=False),
                "onbekend": [label for flag, label in use_case.unknown_labels.items() if row[flag]],
                "signaal": SIGNAL,
            },
            "intercept": package.intercept,
            "bijdragen": contributions,
            "kenmerken": {name: None if pd.isna(row[name]) else row[name] for name in names},
        }
    return [
        _document(row, use_case, found.get(row["aanvraagnummer"]), origin) for row in table.frame.to_dict("records")
    ]


def _document(
    row: Mapping[str, Any], use_case: UseCase, of_model: Mapping[str, Any] | None, origin: Mapping[str, str]
) -> dict[str, Any]:
    reason = {
        "reden": use_case.reasons[row["reden"]],
        "verhogend": [],
        "verlagend": [],
        "onbekend": [],
        "signaal": SIGNAL,
    }
    empty = dict.fromkeys(("score", "drempel", "zekerheid", "intercept", "bijdragen", "kenmerken"))
    result = of_model or {**empty, "resultaattype": row["resultaattype"], "uitleg": reason}
    return {
        **result,
        "aanvraagnummer": row["aanvraagnummer"],
        "peilmoment": row["peilmoment"].isoformat(),
        "reden": row["reden"],
        "advies": use_case.routes[result["resultaattype"]].advies,
        "persoon": row["persoon"] or None,
        "dienst": row["dienst"],
        **origin,
    }


def _inputs(scored: pd.DataFrame, package: ModelPackage) -> pd.DataFrame:
    inputs = scored[list(package.feature_names)].copy()
    if (rule := package.imputation) is not None:
        unknown = inputs[rule.feature].isna()
        inputs[rule.feature] = inputs[rule.feature].fillna(rule.value)
        if rule.flag is not None:
            inputs.loc[unknown, rule.flag] = _UNKNOWN
    return inputs.astype(float)


def _sureness(model: Any, package: ModelPackage, inputs: pd.DataFrame, scores: Floats) -> Floats:
    """Return the share of the bagged models that are on the same side of the threshold."""
    own = scores >= package.threshold
    votes = [(bag.predict_proba(inputs)[:, 1] >= package.threshold) == own for bag in each_bag(package, model)]
    return np.mean(votes, axis=0)


def _largest(
    contributions: Mapping[str, float],
    row: Mapping[str, Any],
    use_case: UseCase,
    package: ModelPackage,
    *,
    raises: bool,
) -> list[dict[str, Any]]:
    sign = 1 if raises else -1
    some = [name for name, contribution in contributions.items() if sign * contribution > 0]
    some.sort(key=lambda name: sign * contributions[name], reverse=True)
    return [
        {
            "kenmerk": name,
            "label": package.policy["labels"].get(name, name),
            "bijdrage": contributions[name],
            "zin": _sentence(name, row, use_case, package),
        }
        for name in some[:FACTORS_SHOWN]
    ]


def _sentence(name: str, row: Mapping[str, Any], use_case: UseCase, package: ModelPackage) -> str:
    rule = use_case.sentences[name]
    case = rule.choose(*(row[column] for column in rule.columns))
    return str(package.policy["texts"][name][case.name].format(**case.facts))


def write(found: list[dict[str, Any]], folder: Path, engine: sa.Engine) -> None:
    """Write JSON lines and Parquet to a folder, and publish in the tables of the administration."""
    with (folder / "resultaten.jsonl").open("w", encoding="utf-8") as lines:
        for document in found:
            lines.write(json.dumps(document, ensure_ascii=False) + "\n")
    pd.DataFrame(found).to_parquet(folder / "resultaten.parquet")
    rows, contributions = [], []
    for place, document in enumerate(found):
        key = {"verwerking_nr": 1, "regel": place}
        columns = {name: document[name] for name in document.keys() & resultaten.columns.keys()}
        rows.append({**columns, **key, "steekproef": False, **_as_text(document, "kenmerken", "uitleg")})
        if document["bijdragen"] is not None:
            contributions.append({**key, **_as_text(document, "bijdragen")})
    with engine.begin() as connection:
        connection.execute(sa.insert(resultaten), rows)
        connection.execute(sa.insert(bijdragen), contributions)


def _as_text(document: Mapping[str, Any], *names: str) -> dict[str, str | None]:
    return {n: None if document[n] is None else json.dumps(document[n], ensure_ascii=False) for n in names}
