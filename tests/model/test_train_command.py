"""`python -m development train`, and from there to a package, as a data scientist would do it."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

from development.model import POLICY
from development.packaging.build import package_files
from development.training.train import INCOME
from shared.adapters.packages import load_package
from shared.cli.tablefiles import write_table
from shared.stages.score import score_features
from tests.model.generated import feature_rows, outcomes

ROOT = Path(__file__).parents[2]


def test_features_and_outcomes_become_a_model_and_a_package(tmp_path: Path) -> None:
    rows = feature_rows(12_000, seed=4)
    found = outcomes(rows, 0.1, seed=5)
    table = pd.DataFrame(
        {
            "aanvraagnummer": found.index,
            "soort": "onderzocht door handhaving",
            "resultaat": np.where(found == 1, "onrechtmatig", "rechtmatig"),
        }
    )
    write_table(rows.drop(columns="persoon"), tmp_path / "F.parquet")
    write_table(table, tmp_path / "O.csv")
    arguments = ["--features", "F.parquet", "--outcomes", "O.csv", "--policy", str(POLICY), "--invented"]
    arguments += ["-o", "EBM.json", "--card-facts", "FACTS.json"]
    command = [sys.executable, "-m", "development", "train", *arguments]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stderr
    assert "AUC" in ran.stdout and "no column persoon" in ran.stdout
    package_files(tmp_path / "EBM.json", POLICY, tmp_path / "model", None, tmp_path / "FACTS.json")
    model = load_package(tmp_path / "model")
    known = rows[INCOME].notna()
    assert score_features(model, rows).score.shape == (12_000,)
    mean = json.loads((tmp_path / "FACTS.json").read_bytes())["income_mean"]
    # The mean is that of the cases learnt from; all known incomes together lie near it.
    assert model.imputation is not None and model.imputation.value == mean
    assert abs(mean - rows.loc[known, INCOME].mean()) < 60


def test_an_error_is_one_sentence_and_exit_code_1(tmp_path: Path) -> None:
    arguments = ["--features", "none.csv", "--outcomes", "O.csv", "--policy", str(POLICY)]
    command = [sys.executable, "-m", "development", "train", *arguments, "-o", "E.json", "--card-facts", "F.json"]
    ran = subprocess.run(command, cwd=tmp_path, env={"PYTHONPATH": str(ROOT)}, capture_output=True, text=True)
    assert ran.returncode == 1
    assert "none.csv" in ran.stderr and "Traceback" not in ran.stderr
