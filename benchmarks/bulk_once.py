"""Does one bulk job in this process with so many tasks at once, and prints what it took as JSON; for benchmarks.bulk.

Run with the Python of .venv-bulk: `-m benchmarks.bulk_once TASKS`. What Spark and its workers need to start is not
counted: each reads the model before the clock runs.
"""

from __future__ import annotations

import json
import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
from pyspark.sql import SparkSession

from bulk.cluster import run_on
from bulk.job import Job
from bulk.rescore import Request, make_job, rescore
from shared import bootstrap
from shared.bootstrap.elsewhere import model_elsewhere
from shared.usecases import datasets

PART_SIZE = 1_000
_TICKS = os.sysconf("SC_CLK_TCK")


def processor_seconds() -> float:
    """Return what all processes of this session took of the processor until now: ours, the JVM and its Pythons."""
    total = 0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = path.read_text(encoding="ascii", errors="replace").rpartition(")")[2].split()
        except OSError:  # it ended
            continue
        if int(fields[3]) == os.getsid(0):
            total += sum(map(int, fields[11:15]))
    return total / _TICKS


def begin(spark: SparkSession, job: Job, tasks: int) -> None:
    """Let every worker start and read the model, all at the same time."""

    def read(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        model_elsewhere(job.runs[0])
        time.sleep(1)
        yield from batches

    spark.range(0, tasks, 1, tasks).mapInArrow(read, "id long").collect()


def main(tasks: int) -> None:
    """Measure one job."""
    os.environ.setdefault("PYSPARK_PYTHON", sys.executable)
    quiet = SparkSession.builder.master(f"local[{tasks}]").config("spark.ui.enabled", "false")
    with quiet.config("spark.driver.host", "127.0.0.1").getOrCreate() as spark:
        installation = bootstrap.installation(bootstrap.person_here(), datasets()[0])
        asked = Request("meting", part_size=PART_SIZE)
        begin(spark, make_job(installation, asked), tasks)
        began, used = time.perf_counter(), processor_seconds()
        manifest = rescore(installation, asked, lambda job: run_on(spark, job))
        took = {"seconds": time.perf_counter() - began, "processor": processor_seconds() - used}
    print(json.dumps({**took, "aantal": manifest["aantal"]}))


if __name__ == "__main__":
    main(int(sys.argv[1]))
