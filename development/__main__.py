"""Development: `demo`, `population`, `train`, `model`, `evaluate`, `docs`, `serve`, `report`. Never deployed."""

from __future__ import annotations

import argparse
import sys

from development import demo, model, report, serve
from development.docs import cli as docs
from development.evaluation import cli as evaluation
from development.population import cli as population
from development.training import cli as training
from shared.errors import SlimmeCheckError


def main() -> int:
    """Run one command; an error is one sentence on stderr and exit code 1."""
    parser = argparse.ArgumentParser(prog="python -m development", description=__doc__)
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    demo.add_parser(subparsers)
    population.add_parser(subparsers)
    training.add_parser(subparsers)
    model.add_parser(subparsers)
    evaluation.add_parser(subparsers)
    docs.add_parser(subparsers)
    serve.add_parser(subparsers)
    report.add_parser(subparsers)
    args = parser.parse_args()
    try:
        code: int = args.run(args)
    except SlimmeCheckError as error:
        print(error, file=sys.stderr)
        return 1
    return code


if __name__ == "__main__":
    sys.exit(main())
