"""`python -m development train`: trains on a feature file and outcomes, ready for `python -m shared package`."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

from development.packaging.policy import read_policy
from development.training.labels import labels
from development.training.train import train
from shared.cli.tablefiles import read_table
from shared.modelpackage.canonical import canonical_json


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `train`."""
    parser = subparsers.add_parser("train", help="train an EBM on a feature file and outcomes")
    parser.add_argument("--features", type=Path, required=True, help="made by `python -m shared features … --reden …`")
    parser.add_argument("--outcomes", type=Path, required=True, help="csv of the dataset uitkomsten")
    parser.add_argument("--policy", type=Path, required=True, help="for the threshold at which errors are counted")
    parser.add_argument("-o", "--output", type=Path, required=True, metavar="EBM.json")
    parser.add_argument("--card-facts", type=Path, required=True, metavar="FACTS.json")
    parser.add_argument("--invented", action="store_true", help="the people do not exist; the card says so")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write the exported EBM and what training measured; return 0.

    A feature file names no persons. Without a column `persoon` every application counts as another person.
    """
    frame = read_table(args.features, text_columns=["aanvraagnummer", "persoon"])
    if "persoon" not in frame.columns:
        frame = frame.assign(persoon=frame["aanvraagnummer"])
        print("note: the feature file has no column persoon; every application counts as another person")
    known = labels(read_table(args.outcomes, text_columns=["aanvraagnummer"]))
    threshold = read_policy(args.policy.read_bytes(), trained_mean=0.0)["threshold"]
    trained = train(frame, known, threshold, invented_people=args.invented)
    args.output.write_bytes(trained.export)
    args.card_facts.write_bytes(canonical_json(trained.facts))
    print(json.dumps(trained.facts["quality"], ensure_ascii=False, indent=1))
    return 0
