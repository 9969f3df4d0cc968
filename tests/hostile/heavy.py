"""Damage that is meant to take all time or memory: little to send, much to read."""

from __future__ import annotations

import io
import json
import random
from collections.abc import Callable

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from shared.dataset import Column, Kind
from tests.stages.deliveries import Delivery, parquet_bytes
from tests.stages.lyingparquet import footer_saying
from tests.stages.mutations import Mutation, content

MEGABYTE = 1024 * 1024
_ARROW = {
    Kind.NUMMER: pa.string(),
    Kind.TEKST: pa.string(),
    Kind.GEHEEL: pa.int64(),
    Kind.BEDRAG: pa.decimal128(18, 2),
    Kind.DATUM: pa.date32(),
    Kind.TIJDSTIP: pa.timestamp("us"),
}


def _columns(delivery: Delivery, turn: random.Random) -> tuple[str, tuple[Column, ...]]:
    name = turn.choice(list(delivery.schema.tables))
    return name, delivery.schema.tables[name].columns


def _same(column: Column, rows: int, text: str = "KANARIE-D1") -> pa.Array:
    """Return a column that says the same in every row, packed to almost nothing."""
    kind = _ARROW[column.kind]
    if pa.types.is_string(kind):
        return pa.DictionaryArray.from_arrays(pa.array(np.zeros(rows, np.int32)), pa.array([text]))
    return pa.nulls(rows, kind)


def parquet(make: Callable[[tuple[Column, ...], random.Random], tuple[pa.Table, int]]) -> Mutation:
    """Return a mutation that gives one table another Parquet file, with its true number of rows."""

    def mutate(delivery: Delivery, turn: random.Random) -> None:
        name, columns = _columns(delivery, turn)
        table, rows = make(columns, turn)
        delivery.put(name, parquet_bytes(table, compression="zstd"), rows, format="parquet")

    return mutate


def _many_rows(columns: tuple[Column, ...], turn: random.Random) -> tuple[pa.Table, int]:
    rows = turn.choice([20_000, 3_000_000])
    return pa.table({column.name: _same(column, rows) for column in columns}), rows


def _long_text(columns: tuple[Column, ...], turn: random.Random) -> tuple[pa.Table, int]:
    rows, text = turn.randint(2, 9_000), "kanarie" * turn.choice([9, 140_000, 3_000_000])
    return pa.table({column.name: _same(column, rows, text) for column in columns}), rows


def _lying(delivery: Delivery, turn: random.Random) -> None:
    """Give one table a Parquet file whose footer says that it holds next to nothing."""
    name, columns = _columns(delivery, turn)
    rows = turn.choice([9, 3_000_001])
    text = "kanarie" * turn.choice([9, 3_000_000])
    table = pa.table({column.name: _same(column, rows, text) for column in columns})
    raw = parquet_bytes(table, compression="zstd", write_statistics=False)
    size = pq.ParquetFile(io.BytesIO(raw)).metadata.row_group(0).total_byte_size
    raw = footer_saying(raw, size, 1_000)
    said = turn.choice([9, rows])
    delivery.put(name, footer_saying(raw, rows, said, first=True), said, format="parquet")


def _honest(delivery: Delivery, turn: random.Random) -> None:
    """Give one table a Parquet file of long texts, and a column that does not pack, so that its size is not odd."""
    name, columns = _columns(delivery, turn)
    rows = turn.choice([3, 60])
    table = pa.table({column.name: _same(column, rows) for column in columns})
    one = turn.choice(columns)
    if one.kind in (Kind.NUMMER, Kind.TEKST):
        texts = pa.array([f"{number}{'kanarie' * 120_000}" for number in range(rows)])
        table = table.set_column(table.schema.get_field_index(one.name), one.name, texts)
    table = table.append_column("extra", pa.array([turn.randbytes(100_000) for _ in range(rows)]))
    options = {"compression": "zstd", "use_dictionary": False, "data_page_size": MEGABYTE, "write_batch_size": 1}
    delivery.put(name, parquet_bytes(table, **options), rows, format="parquet")


