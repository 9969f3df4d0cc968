"""`restored`: puts on record that the database was put back, so that the audit log goes on behind what is gone."""

from __future__ import annotations

import argparse

from shared import bootstrap


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `restored`."""
    parser = subparsers.add_parser("restored", help="tell that the database was put back from a copy")
    parser.add_argument("--reden", required=True, help="why it was put back")
    parser.set_defaults(run=run)


def run(given: argparse.Namespace) -> int:
    """Write the event of a restore; return 0."""
    gap = bootstrap.tell_restored(given.reden)
    print(f"Vastgelegd: gebeurtenissen {gap.na + 1} tot en met {gap.tot_en_met} zijn weg door het terugzetten.")
    return 0
