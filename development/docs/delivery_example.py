"""The two examples of the delivery specification; both are made by, or accepted by, the code that runs at night."""

from __future__ import annotations

import hashlib
import json
from types import SimpleNamespace
from typing import Any, cast

from shared.dataset import DatasetSchema
from shared.feedback import write_message
from shared.installation import Installation
from shared.records import Verdict
from shared.stages.describe import PROFILE
from shared.stages.rules import finding

LEVERING = "2026-11-20"


def example_description(schema: DatasetSchema) -> dict[str, Any]:
    """Return a complete datapackage.json: the first table as csv with semicolons, the last one as Parquet."""
    names = list(schema.tables)
    return {
        "$schema": PROFILE,
        "name": f"{schema.id}-{LEVERING}",
        "created": f"{LEVERING}T05:00:00+01:00",
        "dataset": schema.id,
        "schemaversie": schema.version,
        "periode": {"van": "2026-11-19T00:00:00", "tot": f"{LEVERING}T00:00:00"},
        "resources": [
            _resource(name, "parquet" if name == names[-1] else "csv", semicolons=name == names[0]) for name in names
        ],
    }


def _resource(table: str, form: str, *, semicolons: bool) -> dict[str, Any]:
    resource: dict[str, Any] = {"name": table, "path": f"{table}.{form}", "format": form}
    if form == "csv":
        resource |= {"encoding": "utf-8"} | ({"dialect": {"delimiter": ";"}} if semicolons else {})
    digest = hashlib.sha256(table.encode("ascii")).hexdigest()
    return resource | {"bytes": 4096, "hash": f"sha256:{digest}", "rijen": 120}


def description_text(schema: DatasetSchema) -> str:
    """Return the example as JSON with one line per table."""
    document = example_description(schema)
    resources = ",\n".join(f"    {json.dumps(resource)}" for resource in document.pop("resources"))
    members = json.dumps(document, indent=2).removesuffix("\n}")
    return f'{members},\n  "resources": [\n{resources}\n  ]\n}}'


def message_text(schema: DatasetSchema) -> str:
    """Return an example of bericht.json, written by the code that writes the real ones."""
    written: dict[str, bytes] = {}
    table = next(iter(schema.tables))
    blobs = SimpleNamespace(write=lambda container, name, data: written.update({name: data}))
    installation = cast(Installation, SimpleNamespace(dataset=schema.id, blobs=blobs))
    digest = hashlib.sha256(b"datapackage.json").hexdigest()
    findings = [finding("LEV-202", tabel=table)]
    write_message(installation, LEVERING, digest, Verdict.AFGEKEURD, findings)
    return next(iter(written.values())).decode("utf-8")
