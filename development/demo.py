"""`python -m development demo`: what `make run` shows, from an empty mailbox to an explained result."""

from __future__ import annotations

import argparse
import json
from datetime import date

from development.population import write_follow_ups, write_mailbox
from shared import bootstrap
from shared.cli import main as slimme_check

SEED = 1
FIRST_DAY = date(2026, 11, 17)
INVESTIGATE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `demo`."""
    parser = subparsers.add_parser("demo", help="write a few deliveries, process them, explain one result")
    parser.set_defaults(run=run)


def run(_: argparse.Namespace) -> int:
    """Deliver, process and explain; return the exit code of the processing. A second time nothing is done twice."""
    storage = bootstrap.settings().storage
    print(f"1. Leveringen over verzonnen mensen, in {storage / 'brievenbus'}")
    for written in write_mailbox(storage, seed=SEED, day=FIRST_DAY):
        print(f"   {written.folder.name}  {written.expected}")
    for written in write_follow_ups(storage, seed=SEED, day=FIRST_DAY):
        print(f"   {written.folder.name}  {written.folder.parent.name}: {written.expected}")
    print("\n2. python -m shared run")
    code = slimme_check(["run"])
    number = _flagged_application()
    if number:
        print(f"\n3. python -m shared explain - --reden …   (en dan het nummer: {number})")
        slimme_check(["explain", number, "--reden", "Voorbeeld van make run"])
    print(f"\nAlles ligt in {storage}: uitvoer/, terugkoppeling/, quarantaine/, momentopname/, administratie.sqlite.")
    print("Nog een keer `make run`: niets wordt twee keer verwerkt.")
    return code


def _flagged_application() -> str:
    """Return the first current application that the model flags; "" when there is none."""
    for current in sorted((bootstrap.settings().storage / "uitvoer").rglob("actueel.jsonl")):
        for line in current.read_text(encoding="utf-8").splitlines():
            document = json.loads(line)
            if document["resultaattype"] == INVESTIGATE:
                return str(document["aanvraagnummer"])
    return ""
