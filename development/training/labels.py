"""Turns the dataset `uitkomsten` into what a model can learn: investigated cases with a clear outcome."""

from __future__ import annotations

import pandas as pd

_INVESTIGATED = "onderzocht door handhaving"
_LABELS = {"onrechtmatig": 1, "rechtmatig": 0}  # the others say nothing about whether the look was worth it


def labels(outcomes: pd.DataFrame) -> pd.Series[int]:
    """Return 1 (onrechtmatig) or 0 (rechtmatig) per aanvraagnummer.

    Left out: other results, an application with two different results, and one whose objection was upheld (gegrond):
    that outcome did not stand.
    """
    text = outcomes[["aanvraagnummer", "soort", "resultaat"]].astype("object")
    investigated = text[(text["soort"] == _INVESTIGATED) & text["resultaat"].isin(list(_LABELS))]
    found = investigated.assign(label=investigated["resultaat"].map(_LABELS)).groupby("aanvraagnummer")["label"]
    clear = found.first()[found.nunique() == 1].astype("int64")
    overturned = text.loc[text["resultaat"] == "gegrond", "aanvraagnummer"]
    return clear[~clear.index.isin(overturned)].sort_index()
