"""Describes what is in the package, as CycloneDX 1.6: every library and model with its version, licence and hash."""

from __future__ import annotations

import hashlib
import json
import uuid
from collections.abc import Iterator
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any

from shared import __version__

_OURS = uuid.UUID("0b8f7c92-6d2b-4d5e-9c56-1f2a7f1f0f5e")


def describe(app: Path, libraries: Path) -> dict[str, Any]:
    """Return the bill of materials of an unpacked package; the same package gives the same document."""
    parts = sorted([*_libraries(libraries), *_models(app)], key=lambda part: str(part["bom-ref"]))
    ours = f"pkg:generic/slimme-check@{__version__}"
    serial = uuid.uuid5(_OURS, json.dumps(parts, sort_keys=True))
    return {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json",
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "serialNumber": f"urn:uuid:{serial}",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": ours,
                "name": "slimme-check",
                "version": __version__,
                "licenses": [{"license": {"id": "EUPL-1.2"}}],
            }
        },
        "components": parts,
        "dependencies": [{"ref": ours, "dependsOn": [part["bom-ref"] for part in parts]}],
    }


def _libraries(folder: Path) -> Iterator[dict[str, Any]]:
    for found in distributions(path=[str(folder)]):
        name, version = str(found.metadata["Name"]), found.version
        url = f"pkg:pypi/{name.lower().replace('_', '-')}@{version}"
        part: dict[str, Any] = {"type": "library", "bom-ref": url, "purl": url, "name": name, "version": version}
        record = found.read_text("RECORD") or ""
        part["hashes"] = [{"alg": "SHA-256", "content": hashlib.sha256(record.encode()).hexdigest()}]
        part["properties"] = [{"name": "slimme-check:hash", "value": "of RECORD, which holds the hash of every file"}]
        licence = _licence(found)
        if licence:
            part["licenses"] = [{"license": {"name": licence}}]
        yield part


def _licence(found: Distribution) -> str:
    named = found.metadata.get("License-Expression") or ""
    if named:
        return str(named)
    classified = [
        line.rpartition("::")[2].strip() for line in found.metadata.get_all("Classifier") or [] if "License" in line
    ]
    return ", ".join(classified)


def _models(app: Path) -> Iterator[dict[str, Any]]:
    for manifest in sorted((app / "models").glob("*/MANIFEST.json")):
        name, _, version = manifest.parent.name.rpartition("-")
        yield {
            "type": "machine-learning-model",
            "bom-ref": f"model:{manifest.parent.name}",
            "name": name,
            "version": version,
            "hashes": [{"alg": "SHA-256", "content": hashlib.sha256(manifest.read_bytes()).hexdigest()}],
        }
