"""Every dataset keeps to Amsterdam Schema, meta-schema 4.2.0, and gives each column a class and a reason."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from shared.dataset import ColumnClass, read_dataset, snake_case
from tests.house.repository import DATASETS, document, name_of

HOMES = sorted(path.parent for path in (DATASETS / "datasets").glob("*/dataset.json"))
TABLES = sorted(path for home in HOMES for path in home.glob("*/v*.json"))
META_SCHEMA = "https://schemas.data.amsterdam.nl/schema@v4.2.0#/definitions/schema"
DRAFT = "http://json-schema.org/draft-07/schema#"
AUTH = re.compile(r"[A-Za-z]+(/[A-Za-z]+)*")
CAMEL = re.compile(r"[a-z][A-Za-z0-9]*")
STATUSES = {"under_development", "stable", "superseded", "deprecated"}
DATASET_REQUIRED = {
    "id", "type", "auth", "authorizationGrantor", "creator", "owner", "publisher", "defaultVersion", "versions"
}  # fmt: skip
DATASET_OPTIONAL = {
    "title", "description", "reasonsNonPublic", "contactPoint", "crs", "provenance", "language", "accrualPeriodicity",
    "theme", "keywords", "objective", "temporalUnit", "legalBasis", "license", "dateCreated",
}  # fmt: skip
TABLE_REQUIRED = {"id", "type", "version", "status", "schema"}
TABLE_OPTIONAL = {
    "title", "description", "auth", "reasonsNonPublic", "rowLevelAuth", "temporal", "dataclass", "derivedFrom", "crs",
    "subresources", "zoom",
}  # fmt: skip
FIELD = {
    "type", "title", "description", "auth", "reasonsNonPublic", "provenance", "shortname", "unit",
    "relation", "uri", "enum", "format", "minimum", "maximum", "exclusiveMaximum", "multipleOf", "minLength",
    "maxLength", "contentEncoding", "items", "properties", "businessTerm", "businessDescription", "faker", "$comment",
}  # fmt: skip
TYPES = {"string", "integer", "number", "boolean", "object", "array"}


def _tables() -> list[Any]:
    return [pytest.param(document(path), id=name_of(path.parent).rpartition("datasets/")[2]) for path in TABLES]


def _fields(properties: dict[str, Any], inside: str = "") -> Iterator[tuple[str, dict[str, Any]]]:
    """Every field of a table with its path, those inside objects and arrays too; not the field `schema`."""
    for name, field in properties.items():
        if not inside and name == "schema":
            continue
        yield f"{inside}{name}", field
        yield from _fields(field.get("properties", {}), f"{inside}{name}.")
        yield from _fields(field.get("items", {}).get("properties", {}), f"{inside}{name}[].")


def test_deliveries_and_results_are_both_described() -> None:
    assert {home.name for home in HOMES} >= {
        "levensonderhoud", "levensonderhoud_resultaten", "uitkomsten", "groepskenmerken"
    }  # fmt: skip


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_a_dataset_has_its_members_and_no_others(home: Path) -> None:
    dataset = document(home / "dataset.json")
    assert dataset.keys() >= DATASET_REQUIRED
    assert dataset.keys() <= DATASET_REQUIRED | DATASET_OPTIONAL
    assert dataset["type"] == "dataset"
    assert re.fullmatch(r"[a-z][A-Za-z]*[0-9]*", dataset["id"])
    assert home.name == snake_case(dataset["id"])
    assert AUTH.fullmatch(dataset["auth"])


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_a_dataset_that_is_not_public_says_why(home: Path) -> None:
    dataset = document(home / "dataset.json")
    assert dataset["auth"] != "OPENBAAR"
    assert dataset["reasonsNonPublic"] == ["5.1 1d: Bevat persoonsgegevens"]


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_a_dataset_says_its_purpose_and_legal_basis(home: Path) -> None:
    dataset = document(home / "dataset.json")
    assert dataset["objective"].endswith(".")
    assert "Participatiewet" in dataset["legalBasis"]


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_publisher_and_scope_exist(home: Path) -> None:
    dataset = document(home / "dataset.json")
    publisher = document(DATASETS / f"{dataset['publisher']['$ref']}.json")
    assert publisher["type"] == "publisher"
    scopes = {scope["id"]: scope for scope in map(document, (DATASETS / "scopes").rglob("*.json"))}
    scope = scopes[dataset["auth"]]
    assert scope["type"] == "scope"
    assert (DATASETS / f"{scope['owner']['$ref']}.json").exists()


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_a_version_names_tables_that_exist_and_all_of_them(home: Path) -> None:
    dataset = document(home / "dataset.json")
    version = dataset["versions"][dataset["defaultVersion"]]
    assert version.keys() >= {"version", "status", "enableAPI", "tables"}
    assert version["status"] in STATUSES
    named = [document(home / f"{table['$ref']}.json")["id"] for table in version["tables"]]
    assert named == [table["id"] for table in version["tables"]]
    assert {f"{table['$ref']}.json" for table in version["tables"]} == {
        path.relative_to(home).as_posix() for path in home.glob("*/*.json")
    }


@pytest.mark.parametrize("table", _tables())
def test_a_table_has_its_members_and_no_others(table: dict[str, Any]) -> None:
    assert table.keys() >= TABLE_REQUIRED
    assert table.keys() <= TABLE_REQUIRED | TABLE_OPTIONAL
    assert table["type"] == "table"
    assert table["status"] in {"under_development", "stable"}
    assert re.fullmatch(r"\d+\.\d+\.\d+", table["version"])
    assert CAMEL.fullmatch(table["id"])


@pytest.mark.parametrize("table", _tables())
def test_rows_are_closed_and_carry_their_schema(table: dict[str, Any]) -> None:
    rows = table["schema"]
    assert rows["$schema"] == DRAFT
    assert rows["type"] == "object"
    assert rows["additionalProperties"] is False
    assert "schema" in rows["required"]
    assert rows["properties"]["schema"] == {"$ref": META_SCHEMA}
    assert set(rows["required"]) <= rows["properties"].keys()


@pytest.mark.parametrize("table", _tables())
def test_display_and_identifier_are_fields_that_anybody_in_scope_may_see(table: dict[str, Any]) -> None:
    rows = table["schema"]
    identifier = rows.get("identifier", [])
    for name in [rows["display"], *([identifier] if isinstance(identifier, str) else identifier)]:
        assert "auth" not in rows["properties"][name]
    assert rows["display"] in rows["required"]
    assert identifier, "without one the platform looks for a field named id"


@pytest.mark.parametrize("table", _tables())
def test_fields_have_one_type_and_allowed_attributes_only(table: dict[str, Any]) -> None:
    for path, field in _fields(table["schema"]["properties"]):
        assert field.keys() <= FIELD, path
        assert field["type"] in TYPES, path
        assert "pattern" not in field, path
        assert ("properties" in field) == (field["type"] == "object"), path
        assert ("items" in field) == (field["type"] == "array"), path


@pytest.mark.parametrize("table", _tables())
def test_names_are_camel_case_and_come_back_from_snake_case(table: dict[str, Any]) -> None:
    for path, _ in _fields(table["schema"]["properties"]):
        name = path.rpartition(".")[2]
        first, *rest = snake_case(name).split("_")
        assert CAMEL.fullmatch(name), path
        assert name == first + "".join(word.capitalize() for word in rest), path


@pytest.mark.parametrize("table", _tables())
def test_every_field_is_described_in_a_sentence(table: dict[str, Any]) -> None:
    for path, field in _fields(table["schema"]["properties"]):
        assert field["description"].endswith("."), path
        assert field["description"].startswith("sha256 ") or not field["description"][0].islower(), path


@pytest.mark.parametrize("table", _tables())
def test_every_column_has_a_class_and_a_reason(table: dict[str, Any]) -> None:
    for name, field in table["schema"]["properties"].items():
        if name != "schema":
            assert ColumnClass(field["$comment"].removeprefix("klasse=")), name
            assert field["businessDescription"].endswith("."), name


@pytest.mark.parametrize("home", HOMES, ids=lambda home: home.name)
def test_the_product_can_read_it(home: Path) -> None:
    dataset = document(home / "dataset.json")
    schema = read_dataset(DATASETS, dataset["id"])
    assert schema.id == dataset["id"]
    assert all(table.columns for table in schema.tables.values())


def test_no_delivered_column_is_forbidden() -> None:
    schema = read_dataset(DATASETS, "levensonderhoud")
    delivered = {column.name for table in schema.tables.values() for column in table.columns}
    assert not delivered & schema.forbidden.keys()


def test_forbidden_names_are_lower_case_and_in_one_group() -> None:
    groups = document(DATASETS / "verboden.json")["kolommen"]
    names = [name for group in groups.values() for name in group]
    assert len(names) == len(set(names))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name) for name in names)


def test_groups_of_people_are_forbidden_in_a_delivery() -> None:
    schema = read_dataset(DATASETS, "levensonderhoud")
    groups = {"geslacht", "geboortejaar", "nationaliteit", "geboorteland", "burgerlijke_staat", "ouderschap", "bsn"}
    assert groups <= schema.forbidden.keys()
