"""The readers of what a terminal is given: a model package, a table to score, and a table of published counts."""

from __future__ import annotations

import json
import random
import tempfile
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from shared import CONTRACT_VERSION
from shared.cli.score import score_table
from shared.cli.tablefiles import read_arrow, table_bytes
from shared.errors import SlimmeCheckError
from shared.modelpackage.canonical import canonical_json, sha256
from shared.modelpackage.evaluation import evaluate
from shared.modelpackage.manifest import MANIFEST_FILE, OWN_DIGEST, seal
from shared.modelpackage.package import ModelPackage, read_package
from shared.modelpackage.plain import ebm_from_plain
from shared.modelpackage.tables import tables_of
from shared.monitoring.publishedcounts import COLUMNS, measured, privileged_values, published_rows
from tests.fuzz.changing import after, change_cells
from tests.fuzz.oracle import NUMBER, Target, refused

FILES = (MANIFEST_FILE, "ebm.json", "policy.json", "card.json", "reference.json", "golden.json")
PLAIN: dict[str, Any] = {
    "format": "slimme-check/ebm/1",
    "features": [
        {"name": "inkomen", "type": "continuous", "cuts": [[0.5, 1000.0], [10.0]]},
        {"name": "onbekend", "type": "continuous", "cuts": [[0.5]]},
        {"name": "soort", "type": "nominal", "categories": [[["a"], ["b", "01"]]]},
    ],
    "terms": [
        {
            "features": ["inkomen"],
            "scores": [0.0, 0.1, 0.2, 0.3, 0.0],
            "bagged_scores": [[0.0, 0.1, 0.2, 0.3, 0.0]] * 2,
        },
        {"features": ["soort"], "scores": [0.0, -1.0, 0.5, 0.0], "bagged_scores": [[0.0, -1.0, 0.5, 0.0]] * 2},
        {
            "features": ["inkomen", "soort"],
            "scores": [[0.0] * 4, [0.1] * 4, [0.2] * 4, [0.0] * 4],
            "bagged_scores": [[[0.0] * 4, [0.1] * 4, [0.2] * 4, [0.0] * 4]] * 2,
        },
    ],
    "intercept": -0.25,
    "bagged_intercept": [-0.3, -0.2],
    "classes": ["0", "1"],
}
POLICY = {
    "name": "proef", "version": "1.0.0", "date": "2026-11-01", "threshold": 0.5, "sample_share": 0.0,
    "income_feature": "inkomen", "income_unknown_flag": "onbekend", "income_mean": 12.5,
}  # fmt: skip


@cache
def small_package() -> dict[str, bytes]:
    """Return a small package that is right in everything."""
    golden = {"cases": [_case(inkomen / 2, soort) for inkomen in range(25) for soort in ("a", "ander")]}
    documents = {"ebm.json": PLAIN, "policy.json": POLICY, "card.json": {"a": 1}, "reference.json": {"b": [2.5]}}
    files = {name: canonical_json(document) for name, document in documents.items()}
    files |= {"golden.json": canonical_json(golden), "card.md": b"# Proef\n"}
    return {**files, MANIFEST_FILE: seal(files, {"unguarded_reason": None})}


def _case(inkomen: float, soort: str) -> dict[str, Any]:
    """Return what the model makes of one row, in the form of a golden case."""
    ebm, values = ebm_from_plain(PLAIN), {"inkomen": inkomen, "onbekend": 0, "soort": soort}
    found = evaluate(tables_of(ebm), {name: np.array([value]) for name, value in values.items()}, 1, 0.5)
    told = dict(zip([term.name for term in ebm.terms], found.contributions[0].tolist(), strict=True))
    return {"features": values, "score": float(found.score[0]), "contributions": told}


@cache
def _package() -> ModelPackage:
    return read_package(small_package())


