"""Typed rows of one table, kept outside memory by the part of the delivery that needs them.

A row keeps its position in the delivered file as its index, so that it can be counted once in however many parts it is.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import BinaryIO

import numpy as np
import pandas as pd
import pyarrow as pa

from shared.stages.rowtypes import to_arrow, to_frame, with_own_texts

# a file to write in and read from that is gone when it is closed; io.BytesIO where memory is no concern
type Scratch = Callable[[], BinaryIO]
# of rows: which are needed, in their order, and in which part; a row may be needed in several parts
type Destinations = Callable[[pd.DataFrame], tuple[np.ndarray, np.ndarray]]

POSITION = "positie"
# a block is packed as a whole: there are thousands, of twenty columns each, and Arrow packs every column apart
_PACKING = pa.Codec("zstd", compression_level=1)
NOWHERE = -1  # the part of rows that no part needs


@dataclass(frozen=True)
class _Block:
    part: int
    begin: int
    size: int
    unpacked: int
    rows: int


class RowStore:
    """The usable rows of a table. Without destinations all are in part 0."""

    def __init__(self, scratch: Scratch, destinations: Destinations | None = None) -> None:
        self.scratch = scratch
        self._file = scratch()
        self._end = 0
        self._destinations = destinations
        self._blocks: list[_Block] = []
        self._schema: pa.Schema | None = None

    def add(self, frame: pd.DataFrame) -> None:
        """Keep rows, each in every part that needs it, in their order."""
        table = to_arrow(frame.assign(**{POSITION: frame.index.to_numpy()}))
        self._schema = self._schema or table.schema
        if not len(frame):
            return
        if self._destinations is None:
            self._write(0, table)
            return
        rows, parts = self._destinations(frame)
        needed = np.zeros(len(frame), dtype=bool)
        needed[rows] = True
        unneeded = np.flatnonzero(~needed)
        rows = np.concatenate([rows, unneeded])
        parts = np.concatenate([parts, np.full(len(unneeded), NOWHERE)])
        order = np.argsort(parts, kind="stable")
        ordered = table.take(pa.array(rows[order]))
        numbers, begins = np.unique(parts[order], return_index=True)
        ends = [*begins[1:].tolist(), len(order)]
        for number, begin, end in zip(numbers.tolist(), begins.tolist(), ends, strict=True):
            self._write(number, with_own_texts(ordered.slice(begin, end - begin)))

    def filled(self) -> None:
        """Let go of what told the place of rows, by the millions: no more are added."""
        self._destinations = None

    def _write(self, part: int, table: pa.Table) -> None:
        sink = pa.BufferOutputStream()
        with pa.ipc.new_stream(sink, table.schema) as stream:
            stream.write_table(table)
        plain = sink.getvalue()
        packed = _PACKING.compress(plain)
        self._file.seek(self._end)
        self._file.write(packed)
        self._blocks.append(_Block(part, self._end, packed.size, plain.size, len(table)))
        self._end += packed.size

    def part(self, number: int, counted: np.ndarray) -> pd.DataFrame:
        """Return the rows of one part in their order. `counted`: by position in the file, does a row count."""
        frame = _by_position(self._table([block for block in self._blocks if block.part == number]))
        return frame.loc[counted[frame.index.to_numpy()]]

    def blocks(self, columns: Iterable[str] | None = None) -> Iterator[pd.DataFrame]:
        """Yield all rows some at a time, in the order in which they were added; one in several parts comes as often.

        Of a table without rows that is one frame without rows.
        """
        wanted = None if columns is None else [*columns, POSITION]
        for blocks in [[block] for block in self._blocks] or [[]]:
            yield _by_position(self._table(blocks, wanted))

    def some_of(self, number: int, at_least: int) -> Iterator[pd.DataFrame]:
        """Yield the rows of one part in their order, so many at a time and no more than a block above it."""
        waiting: list[_Block] = []
        for block in (block for block in self._blocks if block.part == number):
            waiting.append(block)
            if sum(one.rows for one in waiting) >= at_least:
                yield _by_position(self._table(waiting))
                waiting = []
        if waiting:
            yield _by_position(self._table(waiting))

    def at(self, positions: np.ndarray) -> pd.DataFrame:
        """Return the rows at these positions of the delivered file, each once, by position."""
        tables = []
        for block in self._blocks:
            rows = self._table([block])
            tables.append(rows.filter(pa.array(np.isin(rows.column(POSITION).to_numpy(), positions))))
        frame = _by_position(pa.concat_tables(tables)).sort_index()
        return frame.loc[~frame.index.duplicated()]

    def close(self) -> None:
        """Forget everything."""
        self._file.close()
        self._blocks = []

    def _table(self, blocks: list[_Block], columns: list[str] | None = None) -> pa.Table:
        if self._schema is None:
            raise ValueError("nothing was ever added, not even a table without rows")
        columns = columns or self._schema.names
        options = pa.ipc.IpcReadOptions(included_fields=sorted(map(self._schema.get_field_index, columns)))
        tables = []
        for block in blocks:
            self._file.seek(block.begin)
            plain = _PACKING.decompress(self._file.read(block.size), block.unpacked)
            with pa.ipc.open_stream(plain, options=options) as stream:
                tables.append(stream.read_all().select(columns))
        # one block alone stays in one piece: of two pieces the texts are made one list again
        return pa.concat_tables(tables or [self._schema.empty_table().select(columns)])


def _by_position(table: pa.Table) -> pd.DataFrame:
    frame = to_frame(table.drop_columns([POSITION]))
    frame.index = pd.Index(table.column(POSITION).to_numpy())
    return frame
