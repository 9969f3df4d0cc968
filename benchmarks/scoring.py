"""How fast a row is scored, with all contributions and how sure, beside others with the same model; on one thread.

`python -m benchmarks.scoring [ROWS]`: on 1, on 1,000 and on ROWS rows.
"""

from __future__ import annotations

import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import numpy as np
import pandas as pd
from threadpoolctl import threadpool_limits

from benchmarks.measuring import BENCH_PYTHON, ROOT, Contender, Cost, in_turns, work
from benchmarks.outcome import Goal, Measured, Outcome, times_as_fast
from benchmarks.rivals import Floats, each_bag, interpret_model, package_in_use, rows_of
from benchmarks.running import alone
from shared.modelpackage.package import ModelPackage
from shared.stages.score import score_columns, score_features

SIZE, SMALL = 1_000_000, 2_000
ROUNDS = 7
_EXPLAINED = 20_000  # rows for those that would take minutes for a million
_OURS, _TABLE = "this product, columns by name", "this product, a pandas table"
_TERMS, _TERMS_TABLE = "interpret eval_terms + sum + sigmoid, an array", "interpret, the same on a pandas table"
_BAGS = "interpret, an array, of every bag too"
_LOCAL, _ONNX = "interpret predict_proba + explain_local", "ebm2onnx + onnxruntime, with contributions"
_ABOUT = """Every contender has the terms of the packaged model and gives the same scores. Rows are drawn from the
reference distributions of the package. Ours gives the score, fifteen contributions and the share of the sixteen bagged
models that agree, checks every value, and checks on every row that the explanation adds up. interpret gives score and
contributions alone; *of every bag too* is how it would tell how sure it is. Goals are against the fastest way to ask
interpret, an array by position; a table by name costs both more, and is shown beside it."""


def measure(size: int) -> Outcome:
    """Measure on 1, on 1,000 and on `size` rows; and the slow ones on fewer."""
    package = package_in_use()
    model = interpret_model(package)
    groups: dict[str, list[Measured]] = {}
    goals: list[Goal] = []
    with threadpool_limits(1):
        for rows, limit, said in ((1, 3.0, "1 row"), (1_000, 3.0, "1,000 rows"), (size, 0.6, "1,000,000 rows")):
            found = groups[f"{rows:,} rows scored"] = _scored(package, model, rows)
            ours, _, terms, *_ = found
            goals.append(times_as_fast(f"{said}: at least {limit:g} × eval_terms + sum + sigmoid", ours, terms, limit))
        explained, versions = _explained(package, model, min(size, _EXPLAINED))
    groups[f"{explained[0].units:,} rows explained"] = explained
    for other, limit in zip(explained[1:], (20.0, 8.0), strict=False):
        goals.append(times_as_fast(f"at least {limit:g} × {other.name}", explained[0], other, limit))
    return Outcome("Scoring", _ABOUT, size, groups, goals, versions=versions)


def _scored(package: ModelPackage, model: Any, rows: int) -> list[Measured]:
    columns = rows_of(package, rows)
    table = pd.DataFrame(columns)
    array = table.to_numpy()
    assert np.abs(score_columns(package, columns, rows).score - _terms(model, array)).max() < 1e-12
    times = max(1, min(300, 100_000 // rows))
    contenders = {
        _OURS: work(lambda: score_columns(package, columns, rows), times),
        _TABLE: work(lambda: score_features(package, table), times),
        _TERMS: work(lambda: _terms(model, array), times),
        _TERMS_TABLE: work(lambda: _terms(model, table), times),
        _BAGS: work(lambda: _every_bag(package, model, array), max(1, times // 10)),
    }
    return in_turns(ROUNDS, contenders, units=rows)


def _terms(model: Any, rows: Floats | pd.DataFrame) -> Floats:
    """Return the scores, with all contributions, as interpret's documentation says how."""
    scores: Floats = 1.0 / (1.0 + np.exp(-(model.eval_terms(rows).sum(axis=1) + model.intercept_[0])))
    return scores


def _every_bag(package: ModelPackage, model: Any, rows: Floats) -> list[Floats]:
    """Return the scores of the model and of each of its bags."""
    return [_terms(model, rows), *(_terms(bag, rows) for bag in each_bag(package, model))]


def _explained(package: ModelPackage, model: Any, rows: int) -> tuple[list[Measured], dict[str, str]]:
    columns = rows_of(package, rows)
    array = pd.DataFrame(columns).to_numpy()
    contenders = {
        _OURS: work(lambda: score_columns(package, columns, rows)),
        _LOCAL: work(lambda: (model.predict_proba(array), model.explain_local(array))),
    }
    if not BENCH_PYTHON.exists():  # make bench installs it; without, the other contenders still run
        return in_turns(ROUNDS, contenders, units=rows), {}
    with _onnx(rows) as (onnx, version):
        return in_turns(ROUNDS, {**contenders, _ONNX: onnx}, units=rows), {"with": version}


@contextmanager
def _onnx(rows: int) -> Iterator[tuple[Contender, str]]:
    """Give the contender that lives in an environment of its own, and its versions."""
    command = [str(BENCH_PYTHON), "-m", "benchmarks.onnx_worker", str(rows)]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as worker:
        assert worker.stdin is not None and worker.stdout is not None
        asking, answers = worker.stdin, worker.stdout

        def turn() -> Cost:
            asking.write("\n")
            asking.flush()
            return Cost(float(answers.readline()))

        yield turn, answers.readline().strip()
        asking.close()


if __name__ == "__main__":
    alone("scoring")
