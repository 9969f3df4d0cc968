"""A file in clear is in memory no longer than it is parsed: not while its rows are counted, nor after it is refused."""

from __future__ import annotations

import hashlib
import io

import numpy as np
import pytest

from shared.levensonderhoud import LEVENSONDERHOUD
from shared.records import Resource
from shared.stages.read import ReadTable, read_table
from shared.stages.rowstore import RowStore
from tests.stages.collector import without_collector
from tests.stages.deliveries import SCHEMA

TABLE = b"srtinkomennr,categorie\n1,1\n2,1\n"


class Bytes(bytes):
    """Bytes that say when they are gone."""

    gone: list[int]

    def __del__(self) -> None:
        self.gone.append(len(self))


def read(table: bytes, gone: list[int], rijen: int) -> ReadTable:
    """Read a table that nobody else holds."""

    def read_file() -> bytes:
        raw = Bytes(table)
        raw.gone = gone
        return raw

    resource = Resource("soorteninkomen", "x", "csv", len(table), hashlib.sha256(table).hexdigest(), rijen, ",")
    return read_table(read_file, resource, SCHEMA, LEVENSONDERHOUD.moment_column, RowStore(io.BytesIO))


@without_collector()
def test_it_is_gone_when_its_rows_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    gone: list[int] = []
    seen: list[list[int]] = []

    def equal_rows(*_: object) -> np.ndarray:
        seen.append(list(gone))
        return np.zeros(0, dtype=np.int64)

    monkeypatch.setattr("shared.stages.read.equal_rows", equal_rows)
    assert not read(TABLE, gone, rijen=2).refused
    assert seen == [[len(TABLE)]]


@without_collector()
@pytest.mark.parametrize(
    "rest", [b"3,te,veel\n", b'3,"niet\n', b"3,1\n", b"niet,1\n"], ids=["row", "quote", "number", "own"]
)
def test_it_is_gone_when_it_was_refused(rest: bytes) -> None:
    gone: list[int] = []
    assert read(TABLE + rest, gone, rijen=2).refused
    assert gone == [len(TABLE + rest)]
