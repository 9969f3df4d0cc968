"""Many rows at once: in by the fastest way that each database has, out one after another."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import batched, chain
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
# SQLite notes for every statement how to undo it, so one statement has many rows; it takes 32,766 values at most
_VALUES_IN_STATEMENT = 10_000


def insert_rows(connection: Connection, table: Table, columns: Sequence[str], rows: Iterable[tuple[Any, ...]]) -> None:
    """Add the rows; `columns` names the members of each tuple."""
    names = ", ".join(columns)
    if connection.dialect.name == "postgresql":
        cursor = cast(Any, connection.connection).cursor()
        with cursor.copy(f"COPY {table.name} ({names}) FROM STDIN (FORMAT BINARY)") as copy:
            copy.set_types([_BINARY[type(table.c[name].type)] for name in columns])  # no cast is made of binary
            for row in rows:
                copy.write_row(row)
        return
    marks = f"({', '.join('?' * len(columns))})"
    for some in batched(rows, _VALUES_IN_STATEMENT // len(columns), strict=False):
        values = ", ".join([marks] * len(some))
        statement = f"INSERT INTO {table.name} ({names}) VALUES {values}"  # noqa: S608 - names from our own tables
        connection.exec_driver_sql(statement, tuple(chain.from_iterable(some)))


def streamed(connection: Connection, query: sa.Select[Any]) -> Iterator[Row[Any]]:
    """Yield the rows of a query, of which a few thousand are in memory (PostgreSQL: by a cursor on the server)."""
    with connection.execute(query, execution_options={"yield_per": _ROWS_READ_AT_ONCE}) as found:
        yield from found


def by_code_point(connection: Connection, column: sa.ColumnElement[Any]) -> sa.ColumnElement[Any]:
    """Return a text column that orders as Python does; PostgreSQL has the order of the language of its database."""
    return column.collate("C") if connection.dialect.name == "postgresql" else column
