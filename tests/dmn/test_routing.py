"""The routing table that policy staff read gives, in an engine that is not ours, what the code gives: everywhere."""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import subprocess
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from shared import CONTRACT_VERSION
from shared.adapters.packages import load_package
from shared.errors import ExplanationBroken
from shared.levensonderhoud import LEVENSONDERHOUD
from shared.levensonderhoud.outcomes import MODEL, OUTCOMES, REASONS, ROUTES
from shared.modelpackage.package import ModelPackage
from shared.records import FeatureTable, RunIdentity
from shared.stages.explain import FACTOR, Explained
from shared.stages.present import present
from shared.stages.pseudonym import PseudonymKey
from shared.stages.sample import draw
from shared.stages.score import Scored, check_adds_up

ROOT = Path(__file__).parents[2]
HERE = Path(__file__).parent
TABLE = ROOT / "shared" / "levensonderhoud" / "routering.dmn"
THRESHOLDS = (5e-324, 0.1, 0.5, 0.63, 1 / 3, math.nextafter(1, 0))
SHARES = (0.0, 0.5, 1.0)
KEY = PseudonymKey("k-1", bytes(range(32)))
NOT_SCORED = [outcome for outcome in OUTCOMES if outcome.reden != MODEL]


@dataclass(frozen=True)
class Point:
    """One point of the grid, as the table sees it."""

    reden: str
    score: float | None
    drempel: float
    steekproef: bool


@dataclass(frozen=True)
class Answer:
    """What the table says: its rule, and the outputs; no rule where none fits."""

    rule: str | None
    outputs: dict[str, Any]


@dataclass(frozen=True)
class Table:
    """The table as the engine read it."""

    rules: list[str]
    columns: dict[str, str]
    answers: list[Answer]


type Engine = Callable[..., Table]


@pytest.fixture(scope="module")
def engine() -> Engine:
    """The engine; without node a test is skipped on a laptop, and fails where CI=true."""
    node = shutil.which("node")
    if node is None or not (HERE / "node_modules" / "feelin").is_dir():
        missing = "The engine for DMN is not here: install node, and run: make dmn"
        if os.environ.get("CI") == "true":
            pytest.fail(missing)
        pytest.skip(missing)

    def evaluate(points: Iterable[Point], file: Path = TABLE) -> Table:
        asked = json.dumps([vars(point) for point in points])
        command = [str(node), str(HERE / "evaluate.mjs"), str(file)]
        done = subprocess.run(command, input=asked, capture_output=True, text=True, timeout=120, check=False)
        assert done.returncode == 0, done.stderr
        said = json.loads(done.stdout)
        columns = {column["name"]: column["values"] for column in said["columns"]}
        return Table(said["rules"], columns, [Answer(**answer) for answer in said["answers"]])

    return evaluate


@lru_cache(maxsize=1)
def package() -> ModelPackage:
    return load_package(ROOT / "models" / LEVENSONDERHOUD.package)


def near(threshold: float) -> list[float]:
    """Scores on the threshold, one bit and more below and above it, and at both ends."""
    below, above = math.nextafter(threshold, 0), math.nextafter(threshold, 1)
    return sorted({0.0, below, threshold, above, threshold / 2, (threshold + 1) / 2, 1.0})


def routed(reasons: list[tuple[str, int]], scores: list[float], threshold: float, share: float) -> list[Any]:
    """Return by the code: resultaattype, advies, score and whether it was drawn, per row; MODEL rows have a score."""
    number, names = len(reasons), package().term_names
    features, flags = package().feature_names, ("adres_onbekend",)
    frame = pd.DataFrame(
        {
            "aanvraagnummer": [f"a{row:05d}" for row in range(number)],
            "peilmoment": pd.Series([pd.Timestamp("2026-11-19")] * number, dtype="datetime64[us]"),
            "dienst": [f"k-1:{row}" for row in range(number)],
            "persoon": [f"k-1:p{row}" for row in range(number)],
            "resultaattype": [kind for _, kind in reasons],
            "reden": [reason for reason, _ in reasons],
            **{name: np.zeros(number) for name in (*features, *flags)},
        }
    )
    rows = np.flatnonzero(frame["resultaattype"].to_numpy() == 0)
    scored = Scored(np.array(scores), np.zeros((len(rows), len(names))), None, 0.0, names, rows)
    factors, words = (pa.array([[]] * len(rows), type=pa.list_(kind)) for kind in (FACTOR, pa.string()))
    explained = Explained(scored, FeatureTable(frame, features, flags, "k-1"), factors, factors, words)
    model = replace(package(), threshold=threshold, sample_share=share)
    identity = RunIdentity("run", "levensonderhoud", "2026-11-20", "0" * 64, model, CONTRACT_VERSION, "k-1")
    results = present(explained, LEVENSONDERHOUD, identity, KEY).results
    assert (
        results["steekproef"].to_numpy()[rows].tolist()
        == draw(frame["dienst"].iloc[rows], KEY, model.sha256, share).tolist()
    )
    return results[["resultaattype", "advies", "reden", "score", "steekproef"]].to_dict("records")


