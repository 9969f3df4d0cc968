"""Brings the database to the version of this code: `python -m shared.migrate`."""

from __future__ import annotations

import sys

from shared import bootstrap
from shared.errors import SlimmeCheckError


def main() -> int:
    """Migrate, and say so; exit code 1 with one sentence when it cannot be done."""
    try:
        version = bootstrap.migrate()
    except SlimmeCheckError as cause:
        sys.stderr.write(f"{cause}\n")
        return 1
    sys.stdout.write(f"De database heeft nu versie {version}.\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