def read_one_package(data: bytes) -> None:
    """Read a package of which the file that the first byte chooses is another, under seals that are right again."""
    name, raw = FILES[(data[:1] or b"\0")[0] % len(FILES)], data[1:]
    files = dict(small_package())
    if name == MANIFEST_FILE:
        files[name] = _own_seal(raw)
    else:
        files[name] = raw
        del files[MANIFEST_FILE]
        files[MANIFEST_FILE] = seal(files, {"unguarded_reason": None})
    try:
        package = read_package(files)
    except SlimmeCheckError as cause:
        # names of features are no values of people, and told
        if "\n" in str(cause.where) or not cause.code:
            raise AssertionError("a refusal that does not say where") from None
        return
    found = package.evaluate({each.name: _column(each.continuous) for each in package.ebm.features}, 1)
    if not 0 <= found.score[0] <= 1:
        raise AssertionError("a package that gives no score")


def _column(continuous: bool) -> Any:
    return pd.Series([1.0] if continuous else ["a"], dtype=None if continuous else "str").to_numpy(
        dtype="float64" if continuous else "U1"
    )


def _own_seal(raw: bytes) -> bytes:
    """Return a manifest whose own digest is right, where it is JSON at all."""
    try:
        document = json.loads(raw)
        document.pop(OWN_DIGEST, None)
        return canonical_json({**document, OWN_DIGEST: sha256(canonical_json(document))})
    except (ValueError, RecursionError, AttributeError, TypeError):
        return raw


def packages() -> Iterator[bytes]:
    """Each file of the small package."""
    for number, name in enumerate(FILES):
        yield bytes([number]) + small_package()[name]
    assert CONTRACT_VERSION in small_package()[MANIFEST_FILE].decode()


# --- a table to score -------------------------------------------------------------------------------------------------
@cache
def _folder() -> Path:
    return Path(tempfile.mkdtemp(prefix="fuzz-"))


def read_one_table(data: bytes) -> None:
    """Score a file that somebody gives, csv or (by the first byte) Parquet; what was taken can be written again."""
    path = _folder() / ("tabel.parquet" if data[:1] == b"\1" else "tabel.csv")
    path.write_bytes(data[1:])
    try:
        scored = score_table(_package(), read_arrow(path, text_columns=("soort", "aanvraagnummer")))
    except SlimmeCheckError as cause:
        refused(cause)
        return
    table_bytes(scored, "csv")


def tables() -> Iterator[bytes]:
    """The same rows as csv and as Parquet."""
    numbers = [NUMBER, "0042", ""]
    frame = pd.DataFrame(
        {"aanvraagnummer": numbers, "inkomen": [1.5, None, -2e3], "onbekend": [0, 1, 0], "soort": ["a", "01", "ander"]}
    )
    yield b"\0" + frame.to_csv(index=False).encode()
    yield b"\1" + table_bytes(frame, "parquet")


def _change_table(data: bytes, turn: random.Random) -> bytes | None:
    changed = None if data[:1] == b"\1" else change_cells(data[1:], turn)
    return None if changed is None else data[:1] + changed


# --- published counts -------------------------------------------------------------------------------------------------
def read_one_count(data: bytes) -> None:
    """Compute every measure of a table of counts, beside a group of it."""
    try:
        rows = published_rows(data)
        about = rows[0].about if rows else ("", "", "", "")
        measured(rows, privileged_values([f"{about[2]}={about[3]}"] if rows else [], rows))
    except SlimmeCheckError as cause:
        refused(cause)


def counts() -> Iterator[bytes]:
    """Two groups, of which one cell is suppressed."""
    header = ",".join(COLUMNS)
    yield f"{header}\nd,m,sekse,man,{NUMBER},2,3,4\nd,m,sekse,{NUMBER},5,,7,8\n".encode()


TARGETS = {
    "model-package": Target(read_one_package, packages, (1_200, 60_000), lambda d, t: after(1, d, t), longest=65_536),
    "tables": Target(read_one_table, tables, (1_000, 60_000), _change_table, (",", '"', "1e999", "\n", "-0", "é")),
    "counts": Target(read_one_count, counts, (3_000, 200_000), change_cells, (",", '"', "\n", "0", "999999999999999")),
}
