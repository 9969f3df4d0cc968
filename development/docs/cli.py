"""Offers the pages on the command line: `docs` writes them, `docs --check` names those that are out of date."""

from __future__ import annotations

import argparse
import sys

OUT_OF_DATE = 1


def add_parser(subparsers: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command `docs`."""
    parser = subparsers.add_parser("docs", help="write the pages in docs/ that follow from code, schemas and tests")
    parser.add_argument("--check", action="store_true", help="write nothing; fail with the names of pages that differ")
    parser.set_defaults(run=run)


def run(args: argparse.Namespace) -> int:
    """Write or check the pages; return 1 where a check finds a difference."""
    from development.docs.pages import differing, write_pages
    from development.docs.stored_facts import differing_facts, write_facts

    if args.check:
        wrong = [*(f"docs/{name}" for name in differing()), *differing_facts()]
        for name in wrong:
            print(f"{name} is out of date: run `make docs` and commit it.", file=sys.stderr)
        return OUT_OF_DATE if wrong else 0
    for name in [*write_facts(), *(f"docs/{name}" for name in write_pages())]:
        print(name)
    return 0
