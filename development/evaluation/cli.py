"""`python -m development evaluate`: measures what reweighing would do to the packaged model, on invented people."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from development.evaluation.planted import DUTCH
from development.evaluation.reweighing import evaluate_reweighing
from development.model import APPLICATIONS, MODELS, SEED, invented_history
from shared.adapters.packages import load_package, read_package_files
from shared.levensonderhoud.usecase import LEVENSONDERHOUD
from shared.modelpackage.canonical import canonical_json
from shared.modelpackage.manifest import MANIFEST_FILE
from shared.monitoring.register.reweighing import place_of


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `evaluate`."""
    parser = subparsers.add_parser("evaluate", help="who is flagged with and without reweighing, per group")
    parser.add_argument("--package", type=Path, default=MODELS / LEVENSONDERHOUD.package)
    parser.add_argument("--by", default=DUTCH, help="the group attribute to reweigh by")
    parser.add_argument("--applications", type=int, default=APPLICATIONS, help="as the package was trained on")
    parser.add_argument("--seed", type=int, default=SEED, help="as the package was trained on")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the evaluation beside the packages; return 0. The same people give the same bytes."""
    package = load_package(args.package)
    manifest = json.loads(read_package_files(args.package)[MANIFEST_FILE])
    history = invented_history(args.applications, args.seed)
    found = evaluate_reweighing(package, manifest["training_data"]["sha256"], history, args.by)
    output = args.package.parent / place_of(package)
    output.parent.mkdir(parents=True, exist_ok=True)
    output.write_bytes(canonical_json(found))
    print(output)
    return 0
