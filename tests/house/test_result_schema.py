"""The result files of a real run are what the dataset levensonderhoudResultaten says they are."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from jsonschema import Draft7Validator

from shared.dataset import snake_case
from tests.house.conftest import Night
from tests.house.repository import DATASETS, document

TABLE = DATASETS / "datasets" / "levensonderhoud_resultaten" / "resultaten" / "v1.json"

pytestmark = pytest.mark.xdist_group("night")


@pytest.fixture(scope="module")
def output(night: Night) -> list[Path]:
    """The folders of the published runs."""
    assert len(night.runs) == 3
    return night.runs


@pytest.fixture(scope="module")
def documents(night: Night) -> list[dict[str, Any]]:
    """Every line of every run."""
    return night.lines()


def as_delivered(field: dict[str, Any], required: frozenset[str] | None = None) -> dict[str, Any]:
    """The JSON Schema of a field as it stands in a file: snake_case names, closed objects, null where it may be empty.

    Amsterdam Schema can express neither an empty value nor what an object inside a row requires.
    """
    plain = {name: value for name, value in field.items() if name in _CHECKED}
    if field["type"] == "array":
        plain["items"] = as_delivered(field["items"])
    if field["type"] == "object":
        inside = {name: value for name, value in field["properties"].items() if name != "schema"}
        plain["properties"] = {snake_case(name): as_delivered(value) for name, value in inside.items()}
        plain |= {"required": list(plain["properties"]), "additionalProperties": False}
        if required is not None:
            optional = {snake_case(name) for name in inside if name not in required}
            for name in optional:
                plain["properties"][name] = {"anyOf": [plain["properties"][name], {"type": "null"}]}
    return plain


_CHECKED = {"type", "enum", "minimum", "maximum", "minLength", "maxLength"}
INCOME = "sum_inkomen_bruto_value"


def _validator() -> Draft7Validator:
    rows = document(TABLE)["schema"]
    schema = as_delivered(rows, frozenset(rows["required"]))
    features = schema["properties"]["kenmerken"]["anyOf"][0]["properties"]
    features[INCOME] = {"anyOf": [features[INCOME], {"type": "null"}]}  # the one feature that may be unknown
    Draft7Validator.check_schema(schema)
    return Draft7Validator(schema)


def test_every_line_of_every_run_is_valid(documents: list[dict[str, Any]]) -> None:
    validator = _validator()
    wrong = [f"{list(error.path)}: {error.validator}" for line in documents for error in validator.iter_errors(line)]
    assert not wrong[:5]


def test_the_runs_reach_every_type_and_both_filled_and_empty_optional_fields(documents: list[dict[str, Any]]) -> None:
    assert {line["resultaattype"] for line in documents} == {1, 2, 3, 4}
    assert len({line["reden"] for line in documents}) >= 5
    for name in ("score", "drempel", "zekerheid", "intercept", "bijdragen", "kenmerken"):
        assert {line[name] is None for line in documents} == {True, False}, name
    assert {line["kenmerken"][INCOME] is None for line in documents if line["kenmerken"]} == {True, False}


@pytest.mark.parametrize(
    "change",
    [{"score": 1.5}, {"advies": "afwijzen"}, {"persoon": 7}, {"bsn": "1"}, {"dienst": None}, {"resultaattype": 5}],
    ids=lambda change: next(iter(change)),
)
def test_a_line_that_is_not_as_described_is_found(documents: list[dict[str, Any]], change: dict[str, Any]) -> None:
    assert not _validator().is_valid(documents[0] | change)


def test_a_line_without_a_member_is_found(documents: list[dict[str, Any]]) -> None:
    for name in documents[0]:
        assert not _validator().is_valid({key: value for key, value in documents[0].items() if key != name})


def _arrow(field: dict[str, Any]) -> pa.DataType:
    """The Parquet type that a field of the schema stands for."""
    if field["type"] == "object":
        return pa.struct([(snake_case(name), _arrow(inside)) for name, inside in field["properties"].items()])
    if field["type"] == "array":
        return pa.list_(_arrow(field["items"]))
    return {"string": pa.string(), "integer": pa.int64(), "number": pa.float64()}[field["type"]]


def test_parquet_has_the_names_types_and_order_of_the_schema(output: list[Path]) -> None:
    properties = document(TABLE)["schema"]["properties"]
    described = {snake_case(name): _arrow(field) for name, field in properties.items() if name != "schema"}
    for run in output:
        stored = pq.read_schema(run / "resultaten.parquet")
        assert stored.names == list(described)
        for name, kind in described.items():
            assert _plain(stored.field(name).type) == _plain(kind), name


def _plain(kind: pa.DataType) -> object:
    """A type without the names and nullability that Parquet gives to the items of a list."""
    if pa.types.is_struct(kind):
        return [(field.name, _plain(field.type)) for field in kind]
    return ["list", _plain(kind.value_type)] if pa.types.is_list(kind) else str(kind)


def test_the_two_files_of_a_run_hold_the_same(output: list[Path]) -> None:
    for run in output:
        lines = [json.loads(line) for line in (run / "resultaten.jsonl").read_text().splitlines()]
        assert pq.read_table(run / "resultaten.parquet").to_pylist() == lines
