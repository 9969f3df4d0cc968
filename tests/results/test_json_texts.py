"""A column as JSON is what Python's own writer makes of its values, one after another."""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa
import pytest

from shared.stages.jsontext import json_objects, json_texts

ODD_TEXTS = ["", 'a "quote"', "back\\slash", "line\nend\x00\x1f\x7f", "€ × ë 𝄞", "%s %", None, "twice", "twice"]
ODD_NUMBERS = [0.0, -0.0, 0.1, 1 / 3, 1e300, 5e-324, 1e16, 123456789.0, None, 0.1]
INSIDE = pa.struct({'na"am': pa.string(), "getal": pa.float64()})
COLUMNS = [
    pa.array(ODD_TEXTS, type=pa.string()),
    pa.array(ODD_NUMBERS, type=pa.float64()),
    pa.array([0, -1, 2**53 + 1, 2**63 - 1, None], type=pa.int64()),
    pa.array([[], ["a", None], None, ["b"]], type=pa.list_(pa.string())),
    pa.array([[], [{'na"am': "x", "getal": None}, None], None], type=pa.list_(INSIDE)),
    pa.array([{'na"am': None, "getal": -0.0}, None, {'na"am': "%s", "getal": 2.5}], type=INSIDE),
    pa.array([], type=INSIDE),
    pa.nulls(3, pa.string()),
]


def written(value: Any) -> str | None:
    return None if value is None else json.dumps(value, ensure_ascii=False, separators=(",", ":"))


@pytest.mark.parametrize("column", COLUMNS, ids=lambda column: str(column.type))
def test_a_column_is_written_as_its_values_are(column: pa.Array) -> None:
    expected = [written(value) for value in column.to_pylist()]
    assert json_texts(column).to_pylist() == expected
    assert json_texts(column[1:]).to_pylist() == expected[1:]  # part of a column that is longer


def test_a_row_has_its_members_in_order_and_null_where_nothing_is() -> None:
    columns = {"b": json_texts(pa.array([1, None])), 'a"': json_texts(pa.array(["x", "y"]))}
    assert json_objects(columns, end="\n").to_pylist() == ['{"b":1,"a\\"":"x"}\n', '{"b":null,"a\\"":"y"}\n']


def test_without_columns_there_are_no_rows_to_write() -> None:
    with pytest.raises(ValueError, match="how many rows"):
        json_objects({})
