"""`model`: which versions there are, and what a proposal of one would say; deciding is done by two people, signed in.

There are no commands to propose, approve or activate. Whoever types here is known by the account of the machine, which
one person may have several of and several may share: with it, one person could be two.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from shared import bootstrap
from shared.bootstrap import models
from shared.modelregister.states import STATUS_SENTENCES
from shared.usecases import datasets


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `model` with `list` and `dossier`."""
    parser = subparsers.add_parser("model", help="look at the versions of the model; deciding is done signed in")
    parser.add_argument("--dataset", choices=datasets(), default=datasets()[0], help="the use case")
    commands = parser.add_subparsers(required=True, metavar="ACTION")
    listing = commands.add_parser("list", help="the versions in the register and their status")
    listing.set_defaults(run=_list)
    dossier = commands.add_parser("dossier", help="what a proposal of a package would say; nothing is proposed")
    dossier.add_argument("version", metavar="VERSION", help="of the package models/<model>-<version>")
    dossier.add_argument("-o", "--output", type=Path, metavar="FILE", help="write the JSON to a file")
    dossier.set_defaults(run=_dossier)


def _list(args: argparse.Namespace) -> int:
    for version in models.model_versions(args.dataset):
        print(f"{version.id.title}: {version.status}, sinds {version.since:%Y-%m-%d %H:%M} UTC")
        print(f"  {STATUS_SENTENCES[version.status]}")
        print(f"  sha256 {version.id.sha256}")
    return 0


def _dossier(args: argparse.Namespace) -> int:
    text = models.make_dossier(args.dataset, args.version, bootstrap.person_here())
    if args.output is None:
        print(text)
    else:
        args.output.write_text(text + "\n", encoding="utf-8")
        print(f"Dossier geschreven naar {args.output}. Er is niets voorgesteld.")
    return 0
