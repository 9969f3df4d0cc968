"""`report`: makes the report on a model up to a day, from the months that are closed."""

from __future__ import annotations

import argparse
from datetime import date
from pathlib import Path

from shared import bootstrap
from shared.errors import RequestRefused


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `report`."""
    parser = subparsers.add_parser("report", help="make the report on a model, as one HTML file")
    parser.add_argument(
        "--tot",
        default="",
        metavar="YYYY-MM-DD",
        help="up to and including this day, in a month that is not closed or the last of one; else today",
    )
    parser.add_argument("--dataset", default="", help="of which dataset; else the first")
    parser.add_argument("-o", "--output", type=Path, default=Path("rapport.html"), metavar="FILE")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the report to a file and say where it is; return 0."""
    content = bootstrap.report_until(_day(args.tot), args.dataset)
    output: Path = args.output
    output.write_bytes(content)
    print(f"Het rapport staat in {output}.")
    return 0


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise RequestRefused(
            "This is not a day.", where="--tot", next_step="Write it as YYYY-MM-DD, such as 2026-11-20."
        ) from None
