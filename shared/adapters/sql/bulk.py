"""Many rows at once: in by the fastest way that each database has, out one after another."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, cast

import sqlalchemy as sa
from sqlalchemy import Connection, Row, Table

ROWS_AT_ONCE = 5_000
_BINARY: dict[type[sa.types.TypeEngine[Any]], str] = {
    sa.Integer: "int4",
    sa.SmallInteger: "int2",
    sa.Float: "float8",
    sa.Boolean: "bool",
    sa.Text: "text",
}
_ROWS_READ_AT_ONCE = 5_000
# between two statements other threads get their turn, so one has many rows; SQLite takes 32,766 values at most
_VALUES_IN_STATEMENT = 10_000


def expect_many(connection: Connection) -> None:
    """Have PostgreSQL, until this transaction ends, take rows at less cost. For SQLite see the engine.

    Long texts are compressed by lz4 where the server knows it, which takes a fraction of the time; what the guards look
    at after a COPY stays in memory and goes to no file.
    """
    if connection.dialect.name != "postgresql":
        return
    knows_lz4 = "SELECT 1 FROM pg_settings WHERE name = 'default_toast_compression' AND 'lz4' = ANY(enumvals)"
    connection.exec_driver_sql("SELECT set_config('work_mem', '32MB', true)")
    faster = f"SELECT set_config('default_toast_compression', 'lz4', true) WHERE EXISTS ({knows_lz4})"
    connection.exec_driver_sql(faster)


def insert_rows(connection: Connection, table: Table, columns: Mapping[str, Sequence[Any]]) -> None:
    """Add rows, given as the values of each column."""
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        cursor = cast(Any, connection.connection).cursor()
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_BINARY[type(table.c[name].type)] for name in columns])  # no cast is made of binary
            for row in zip(*columns.values(), strict=True):
                copy.write_row(row)
        return
    marks = f"({', '.join('?' * len(columns))})"
    rows, at_once = len(next(iter(columns.values()))), _VALUES_IN_STATEMENT // len(columns)
    for start in range(0, rows, at_once):
        some = min(at_once, rows - start)
        row_by_row: list[Any] = [None] * (some * len(columns))
        for place, values in enumerate(columns.values()):
            row_by_row[place :: len(columns)] = values[start : start + some]
        all_marks = ", ".join([marks] * some)
        # what is refused undoes the whole transaction: to undo a statement alone SQLite would copy all that it touches
        statement = f"INSERT OR ROLLBACK INTO {table.name} ({names}) VALUES {all_marks}"  # noqa: S608 - names from our own tables
        connection.exec_driver_sql(statement, tuple(row_by_row))


def streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Row[Any]]:
    """Yield the rows of a query, of which a few thousand are in memory (PostgreSQL: by a cursor on the server)."""
    with connection.execute(query, execution_options={"yield_per": _ROWS_READ_AT_ONCE}) as found:
        yield from found


def by_code_point(connection: Connection, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return a text column that orders as Python does; PostgreSQL has the order of the language of its database."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column
