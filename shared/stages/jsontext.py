"""Writes JSON by columns instead of by dictionaries: the same text, several times faster for many rows."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence

import numpy as np

NULL = "null"


def text(value: str) -> str:
    """Return one text as JSON."""
    return json.dumps(value, ensure_ascii=False)


def texts(values: Iterable[str | None]) -> list[str]:
    """Return texts as JSON, null for None."""
    return [NULL if value is None else json.dumps(value, ensure_ascii=False) for value in values]


def number(value: float) -> str:
    """Return one number in the shortest form that reads back as the same double."""
    return repr(value) if value == value else NULL


def numbers(values: np.ndarray) -> list[str]:
    """Return a column of numbers as JSON, null for NaN."""
    plain = values.tolist()
    return [NULL if value != value else repr(value) for value in plain]


def array(items: Iterable[str]) -> str:
    """Return a JSON array of JSON texts."""
    return "[" + ",".join(items) + "]"


def objects(columns: Mapping[str, Sequence[str]]) -> list[str]:
    """Return one JSON object per row; `columns`: name -> JSON text of every row."""
    members = ",".join(f"{text(name)}:%s".replace("%", "%%").replace("%%s", "%s") for name in columns)
    template = "{" + members + "}"
    return [template % row for row in zip(*columns.values(), strict=True)]
