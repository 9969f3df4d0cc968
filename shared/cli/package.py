"""`package`: turns an EBM that was exported with interpret's `to_json` into a model package."""

from __future__ import annotations

import argparse
import importlib
from pathlib import Path

from shared.errors import SlimmeCheckError


class DevelopmentMissing(SlimmeCheckError):
    """Packaging needs the development part of the project, which is never deployed."""

    code = "SC-640"


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `package`."""
    parser = subparsers.add_parser("package", help="make a model package from an exported EBM and a policy")
    parser.add_argument("ebm", type=Path, metavar="EBM.json", help="written by interpret's to_json, at any detail")
    parser.add_argument("--policy", type=Path, required=True, metavar="FILE", help="name, version, threshold, labels …")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="DIR", help="new folder for the package")
    parser.add_argument(
        "--accept-unguarded",
        metavar="REASON",
        help="package although the privacy guard refuses or cannot judge; card and manifest then carry the reason",
    )
    parser.add_argument("--facts", type=Path, metavar="FACTS.json", help="what training measured, for the model card")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the package folder and say what it holds; return 0."""
    try:
        packaging = importlib.import_module("development.packaging.build")
    except ImportError:
        raise DevelopmentMissing(
            "Packaging needs the folder `development` and interpret, which are not installed here.",
            next_step="Run it in a checkout of the project, with requirements-dev.txt installed.",
        ) from None
    summary: str = packaging.package_files(args.ebm, args.policy, args.output, args.accept_unguarded, args.facts)
    print(summary)
    return 0
