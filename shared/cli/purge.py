"""`purge`: removes what is past its term, with a tombstone for each removal and a proof of the whole."""

from __future__ import annotations

import argparse
import sys

from shared import bootstrap
from shared.cli.plain import plain


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `purge`."""
    parser = subparsers.add_parser("purge", help="remove what is past its retention term")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Remove what is due and say how many of what; return 0, or 1 when a part of it could not be done."""
    done = bootstrap.purge()
    for what, number in sorted(done.counts.items()):
        print(f"{what}: {number}")
    if not done.counts and not done.failures:
        print("Er is niets waarvan de bewaartermijn voorbij is.")
    if done.proof:
        print(f"Bewijs van verwijdering: logboek/{done.proof}")
    for failure in done.failures:
        print(plain(failure), file=sys.stderr)
    return 1 if done.failures else 0
