"""Tasks that go wrong on a worker with a value of a row in their mouth; run by test_cluster.py, on a cluster."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import pyarrow as pa
from pyspark.errors import PySparkException
from pyspark.sql import SparkSession

from bulk.cluster import without_values
from shared.errors import StorageUnavailable


def foreign(rows: Path) -> Iterator[pa.RecordBatch]:
    """Raise as a library does: with what it could not read."""
    yield pa.RecordBatch.from_pylist([{"id": int(rows.read_text())}])


def ours(rows: Path) -> Iterator[pa.RecordBatch]:
    """Raise our own error while another one is handled."""
    try:
        yield from foreign(rows)
    except ValueError:
        raise StorageUnavailable("Something of ours.")  # noqa: B904 - the mistake that a test is about


def fails(spark: SparkSession, work: Callable[[], Iterator[pa.RecordBatch]]) -> str:
    """Do a job of one task, which fails, and return what the driver is told."""

    def fail(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for _ in batches:
            yield from work()

    try:
        spark.range(0, 1, 1, 1).mapInArrow(fail, "id long").collect()
    except PySparkException as told:
        return str(told)
    raise AssertionError("nothing failed")


def main(folder: Path) -> None:
    """Fail in three ways; each reads its rows from a file of its own, and `careless` does without our wrapper."""
    with SparkSession.builder.getOrCreate() as spark:
        print(fails(spark, partial(without_values, partial(foreign, folder / "foreign"))))
        print(fails(spark, partial(without_values, partial(ours, folder / "ours"))))
        print(fails(spark, partial(foreign, folder / "careless")))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
