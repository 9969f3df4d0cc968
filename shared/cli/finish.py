"""`finish`: lets a published delivery be finished of which no snapshot can be made, with a reason."""

from __future__ import annotations

import argparse

from shared import bootstrap
from shared.cli.plain import plain


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `finish`."""
    parser = subparsers.add_parser("finish", help="let a published delivery be finished without its snapshot")
    parser.add_argument("delivery", metavar="DELIVERY", help="name of the delivery, such as 2026-11-20")
    parser.add_argument("--reden", required=True, help="why it can have no snapshot; kept in the audit log")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Let go of the snapshot; return 0. The next `run` finishes the delivery, which cannot be judged again then."""
    stuck = bootstrap.let_go_of_snapshot(args.delivery, args.reden)
    print(f"Levering {plain(stuck.new.levering)}: {stuck.sentence}")
    return 0
