"""Deliveries have exactly the form of domain.md §2, in every format, and the same seed gives the same bytes."""

import hashlib
import json
from datetime import date, datetime
from pathlib import Path

import numpy as np
import pyarrow.csv
import pyarrow.parquet
import pytest

from development.population import FORMATS, write_delivery
from development.population.columns import OPEN_ENDS, TABLES, WITHOUT_KEY
from development.population.numbers import passes_elfproef, person_numbers

DAY = (datetime(2026, 11, 19), datetime(2026, 11, 20))
MEMBERS = {"$schema", "name", "created", "dataset", "schemaversie", "periode", "resources"}


def written(folder: Path, format: str = "csv", seed: int = 7, applications: int = 60) -> Path:
    write_delivery(folder, applications=applications, period=DAY, seed=seed, format=format)
    return folder


def contents(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def as_text(folder: Path) -> dict[str, list[list[str]]]:
    """Reads every table, in whatever format, as sorted rows of text: moments to the second, amounts in cents."""
    found = {}
    for resource in json.loads((folder / "datapackage.json").read_text())["resources"]:
        path = folder / resource["path"]
        if resource["format"] == "parquet":
            table = pyarrow.parquet.read_table(path)
        else:
            # A column that is empty in every row has no type of its own.
            options = pyarrow.csv.ParseOptions(delimiter=resource["dialect"]["delimiter"])
            table = pyarrow.csv.read_csv(path, parse_options=options)
        rows = zip(*(map(_plain, column.to_pylist()) for column in table.columns), strict=True)
        found[resource["name"]] = sorted([list(row) for row in rows])
    return found


def _plain(value: object) -> str:
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M:%S}"
    if value is None or value == "":
        return ""
    if isinstance(value, date):
        return str(value)
    try:
        return f"{float(str(value)):.2f}"
    except ValueError:
        return str(value)


@pytest.mark.parametrize("format", FORMATS)
def test_the_same_seed_gives_the_same_bytes(format: str, tmp_path: Path) -> None:
    assert contents(written(tmp_path / "a", format)) == contents(written(tmp_path / "b", format))


def test_another_seed_gives_other_people(tmp_path: Path) -> None:
    one, other = contents(written(tmp_path / "a", seed=1)), contents(written(tmp_path / "b", seed=2))
    assert one["partijen.csv"] != other["partijen.csv"]


@pytest.mark.parametrize("format", FORMATS)
def test_the_package_describes_the_files(format: str, tmp_path: Path) -> None:
    folder = written(tmp_path, format)
    package = json.loads((folder / "datapackage.json").read_text())
    assert set(package) == MEMBERS
    assert package["periode"] == {"van": "2026-11-19T00:00:00", "tot": "2026-11-20T00:00:00"}
    assert datetime.fromisoformat(package["created"]).utcoffset() is not None
    assert [resource["name"] for resource in package["resources"]] == list(TABLES)
    for resource in package["resources"]:
        data = (folder / resource["path"]).read_bytes()
        assert resource["bytes"] == len(data)
        assert resource["hash"] == "sha256:" + hashlib.sha256(data).hexdigest()
        if resource["format"] == "csv":
            assert resource["encoding"] == "utf-8"
            assert resource["rijen"] == data.count(b"\n") - 1
            header = data.split(b"\n")[0].decode().strip().split(resource["dialect"]["delimiter"])
        else:
            table = pyarrow.parquet.read_table(folder / resource["path"])
            assert resource["rijen"] == table.num_rows
            header = table.column_names
        expected = set(TABLES[resource["name"]])
        assert set(header) == expected - ({"technischesleutel"} if resource["name"] in WITHOUT_KEY else set())
    listed = {resource["path"] for resource in package["resources"]} | {"datapackage.json"}
    assert {path.name for path in folder.iterdir()} == listed


def test_formats_hold_the_same_values(tmp_path: Path) -> None:
    first, *others = [as_text(written(tmp_path / str(n), format)) for n, format in enumerate(FORMATS)]
    assert all(other == first for other in others)


def test_mixed_deliveries_mix(tmp_path: Path) -> None:
    package = json.loads((written(tmp_path, "mixed") / "datapackage.json").read_text())
    dialects = {resource.get("dialect", {}).get("delimiter") for resource in package["resources"]}
    assert dialects == {",", ";", None}


def test_open_ends_carry_the_sentinel_of_socrates_or_nothing(tmp_path: Path) -> None:
    folder = written(tmp_path, "parquet", applications=400)
    for name, columns in TABLES.items():
        table = pyarrow.parquet.read_table(folder / f"{name}.parquet")
        for column in OPEN_ENDS & columns.keys():
            late = [value.year >= 2100 for value in table.column(column).drop_null().to_pylist()]
            assert any(late), (name, column)
            assert table.column(column).null_count > 0, (name, column)


def test_no_person_number_can_be_anybodys() -> None:
    numbers = person_numbers(np.arange(1_000_000), seed=3)
    assert not passes_elfproef(numbers).any()
    assert len(np.unique(numbers)) == len(numbers)
    assert passes_elfproef(np.array([999990019]))[0]


def test_an_unknown_format_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="unknown format"):
        written(tmp_path, "xml")
