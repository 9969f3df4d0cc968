"""`score`: adds score, intercept and contributions to any table that has a model's feature columns."""

from __future__ import annotations

import argparse
from pathlib import Path

import numpy as np
import pyarrow as pa

from shared import bootstrap
from shared.adapters.packages import load_package
from shared.cli.tablefiles import read_arrow, write_table
from shared.errors import ScoreInputInvalid
from shared.modelpackage.ebm import category_text
from shared.modelpackage.package import ModelPackage
from shared.modelpackage.plain import RESERVED, RESERVED_PREFIX
from shared.stages.score import score_features

# Numbers of applications are compared exactly, leading zeros included, so they are never read as numbers.
_IDENTIFIERS = ("aanvraagnummer", "dienst", "persoon")


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `score`."""
    parser = subparsers.add_parser("score", help="score a table of features with a model package")
    parser.add_argument("features", type=Path, metavar="F.parquet", help="table with the model's feature columns")
    parser.add_argument("--model", type=Path, required=True, metavar="DIR", help="folder of the model package")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="S.parquet", help=".parquet or .csv")
    parser.add_argument("--reden", required=True, help="why you look; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Score the table and write it; return 0."""
    package = load_package(args.model)
    scored = score_table(package, read_arrow(args.features, text_columns=_identifiers(package)))
    bootstrap.tell_scored(package, scored.num_rows, args.reden)
    write_table(scored, args.output)
    print(f"{scored.num_rows} rows scored with {package.name} {package.version}: {args.output}")
    return 0


def score_table(package: ModelPackage, table: pa.Table) -> pa.Table:
    """Return the table with `score`, `intercept` and one `bijdrage_<term>` per term added after its own columns."""
    taken = [name for name in table.column_names if name in RESERVED or name.startswith(RESERVED_PREFIX)]
    if taken:
        raise ScoreInputInvalid(
            "The table already has columns by the names that scoring adds.",
            where=", ".join(taken),
            next_step="Remove or rename them.",
        )
    present = [name for name in package.feature_names if name in table.column_names]
    scored = score_features(package, table.select(present).to_pandas())
    added = {"score": scored.score, "intercept": np.full(table.num_rows, scored.intercept)}
    for position, name in enumerate(scored.term_names):
        added[f"{RESERVED_PREFIX}{name}"] = scored.contributions[:, position]
    for name, values in added.items():
        table = table.append_column(name, pa.array(values))
    return table


def _identifiers(package: ModelPackage) -> frozenset[str]:
    """Return the columns that a csv holds as text: identifiers, and features with categories such as `01` or `1.0`."""
    nominal = {
        feature.name
        for feature in package.ebm.features
        if not feature.continuous and any(_reads_otherwise(text) for level in feature.levels for text in level)
    }
    return frozenset(nominal) | (frozenset(_IDENTIFIERS) - frozenset(package.feature_names))


def _reads_otherwise(category: object) -> bool:
    """True when a category looks like a number but is not the text of that number: reading it would change it."""
    try:
        return category_text(float(str(category))) != category
    except ValueError:
        return False
