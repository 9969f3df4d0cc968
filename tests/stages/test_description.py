"""datapackage.json: what the supplier says must be complete and of the agreed form before a table is opened."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from datetime import datetime
from typing import Any

import pytest

from shared.records import Finding, Period, Verdict
from shared.stages.describe import MOST_RESOURCES, read_description
from tests.stages.deliveries import SCHEMA, Delivery, check, codes, leaks, texts_of

type Change = Callable[[dict[str, Any]], object]


def findings_after(change: Change) -> list[Finding]:
    """Return what is found after a change to the description of a valid delivery."""
    package = Delivery().package
    change(package)
    description, findings = read_description(json.dumps(package).encode(), SCHEMA)
    assert (description is None) == bool(findings)
    return findings


def places(findings: list[Finding]) -> list[str]:
    return [found.zin.split("onderdeel ")[1].split(" ontbreekt")[0] for found in findings if found.code == "LEV-102"]


def of_first(**members: Any) -> Change:
    """Return a change of the first resource; a member with the value None goes."""

    def change(package: dict[str, Any]) -> None:
        entry = package["resources"][0]
        entry |= members
        for name in [name for name, value in members.items() if value is None]:
            del entry[name]

    return change


def test_a_valid_description_is_read_with_the_digest_of_its_bytes() -> None:
    raw = json.dumps(Delivery().package).encode()
    description, findings = read_description(raw, SCHEMA)
    assert findings == []
    assert description is not None
    assert description.digest == hashlib.sha256(raw).hexdigest()
    assert description.period == Period(datetime(2026, 11, 19), datetime(2026, 11, 20))
    assert [resource.name for resource in description.resources] == list(SCHEMA.tables)
    assert {resource.delimiter for resource in description.resources} == {","}


@pytest.mark.parametrize("member", ["$schema", "name", "created", "dataset", "schemaversie", "periode", "resources"])
def test_every_member_is_required(member: str) -> None:
    assert places(findings_after(lambda package: package.pop(member))) == [member]


@pytest.mark.parametrize("member", ["name", "path", "format", "bytes", "hash", "rijen"])
def test_every_member_of_a_resource_is_required(member: str) -> None:
    assert places(findings_after(of_first(**{member: None}))) == [f"resources.0.{member}"]


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("$schema", "https://datapackage.org/profiles/1.0/datapackage.json"),
        ("$schema", 2),
        ("name", ""),
        ("name", ["kanarie"]),
        ("created", "gisteren, zei kanarie"),
        ("created", "2026-11-20T02:00:00"),
        ("created", 20261120),
        ("dataset", None),
        ("schemaversie", 1.0),
        ("periode", "2026-11-19/2026-11-20"),
        ("resources", {"diensten": "diensten.csv"}),
        ("resources", [{"name": "kanarie"}] * (MOST_RESOURCES + 1)),
    ],
)
def test_a_member_of_another_form_is_told_by_its_place_and_never_by_its_value(member: str, value: object) -> None:
    findings = findings_after(lambda package: package.update({member: value}))
    assert places(findings) == [member]
    assert leaks(texts_of(findings)) == []


@pytest.mark.parametrize(
    ("member", "value"),
    [
        ("name", 7),
        ("path", ["diensten.csv"]),
        ("format", "CSV"),
        ("format", "xlsx"),
        ("bytes", -1),
        ("bytes", "12"),
        ("bytes", 12.5),
        ("bytes", True),
        ("rijen", -1),
        ("rijen", "drie"),
        ("hash", "0" * 64),
        ("hash", "md5:" + "0" * 32),
        ("hash", "sha256:" + "0" * 63),
        ("hash", "sha256:" + "0" * 64 + "\n"),
        ("encoding", "latin-1"),
        ("encoding", 8),
        ("dialect", ";"),
    ],
)
def test_a_resource_member_of_another_form_is_told_by_its_place(member: str, value: object) -> None:
    assert places(findings_after(of_first(**{member: value}))) == [f"resources.0.{member}"]


@pytest.mark.parametrize("delimiter", ["\t", "|", ",,", "", None])
def test_only_comma_and_semicolon_are_delimiters(delimiter: object) -> None:
    assert places(findings_after(of_first(dialect={"delimiter": delimiter}))) == ["resources.0.dialect.delimiter"]


@pytest.mark.parametrize("member", ["van", "tot"])
def test_both_ends_of_the_period_are_required(member: str) -> None:
    assert places(findings_after(lambda package: package["periode"].pop(member))) == [f"periode.{member}"]


@pytest.mark.parametrize(
    ("van", "tot"),
    [
        ("2026-11-20T00:00:00", "2026-11-20T00:00:00"),
        ("2026-11-21T00:00:00", "2026-11-20T00:00:00"),
        ("2026-11-19T00:00:00Z", "2026-11-20T00:00:00Z"),
        ("2026-11-19T00:00:00+01:00", "2026-11-20T00:00:00"),
        ("2026-11-19T00:00:00", "2026-02-30T00:00:00"),
        ("0001-01-01T00:00:00", "2026-11-20T00:00:00"),
        ("1899-12-31T23:59:59", "2026-11-20T00:00:00"),
        ("2026-11-19T00:00:00", "2200-01-01T00:00:01"),
        ("2026-11-19T00:00:00", "9999-12-31T23:59:59"),
        ("2026-W47-4", "2026-11-20"),
        ("2026-11-19x00:00:00", "2026-11-20T00:00:00"),
        ("20261119", "20261120"),
        ("٢٠٢٦-11-19", "2026-11-20"),
        ("kanarie", "kanarie"),
        ("", ""),
    ],
)
def test_a_period_that_is_empty_backwards_zoned_unreadable_or_centuries_away_is_refused(van: str, tot: str) -> None:
    findings = findings_after(lambda package: package["periode"].update(van=van, tot=tot))
    assert codes(findings) == ["LEV-105"]
    assert leaks(texts_of(findings)) == []


@pytest.mark.parametrize("van", ["2026-11-19", "2026-11-19T00:00", "2026-11-19 00:00:00", "2026-11-18T23:59:59.999999"])
def test_a_period_in_local_iso_time_is_read(van: str) -> None:
    assert findings_after(lambda package: package["periode"].update(van=van)) == []


def test_another_dataset_is_refused() -> None:
    assert codes(findings_after(lambda package: package.update(dataset="uitkomsten"))) == ["LEV-103"]


@pytest.mark.parametrize("version", ["1.0", "1.0.1", "2.0.0", ""])
def test_another_schema_version_is_refused_and_the_right_one_is_named(version: str) -> None:
    findings = findings_after(lambda package: package.update(schemaversie=version))
    assert codes(findings) == ["LEV-104"]
    assert "1.0.0" in findings[0].advies


@pytest.mark.parametrize(
    "path",
    [
        *("", ".", "..", "../diensten.csv", "/etc/passwd", "map/diensten.csv", "map\\diensten.csv", "C:\\diensten.csv"),
        *("datapackage.json", "DataPackage.JSON", "kanarie\x00.csv", "kanarie\n.csv", "x" * 201, "\ud800.csv"),
    ],
)
def test_a_path_is_one_plain_file_name_in_the_folder(path: str) -> None:
    findings = findings_after(of_first(path=path))
    assert [(found.code, found.tabel) for found in findings] == [("LEV-108", "diensten")]
    assert leaks(texts_of(findings)) == []


@pytest.mark.parametrize("table", SCHEMA.tables)
def test_every_table_must_be_there(table: str) -> None:
    def leave_out(package: dict[str, Any]) -> None:
        package["resources"] = [entry for entry in package["resources"] if entry["name"] != table]

    findings = findings_after(leave_out)
    assert [(found.code, found.tabel) for found in findings] == [("LEV-106", table)]


def test_a_table_nobody_asked_for_is_told_by_its_position() -> None:
    extra = {"name": "kanarie", "path": "kanarie.csv", "format": "csv", "bytes": 0, "hash": "sha256:" + "0" * 64}
    findings = findings_after(lambda package: package["resources"].append(extra | {"rijen": 0}))
    assert codes(findings) == ["LEV-107"]
    assert "resource 12" in findings[0].zin
    assert leaks(texts_of(findings)) == []


def test_a_table_described_twice_is_refused_once() -> None:
    findings = findings_after(lambda package: package["resources"].append(package["resources"][0] | {"path": "b.csv"}))
    assert codes(findings) == ["LEV-107"]


def test_two_tables_in_one_file_are_refused_and_neither_is_called_missing() -> None:
    findings = findings_after(lambda package: package["resources"][1].update(path="diensten.csv"))
    assert codes(findings) == ["LEV-107"]


def test_unknown_members_are_ignored() -> None:
    def add(package: dict[str, Any]) -> None:
        package |= {"licenses": [], "diep": [[[[{"NaN": "Infinity"}]]]], "groot": 10**400}
        package["periode"]["tijdzone"] = "Europe/Amsterdam"
        package["resources"][0] |= {"schema": {"fields": []}, "dialect": {"quoteChar": "'", "header": False}}

    assert findings_after(add) == []


def test_text_members_say_nothing_about_parquet() -> None:
    assert findings_after(of_first(format="parquet", encoding="binary", dialect={"delimiter": "|"})) == []


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf8"])
def test_the_encoding_is_utf_8_however_written(encoding: str) -> None:
    assert findings_after(of_first(encoding=encoding)) == []


def test_an_encoding_left_out_is_utf_8() -> None:
    assert findings_after(of_first(encoding=None)) == []


def test_a_hash_in_capitals_is_the_same_hash() -> None:
    delivery = Delivery()
    for entry in delivery.package["resources"]:
        entry["hash"] = "sha256:" + entry["hash"].removeprefix("sha256:").upper()
    assert check(delivery).verdict is Verdict.GEACCEPTEERD


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"kanarie",
        b"\xef\xbb\xbf{}",
        "{}".encode("utf-16"),
        b'{"name": "kanarie\xff"}',
        b'{"name": "kanarie", "name": "kanarie"}',
        b'{"resources": [{"path": "a", "path": "kanarie"}]}',
        b'{"name": NaN}',
        b'{"x": {"bytes": -Infinity}}',
        b'{"name": "kanarie"} {}',
        b'{"name": "kanarie",}',
        b'{"name": "kanarie"',
        b"[" * 200_000 + b"]" * 200_000,
        b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
        b'{"bytes": ' + b"9" * 10_000 + b"}",
    ],
    ids=lambda raw: repr(raw[:24]),
)
def test_what_is_not_one_plain_json_document_is_refused(raw: bytes) -> None:
    delivery = Delivery()
    delivery.raw = raw
    checked = check(delivery)
    assert checked.verdict is Verdict.AFGEKEURD
    assert codes(checked.findings) == ["LEV-101"]
    assert leaks(texts_of(checked.findings)) == []


@pytest.mark.parametrize("document", [[], "kanarie", 1, True, {}])
def test_another_kind_of_document_is_refused(document: object) -> None:
    _, findings = read_description(json.dumps(document).encode(), SCHEMA)
    assert codes(findings) == ["LEV-102"]
    assert leaks(texts_of(findings)) == []


@pytest.mark.parametrize("depth", [10, 500, 3_000, 9_000, 15_000])
def test_deep_nesting_where_a_text_belongs_is_refused_at_any_depth(depth: int) -> None:
    _, findings = read_description(b'{"dataset":' + b"[" * depth + b"]" * depth + b"}", SCHEMA)
    assert findings


def test_numbers_that_are_too_large_are_a_wrong_size_and_no_accident() -> None:
    delivery = Delivery()
    delivery.raw = json.dumps(delivery.package).replace('"rijen": 6', '"rijen": 1e400').encode()
    assert codes(check(delivery).findings) == ["LEV-102"]
    delivery.raw = json.dumps(delivery.package).replace('"rijen": 6', f'"rijen": {10**400}').encode()
    assert codes(check(delivery).findings) == ["LEV-214"]


def test_all_faults_are_told_at_once() -> None:
    def spoil(package: dict[str, Any]) -> None:
        package |= {"dataset": "x", "schemaversie": "2", "created": "x"}
        package["periode"]["van"] = "x"
        package["resources"][0]["path"] = "../x"
        del package["resources"][5]

    assert codes(findings_after(spoil)) == ["LEV-102", "LEV-103", "LEV-104", "LEV-105", "LEV-106", "LEV-108"]


@pytest.mark.parametrize("number", [533.0, -0.0, True, 5e2])
@pytest.mark.parametrize("what", ["bytes", "rijen"])
def test_a_number_that_cannot_be_counted_with_is_no_whole_number(what: str, number: object) -> None:
    """To JSON Schema 533.0 is one; a storage that is asked for so many bytes fails."""
    delivery = Delivery()
    delivery.resource("adressen")[what] = number
    assert codes(check(delivery).findings) == ["LEV-102"]
