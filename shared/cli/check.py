"""`check`: says what the nightly check would say of a delivery, and changes nothing."""

from __future__ import annotations

import argparse
from pathlib import Path

from shared import bootstrap
from shared.cli.findings import print_findings
from shared.records import Verdict

NOT_ACCEPTED = 2
_IN_WORDS = {
    Verdict.GEACCEPTEERD: "De levering wordt geaccepteerd.",
    Verdict.AANGEHOUDEN: "De levering wordt aangehouden tot een procesbeheerder haar vrijgeeft.",
    Verdict.AFGEKEURD: "De levering wordt als geheel afgekeurd.",
}


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `check`."""
    parser = subparsers.add_parser("check", help="check a delivery in any folder; exit code 2 when it is not accepted")
    parser.add_argument("delivery", type=Path, metavar="DELIVERY", help="folder with a datapackage.json")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Print verdict and findings; return 0 for a delivery that would be processed, else 2."""
    checked = bootstrap.check_folder(args.delivery)
    print(_IN_WORDS[checked.verdict])
    print_findings(checked.findings)
    if checked.verdict is not Verdict.AFGEKEURD:
        print(f"  {sum(map(len, checked.tables.values()))} rijen in {len(checked.tables)} tabellen zijn leesbaar.")
    return 0 if checked.verdict is Verdict.GEACCEPTEERD else NOT_ACCEPTED
