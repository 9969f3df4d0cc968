"""Writes and reads what the app may keep of a delivery: its pseudonymised tables as Parquet.

From a snapshot every result can be computed again, bit for bit, without the raw delivery.
"""

from __future__ import annotations

import io
from collections.abc import Mapping
from contextlib import ExitStack, suppress
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from shared.errors import SnapshotInvalid
from shared.records import PseudonymisedDelivery, PseudonymisedPart
from shared.stages.rowstore import Scratch
from shared.stages.rowtypes import to_arrow, to_frame

APPLICATIONS = "aanvragen"
_KEY_ID = b"sleutel_id"


class SnapshotFiles:
    """One Parquet file per table and one for the applications, which grow part by part.

    No number in clear is in them.
    """

    def __init__(self, scratch: Scratch) -> None:
        self._scratch = scratch
        self._files: dict[str, BinaryIO] = {}
        self._writers: dict[str, pq.ParquetWriter] = {}

    def add(self, part: PseudonymisedPart) -> None:
        """Add the applications of a part, and of its rows those that were not in an earlier one."""
        delivery = part.delivery
        self._write(APPLICATIONS, delivery.applications, delivery.key_id)
        for name, frame in delivery.tables.items():
            fresh = part.fresh[name]
            self._write(name, frame if fresh.all() else frame[fresh], delivery.key_id)

    def _write(self, name: str, frame: pd.DataFrame, key_id: str) -> None:
        table = to_arrow(frame).replace_schema_metadata({_KEY_ID: key_id})
        file = f"{name}.parquet"
        if file not in self._writers:
            self._files[file] = self._scratch()
            self._writers[file] = pq.ParquetWriter(
                self._files[file], table.schema, compression="zstd", write_statistics=False
            )
        self._writers[file].write_table(table)

    def finished(self) -> Mapping[str, BinaryIO]:
        """Return the files by name, each at its begin; nothing can be added any more."""
        for writer in self._writers.values():
            writer.close()
        self._writers = {}
        for file in self._files.values():
            file.seek(0)
        return self._files

    def close(self) -> None:
        """Forget everything, whole or not."""
        with ExitStack() as each:
            for file in self._files.values():
                each.callback(file.close)
            for writer in self._writers.values():
                with suppress(OSError):  # the disk is full: nobody reads the file any more
                    writer.close()
                writer.is_open = False
        self._files, self._writers = {}, {}


def snapshot_files(delivery: PseudonymisedDelivery) -> dict[str, bytes]:
    """Return the same files of a whole delivery, as bytes."""
    files = SnapshotFiles(io.BytesIO)
    files.add(
        PseudonymisedPart(delivery, {name: np.ones(len(rows), dtype=bool) for name, rows in delivery.tables.items()})
    )
    return {name: file.read() for name, file in files.finished().items()}


def read_snapshot(files: Mapping[str, bytes], aanvraagnummers: Mapping[str, str] | None) -> PseudonymisedDelivery:
    """Return the delivery of a snapshot. `aanvraagnummers`: clear number by pseudonym of the service (dienst).

    Applications without a clear number are left out: a run for named applications passes only theirs. With None all
    are there, each with its pseudonym in place of the number.
    """
    tables = {name.removesuffix(".parquet"): pq.read_table(pa.BufferReader(raw)) for name, raw in files.items()}
    if APPLICATIONS not in tables:
        raise SnapshotInvalid("The snapshot holds no applications.", next_step="Restore it from the audit storage.")
    key_id = tables[APPLICATIONS].schema.metadata[_KEY_ID].decode("ascii")
    frames = {name: to_frame(table) for name, table in tables.items()}
    applications = frames.pop(APPLICATIONS)
    numbers = [
        dienst if aanvraagnummers is None else aanvraagnummers.get(dienst, "") for dienst in applications["dienst"]
    ]
    wanted = [bool(number) for number in numbers]
    return PseudonymisedDelivery(
        applications[wanted].reset_index(drop=True), frames, tuple(filter(None, numbers)), key_id
    )
