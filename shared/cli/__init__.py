"""The command line: every command is one call into bootstrap, and says what it did in words."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence

from shared import __version__, bootstrap
from shared.cli.plain import plain
from shared.errors import SlimmeCheckError
from shared.failures import as_told

FAILED = 1


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code; an error is one sentence on stderr, never a traceback."""
    args = _parser().parse_args(arguments)
    try:
        code: int = args.run(args)
    except SlimmeCheckError as error:
        print(plain(error), file=sys.stderr)
        return FAILED
    except UnicodeError:
        print("SC-410: An argument is not text in UTF-8. Type it again, without special bytes.", file=sys.stderr)
        return FAILED
    except BrokenPipeError:  # the reader of our output went away, as `head` does
        sys.stderr.close()
        return FAILED
    except Exception as cause:  # the last resort: a traceback may quote a row
        print(plain(as_told(cause)), file=sys.stderr)
        return FAILED
    finally:
        bootstrap.let_go()
    return code


def _parser() -> argparse.ArgumentParser:
    from shared.cli import (
        check,
        explain,
        fairness,
        features,
        finish,
        model,
        package,
        purge,
        register,
        release,
        replay,
        report,
        restored,
        run,
        score,
        verify_audit,
    )

    parser = argparse.ArgumentParser(prog="slimme-check", description="Slimme Check: a person always decides.")
    parser.add_argument("--version", action="version", version=f"slimme-check {__version__}")
    subparsers = parser.add_subparsers(required=True, metavar="COMMAND")
    started = (run, check, release, finish, features, score, explain, replay, report)
    for command in (*started, package, model, fairness, register, verify_audit, restored, purge):
        command.add_parser(subparsers)
    return parser