def _equal(delivery: Delivery, turn: random.Random) -> None:
    """Let one table be the same short row again and again."""
    name, columns = _columns(delivery, turn)
    header = ",".join(column.name for column in columns)
    row = ",".join("7" if column.required else "" for column in columns)
    times = turn.choice([9, 6 * MEGABYTE // (len(row) + 1)])
    delivery.put(name, f"{header}\n".encode() + f"{row}\n".encode() * times, times)


def _nested(columns: tuple[Column, ...], turn: random.Random) -> tuple[pa.Table, int]:
    deep = pa.int32()
    for _ in range(turn.choice([1, 60])):
        deep = turn.choice([pa.list_(deep), pa.struct([("kanarie", deep)])])
    one = turn.choice(columns).name
    return pa.table({c.name: pa.nulls(1, deep if c.name == one else _ARROW[c.kind]) for c in columns}), 1


def _wide(columns: tuple[Column, ...], turn: random.Random) -> tuple[pa.Table, int]:
    more = {f"extra_{number}": pa.nulls(1, pa.int32()) for number in range(turn.choice([300, 5_000]))}
    return pa.table({column.name: _same(column, 1) for column in columns} | more), 1


def _row_groups(delivery: Delivery, turn: random.Random) -> None:
    name, columns = _columns(delivery, turn)
    table, groups, sink = pa.table({c.name: _same(c, 1) for c in columns}), turn.choice([50, 1_000]), io.BytesIO()
    with pq.ParquetWriter(sink, table.schema) as writer:
        for _ in range(groups):
            writer.write_table(table)
    delivery.put(name, sink.getvalue(), groups, format="parquet")


def _all_empty(delivery: Delivery, turn: random.Random) -> None:
    for name in delivery.schema.tables:
        delivery.rows[name] = []
        delivery.write(name, [])


def _huge_description(delivery: Delivery, turn: random.Random) -> None:
    many = turn.choice([10, 300_000])
    delivery.raw = json.dumps(
        delivery.package | {"kanarie": ["kanarie" * 10] * many} | {"leeg": [[]] * 60 * many}
    ).encode()


def _larger(delivery: Delivery, turn: random.Random) -> None:
    """Let one file be far larger than the description says."""
    resource = turn.choice(delivery.package["resources"])
    delivery.files[resource["path"]] += b"kanarie\n" * turn.choice([1, 10 * MEGABYTE])


def _added(what: bytes, times: int) -> Mutation:
    """Return a mutation that puts the same bytes behind a file very often."""
    return content(lambda data, turn: data + what * (times // turn.choice([1, 1_000])))


HEAVY: dict[str, Mutation] = {
    "parquet of millions of equal rows": parquet(_many_rows),
    "parquet of one text in many rows": parquet(_long_text),
    "parquet nested": parquet(_nested),
    "parquet of thousands of columns": parquet(_wide),
    "parquet of many row groups": _row_groups,
    "row of a million columns": _added(b",", 1_000_000),
    "header of very many columns": content(lambda data, turn: b"kanarie," * turn.choice([400, 10**6]) + data),
    "header of very many lines": content(lambda data, turn: b'"\n",' * turn.choice([9, 5 * MEGABYTE]) + data),
    "field of a hundred megabytes": content(
        lambda data, turn: data.replace(b"anarie", b"k" * turn.choice([10**5, 100 * MEGABYTE]), 1)
    ),
    "field of very many lines": content(
        lambda data, turn: data.replace(b"KANARIE", b'"' + b"kanarie\n" * turn.choice([100, 2**21]) + b'"', 1)
    ),
    "millions of blank lines": _added(b"\n", 50 * MEGABYTE),
    "very many wrong rows": _added(b"kanarie\n", 2_000_000),
    "very many quotes": _added(b'"', 2_000_000),
    "every table without rows": _all_empty,
    "huge description": _huge_description,
    "parquet that lies of its size": _lying,
    "parquet of long texts": _honest,
    "millions of equal rows": _equal,
    "file larger than was said": _larger,
}
