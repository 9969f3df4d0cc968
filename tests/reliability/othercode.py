"""Code of a later version, which gives every application another score; and whether rows and files tell the same."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from types import SimpleNamespace

import pyarrow.parquet as pq

from shared.records import FeatureTable, ResultSet, RunIdentity
from tests.reliability.looking import rows
from tests.shell import tinycore

_STORED = """SELECT v.run, r.aanvraagnummer, r.score FROM resultaten r JOIN verwerkingen v ON v.nr = r.verwerking_nr
    ORDER BY v.run, r.aanvraagnummer"""


def judge(table: FeatureTable, case: object, identity: RunIdentity, key: object) -> ResultSet:
    """Judge with another threshold than that of the model, which the tiny core makes another score of."""
    other = SimpleNamespace(**{**vars(identity.model), "threshold": identity.model.threshold + 2})
    return tinycore.judge(table, case, replace(identity, model=other), key)  # type: ignore[arg-type]


OTHER_CORE = replace(tinycore.CORE, judge=judge)
OTHER_CODE = {"code_version": "1", "settings_digest": "1", "core": OTHER_CORE}


def disagreements(root: Path) -> Iterator[str]:
    """Yield the published runs of which rows, lines, Parquet and manifest do not tell the same, and what is current."""
    stored: dict[str, list[tuple[str, float | None]]] = {}
    for run, number, score in rows(root, _STORED):
        stored.setdefault(run, []).append((number, score))
    for run, scores in stored.items():
        folders = list((root / "uitvoer").glob(f"*/*/runs/{run}"))
        if len(folders) != 1 or not (folders[0] / "manifest.json").exists():
            yield f"run {run} has no manifest"
            continue
        told = {name: (folders[0] / name).read_bytes() for name in ("resultaten.jsonl", "resultaten.parquet")}
        said = json.loads((folders[0] / "manifest.json").read_bytes())["bestanden"]
        wrong = [name for name, data in told.items() if hashlib.sha256(data).hexdigest() != said[name]["sha256"]]
        yield from (f"the manifest of {run} does not know its {name}" for name in wrong)
        if _of_lines(told["resultaten.jsonl"]) != scores or _of_parquet(told["resultaten.parquet"]) != scores:
            yield f"run {run} has other scores in its files than in its rows"
    yield from _current(root, stored)


def _current(root: Path, stored: dict[str, list[tuple[str, float | None]]]) -> Iterator[str]:
    current = rows(root, "SELECT run, aanvraagnummer FROM actuele_resultaten ORDER BY aanvraagnummer")
    wanted = [(number, dict(stored[run])[number]) for run, number in current]
    for name, read in (("jsonl", _of_lines), ("parquet", _of_parquet)):
        files = (root / "uitvoer").glob(f"*/*/actueel.{name}")
        if sorted(each for file in files for each in read(file.read_bytes())) != wanted:
            yield f"actueel.{name} is not what the rows say is current"


def _of_lines(data: bytes) -> list[tuple[str, float | None]]:
    return sorted((line["aanvraagnummer"], line["score"]) for line in map(json.loads, data.splitlines()))


def _of_parquet(data: bytes) -> list[tuple[str, float | None]]:
    table = pq.read_table(io.BytesIO(data)).to_pylist()
    scores = ((line["aanvraagnummer"], line["score"]) for line in table)
    return sorted((number, None if score != score else score) for number, score in scores)
