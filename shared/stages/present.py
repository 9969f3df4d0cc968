"""Turns explained scores into results: one per application, with the route it takes and why."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from shared.modelpackage.package import ModelPackage
from shared.records import ResultSet, RunIdentity
from shared.stages.explain import Explained
from shared.stages.jsontext import json_texts
from shared.stages.pseudonym import PseudonymKey
from shared.stages.resultfiles import EXPLANATION, json_lines, result_documents, result_schema
from shared.stages.sample import draw
from shared.usecase import UseCase

INVESTIGATE, REGULAR = 1, 2
SIGNAL = "Dit is een signaal en geen besluit. U beoordeelt de aanvraag zelf."
_AS_JSON = ("kenmerken", "bijdragen", "uitleg")


def present(explained: Explained, use_case: UseCase, identity: RunIdentity, key: PseudonymKey) -> ResultSet:
    """Return one result per application, as rows for the ledger and as lines of the result files.

    With a random sample (share above 0) the lines show no score, threshold, contributions or factors: they would tell
    a case worker which applications were drawn. `key`: of the run; it makes the draw.
    """
    schema = result_schema(explained.table, identity)
    results = _results(explained, use_case, identity, key, schema)
    written = {name: json_texts(results[name]) for name in _AS_JSON}
    shown = _shown(results, explained, identity.model)
    if identity.model.sample_share > 0:
        shown = _blinded(shown, explained, use_case)
    documents = result_documents(shown, identity, schema)
    known = {name: written[name] for name in _AS_JSON if shown[name] is results[name]}
    return ResultSet(pa.table({**results, **written}).to_pandas(), documents, json_lines(documents, known))


def _results(
    explained: Explained, use_case: UseCase, identity: RunIdentity, key: PseudonymKey, schema: pa.Schema
) -> dict[str, pa.Array]:
    frame, scored, package = explained.table.frame, explained.scored, identity.model
    rows, number_of = scored.rows, len(frame)
    sampled = np.zeros(number_of, dtype=bool)
    sampled[rows] = draw(frame["dienst"].iloc[rows].tolist(), key, package.sha256, package.sample_share)
    kinds = frame["resultaattype"].to_numpy(dtype=np.int64, copy=True)
    flagged = (scored.score >= package.threshold) | sampled[rows]
    kinds[rows] = np.where(flagged, INVESTIGATE, REGULAR)
    places = _places(explained)
    unsure = pa.nulls(len(rows), pa.float64())
    return {
        "aanvraagnummer": _texts(frame["aanvraagnummer"]),
        "dienst": _texts(frame["dienst"]),
        "persoon": _texts(frame["persoon"]),
        "peilmoment": pa.array(moment_texts(frame["peilmoment"]), type=pa.string()),
        "resultaattype": pa.array(kinds),
        "reden": _texts(frame["reden"]),
        "advies": pa.array([use_case.routes[kind].advies for kind in kinds.tolist()], type=pa.string()),
        "score": pa.array(scored.score).take(places),
        "intercept": pa.array(np.full(len(rows), scored.intercept)).take(places),
        "zekerheid": (unsure if scored.sureness is None else pa.array(scored.sureness)).take(places),
        "steekproef": pa.array(sampled),
        "kenmerken": _features(explained, schema.field("kenmerken").type).take(places),
        "bijdragen": _contributions(explained, schema.field("bijdragen").type).take(places),
        "uitleg": _explanations(explained, use_case, factors=True),
    }


def moment_texts(moments: pd.Series) -> list[str]:
    """Return moments as YYYY-MM-DDTHH:MM:SS, with six decimals only where there are any."""
    written = np.datetime_as_string(moments.to_numpy(dtype="datetime64[us]"), unit="us")
    return [moment.removesuffix(".000000") for moment in written.tolist()]


def _shown(results: Mapping[str, pa.Array], explained: Explained, model: ModelPackage) -> dict[str, pa.Array]:
    """Return what readers see of results, column by column; the threshold is beside every score."""
    people = results["persoon"]
    threshold = pa.repeat(pa.scalar(model.threshold, pa.float64()), len(explained.scored.rows))
    return {
        **results,
        "drempel": threshold.take(_places(explained)),
        "persoon": pc.if_else(pc.equal(people, ""), None, people),
    }


def _blinded(shown: Mapping[str, pa.Array], explained: Explained, use_case: UseCase) -> dict[str, pa.Array]:
    hidden = ("score", "drempel", "intercept", "zekerheid", "bijdragen")
    nothing = {name: pa.nulls(len(shown[name]), shown[name].type) for name in hidden}
    return {**shown, **nothing, "uitleg": _explanations(explained, use_case, factors=False)}


def _places(explained: Explained) -> pa.Array:
    """Return per application its place among those that were scored, null for the others."""
    places = np.full(len(explained.table.frame), -1)
    places[explained.scored.rows] = np.arange(len(explained.scored.rows))
    return pa.array(places, mask=places < 0)


def _texts(column: pd.Series) -> pa.Array:
    return pa.array(column.tolist(), type=pa.string(), from_pandas=True)


def _features(explained: Explained, kind: pa.StructType) -> pa.StructArray:
    """Return the features and flags of every scored application; an unknown income is null, never the mean."""
    scored = explained.table.frame.iloc[explained.scored.rows]
    members = [pa.array(scored[field.name].to_numpy(), type=field.type, from_pandas=True) for field in kind]
    return pa.StructArray.from_arrays(members, fields=list(kind))


def _contributions(explained: Explained, kind: pa.StructType) -> pa.StructArray:
    members = [pa.array(contributions) for contributions in explained.scored.contributions.T]
    return pa.StructArray.from_arrays(members, fields=list(kind))


def _explanations(explained: Explained, use_case: UseCase, *, factors: bool) -> pa.StructArray:
    """Return what a case worker reads first of every application, whether it was scored or not."""
    codes = explained.table.frame["reden"].tolist()
    places = _places(explained)
    none = pa.nulls(len(codes), pa.int64())
    columns = {
        "reden": pa.array([use_case.reasons.get(code, "") for code in codes], type=pa.string()),
        "verhogend": _lists_at(places if factors else none, explained.verhogend),
        "verlagend": _lists_at(places if factors else none, explained.verlagend),
        "onbekend": _lists_at(places, explained.onbekend),
        "signaal": pa.repeat(SIGNAL, len(codes)),
    }
    return pa.StructArray.from_arrays(list(columns.values()), fields=list(EXPLANATION))


def _lists_at(places: pa.Array, lists: pa.ListArray) -> pa.ListArray:
    """Return the list at every place, an empty one for null."""
    with_empty = pa.concat_arrays([lists, pa.array([[]], type=lists.type)])
    return with_empty.take(places.fill_null(len(lists)))
