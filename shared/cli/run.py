"""`run`: does everything that waits in the mailbox or that persons were granted, and tells what became of it."""

from __future__ import annotations

import argparse
import sys
import time

from shared import bootstrap
from shared.administration import ClaimKind
from shared.cli.findings import print_findings
from shared.cli.plain import plain
from shared.records import Severity
from shared.runs import Outcome
from shared.sweep import Progress, Round
from shared.usecases import datasets, use_case

_BAR = 24
_SHOWN = (Severity.AFKEUREN, Severity.AANHOUDEN, Severity.ALARM, Severity.TERZIJDE)


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `run`."""
    parser = subparsers.add_parser("run", help="process everything that waits in the mailbox")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Process the mailbox; return 0 when every delivery was published, held or rejected, 1 when something failed."""
    started = time.monotonic()
    rounds = bootstrap.run_waiting(_show_progress if sys.stderr.isatty() else lambda _: None)
    if not any(one.told for one in rounds):
        print("Er wacht geen levering in de brievenbus.")
    for one in rounds:
        _print_round(one)
    for dataset in datasets():
        bootstrap.carry_out_person_requests(dataset)
    sys.stdout.flush()  # what comes may end this process
    standing = bootstrap.finish_standing()
    for outcome in standing:
        _print_outcome(outcome)
    print(f"Klaar in {time.monotonic() - started:.1f} s. Uitvoer: {bootstrap.settings().output_place}")
    failed = any(one.failed for one in rounds) or any(one.failure is not None for one in standing)
    return 1 if failed else 0


def _show_progress(progress: Progress) -> None:
    filled = _BAR * progress.done // max(progress.total, 1)
    bar = "█" * filled + "░" * (_BAR - filled)
    end = "\n" if progress.done == progress.total else ""
    name = f"{plain(progress.levering):<24}"
    print(f"\r[{bar}] {progress.done}/{progress.total} {name}", end=end, file=sys.stderr, flush=True)


def _print_round(one: Round) -> None:
    for outcome in one.told:
        _print_outcome(outcome)
    for name in one.incomplete:
        print(f"{plain(name)}: nog niet compleet, datapackage.json ontbreekt; er is niets gedaan.")
    if one.destroyed:
        print(f"{one.destroyed} levering(en) in quarantaine zijn na hun bewaartermijn vernietigd.")


def _print_outcome(outcome: Outcome) -> None:
    state = outcome.run.state if outcome.run is not None and outcome.failure is None else ""
    name = plain(outcome.levering)
    if outcome.run is not None and outcome.run.new.dataset not in datasets():  # deliveries of a day share their name
        name = f"{name} ({outcome.run.new.dataset})"
    if outcome.kind is ClaimKind.KLAAR:
        print(f"{name}: al eerder verwerkt; er is niets opnieuw gedaan.")
        return
    print(f"{name}: {state}{'. ' if state else ''}{plain(outcome.sentence)}")
    if outcome.counts.aantal:
        routes = use_case(outcome.run.new.dataset).routes if outcome.run else {}
        by_type = (
            f"{number} {routes[int(kind)].omschrijving}"
            for kind, number in sorted(outcome.counts.resultaattype.items())
        )
        total = outcome.counts.aantal
        print(f"  {total} {'aanvraag' if total == 1 else 'aanvragen'}: {', '.join(by_type)}")
    print_findings(found for found in outcome.findings if found.ernst in _SHOWN)
    told = sum(found.ernst is Severity.MELDING for found in outcome.findings)
    if told:
        print(f"  en {told} melding(en) in het log van de verwerking")
