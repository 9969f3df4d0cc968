"""Measures a delivery's features twice: by the product's command and by the row-by-row oracle."""

import importlib.util
import os
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from development.population import World
from development.population.delivery import exported
from development.population.files import as_table
from development.population.world import cut
from tests.oracle.judge import judge
from tests.oracle.tables import COLUMNS, Tables, Value


def command_is_there() -> bool:
    """Tells whether the product has its command line; in CI it must."""
    return importlib.util.find_spec("shared.__main__") is not None or os.environ.get("CI") == "true"


def by_command(delivery: Path, workplace: Path) -> pd.DataFrame:
    """Runs `python -m shared features`: one row per application that has a valid dienst row."""
    target = workplace / "features.parquet"
    command = [sys.executable, "-m", "shared", "features", str(delivery), "-o", str(target), "--reden", "meting"]
    own = {**os.environ, "SLIMME_CHECK_OPSLAG": str(workplace)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=own)
    assert done.returncode == 0, done.stderr
    return pd.read_parquet(target)


def by_oracle(world: World) -> pd.DataFrame:
    """Judges every application from the rows of its own people; `reden` comes with the features."""
    van, tot = world.period.van.item(), world.period.tot.item()
    found = []
    for tables in _per_person(world):
        for verdict in judge(tables, van, tot):
            if verdict.values is not None:
                found.append({"aanvraagnummer": verdict.aanvraagnummer, "reden": verdict.reden, **verdict.values})
    frame = pd.DataFrame(found).sort_values("aanvraagnummer").reset_index(drop=True)
    return frame.astype({"sum_inkomen_bruto_value": float})


def _per_person(world: World) -> Iterable[Tables]:
    grouped: dict[int, Tables] = defaultdict(lambda: {name: [] for name in COLUMNS})
    kinds: list[dict[str, Value]] = []
    for name, frame in cut(world, world.period, exported(world.period)).items():
        delivered = as_table(name, frame, world.seed).to_pylist()
        rows = [{column: _moment(row.get(column)) for column in COLUMNS[name]} for row in delivered]
        if name == "soorteninkomen":
            kinds = rows
            continue
        for episode, row in zip(frame["episode"].tolist(), rows, strict=True):
            grouped[episode][name].append(row)
    for tables in grouped.values():
        tables["soorteninkomen"] = kinds
    return grouped.values()


def _moment(value: Value | date) -> Value:
    if isinstance(value, date) and not isinstance(value, datetime):
        return datetime(value.year, value.month, value.day)
    return value
