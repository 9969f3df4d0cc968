"""The plan of a job for Spark, and all that is told it: which task gets what; nothing is computed here."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from functools import partial
from typing import TYPE_CHECKING

import pyarrow as pa

from bulk import worker
from bulk.job import Job
from shared.errors import RequestRefused, SlimmeCheckError
from shared.failures import as_told

if TYPE_CHECKING:
    from pyspark.sql import DataFrame, SparkSession

_KEY = {"plaats": pa.int32(), "deel": pa.int32()}
_PIECES = pa.schema({**_KEY, "naam": pa.string(), "inhoud": pa.binary()})
_RECORDS = pa.schema({**_KEY, "verslag": pa.binary()})
# between machines and on their disks there are pseudonyms, and the numbers of applications in clear
_CLOSED = ("spark.authenticate", "spark.network.crypto.enabled", "spark.io.encryption.enabled")
_PARTS_PER_SLOT = 4
_CODE = re.compile(r"\bSC-[0-9]{3}\b")

type Records = dict[int, dict[int, bytes]]


class WorkersFailed(SlimmeCheckError):
    """A task of a bulk job failed on every machine that tried it; what was finished before stays."""

    code = "SC-740"


def refuse_open(master: str, settings: Mapping[str, str]) -> None:
    """Refuse a cluster whose traffic or files others could read; one process on this machine has no traffic."""
    is_open = [name for name in _CLOSED if settings.get(name, "false").lower() != "true"]
    if is_open and not master.startswith("local["):
        raise RequestRefused(
            "The cluster does not keep to itself what travels and what is spilled.",
            where=", ".join(is_open),
            next_step="Set these to true in spark-defaults.conf on every machine; see docs/bulk.md.",
        )


def run_on(spark: SparkSession, job: Job) -> Records:
    """Do a job, and return its records by place of the delivery and part; WHOLE for the delivery itself.

    A task is a delivery first and a part then; parts go to whoever has room. A worker that dies loses only its tasks.
    Raises WorkersFailed.
    """
    refuse_open(spark.sparkContext.master, dict(spark.sparkContext.getConf().getAll()))
    deliveries = len(job.runs)
    slots = spark.sparkContext.defaultParallelism
    spark.conf.set("spark.sql.adaptive.enabled", "false")  # would put parts together: they are few bytes and much work
    spark.conf.set("spark.sql.shuffle.partitions", str(max(deliveries, _PARTS_PER_SLOT * slots)))
    records: Records = {place: {} for place in range(deliveries)}
    for place, part, record in _collected(_plan(spark.range(0, deliveries, 1, deliveries), job)):
        records[place][part] = record
    return records


def _plan(places: DataFrame, job: Job) -> DataFrame:
    # Arrow and not pandas: only whole files travel, and pyspark 4.3 does not promise to work with pandas 3
    from pyspark.sql.pandas.types import from_arrow_schema

    def check_and_split(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            for place in batch.column("id").to_pylist():
                yield from without_values(partial(_checked, job, place))

    def judge_part(pieces: pa.Table) -> pa.Table:
        return pa.Table.from_batches(without_values(partial(_judged, job, pieces)))

    parts = places.mapInArrow(check_and_split, from_arrow_schema(_PIECES)).groupBy(*_KEY)
    return parts.applyInArrow(judge_part, from_arrow_schema(_RECORDS))


def _collected(records: DataFrame) -> list[tuple[int, int, bytes]]:
    from pyspark.errors import PySparkException

    try:
        return [(row["plaats"], row["deel"], bytes(row["verslag"])) for row in records.collect()]
    except PySparkException as cause:  # its text is a stack trace, of which the code alone is for a person
        codes = sorted(set(_CODE.findall(str(cause))))
    raise WorkersFailed(
        f"A task failed on every machine that tried it: {', '.join(codes) or 'Spark says why'}.",
        where="bulk",
        next_step="See the log of the worker; begin again when it is mended: what is finished is not done twice.",
    )


def without_values[T](work: Callable[[], Iterator[T]]) -> Iterator[T]:
    """Yield what the work yields; whatever goes wrong is told without what it says, which may quote a row.

    Spark writes the text of an error in its log and hands it to whoever began the job.
    """
    try:
        yield from work()
    except Exception as cause:
        told = as_told(cause)
    else:
        return
    told.__cause__ = told.__context__ = None
    raise told


def _checked(job: Job, place: int) -> Iterator[pa.RecordBatch]:
    for piece in worker.check_and_split(job, place):
        row = {"plaats": piece.place, "deel": piece.part, "naam": piece.name, "inhoud": piece.content}
        yield pa.RecordBatch.from_pylist([row], schema=_PIECES)


def _judged(job: Job, pieces: pa.Table) -> Iterator[pa.RecordBatch]:
    place, part = (pieces.column(name)[0].as_py() for name in _KEY)
    named = zip(pieces.column("naam").to_pylist(), pieces.column("inhoud").to_pylist(), strict=True)
    record = worker.judge_part(job, place, part, dict(named))
    yield pa.RecordBatch.from_pylist([{"plaats": place, "deel": part, "verslag": record}], schema=_RECORDS)
