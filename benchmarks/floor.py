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


def main(delivery: Path, storage: Path, out: Path, applications: int) -> None:
    """Do it."""
    different: set[str] = set()
    for file in sorted(delivery.glob("*.csv")):
        convert = pacsv.ConvertOptions(column_types=dict.fromkeys(_NUMBERS, pa.string()))
        table = pacsv.read_csv(file, convert_options=convert)
        for name in set(_NUMBERS) & set(table.column_names):
            different.update(table.column(name).unique().to_pylist())
    secret = bytes(range(32))
    assert all(hmac.digest(secret, str(number).encode(), "sha256") for number in different)
    (published,) = storage.glob("uitvoer/*/*/runs/*/resultaten.parquet")
    results = pq.read_table(published)
    assert len(results) <= applications
    pq.write_table(results, out / "resultaten.parquet", compression="zstd")
    shutil.copyfile(published.with_suffix(".jsonl"), out / "resultaten.jsonl")
    with sqlite3.connect(out / "results.sqlite") as connection:
        connection.execute("ATTACH DATABASE ? AS done", (str(storage / "administratie.sqlite"),))
        for name in _TABLES:
            made = "SELECT sql FROM done.sqlite_master WHERE tbl_name = ? AND type IN ('table', 'index') AND sql > ''"
            for (sql,) in connection.execute(made, (name,)).fetchall():
                connection.execute(sql)
            connection.execute(f"INSERT INTO {name} SELECT * FROM done.{name}")
    connection.close()


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]), Path(sys.argv[3]), int(sys.argv[4]))
