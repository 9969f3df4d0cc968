"""The rows of results between judging and publishing: a few in memory, many in a local file without a name.

A run of a million applications fits in no memory twice; the file is gone when the process is.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING, Any

from shared.records import ResultSet

if TYPE_CHECKING:
    import pandas as pd

_IN_MEMORY = 32 << 20


class WaitingRows:
    """Keeps the rows of parts as they come by, and gives them again, one part at a time and in order."""

    def __init__(self) -> None:
        """Keep nothing yet."""
        self._file: Any = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115 - this is a context manager itself
        self._ends = [0]

    def __enter__(self) -> WaitingRows:
        """Give itself; afterwards nothing is kept."""
        return self

    def __exit__(self, *_: object) -> None:
        """Forget everything."""
        self._file.close()

    def passing(self, parts: Iterable[ResultSet]) -> Iterator[ResultSet]:
        """Yield the parts, and keep the rows of each."""
        for part in parts:
            self._keep(part.results)
            yield part

    def __iter__(self) -> Iterator[pd.DataFrame]:
        """Yield the rows of every part."""
        import pyarrow as pa

        for start, end in zip(self._ends, self._ends[1:], strict=False):
            self._file.seek(start)
            with pa.ipc.open_stream(self._file.read(end - start)) as kept:
                yield kept.read_pandas()

    def _keep(self, rows: pd.DataFrame) -> None:
        import pyarrow as pa

        table = pa.Table.from_pandas(rows, preserve_index=False)
        options = pa.ipc.IpcWriteOptions(compression="zstd")
        self._file.seek(self._ends[-1])
        with pa.ipc.new_stream(self._file, table.schema, options=options) as stream:
            stream.write_table(table)
        self._ends.append(self._file.tell())
