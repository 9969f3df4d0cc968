"""Chosen rows of runs make the file that they would make all at once, and the lines beside it."""

from __future__ import annotations

import io
import json
from contextlib import ExitStack

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from shared import chosen_rows
from shared.chosen_rows import NUMBER, ChosenLines, ChosenRows
from shared.errors import StorageUnavailable
from shared.ports import Container
from shared.stages.resultform import LINES, PARQUET, ROWS_PER_GROUP
from tests.real.memory import MemoryStore

RUNS = ("a", "b", "c")
FOLDERS = {run: f"proef/{run}" for run in RUNS}


def table_of(run: str, number: int, *, of_old: bool) -> pa.Table:
    """Return invented results, as nested and as empty as real ones; an older model had another term."""
    draw = np.random.default_rng(ord(run))
    rows = [
        {
            NUMBER: f"{1000 + n:06d}",
            "score": None if n % 5 == 0 else float(draw.random()),
            "uitleg": {"reden": f"van {run}", "verhogend": [{"zin": f"{n}-{k}"} for k in range(n % 3)]},
            "bijdragen": None if n % 5 == 0 else {"oud" if of_old else "nieuw": float(n)},
        }
        for n in sorted(draw.choice(3 * number, number, replace=False).tolist())
    ]
    table = pa.Table.from_pylist(rows)
    return table if not of_old else table.append_column("vervallen", pa.array([f"v{n}" for n in range(len(table))]))


def stored(number: int, *, group: int) -> tuple[MemoryStore, dict[str, pa.Table]]:
    """Store the files of three runs, in groups of so many rows."""
    store, tables = MemoryStore(), {}
    for run, folder in FOLDERS.items():
        table = table_of(run, number, of_old=run == "a")
        sink = io.BytesIO()
        pq.write_table(table, sink, row_group_size=group)
        store.write(Container.UITVOER, f"{folder}/{PARQUET}", sink.getvalue())
        tables[run] = pq.read_table(io.BytesIO(sink.getvalue()))
        lines = "".join(json.dumps(row) + "\n" for row in table.to_pylist())
        store.write(Container.UITVOER, f"{folder}/{LINES}", lines.encode())
    return store, tables


def chosen(kind: type[ChosenLines | ChosenRows], store: MemoryStore, rows: list[tuple[str, str]]) -> bytes:
    """Return the file of these rows."""
    to = io.BytesIO()
    with ExitStack() as stack:
        file = kind(stack, store, {run: FOLDERS[run] for run in RUNS}, to)
        for run, number in rows:
            file.add(run, number)
        file.finish()
    return to.getvalue()


def all_at_once(tables: dict[str, pa.Table], rows: list[tuple[str, str]], group: int) -> bytes:
    """Return the Parquet file of these rows, made from everything in memory."""
    places: dict[tuple[str, str], int] = {}
    for run, table in tables.items():
        places |= {(run, number): len(places) + n for n, number in enumerate(table.column(NUMBER).to_pylist())}
    merged = pa.concat_tables(tables.values(), promote_options="default")
    sink = io.BytesIO()
    table = merged.take(pa.array([places[row] for row in rows], type=pa.int64()))
    pq.write_table(table, sink, compression="zstd", row_group_size=group, write_statistics=False)
    return sink.getvalue()


@pytest.mark.parametrize("share", [0.0, 0.01, 0.5, 1.0])
@pytest.mark.parametrize(("number", "stored_in", "at_once", "group"), [(400, 70, 33, 90), (6000, 10_000, 999, 2500)])
def test_what_is_read_in_little_memory_is_what_is_made_at_once(
    number: int, stored_in: int, at_once: int, group: int, share: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(chosen_rows, "_READ_AT_ONCE", at_once)
    monkeypatch.setattr(chosen_rows, "ROWS_PER_GROUP", group)
    store, tables = stored(number, group=stored_in)
    draw = np.random.default_rng(3)
    owner = {each: run for run in RUNS for each in tables[run].column(NUMBER).to_pylist() if draw.random() < 0.7}
    rows = [(run, each) for each, run in sorted(owner.items()) if draw.random() < share]
    assert chosen(ChosenRows, store, rows) == all_at_once(tables, rows, group)
    lines = {
        run: dict(zip(table.column(NUMBER).to_pylist(), table.to_pylist(), strict=True))
        for run, table in tables.items()
    }
    expected = "".join(json.dumps(lines[run][each]) + "\n" for run, each in rows)
    assert chosen(ChosenLines, store, rows) == expected.encode()


def test_chosen_rows_lie_in_groups_as_large_as_those_of_a_run() -> None:
    store, tables = stored(ROWS_PER_GROUP + 1, group=ROWS_PER_GROUP)
    file = chosen(ChosenRows, store, [("b", number) for number in tables["b"].column(NUMBER).to_pylist()])
    groups = pq.read_metadata(io.BytesIO(file))
    assert [groups.row_group(n).num_rows for n in range(groups.num_row_groups)] == [ROWS_PER_GROUP, 1]


@pytest.mark.parametrize("kind", [ChosenLines, ChosenRows])
def test_a_row_that_is_not_there_is_told(kind: type[ChosenLines | ChosenRows]) -> None:
    store, _ = stored(20, group=7)
    with pytest.raises(StorageUnavailable, match="lacks a row") as told:
        chosen(kind, store, [("a", "bestaat niet")])
    assert "bestaat" not in str(told.value)
