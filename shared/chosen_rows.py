"""Writes chosen rows of runs into files of their own, from the files of those runs, in little memory.

A row is known by its application number. The rows of one run are chosen in the order of its files.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, BinaryIO, Protocol

from shared.errors import StorageUnavailable
from shared.ports import BlobStore, Container
from shared.stages.resultform import LINES, PARQUET, ROWS_PER_GROUP

if TYPE_CHECKING:
    import pyarrow as pa
    import pyarrow.parquet as pq

NUMBER = "aanvraagnummer"
_READ_AT_ONCE = 10_000


class Chooser(Protocol):
    """A file that is being written from chosen rows."""

    def add(self, run_id: str, number: str) -> None:
        """Write the row of this application in the files of this run."""

    def finish(self) -> None:
        """Write what was not written yet."""


class ChosenLines:
    """A file of JSON lines from those of runs. `folders`: where the files of each run are."""

    def __init__(self, stack: ExitStack, blobs: BlobStore, folders: Mapping[str, str], to: BinaryIO) -> None:
        """Write to this stream; the files of the runs are open for as long as the stack is."""
        self._to = to
        self._lines = {
            run_id: iter(stack.enter_context(blobs.open(Container.UITVOER, f"{folder}/{LINES}")))
            for run_id, folder in folders.items()
        }

    def add(self, run_id: str, number: str) -> None:
        """Write the line of this application, and pass over those before it."""
        for line in self._lines[run_id]:
            if json.loads(line)[NUMBER] == number:
                self._to.write(line)
                return
        raise _ended(run_id)

    def finish(self) -> None:
        """Do nothing: every line was written."""


class ChosenRows:
    """A Parquet file from those of runs, in groups of the same size; no statistics, which would quote rows."""

    def __init__(self, stack: ExitStack, blobs: BlobStore, folders: Mapping[str, str], to: BinaryIO) -> None:
        """Write to this stream; the files of the runs are open for as long as the stack is."""
        import pyarrow as pa
        import pyarrow.parquet as pq

        self._runs = {
            run_id: _Rows(
                run_id,
                pq.ParquetFile(stack.enter_context(blobs.open(Container.UITVOER, f"{folder}/{PARQUET}"))),
            )
            for run_id, folder in folders.items()
        }
        nothing = [run.nothing for run in self._runs.values()]
        schema = pa.concat_tables(nothing, promote_options="default").schema
        self._to = stack.enter_context(pq.ParquetWriter(to, schema, compression="zstd", write_statistics=False))
        self._order: list[tuple[str, int]] = []
        self._written = 0

    def add(self, run_id: str, number: str) -> None:
        """Choose the row of this application, and pass over those before it."""
        self._order.append((run_id, self._runs[run_id].choose(number)))
        if len(self._order) == ROWS_PER_GROUP:
            self._write()

    def finish(self) -> None:
        """Write the last group, or one without rows where nothing was chosen."""
        if self._order or not self._written:
            self._write()

    def _write(self) -> None:
        import pyarrow as pa

        before, found = {}, []
        number = 0
        for run_id, run in self._runs.items():
            before[run_id] = number
            found.append(run.taken())
            number += len(found[-1])
        places = pa.array([before[run_id] + place for run_id, place in self._order], type=pa.int64())
        rows = pa.concat_tables(found, promote_options="default").take(places)
        self._to.write_table(rows, row_group_size=ROWS_PER_GROUP)
        self._written += len(rows)
        self._order = []


class _Rows:
    """The rows of one run, read in their order; those that were chosen wait until they are taken."""

    def __init__(self, run_id: str, file: pq.ParquetFile) -> None:
        self._run_id = run_id
        self.nothing: pa.Table = file.schema_arrow.empty_table()
        self._numbers = self._read(file.iter_batches(_READ_AT_ONCE, use_threads=False))
        self._wanted: list[int] = []
        self._chosen = 0
        self._taken: list[pa.Table] = []

    def choose(self, number: str) -> int:
        """Choose a row, and return how many were chosen before it since the last were taken."""
        for place, found in self._numbers:
            if found == number:
                self._wanted.append(place)
                self._chosen += 1
                return self._chosen - 1
        raise _ended(self._run_id)

    def taken(self) -> pa.Table:
        """Return the chosen rows, and begin again."""
        import pyarrow as pa

        self._leave()
        rows = pa.concat_tables([self.nothing, *self._taken])
        self._taken, self._chosen = [], 0
        return rows

    def _read(self, batches: Iterator[pa.RecordBatch]) -> Iterator[tuple[int, str]]:
        import pyarrow as pa

        for batch in batches:
            self._leave()
            self._now = pa.Table.from_batches([batch])
            yield from enumerate(batch.column(NUMBER).to_pylist())

    def _leave(self) -> None:
        import pyarrow as pa

        if self._wanted:
            self._taken.append(self._now.take(pa.array(self._wanted, type=pa.int64())))
            self._wanted = []


def _ended(run_id: str) -> StorageUnavailable:
    return StorageUnavailable(
        "A result file lacks a row that was published.",
        where=f"run {run_id}",
        next_step="Put the file back from its back-up, or reprocess the delivery.",
    )
