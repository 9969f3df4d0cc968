"""The result files of a run: their names, and how many rows lie together in the one that has groups.

Without a library, so that who only names a file does not load what writes one.
"""

from __future__ import annotations

LINES, PARQUET = "resultaten.jsonl", "resultaten.parquet"
ROWS_PER_GROUP = 10_000  # all that is in memory at once of a file of any size
