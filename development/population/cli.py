"""Offers the synthetic population on the command line: mailbox, delivery, history."""

import argparse
from collections.abc import Callable
from datetime import date, datetime
from pathlib import Path

from .delivery import FORMATS, write_delivery
from .mailbox import write_history, write_mailbox

_DEFAULT_DAY = date(2026, 11, 17)


def add_parser(subparsers: "argparse._SubParsersAction[argparse.ArgumentParser]") -> argparse.ArgumentParser:
    """Adds `population` with its three commands; each sets `run`, which takes the arguments and gives an exit code."""
    parser = subparsers.add_parser("population", help="write deliveries about invented people")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    mailbox = _command(commands, "mailbox", "five deliveries of consecutive days, as `make run` shows them", _mailbox)
    mailbox.add_argument("root", type=Path, help="folder in which brievenbus/ is made")
    mailbox.add_argument("--day", type=date.fromisoformat, default=_DEFAULT_DAY, help="name of the first delivery")
    delivery = _command(commands, "delivery", "one delivery of a period", _delivery)
    delivery.add_argument("folder", type=Path)
    _of_period(delivery, applications=35, van=datetime(2026, 11, 19), tot=datetime(2026, 11, 20), format="csv")
    history = _command(commands, "history", "years of applications, with outcomes and group attributes", _history)
    history.add_argument("root", type=Path, help="folder in which brievenbus/ is made")
    _of_period(history, applications=40_000, van=datetime(2022, 11, 1), tot=datetime(2026, 11, 1), format="parquet")
    return parser


def _command(
    commands: "argparse._SubParsersAction[argparse.ArgumentParser]",
    name: str,
    help: str,
    run: Callable[[argparse.Namespace], int],
) -> argparse.ArgumentParser:
    parser = commands.add_parser(name, help=help)
    parser.add_argument("--seed", type=int, default=1, help="the same seed gives the same bytes")
    parser.set_defaults(run=run)
    return parser


def _of_period(
    parser: argparse.ArgumentParser, *, applications: int, van: datetime, tot: datetime, format: str
) -> None:
    parser.add_argument("--applications", type=int, default=applications)
    parser.add_argument("--van", type=datetime.fromisoformat, default=van, help="local time, inclusive")
    parser.add_argument("--tot", type=datetime.fromisoformat, default=tot, help="local time, exclusive")
    parser.add_argument("--format", choices=FORMATS, default=format)


def _mailbox(args: argparse.Namespace) -> int:
    for delivery in write_mailbox(args.root, seed=args.seed, day=args.day):
        print(f"{delivery.folder}  ({delivery.expected})")
    return 0


def _delivery(args: argparse.Namespace) -> int:
    period = (args.van, args.tot)
    print(
        write_delivery(args.folder, applications=args.applications, period=period, seed=args.seed, format=args.format)
    )
    return 0


def _history(args: argparse.Namespace) -> int:
    period = (args.van, args.tot)
    folders = write_history(
        args.root, applications=args.applications, period=period, seed=args.seed, format=args.format
    )
    for dataset, folder in folders.items():
        print(f"{dataset}: {folder}")
    return 0
