"""Reads datapackage.json: what the supplier says is in the delivery, checked before any table is opened."""

from __future__ import annotations

import hashlib
import json
import re
from datetime import datetime
from typing import Any

from jsonschema import Draft202012Validator, validators

from shared.dataset import DatasetSchema
from shared.records import LARGEST_DESCRIPTION, Description, Finding, Period, Resource
from shared.stages.rules import finding

DATAPACKAGE = "datapackage.json"
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# more than this is no list of tables; holding each entry against the form would only cost time
MOST_RESOURCES = 1_000
_EARLIEST, _LATEST = datetime(1900, 1, 1), datetime(2200, 1, 1)
LARGEST_FILE = 1_000_000_000  # bytes; of a million applications none is half as large

_SHAPE: dict[str, Any] = {
    "type": "object",
    "required": ["$schema", "name", "created", "dataset", "schemaversie", "periode", "resources"],
    "properties": {
        "$schema": {"const": PROFILE},
        "name": {"type": "string", "minLength": 1},
        "created": {"type": "string"},
        "dataset": {"type": "string"},
        "schemaversie": {"type": "string"},
        "periode": {
            "type": "object",
            "required": ["van", "tot"],
            "properties": {"van": {"type": "string"}, "tot": {"type": "string"}},
        },
        "resources": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["name", "path", "format", "bytes", "hash", "rijen"],
                "properties": {
                    "name": {"type": "string"},
                    "path": {"type": "string"},
                    "format": {"enum": ["csv", "parquet"]},
                    "bytes": {"type": "integer", "minimum": 0},
                    "hash": {"type": "string", "pattern": r"^sha256:[0-9a-fA-F]{64}\Z"},
                    "rijen": {"type": "integer", "minimum": 0},
                },
                "if": {"properties": {"format": {"const": "csv"}}},
                "then": {
                    "properties": {
                        "encoding": {"type": "string", "pattern": r"^[uU][tT][fF]-?8\Z"},
                        "dialect": {"type": "object", "properties": {"delimiter": {"enum": [",", ";"]}}},
                    }
                },
            },
        },
    },
}
# to the standard 533.0 is a whole number too, but no number of bytes can be counted with it
_WHOLE = Draft202012Validator.TYPE_CHECKER.redefine("integer", lambda _, value: type(value) is int)
_VALIDATOR = validators.extend(Draft202012Validator, type_checker=_WHOLE)(_SHAPE)
# one way to write a moment; fromisoformat() alone also takes week dates and any character before the time
_LOCAL_TIME = re.compile(r"\d{4}-\d{2}-\d{2}([ T]\d{2}:\d{2}(:\d{2}(\.\d{1,6})?)?)?", re.ASCII)


class _NotPlainJsonError(ValueError):
    """Says that a document is not one plain JSON value."""


def _no_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    document = dict(pairs)
    if len(document) != len(pairs):
        raise _NotPlainJsonError
    return document


def _no_constants(_: str) -> Any:
    raise _NotPlainJsonError


def _parse(raw: bytes) -> Any:
    """Return the document, or None where it is not plain JSON: no BOM, no doubled names, no NaN, not too deep."""
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=_no_doubles, parse_constant=_no_constants)
    except (ValueError, RecursionError):
        return None


def _shape_findings(document: Any) -> list[Finding]:
    resources = document.get("resources") if isinstance(document, dict) else None
    if isinstance(resources, list) and len(resources) > MOST_RESOURCES:
        return [finding("LEV-102", plaats="resources")]
    # the validator's own messages quote the document, so only the place is told
    places = set()
    for error in _VALIDATOR.iter_errors(document):
        path = ".".join(str(part) for part in error.absolute_path)
        if error.validator == "required":
            absent = [name for name in error.validator_value if name not in error.instance]
            places |= {f"{path}.{name}".lstrip(".") for name in absent}
        else:
            places.add(path or "(geheel)")
    return [finding("LEV-102", plaats=place) for place in sorted(places)]


def _local_time(text: str) -> datetime | None:
    try:
        return datetime.fromisoformat(text) if _LOCAL_TIME.fullmatch(text) else None
    except ValueError:
        return None


def _period(document: dict[str, Any]) -> Period | None:
    van, tot = _local_time(document["periode"]["van"]), _local_time(document["periode"]["tot"])
    if van is None or tot is None:
        return None
    return Period(van, tot) if _EARLIEST <= van < tot <= _LATEST else None


def _has_offset(text: str) -> bool:
    try:
        return datetime.fromisoformat(text).tzinfo is not None
    except ValueError:
        return False


def _is_plain_name(path: str) -> bool:
    plain = path.isprintable() and not set("/\\") & set(path) and 0 < len(path) <= 200
    return plain and path not in (".", "..") and path.lower() != DATAPACKAGE


def _resource(entry: dict[str, Any]) -> Resource:
    delimiter = entry.get("dialect", {}).get("delimiter", ",") if entry["format"] == "csv" else ""
    sha256 = entry["hash"].removeprefix("sha256:").lower()
    return Resource(entry["name"], entry["path"], entry["format"], entry["bytes"], sha256, entry["rijen"], delimiter)


def _resource_findings(resources: list[Resource], schema: DatasetSchema) -> list[Finding]:
    findings = []
    names, paths = set(), set()
    for position, resource in enumerate(resources):
        if resource.name not in schema.tables or resource.name in names or resource.path in paths:
            findings.append(finding("LEV-107", plaats=position))
        names.add(resource.name)
        paths.add(resource.path)
        if resource.name in schema.tables and not _is_plain_name(resource.path):
            findings.append(finding("LEV-108", tabel=resource.name))
        if resource.name in schema.tables and resource.bytes > LARGEST_FILE:
            findings.append(finding("LEV-221", tabel=resource.name))
    findings += [finding("LEV-106", tabel=name) for name in schema.tables if name not in names]
    return findings


def read_description(raw: bytes, schema: DatasetSchema) -> tuple[Description | None, list[Finding]]:
    """Return what datapackage.json says, or None with every reason why it cannot be followed.

    Unknown members are ignored; another resource, a doubled one or a path out of the folder is refused.
    """
    if len(raw) > LARGEST_DESCRIPTION:
        return None, [finding("LEV-114")]
    document = _parse(raw)
    if document is None:
        return None, [finding("LEV-101")]
    findings = _shape_findings(document)
    if findings:
        return None, findings
    if not _has_offset(document["created"]):
        findings.append(finding("LEV-102", plaats="created"))
    if document["dataset"] != schema.id:
        findings.append(finding("LEV-103"))
    if document["schemaversie"] != schema.version:
        findings.append(finding("LEV-104", versie=schema.version))
    period = _period(document)
    if period is None:
        findings.append(finding("LEV-105"))
    resources = [_resource(entry) for entry in document["resources"]]
    findings += _resource_findings(resources, schema)
    if findings or period is None:
        return None, findings
    return Description(
        dataset=document["dataset"],
        schemaversie=document["schemaversie"],
        created=document["created"],
        period=period,
        resources=tuple(resources),
        digest=hashlib.sha256(raw).hexdigest(),
    ), []
