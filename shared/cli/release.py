"""`release`: lets a held delivery go on, with a reason."""

from __future__ import annotations

import argparse

from shared import bootstrap
from shared.cli.plain import plain


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `release`."""
    parser = subparsers.add_parser("release", help="let a held delivery go on")
    parser.add_argument("delivery", metavar="DELIVERY", help="name of the delivery, such as 2026-11-20")
    parser.add_argument("--reden", required=True, help="why; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Release the delivery; return 0. The next `run` processes it."""
    released = bootstrap.release(args.delivery, args.reden)
    print(f"Levering {plain(released.new.levering)} is vrijgegeven. De volgende `run` verwerkt haar.")
    return 0
