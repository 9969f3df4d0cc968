"""The least that a night takes: read the files, HMAC the numbers, write results that are already there.

`python -m benchmarks.floor DELIVERY STORAGE OUT APPLICATIONS`: the storage holds a finished run of the same delivery.
"""

from __future__ import annotations

import hmac
import shutil
import sqlite3
import sys
from pathlib import Path

import pyarrow as pa
import pyarrow.csv as pacsv
import pyarrow.parquet as pq

_NUMBERS = ("subjectnr", "subjectnrklant", "persoonnr", "partijnr", "dienstnr", "administratienummer")
_TABLES = ("resultaten", "bijdragen")
SETTINGS = ("main.page_size=32768", "main.cache_size=-131072")  # of SQLite: those of the app


def main(delivery: Path, storage: Path, out: Path, applications: int) -> None:
    """Do it."""
    different: set[str] = set()
    for file in sorted(delivery.glob("*.csv")):
        convert = pacsv.ConvertOptions(column_types=dict.fromkeys(_NUMBERS, pa.string()))
        table = pacsv.read_csv(file, convert_options=convert)
        for name in set(_NUMBERS) & set(table.column_names):
            different.update(table.column(name).unique().to_pylist())
    keyed = hmac.new(bytes(range(32)), digestmod="sha256")
    assert all(_mac(keyed, str(number)) for number in different)
    (published,) = storage.glob("uitvoer/*/*/runs/*/resultaten.parquet")
    results = pq.read_table(published)
    assert len(results) == applications
    pq.write_table(results, out / "resultaten.parquet", compression="zstd")
    shutil.copyfile(published.with_suffix(".jsonl"), out / "resultaten.jsonl")
    with sqlite3.connect(out / "results.sqlite") as connection:
        for setting in SETTINGS:
            connection.execute(f"PRAGMA {setting}")
        connection.execute("ATTACH DATABASE ? AS done", (str(storage / "administratie.sqlite"),))
        for name in _TABLES:
            _make(connection, name, "table")
            connection.execute(f"INSERT INTO {name} SELECT * FROM done.{name}")
            _make(connection, name, "index")  # afterwards: sorted once, not kept in order row by row
    connection.close()


def _mac(keyed: hmac.HMAC, number: str) -> bytes:
    """Return the HMAC of a number by a copy of the keyed state, as shared/stages/pseudonym.py does."""
    mac = keyed.copy()
    mac.update(number.encode())
    return mac.digest()


def _make(connection: sqlite3.Connection, table: str, kind: str) -> None:
    made = "SELECT sql FROM done.sqlite_master WHERE tbl_name = ? AND type = ? AND sql > ''"
    for (sql,) in connection.execute(made, (table, kind)).fetchall():
        connection.execute(sql)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