def by_code(threshold: float, share: float, scores: list[float]) -> list[tuple[Point, dict[str, Any]]]:
    """Return points and what the code makes of them: every score as a MODEL row, and every other reason."""
    reasons = [(MODEL, 0)] * len(scores) + [(outcome.reden, outcome.resultaattype) for outcome in NOT_SCORED]
    found = routed(reasons, scores, threshold, share)
    return [
        (
            Point(row["reden"], None if row["score"] != row["score"] else row["score"], threshold, row["steekproef"]),
            {"resultaattype": row["resultaattype"], "advies": row["advies"]},
        )
        for row in found
    ]


def assert_equal(engine: Engine, grid: list[tuple[Point, dict[str, Any]]], file: Path = TABLE) -> Table:
    table = engine((point for point, _ in grid), file)
    differs = [
        (point, expected, answer)
        for (point, expected), answer in zip(grid, table.answers, strict=True)
        if answer.outputs != expected
    ]
    assert not differs, differs[:5]
    return table


def test_code_and_table_agree_on_every_point_of_the_grid(engine: Engine) -> None:
    grid = [
        pair
        for threshold in THRESHOLDS
        for share in SHARES
        for pair in by_code(threshold, share, near(threshold) * 4)  # four of each: drawn and not drawn at share 0.5
    ]
    assert len(grid) > 500
    table = assert_equal(engine, grid)
    assert {answer.rule for answer in table.answers} == set(table.rules), "every rule of the table is reached"
    assert {(point.score == point.drempel, point.steekproef) for point, _ in grid if point.reden == MODEL} == {
        (on_it, drawn) for on_it in (True, False) for drawn in (True, False)
    }


def test_code_and_table_agree_on_a_thousand_points_nobody_chose(engine: Engine) -> None:
    chance = random.Random(20261122)
    grid = []
    for _ in range(40):
        threshold = chance.choice((chance.random(), round(chance.random(), 2))) or 0.5
        near_it = [
            min(1.0, max(0.0, threshold + chance.choice((-1, 1)) * 10 ** -chance.uniform(1, 17))) for _ in "12345"
        ]
        grid += by_code(threshold, chance.random(), near_it + [chance.random() for _ in range(20)])
    assert len(grid) > 1_000
    assert_equal(engine, grid)


def test_the_packaged_threshold_is_where_the_route_turns(engine: Engine) -> None:
    threshold = package().threshold
    grid = by_code(threshold, 0.0, [math.nextafter(threshold, 0), threshold, math.nextafter(threshold, 1)])
    table = assert_equal(engine, grid)
    assert [answer.outputs["resultaattype"] for answer in table.answers[:3]] == [2, 1, 1]


def test_score_sample_and_threshold_change_nothing_for_who_is_not_scored(engine: Engine) -> None:
    grid = [
        (
            Point(outcome.reden, score, threshold, drawn),
            {"resultaattype": outcome.resultaattype, "advies": ROUTES[outcome.resultaattype].advies},
        )
        for outcome in NOT_SCORED
        for score in (None, 0.0, 0.63, 1.0)
        for threshold in (0.1, 0.63)
        for drawn in (True, False)
    ]
    assert_equal(engine, grid)


def test_an_application_for_the_model_without_score_has_no_route_in_the_table_nor_in_the_code(engine: Engine) -> None:
    table = engine([Point(MODEL, None, 0.63, drawn) for drawn in (True, False)])
    assert [answer.rule for answer in table.answers] == [None, None]
    with pytest.raises(ExplanationBroken):
        check_adds_up(np.array([np.nan]), 0.0, np.zeros((1, 1)))


def test_the_table_knows_exactly_the_reasons_and_routes_of_the_code(engine: Engine) -> None:
    table = engine([])
    listed = set(re.findall(r'"([A-Z_]+)"', table.columns["reden"]))
    assert listed == set(REASONS) == {outcome.reden for outcome in OUTCOMES}
    answers = engine([Point(outcome.reden, None, 0.63, False) for outcome in NOT_SCORED]).answers
    assert [answer.rule for answer in answers] == table.rules[: len(NOT_SCORED)], "in the order of the contract"


def test_a_table_that_says_otherwise_is_found(engine: Engine, tmp_path: Path) -> None:
    said = TABLE.read_text(encoding="utf-8")
    for old, new in (
        ("&gt;= drempel", "&gt; drempel"),
        ("<text>3</text>", "<text>4</text>"),
        ("<text>true</text>", "<text>false</text>"),
    ):
        other = tmp_path / "routering.dmn"
        assert said.count(old) == 1
        other.write_text(said.replace(old, new), encoding="utf-8")
        grid = [pair for share in SHARES for pair in by_code(0.63, share, near(0.63))]
        with pytest.raises(AssertionError):
            assert_equal(engine, grid, other)
