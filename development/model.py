"""`python -m development model`: from an invented population to the package in models/, in one command."""

from __future__ import annotations

import argparse
import json
import tempfile
from datetime import datetime
from pathlib import Path

from development.packaging.build import build_package
from development.population import write_history
from development.training.history import History, read_history
from development.training.train import train
from shared.levensonderhoud.usecase import LEVENSONDERHOUD

POLICY = Path(__file__).parent / "policies" / "levensonderhoud.json"
MODELS = Path(__file__).parents[1] / "models"
APPLICATIONS, SEED = 120_000, 1  # of the package in models/
_PERIOD = (datetime(2022, 11, 1), datetime(2026, 11, 1))


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `model`."""
    parser = subparsers.add_parser("model", help="train on invented people and rebuild the package in models/")
    parser.add_argument("--policy", type=Path, default=POLICY)
    parser.add_argument("-o", "--output", type=Path, default=MODELS / LEVENSONDERHOUD.package)
    parser.add_argument(
        "--applications", type=int, default=APPLICATIONS, help="as many as show the published directions"
    )
    parser.add_argument("--seed", type=int, default=SEED, help="the same seed gives the same package")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Rebuild the package folder; return 0. The old files are only replaced once the new ones are complete."""
    files = invented_package(args.policy.read_bytes(), args.applications, args.seed)
    args.output.mkdir(parents=True, exist_ok=True)
    for name, content in files.items():
        (args.output / name).write_bytes(content)
    quality = json.loads(files["card.json"])["quality"]
    print(f"{args.output}: AUC {quality['AUC']}; above the threshold {quality['Boven de drempel']}")
    return 0


def invented_package(policy: bytes, applications: int, seed: int) -> dict[str, bytes]:
    """Return the files of a package trained on an invented population; the same arguments give the same bytes."""
    history = invented_history(applications, seed)
    threshold = json.loads(policy)["threshold"]
    trained = train(history.frame, history.labels, threshold, groups=history.groups, invented_people=True)
    return build_package(trained.export, policy, facts=trained.facts)


def invented_history(applications: int, seed: int) -> History:
    """Return what can be learnt from an invented population; the same arguments give the same people."""
    with tempfile.TemporaryDirectory() as root:
        folders = write_history(Path(root), applications=applications, period=_PERIOD, seed=seed)
        return read_history(
            folders[LEVENSONDERHOUD.dataset],
            folders["uitkomsten"] / "uitkomsten.csv",
            folders["groepskenmerken"] / "groepskenmerken.csv",
            LEVENSONDERHOUD,
        )
