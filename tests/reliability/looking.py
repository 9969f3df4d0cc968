"""A look at the administration of a folder from outside, by plain SQL."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any


def rows(root: Path, query: str) -> list[tuple[Any, ...]]:
    """Return the rows of a query on the administration of a folder."""
    with closing(sqlite3.connect(root / "administratie.sqlite")) as connection:
        return list(connection.execute(query))
