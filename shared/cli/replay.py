"""`replay`: computes published predictions again from the audit snapshot and compares them bit for bit."""

from __future__ import annotations

import argparse
from collections.abc import Iterable

from shared import bootstrap
from shared.cli.plain import plain
from shared.people.replay import RunReplay, Verdict

_SHOWN = 10


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `replay`."""
    parser = subparsers.add_parser("replay", help="compute predictions again and compare them bit for bit")
    parser.add_argument("run_id", nargs="?", default="", metavar="RUN", help="id of a run; without it, every run")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Compute a run or everything again; return 1 when something differs or nothing could be compared."""
    done = [bootstrap.replay_run(args.run_id)] if args.run_id else bootstrap.replay_everything()
    verdicts = list(_told(done))
    if not verdicts:
        print("Er is nog niets gepubliceerd.")
        return 0
    equal, differs = verdicts.count(Verdict.GELIJK), verdicts.count(Verdict.VERSCHILT)
    print(f"{len(verdicts)} verwerking(en): {equal} gelijk, {differs} verschillend.")
    return 0 if equal and not differs else 1


def _told(done: Iterable[RunReplay]) -> Iterable[Verdict]:
    for one in done:
        number = len(one.voorspellingen)
        print(f"{plain(one.run.new.levering)} · verwerking {one.run.run_id}: {one.oordeel}", end="")
        print(f" ({one.gelijk} van {number} tot op de laatste bit)" if not one.waarom else f", want {one.waarom}")
        differing = [prediction for prediction in one.voorspellingen if prediction.oordeel is Verdict.VERSCHILT]
        for prediction in differing[:_SHOWN]:
            print(f"  · regel {prediction.id.regel}: {', '.join(prediction.verschillen)}")
        if len(differing) > _SHOWN:
            print(f"  · en {len(differing) - _SHOWN} andere")
        yield one.oordeel
