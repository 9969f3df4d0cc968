"""`register`: writes the entry for the algorithm register, the papers and the public pages of every algorithm."""

from __future__ import annotations

import argparse
from pathlib import Path

FOLDER = Path("werk") / "register"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `register`."""
    parser = subparsers.add_parser("register", help="write the register entry, the papers and the public pages")
    parser.add_argument("-o", "--output", type=Path, default=FOLDER, metavar="DIR", help=f"default: {FOLDER}")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write everything; return 0, or fail with every rule of the register that an entry breaks."""
    from shared.bootstrap.register import write_register

    for path in write_register(args.output):
        print(path)
    return 0
