"""Turns explained scores into results: one per application, with the route it takes and why."""

from __future__ import annotations

from functools import lru_cache

import numpy as np
import pandas as pd

from shared.records import ResultSet, RunIdentity
from shared.stages.explain import Explained, Factor
from shared.stages.jsontext import array, number, numbers, objects, text, texts
from shared.stages.pseudonym import PseudonymKey
from shared.stages.resultfiles import json_lines, result_schema
from shared.stages.sample import draw
from shared.usecase import UseCase

INVESTIGATE, REGULAR = 1, 2
_ROWS_AT_ONCE = 10_000
SIGNAL = "Dit is een signaal en geen besluit. U beoordeelt de aanvraag zelf."


def present(explained: Explained, use_case: UseCase, identity: RunIdentity, key: PseudonymKey) -> ResultSet:
    """Return one result per application, as rows for the ledger and as lines of the result files.

    With a random sample (share above 0) the lines show no score, threshold, contributions or factors: they would tell
    a case worker which applications were drawn. `key`: of the run; it makes the draw.
    """
    results = _results(explained, use_case, identity, key)
    blind = identity.model.sample_share > 0
    shown = _blinded(results, explained, use_case) if blind else results
    return ResultSet(results, json_lines(shown, identity, blind=blind), result_schema(explained.table, identity))


def _results(explained: Explained, use_case: UseCase, identity: RunIdentity, key: PseudonymKey) -> pd.DataFrame:
    frame, scored, package = explained.table.frame, explained.scored, identity.model
    rows, number_of = scored.rows, len(frame)
    sampled = np.zeros(number_of, dtype=bool)
    sampled[rows] = draw(frame["dienst"].iloc[rows], key, package.sha256, package.sample_share)
    kinds = frame["resultaattype"].to_numpy(dtype=np.int64, copy=True)
    flagged = (scored.score >= package.threshold) | sampled[rows]
    kinds[rows] = np.where(flagged, INVESTIGATE, REGULAR)
    sureness = scored.sureness if scored.sureness is not None else np.full(len(rows), np.nan)
    return pd.DataFrame(
        {
            "aanvraagnummer": frame["aanvraagnummer"].to_numpy(dtype=object),
            "dienst": frame["dienst"].to_numpy(dtype=object),
            "persoon": frame["persoon"].to_numpy(dtype=object),
            "peilmoment": moment_texts(frame["peilmoment"]),
            "resultaattype": kinds,
            "reden": frame["reden"].to_numpy(dtype=object),
            "advies": [use_case.routes[kind].advies for kind in kinds.tolist()],
            "score": _spread(scored.score, rows, number_of),
            "intercept": _spread(np.full(len(rows), scored.intercept), rows, number_of),
            "zekerheid": _spread(sureness, rows, number_of),
            "steekproef": sampled,
            "kenmerken": _compact(_at(rows, _features(explained), number_of)),
            "bijdragen": _compact(_at(rows, _contributions(explained), number_of)),
            "uitleg": _compact(_explanations(explained, use_case, factors=True)),
        }
    )


def moment_texts(moments: pd.Series) -> list[str]:
    """Return moments as YYYY-MM-DDTHH:MM:SS, with six decimals only where there are any."""
    written = np.datetime_as_string(moments.to_numpy(dtype="datetime64[us]"), unit="us")
    return [moment.removesuffix(".000000") for moment in written.tolist()]


def _blinded(results: pd.DataFrame, explained: Explained, use_case: UseCase) -> pd.DataFrame:
    nothing = np.full(len(results), np.nan)
    return results.assign(
        score=nothing,
        intercept=nothing,
        zekerheid=nothing,
        bijdragen=None,
        uitleg=_compact(_explanations(explained, use_case, factors=False)),
    )


def _compact(written: list[str] | list[str | None]) -> pd.Series:
    """Return texts in one block of memory instead of an object each; they are most of a result."""
    return pd.Series(written, dtype="str")


def _spread(values: np.ndarray, rows: np.ndarray, number_of: int) -> np.ndarray:
    spread = np.full(number_of, np.nan)
    spread[rows] = values
    return spread


def _at(rows: np.ndarray, written: list[str], number_of: int) -> list[str | None]:
    spread: list[str | None] = [None] * number_of
    for row, one in zip(rows.tolist(), written, strict=True):
        spread[row] = one
    return spread


def _features(explained: Explained) -> list[str]:
    """Return the features and flags of every scored application; an unknown income is null, never the mean."""
    table = explained.table
    scored = table.frame.iloc[explained.scored.rows]
    columns = {name: scored[name].to_numpy() for name in (*table.feature_names, *table.flag_names)}
    return _number_objects(columns, len(scored))


def _contributions(explained: Explained) -> list[str]:
    scored = explained.scored
    columns = {name: scored.contributions[:, term] for term, name in enumerate(scored.term_names)}
    return _number_objects(columns, len(scored.rows))


def _number_objects(columns: dict[str, np.ndarray], number_of: int) -> list[str]:
    written: list[str] = []
    for start in range(0, number_of, _ROWS_AT_ONCE):
        chunk = slice(start, start + _ROWS_AT_ONCE)
        written += objects({name: numbers(values[chunk]) for name, values in columns.items()})
    return written


def _explanations(explained: Explained, use_case: UseCase, *, factors: bool) -> list[str]:
    """Return what a case worker reads first of every application, whether it was scored or not."""
    reasons = {reason: text(sentence) for reason, sentence in use_case.reasons.items()}
    signal = text(SIGNAL)
    told = [
        _explanation(reasons.get(reason, '""'), "[]", "[]", "[]", signal) for reason in explained.table.frame["reden"]
    ]
    codes = explained.table.frame["reden"].tolist()
    for position, row in enumerate(explained.scored.rows.tolist()):
        rising = array(map(_factor, explained.verhogend[position])) if factors else "[]"
        falling = array(map(_factor, explained.verlagend[position])) if factors else "[]"
        unknown = array(texts(explained.onbekend[position]))
        told[row] = _explanation(reasons.get(codes[row], '""'), rising, falling, unknown, signal)
    return told


def _explanation(reason: str, rising: str, falling: str, unknown: str, signal: str) -> str:
    return f'{{"reden":{reason},"verhogend":{rising},"verlagend":{falling},"onbekend":{unknown},"signaal":{signal}}}'


@lru_cache(maxsize=100_000)
def _factor(factor: Factor) -> str:
    return (
        f'{{"kenmerk":{text(factor.term)},"label":{text(factor.label)},'
        f'"bijdrage":{number(factor.bijdrage)},"zin":{text(factor.zin)}}}'
    )
