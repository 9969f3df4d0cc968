"""`fairness`: prints every measure of a published table of counts, so that anyone can check it."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

import pyarrow as pa

from shared.cli.tablefiles import TableUnusable, table_bytes
from shared.monitoring.publishedcounts import (
    COLUMNS,
    MEASURES,
    NAMES,
    Line,
    measured,
    privileged_values,
    published_rows,
)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `fairness`."""
    parser = subparsers.add_parser("fairness", help="compute every measure of fairness from a table of counts")
    parser.add_argument(
        "counts", type=Path, metavar="COUNTS.csv", help=f"columns {','.join(COLUMNS)}; empty = suppressed"
    )
    parser.add_argument(
        "--privileged",
        nargs="+",
        action="extend",
        default=[],
        metavar="GROUP=VALUE",
        help="also print differences (percentage points) and ratios between each row and this value of its group",
    )
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print the table as CSV; return 0."""
    rows = published_rows(_content(args.counts))
    lines = measured(rows, privileged_values(args.privileged, rows))
    sys.stdout.write(table_bytes(_as_table(lines, compared=bool(args.privileged)), "csv").decode())
    return 0


def _content(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as cause:
        raise TableUnusable(
            f"The file cannot be read ({type(cause).__name__}).", where=str(path), next_step="Check the path."
        ) from None


def _as_table(lines: list[Line], *, compared: bool) -> pa.Table:
    """Return the lines with a type per column, also when there are none."""
    numbers = list(MEASURES)
    if compared:
        numbers += [f"{name}_{kind}" for name in MEASURES for kind in ("difference", "ratio")]
    schema = pa.schema(
        [
            *((name, pa.string()) for name in NAMES),
            ("n", pa.int64()),
            *((name, pa.float64()) for name in numbers),
        ]
    )
    return pa.Table.from_pylist(lines, schema=schema)
