"""`check`: the infrastructure against the promises; `draw`: what is made from it. Needs infra/requirements.txt."""

from __future__ import annotations

import argparse
import sys

from development.infra.check import drawings, problems
from development.infra.environments import ENVIRONMENTS, deployments
from development.infra.scan import check_scan
from development.infra.template import ROOT


def main() -> int:
    """Run one command; 1 when something is wrong, with a line for each thing."""
    parser = argparse.ArgumentParser(prog="python -m development.infra", description=__doc__)
    parser.add_argument("command", choices=("check", "draw"))
    parser.add_argument("--without-checkov", action="store_true", help="only our own rules, which take a second")
    given = parser.parse_args()
    if given.command == "draw":
        environments, _ = deployments()
        for name, text in drawings(environments).items():
            path = ROOT / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
            print(name)
        return 0
    found = problems()
    if not given.without_checkov:
        found += check_scan()
    for problem in found:
        print(problem)
    print(f"{len(found)} problems." if found else f"Nothing wrong in {', '.join(ENVIRONMENTS)}.")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
