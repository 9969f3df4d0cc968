"""`features`: computes the features of a delivery and publishes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from shared import bootstrap
from shared.cli.tablefiles import write_table


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `features`."""
    parser = subparsers.add_parser("features", help="compute the features of a delivery in any folder")
    parser.add_argument("delivery", type=Path, metavar="DELIVERY", help="folder with a datapackage.json")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="F.parquet", help=".parquet or .csv")
    parser.add_argument("--reden", required=True, help="why you look; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write one row per application with a valid dienst row; return 0."""
    table = bootstrap.read_features(args.delivery, args.reden)
    write_table(table, args.output)
    print(f"{len(table)} {'aanvraag' if len(table) == 1 else 'aanvragen'} met kenmerken: {args.output}")
    return 0
